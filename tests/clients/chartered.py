"""Versions of the charter for tests, made through the verbs."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.timezone import localdate

from accounts.models import User
from clients import charter as charters
from clients import charter_links, choosing, paths, screening, sheets
from clients.models import (
    Charter,
    CharterException,
    CharterLink,
    CharterValue,
    Client,
    ClientSheet,
    Objection,
    Path,
    PathRequest,
    Prospect,
)
from tests import make

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
STARTERS = ("respect", "hours", "payment")


def choosing_now(
    by: User, *, now: datetime = NOW, starters: tuple[str, ...] = STARTERS, places: int = 2
) -> Charter:
    """A version that is being chosen, for a week."""
    day = localdate(now) + timedelta(weeks=1)
    opening = choosing.Opening(places, day, starters)
    return choosing.open_choosing(opening=opening, by=by, now=now)


def writing_now(by: User, *, now: datetime = NOW, places: int = 2) -> Charter:
    """The same, counted."""
    row = choosing_now(by, now=now - timedelta(weeks=2), places=places)
    choosing.count_due(now=now)
    row.refresh_from_db()
    return row


def published(by: User, *, now: datetime = NOW, places: int = 2) -> Charter:
    """A version in force."""
    row = writing_now(by, now=now, places=places)
    return charters.publish(charter=row, by=by, now=now)


def public(by: User, *, now: datetime = NOW) -> Charter:
    """A version that anybody reads."""
    row = published(by, now=now)
    charters.set_public(charter=row, public=True, by=by, now=now)
    row.refresh_from_db()
    return row


def sent(by: User, *, now: datetime | None = None, **rest: object) -> CharterLink:
    """An open link to it."""
    row = CharterLink(**{"recipient": "Claire Aubin", "language": "fr"} | rest)
    return charter_links.make_link(link=row, by=by, now=now or timezone.now())


def value_of(row: Charter, place: int = 0) -> CharterValue:
    return row.proposals.order_by("pk")[place]


def objection(row: Charter, sentence: str = "Trop vague.") -> Objection:
    """Somebody is against its first value."""
    return Objection.objects.create(
        value=value_of(row), person=make.person(), sentence=sentence, made_at=NOW
    )


def met(by: User, **rest: object) -> Prospect:
    """A prospect that is being met."""
    values = {"name": "Cabinet Vauban", "source": Prospect.Source.CAME} | rest
    return screening.meet(prospect=Prospect(**values), by=by, now=NOW)


def screened(by: User, verdicts: str, *, red: bool = False, **rest: object) -> Prospect:
    """One screened against a version of three values; ``verdicts``: s(een), n(ot), c(ontrary)."""
    charter = Charter.objects.newest() or published(by, places=3)
    row = met(by, **rest)
    words = {"s": "seen", "n": "not_seen", "c": "contrary"}
    found = [
        screening.Finding(value, words[letter], "Vu sur place.", red_line=red and not place)
        for place, (value, letter) in enumerate(
            zip(charters.chosen(charter), verdicts, strict=True)
        )
    ]
    screening.screen(prospect=row, charter=charter, found=found, by=by, now=NOW)
    row.refresh_from_db()
    return row


def excepted(client: Client, by: User, *, now: datetime = NOW, days: int = 90) -> CharterException:
    """An exception about a client."""
    going = screening.GoingOn("Le temps de renégocier.", localdate(now) + timedelta(days=days))
    return screening.make_exception(client=client, going_on=going, by=by, now=now)


def path_of(by: User, *, now: datetime = NOW, **rest: object) -> Path:
    """An open path."""
    row = Path(**{"decides_there": "Directrice des opérations"} | rest)
    return paths.open_path(path=row, by=by, now=now)


def asked(path: Path, by: User, *, now: datetime = NOW) -> PathRequest:
    """One request on it."""
    row = PathRequest(path=path, kind="hours", sentence="Pas d’appel après 18 h 30.")
    row.asked_on = localdate(now)
    return paths.ask(request=row, by=by, now=now)


def sheet(client: Client, by: User, verdicts: str, *, now: datetime = NOW) -> ClientSheet:
    """A joint sheet; ``verdicts`` as in ``screened``, and our side kept where theirs is seen."""
    charter = Charter.objects.newest() or published(by, places=len(verdicts))
    words = {"s": "seen", "n": "not_seen", "c": "contrary", "r": "contrary"}
    lines = [
        sheets.Line(
            screening.Finding(value, words[letter], "Vu sur place.", red_line=letter == "r"),
            "kept" if letter == "s" else "unknown",
            "Tenu chaque mois.",
        )
        for value, letter in zip(charters.chosen(charter), verdicts, strict=True)
    ]
    return sheets.write_sheet(client=client, charter=charter, lines=lines, by=by, now=now)
