"""Making the demo firm: the same import, scoring, load and alert code as everything else."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from django.contrib.auth.hashers import make_password
from django.utils.timezone import localtime

from accounts.models import FirmSettings, TalkContact, User
from core import sealing
from missions.defaults import install_facts
from missions.models import DemandFact
from operations import due
from operations.demo import acts, clientele, first_contact, judged, story, values, words
from operations.demo.firm import Firm, Table, build, last_tuesday
from operations.imports.outcome import Options
from operations.imports.run import import_file
from surveys import intake
from surveys.defaults import install_questions
from surveys.models import Round

PASSWORD = "atelier lumen 2026"  # noqa: S105 -- printed at every start of the demo
ORDER = (
    "units", "people", "clients", "contacts", "profiles", "skills", "levels", "missions",
    "assignments", "absences", "revenue",
)  # fmt: skip
PERIOD = 3
Say = Callable[[str], None]

# ref, what they can be tried for
LOGINS = (
    ("L001", "consultant"),
    ("camille", "manager"),
    ("nadia", "referent"),
    ("olivier", "administrator"),
)
TALK = (
    ("nadia", "Référente bien-être", "Well-being referent"),
    ("camille", "Direction", "Management"),
    ("L013", "Élu au CSE", "Staff council member"),
)


class DemoRefusedError(RuntimeError):
    """The import refused a table of the demo firm: a fault of ours, told with its first line."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who can be tried, as which role."""

    role: str
    email: str
    name: str


def is_empty() -> bool:
    return not User.objects.exists()


def is_demo() -> bool:
    """A marker row, never a file name, says that a database may be wiped."""
    return FirmSettings.current().is_demo


def install(*, now: datetime, people: int = 40) -> None:
    """The whole firm: two years of rounds replayed close by close, and a round open today."""
    start = localtime(now)
    ready = start if start.hour >= 10 else start - timedelta(days=1)
    firm = build(last_tuesday(ready.date()), people=people)
    _settings(firm)
    if not sealing.path().exists():
        sealing.add_key()
    install_questions()
    install_facts()
    DemandFact.objects.filter(code="on_call").update(points=story.ON_CALL_AT_FIRST)
    _bring_in(firm, now)
    _people()
    acts.promise(now=Round.objects.earliest("starts_on").opens_at)
    words.write(now=now)
    _replay(now)
    _answer_some(now)
    acts.ask_for_rotations(now=now)
    acts.contest_facts(now=now)
    acts.restrict(now=now)
    first_contact.meet_now(now=now)
    values.choose_again(now=now)
    acts.suggest_promises(now=now)


def logins() -> list[Login]:
    people = {person.ref: person for person in User.objects.filter(ref__in=dict(LOGINS))}
    return [
        Login(role, people[ref].email, people[ref].full_name)
        for ref, role in LOGINS
        if ref in people
    ]


def _settings(firm: Firm) -> None:
    first = min(line["round"] for line in firm.tables["checkins"])
    FirmSettings.objects.update_or_create(
        pk=1,
        defaults={
            "name": story.FIRM_NAME,
            "first_round_on": first,
            "consulted_on": datetime.fromisoformat(first).date() - timedelta(days=30),
            "rounds_per_period": PERIOD,
            "is_demo": True,
        },
    )


def _bring_in(firm: Firm, now: datetime) -> None:
    with TemporaryDirectory() as folder:
        for kind in ORDER:
            _import(kind, firm.tables[kind], Path(folder), now, Options())
        past = Options(rounds_per_period=PERIOD)
        _import("checkins", firm.tables["checkins"], Path(folder), now, past)


def _import(kind: str, table: Table, folder: Path, now: datetime, options: Options) -> None:
    path = folder / f"{kind}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    outcome = import_file(kind, path, now=now, options=options)
    if not outcome.ok:
        first = outcome.errors[0]
        raise DemoRefusedError(f"{kind}, line {first.line}, {first.column}: {first.message}")


def _people() -> None:
    """One password for everybody, hashed once; and whom one may ask to talk to."""
    User.objects.update(password=make_password(PASSWORD))
    for position, (ref, french, english) in enumerate(TALK):
        person = User.objects.get(ref=ref)
        TalkContact.objects.create(
            person=person, title_fr=french, title_en=english, position=position
        )


def _replay(now: datetime) -> None:
    """Every close in its order, so that each figure and alert has the date it would have had."""
    closed = list(Round.objects.filter(closes_at__lte=now).order_by("closes_at"))
    for number, row in enumerate(closed, start=1):
        clientele.ask_in_the_past(row, place=number - 1, count=len(closed))
        judged.ask_in_the_past(row, place=number - 1, count=len(closed))
        due.run_due(now=row.closes_at)
        acts.after_round(number, now=row.closes_at)
    # The round of today opens at its hour, and its invitations leave then.
    coming = Round.objects.filter(opened_at__isnull=True, opens_at__lte=now).order_by("opens_at")
    for moment in coming.values_list("opens_at", flat=True):
        due.run_due(now=moment)
    clientele.put_aside(now=now)
    due.run_due(now=now)
    clientele.answer_today(now=now)


def _answer_some(now: datetime) -> None:
    """Some have answered the open round already, through the form's own door; not Inès."""
    rng = Random(7)  # noqa: S311 -- an invented story, not a secret
    for person in User.objects.filter(is_consultant=True).exclude(ref="L001"):
        for one in intake.asked(person=person, now=now):
            if rng.random() < 0.4 and one.round.questionnaire:
                tiles = {
                    item.code: rng.choice((25, 50, 75, 100))
                    for item in one.round.questionnaire.items
                }
                intake.submit(
                    person=person, mission=one.mission.pk, round_=one.round,
                    sending=intake.Sending(answers=tiles), now=now,
                )  # fmt: skip
