"""The firm's calendar: periods and rounds made ahead, and each round opened once.

Both verbs find their own work in the database and may be repeated, killed or run twice at
once: a round is opened by the one conditional UPDATE that finds it unopened.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from accounts.models import FirmSettings
from core import wording
from core.periods import Calendar
from surveys.models import Period, Question, Questionnaire, QuestionVersion, Round
from surveys.models.questions import Item

AHEAD = timedelta(weeks=26)
# How far back to look for the rotating item asked last: imported rounds may hold none.
LOOK_BACK = 30
Shape = list[tuple[date, datetime, datetime]]


# --- making ahead ----------------------------------------------------------------------------


@transaction.atomic
def make_ahead(*, now: datetime) -> str:
    """Make whole periods with their rounds, so that at least 26 weeks lie ahead.

    A change of the firm's calendar counts from the next period: those not begun are made
    again, those begun keep what they have. Returns a summary, empty when nothing was due.
    """
    # Two workers at once: the second waits here, then finds everything made.
    firm = FirmSettings.objects.select_for_update().filter(pk=1).first()
    calendar = firm.calendar if firm else None
    if firm is None or calendar is None:
        return ""
    begun = _begun(now)
    made = _complete(begun, calendar) if begun else 0
    wanted = list(_plan(now, calendar, begun, firm.rounds_per_period))
    waiting = _after(begun)
    if _shapes(waiting) != wanted:
        Round.objects.filter(period__in=waiting).delete()
        waiting.delete()
        made += sum(_make(shape) for shape in wanted)
    return f"{made} rounds made ahead" if made else ""


def _begun(now: datetime) -> Period | None:
    """The last period that has begun, or that holds a round already asked."""
    settled = Q(starts_on__lte=localdate(now)) | Q(rounds__opened_at__isnull=False)
    return Period.objects.filter(settled).order_by("-starts_on").first()


def _after(begun: Period | None) -> QuerySet[Period]:
    later = Period.objects.filter(starts_on__gt=begun.starts_on) if begun else Period.objects.all()
    return later.order_by("starts_on")


def _shapes(periods: QuerySet[Period]) -> list[Shape]:
    """What the rounds of these periods look like."""
    return [
        [(row.starts_on, row.opens_at, row.closes_at) for row in period.rounds.all()]
        for period in periods.prefetch_related("rounds")
    ]


def _plan(now: datetime, calendar: Calendar, begun: Period | None, count: int) -> Iterator[Shape]:
    """Periods from the first that is not yet over, until enough lie ahead."""
    cadence = timedelta(days=calendar.cadence_days)
    day = next_day(calendar, begun.rounds.order_by("starts_on").last() if begun else None)
    while day <= localdate(now) + AHEAD:
        starts = [day + place * cadence for place in range(count)]
        day = starts[-1] + cadence
        shape = [(start, *calendar.window(start)) for start in starts]
        if shape[-1][2] > now:
            yield shape


def next_day(calendar: Calendar, last: Round | None) -> date:
    """First day of the round after ``last``; never before that one has closed."""
    if last is None:
        return calendar.first_round_on
    cadence = timedelta(days=calendar.cadence_days)
    day = max(last.starts_on + cadence, calendar.first_round_on)
    while calendar.window(day)[0] <= last.closes_at:
        day += cadence
    return day


def _complete(period: Period, calendar: Calendar) -> int:
    """Make the rounds that a period in progress still lacks (an import may have begun it)."""
    missing = 0 if period.closes_at else period.round_count - period.rounds.count()
    for _place in range(missing):
        day = next_day(calendar, period.rounds.order_by("starts_on").last())
        opens, closes = calendar.window(day)
        period.rounds.create(starts_on=day, opens_at=opens, closes_at=closes)
    if missing:
        settle(period)
    return missing


def settle(period: Period) -> None:
    """Write down when a period closes, once all its rounds are made."""
    rounds = list(period.rounds.order_by("starts_on"))
    if len(rounds) >= period.round_count:
        period.last_round_on = rounds[-1].starts_on
        period.closes_at = rounds[-1].closes_at
        period.save(update_fields=["last_round_on", "closes_at"])


def _make(shape: Shape) -> int:
    period = Period.objects.create(
        starts_on=shape[0][0],
        round_count=len(shape),
        last_round_on=shape[-1][0],
        closes_at=shape[-1][2],
    )
    Round.objects.bulk_create(
        Round(period=period, starts_on=day, opens_at=opens, closes_at=closes)
        for day, opens, closes in shape
    )
    return len(shape)


# --- opening ---------------------------------------------------------------------------------


def open_due(*, now: datetime) -> str:
    """Open the rounds whose window has begun, once the staff council has been consulted.

    A round whose window passed before it was opened never opens: no catch-up.
    """
    consulted_on = FirmSettings.current().consulted_on
    if consulted_on is None or consulted_on > localdate(now):
        return ""
    due = Round.objects.filter(opened_at__isnull=True, opens_at__lte=now, closes_at__gt=now)
    opened = [row for row in due.select_related("period") if _open(row, now)]
    return ", ".join(f"round {row.starts_on} opened" for row in opened)


@transaction.atomic
def _open(row: Round, now: datetime) -> bool:
    """Freeze the questionnaire and claim the round: true for the one worker that did it."""
    questionnaire = freeze(now=now, day=row.period.starts_on)
    if not questionnaire.content:
        return False
    unopened = Round.objects.filter(pk=row.pk, opened_at__isnull=True)
    return unopened.update(opened_at=now, questionnaire=questionnaire) == 1


def freeze(*, now: datetime, day: date) -> Questionnaire:
    """Freeze the questionnaire of the next round of the period that begins on ``day``.

    Each fixed question in the words in force then, and one rotating item: the one after the
    last asked.
    """
    items = [item_of(one) for one in asked_with(words_in_force(day), last_rotating())]
    return frozen(items, now=now)


def frozen(items: Sequence[Item], *, now: datetime) -> Questionnaire:
    """Return the one row that holds these items; equal contents share it."""
    content = [asdict(item) for item in items]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    made, _new = Questionnaire.objects.get_or_create(
        digest=digest, defaults={"content": content, "created_at": now}
    )
    return made


def words_in_force(day: date) -> list[QuestionVersion]:
    """Newest version of each question asked in the period of that first day, in order."""
    rows = QuestionVersion.objects.filter(
        Q(starts_on__isnull=True) | Q(starts_on__lte=day),
        Q(question__retired_on__isnull=True) | Q(question__retired_on__gt=day),
    ).select_related("question__dimension")
    newest = {
        row.question_id: row
        for row in rows.order_by("question__position", "question_id", "number")
    }
    return list(newest.values())


def item_of(words: QuestionVersion) -> Item:
    """Freeze a question in these words."""
    question = words.question
    return Item(
        code=question.code,
        dimension=question.dimension.code,
        role=question.role,
        version=words.number,
        text=words.text,
        labels=words.labels,
    )


def asked_with(words: list[QuestionVersion], last: Question | None) -> list[QuestionVersion]:
    """Each fixed question, and the rotating one after ``last``; at the end, the first again."""
    fixed = [one for one in words if one.question.role != Question.Role.ROTATING]
    turning = [one for one in words if one.question.role == Question.Role.ROTATING]
    later = [
        one
        for one in turning
        if last and (one.question.position, one.question_id) > (last.position, last.pk)
    ]
    return [*fixed, *(later or turning)[:1]]


def last_rotating() -> Question | None:
    """The rotating question asked last."""
    recent = Round.objects.filter(questionnaire__isnull=False).select_related("questionnaire")
    for row in recent.order_by("-starts_on")[:LOOK_BACK]:
        for item in row.questionnaire.items if row.questionnaire else []:
            if item.is_rotating:
                return Question.objects.filter(code=item.code).first()
    return None


# --- words -----------------------------------------------------------------------------------


def period_label(period: Period, language: str | None = None) -> str:
    """Months of a period's rounds: ``sept.–nov. 2026``."""
    with override(language or get_language()):
        return wording.months_text(period.starts_on, period.last_round_on or period.starts_on)


def round_label(row: Round, language: str | None = None) -> str:
    """``tour de novembre``, ``November round``."""
    with override(language or get_language()):
        month = date_format(row.starts_on, "F")
        # French elides before a vowel: « tour d’avril », « tour d’octobre ».
        if month[0] in "aoAO":
            return pgettext("before a vowel", "%(month)s round") % {"month": month}
        return _("%(month)s round") % {"month": month}


def next_close(*, now: datetime) -> Period | None:
    """The period whose figures come out next."""
    return Period.objects.filter(closes_at__gt=now).order_by("closes_at").first()


def next_opening(*, now: datetime) -> Round | None:
    """The round that opens next."""
    return Round.objects.filter(opens_at__gt=now).order_by("opens_at").first()
