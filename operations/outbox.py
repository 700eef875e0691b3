"""What has been sent, for the administrator: counts, addresses that are refused, the demo's mails.

Never how many were reminded: those are the people who have not answered. Who wants no mail is
told to nobody either, so people invited are counted to the nearest five. An address that refused
a reminder is told once the round is closed, together with those that refused its invitation.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Max, Min, Q

from accounts.models import FirmSettings, User
from balancing.models import RotationNotice
from core.outgoing import REFUSED, SENT, is_unreachable
from followup.models import Digest
from surveys.models import Message, Round

ROUNDS_SHOWN = 6
STEP = 5
REFUSED_SHOWN = 50
DEMO_SHOWN = 100
SEPARATOR = b"-" * 79


@dataclass(frozen=True, slots=True)
class OfRound:
    """The mails of a round: how many were invited, and when reminders left, if any did."""

    round: Round
    is_open: bool
    invited: int
    is_over: bool
    first_at: datetime | None
    reminded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Kind:
    """Mails of another kind, over all time."""

    code: str
    sent: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Somebody whose mail server refuses mails to their address, or gave one back later.

    ``is_given_up``: there is no such address, and nothing more leaves for it.
    """

    person: User
    round: Round | None
    at: datetime
    is_given_up: bool


def rounds(*, now: datetime) -> list[OfRound]:
    """The latest rounds about which anything was sent."""
    invitations = Message.objects.filter(rank=Message.Rank.INVITATION)
    sent, waiting = Q(state=Message.State.SENT), Q(state=Message.State.WAITING)
    counted = {
        row["round"]: row
        for row in invitations.order_by()
        .values("round")
        .annotate(
            invited=Count("pk", filter=sent),
            waiting=Count("pk", filter=waiting),
            first_at=Min("finished_at", filter=sent),
        )
    }
    reminders = Message.objects.filter(rank=Message.Rank.REMINDER).order_by().values("round")
    # When the first is due, whomever it is due to: rows are made for everybody invited.
    due = dict(reminders.annotate(first=Min("due_at")).values_list("round", "first"))
    found = Round.objects.filter(pk__in=counted).order_by("-starts_on")[:ROUNDS_SHOWN]
    return [
        OfRound(
            round=row,
            is_open=row.is_open(now),
            invited=_rounded(counted[row.pk]["invited"]),
            is_over=not counted[row.pk]["waiting"],
            first_at=counted[row.pk]["first_at"],
            reminded_at=due.get(row.pk),
        )
        for row in found
    ]


def _rounded(people: int) -> int:
    """To the nearest five: an exact count would tell that somebody wants no mail.

    >>> [_rounded(people) for people in (0, 3, 37, 38, 40)]
    [0, 5, 35, 40, 40]
    """
    return STEP * round(people / STEP)


def others() -> list[Kind]:
    """Weekly mails to managers, and mails about rotations."""
    found = []
    for code, rows in (
        ("weekly", Digest.objects.filter(state=Digest.State.SENT)),
        ("rotation", RotationNotice.objects.filter(state=RotationNotice.State.SENT)),
    ):
        told = rows.order_by().aggregate(sent=Count("pk"), last_at=Max("finished_at"))
        found.append(Kind(code, told["sent"], told["last_at"]))
    return found


def refusals(*, now: datetime) -> list[Refusal]:
    """Whose address refuses mails, one line a person, the latest first.

    Until one got through again; a reminder that did says nothing, whatever its row.
    """
    untold = Message.objects.filter(
        rank=Message.Rank.REMINDER, state=REFUSED, round__closes_at__gt=now
    )
    hidden = set(untold.values_list("person", flat=True))
    found: dict[int, Refusal] = {}
    for person, round_, at in sorted(_refused(now), key=lambda one: one[2]):
        is_given_up = is_unreachable(person) and person.pk not in hidden
        found[person.pk] = Refusal(person, round_, at, is_given_up)
    through = _got_through(found)
    shown = [
        one
        for pk, one in found.items()
        if one.is_given_up or pk not in through or through[pk] < one.at
    ]
    return sorted(shown, key=lambda one: one.at, reverse=True)[:REFUSED_SHOWN]


def _refused(now: datetime) -> Iterator[tuple[User, Round | None, datetime]]:
    """Of which rows one may be told."""
    told = Q(rank=Message.Rank.INVITATION) | Q(round__closes_at__lte=now)
    messages = Message.objects.filter(told, state=REFUSED).select_related("person", "round")
    for row in messages.order_by("round__starts_on", "pk"):
        yield row.person, row.round, row.finished_at or row.due_at
    for digest in Digest.objects.filter(state=REFUSED).select_related("person"):
        yield digest.person, None, digest.finished_at or now
    notices = RotationNotice.objects.filter(state=REFUSED).select_related("move__person")
    for notice in notices:
        yield notice.move.person, None, notice.finished_at or now


def _got_through(people: Collection[int]) -> dict[int, datetime]:
    """When the last mail that one may know of reached them, as far as is known."""
    invited = Message.objects.filter(rank=Message.Rank.INVITATION)
    found: dict[int, datetime] = {}
    for rows, reader in (
        (invited, "person"), (Digest.objects.all(), "person"),
        (RotationNotice.objects.all(), "move__person"),
    ):  # fmt: skip
        sent = rows.filter(**{f"{reader}__in": people}, state=SENT).order_by()
        for pk, moment in sent.values_list(reader).annotate(last=Max("finished_at")):
            found[pk] = max(moment, found.get(pk, moment))
    return found


# --- the demo's own mails --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that the demo wrote into a file instead of sending it."""

    key: str
    to: str
    subject: str
    at: datetime | None
    text: str = field(repr=False)
    html: str = field(repr=False)
    headers: list[tuple[str, str]] = field(default_factory=list)


SHOWN_HEADERS = (
    "From", "To", "Subject", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post",
)  # fmt: skip


def is_shown() -> bool:
    """Only an invented firm's mails are ever shown: they hold links that open forms."""
    is_file = settings.EMAIL_BACKEND.endswith("filebased.EmailBackend")
    return is_file and not settings.REAL and FirmSettings.current().is_demo


def sent_mails() -> list[Sent]:
    """The latest mails of the demo."""
    if not is_shown():
        return []
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"), reverse=True)
    found: list[Sent] = []
    for path in files:
        found += reversed(list(_in_file(path)))
        if len(found) >= DEMO_SHOWN:
            break
    return found[:DEMO_SHOWN]


def sent_mail(key: str) -> Sent | None:
    """One of them, by what its list calls it."""
    return next((one for one in sent_mails() if one.key == key), None)


def _in_file(path: Path) -> Iterator[Sent]:
    """A file of Django's back-end: mails one after the other, a line of dashes between."""
    parts = path.read_bytes().split(b"\n" + SEPARATOR + b"\n")
    for number, part in enumerate(parts):
        if part.strip():
            made = message_from_bytes(part, policy=policy.default)
            yield _sent(f"{path.stem}-{number}", made)


def _sent(key: str, made: EmailMessage) -> Sent:
    date = made["Date"]
    return Sent(
        key=key,
        to=str(made["To"]),
        subject=str(made["Subject"]).strip(),
        at=parsedate_to_datetime(str(date)) if date else None,
        text=_part(made, "plain"),
        html=_part(made, "html"),
        headers=[(name, str(made[name])) for name in SHOWN_HEADERS if made[name]],
    )


def _part(made: EmailMessage, kind: str) -> str:
    body = made.get_body(preferencelist=(kind,))
    return str(body.get_content()) if body is not None else ""
