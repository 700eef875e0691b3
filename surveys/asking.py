"""Asking clients what they think: when, whom, and the reminder. On the rounds of check-ins.

Each verb finds its own work in the database and may be repeated, killed or run twice at once: the
row that it writes, unique by a constraint, is what says "done".
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate

from clients.models import Client, Contact
from core.jobs import once
from core.outgoing import PUT_RIGHT
from missions.models import Assignment
from surveys.models import Asking, AskingMail, ClientSurvey, Round, SatisfactionPlan
from surveys.models.opinions import Opinion
from surveys.plans import is_time

Kind, State = AskingMail.Kind, AskingMail.State
REMIND_AFTER = timedelta(days=7)
SALT = "surveys.asking"


def ask_due(*, now: datetime) -> str:
    """Open a survey with the round that is nearest to its time, and make the reminders due."""
    opened = _open_due(now)
    _ask_at_last(now)
    reminded = _remind(now)
    said = [f"{opened} contact(s) of clients asked"] if opened else []
    said += [f"{reminded} reminder(s) to clients"] if reminded else []
    return ", ".join(said)


@dataclass(frozen=True, slots=True)
class Told:
    """A survey in numbers; ``answered`` is known once it is over."""

    survey: ClientSurvey
    asked: int
    answered: int | None

    @property
    def rate(self) -> float | None:
        return None if self.answered is None else 100 * self.answered / self.asked


def told(*, now: datetime) -> list[Told]:
    """Every survey, the newest first."""
    rows = ClientSurvey.objects.select_related("round").annotate(asked=Count("askings"))
    counted = Opinion.objects.order_by().values("asking__survey").annotate(n=Count("pk"))
    answered = dict(counted.values_list("asking__survey", "n"))
    return [
        Told(row, row.asked, None if row.is_open(now) else answered.get(row.pk, 0))
        for row in rows.order_by("-round__starts_on")
    ]


# --- opening ---------------------------------------------------------------------------------


def _open_due(now: datetime) -> int:
    plan = SatisfactionPlan.current()
    if not plan.months:
        return 0
    asked = 0
    for row in Round.objects.open(now).filter(client_survey=None).order_by("starts_on"):
        if row.is_early(now) and is_time(row.starts_on, last_survey_on(), plan.months):
            asked += open_survey(round_=row, plan=plan, now=now)
    return asked


def last_survey_on() -> date | None:
    """First day of the round that the last survey went with."""
    rounds = ClientSurvey.objects.order_by("-round__starts_on")
    return rounds.values_list("round__starts_on", flat=True).first()


def last_survey_before(survey: ClientSurvey) -> date | None:
    """First day of the one before: what its contacts are asked about begins there."""
    before = ClientSurvey.objects.filter(round__starts_on__lt=survey.round.starts_on)
    days = before.order_by("-round__starts_on").values_list("round__starts_on", flat=True)
    return days.first()


def open_survey(*, round_: Round, plan: SatisfactionPlan, now: datetime) -> int:
    """Draw the contacts and write their first mails; 0 where nobody can be asked yet."""
    drawn = draw(day=localdate(now), most=plan.most, seed=round_.starts_on.isoformat())
    if not drawn:
        return 0

    def make() -> int:
        survey = ClientSurvey.objects.create(
            round=round_, opened_at=now, most=plan.most, head_start_days=plan.head_start_days
        )
        askings = [Asking(survey=survey, contact=contact) for contact in drawn]
        rows = Asking.objects.bulk_create(askings)
        AskingMail.objects.bulk_create(AskingMail(asking=row, kind=Kind.FIRST) for row in rows)
        return len(rows)

    return once(make, done=lambda: ClientSurvey.objects.filter(round=round_).exists()) or 0


def draw(*, day: date, most: int, seed: str) -> list[Contact]:
    """At most so many contacts of each client with an active mission, by a keyed lottery.

    The key is the installation's: nobody can tell the draw beforehand, and the same round draws
    the same people whoever asks.
    """
    by_client: dict[int, list[Contact]] = defaultdict(list)
    for contact in Contact.objects.askable(day).filter(client__in=active_clients(day)):
        by_client[contact.client_id].append(contact)
    drawn: list[Contact] = []
    for _pk, contacts in sorted(by_client.items()):
        drawn += sorted(contacts, key=lambda row: _ticket(seed, row.pk))[:most]
    return drawn


def _ticket(seed: str, pk: int) -> str:
    return salted_hmac(SALT, f"{seed}:{pk}", algorithm="sha256").hexdigest()


def active_clients(day: date) -> set[int]:
    """External clients for whom somebody works that day."""
    held = Assignment.objects.during(day, day).filter(person__is_active=True)
    at = held.values("mission__client")
    rows = Client.objects.current(day).filter(kind=Client.Kind.EXTERNAL, pk__in=at)
    return set(rows.values_list("pk", flat=True))


def _ask_at_last(now: datetime) -> None:
    """An address that gave the first mail back was put right: that mail leaves again, once."""
    contacts = list(Contact.objects.filter(PUT_RIGHT).values_list("pk", flat=True))
    if not contacts:
        return
    rows = AskingMail.objects.filter(
        kind=Kind.FIRST,
        state=State.REFUSED,
        asking__contact__in=contacts,
        asking__survey__round__closes_at__gt=now,
    )
    with transaction.atomic():
        rows.update(state=State.WAITING, claimed_at=None, finished_at=None)
        Contact.objects.filter(PUT_RIGHT, pk__in=contacts).update(refused_email="")


# --- the reminder ----------------------------------------------------------------------------


@transaction.atomic
def _remind(now: datetime) -> int:
    """One, a week after the first message has left, to whoever has not answered."""
    late = Asking.objects.filter(
        survey__round__closes_at__gt=now,
        mails__kind=Kind.FIRST,
        mails__state=State.SENT,
        mails__finished_at__lte=now - REMIND_AFTER,
    ).exclude(pk__in=AskingMail.objects.filter(kind=Kind.REMINDER).values("asking"))
    waiting = late.exclude(pk__in=Opinion.objects.values("asking"))
    rows = [AskingMail(asking=row, kind=Kind.REMINDER) for row in waiting.order_by("pk")]
    AskingMail.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def ask_again(*, asking: Asking, now: datetime) -> bool:
    """A new link to the declared address, from an old one; true where a survey is open to them.

    One more mail a survey at most, however often the button is pressed.
    """
    rows = Asking.objects.filter(
        contact=asking.contact_id, survey__opened_at__lte=now, survey__round__closes_at__gt=now
    )
    current = rows.order_by("-pk").first()
    if current is None:
        return False
    AskingMail.objects.bulk_create(
        [AskingMail(asking=current, kind=Kind.AGAIN)], ignore_conflicts=True
    )
    return True
