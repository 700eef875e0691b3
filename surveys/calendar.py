"""The firm's calendar: periods and rounds made ahead, and each round opened once.

Both verbs find their own work in the database and may be repeated, killed or run twice at
once: a round is opened by the one conditional UPDATE that finds it unopened.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from accounts.models import FirmSettings
from core import periods, wording
from surveys.models import Pause, Period, Question, Questionnaire, QuestionVersion, Round
from surveys.models.questions import Item

AHEAD = timedelta(weeks=26)
# How far back to look for the rotating item asked last: imported rounds may hold none.
LOOK_BACK = 30
# What a period keeps of the firm's calendar.
MADE_WITH = ("cadence_weeks", "open_days", "opens_at", "rounds_per_period")
Shape = list[tuple[date, datetime, datetime]]


# --- making ahead ----------------------------------------------------------------------------


@transaction.atomic
def make_ahead(*, now: datetime) -> str:
    """Make whole periods with their rounds, so that at least 26 weeks lie ahead.

    A change of the firm's calendar counts from the next period: those not begun are made
    again, those begun keep what they have. A pause alone counts at once, since no round opens
    in one: what is still to come of the period in progress waits for its end. Returns a
    summary, empty when nothing was due.
    """
    # Two workers at once: the second waits here, then finds everything made.
    firm = FirmSettings.objects.select_for_update().filter(pk=1).first()
    calendar = calendar_of(firm)
    if firm is None or calendar is None:
        return ""
    begun = begun_by(now)
    made = _complete(begun, firm, calendar) + _wait_out(begun, calendar, now) if begun else 0
    last = begun.rounds.order_by("starts_on").last() if begun else None
    wanted = list(plan(now, calendar, last, firm.rounds_per_period))
    waiting = _after(begun)
    if _shapes(waiting) != wanted or _made_otherwise(waiting, firm):
        Round.objects.filter(period__in=waiting).delete()
        waiting.delete()
        made += sum(_make(shape, firm) for shape in wanted)
    return f"{made} rounds made ahead" if made else ""


def pauses() -> tuple[periods.Pause, ...]:
    """The firm's pauses, over ones included: a yearly one comes again."""
    return tuple(row.days for row in Pause.objects.all())


def calendar_of(firm: FirmSettings | None) -> periods.Calendar | None:
    """The firm's calendar with its pauses; None while no first round is chosen."""
    return with_pauses(firm.calendar if firm else None, pauses())


def with_pauses(
    calendar: periods.Calendar | None, pauses: tuple[periods.Pause, ...]
) -> periods.Calendar | None:
    return replace(calendar, pauses=pauses) if calendar else None


def begun_by(now: datetime) -> Period | None:
    """The last period that has begun, or that holds a round already asked."""
    settled = Q(starts_on__lte=localdate(now)) | Q(rounds__opened_at__isnull=False)
    return Period.objects.filter(settled).order_by("-starts_on").first()


def _after(begun: Period | None) -> QuerySet[Period]:
    later = Period.objects.filter(starts_on__gt=begun.starts_on) if begun else Period.objects.all()
    return later.order_by("starts_on")


def _shapes(periods_: QuerySet[Period]) -> list[Shape]:
    """What the rounds of these periods look like."""
    return [
        [(row.starts_on, row.opens_at, row.closes_at) for row in period.rounds.all()]
        for period in periods_.prefetch_related("rounds")
    ]


def _made_otherwise(periods_: QuerySet[Period], firm: FirmSettings) -> bool:
    """Were some made by another calendar, even if the same days came out?"""
    same = {name: getattr(firm, name) for name in MADE_WITH}
    return periods_.exclude(**same).exists()


def plan(
    now: datetime,
    calendar: periods.Calendar,
    last: Round | None,
    count: int,
    ahead: timedelta = AHEAD,
) -> Iterator[Shape]:
    """Periods of ``count`` rounds after ``last``, from the first that is not yet over."""
    day = next_day(calendar, last)
    while day <= localdate(now) + ahead:
        starts = [day]
        while len(starts) < count:
            starts.append(calendar.following(starts[-1]))
        day = calendar.following(starts[-1])
        shape = [(start, *calendar.window(start)) for start in starts]
        if shape[-1][2] > now:
            yield shape


def next_day(calendar: periods.Calendar, last: Round | None) -> date:
    """First day of the round after ``last``; never before that one has closed."""
    if last is None:
        return calendar.free(calendar.first_round_on)
    cadence = timedelta(days=calendar.cadence_days)
    day = max(last.starts_on + cadence, calendar.first_round_on)
    while calendar.window(day)[0] <= last.closes_at:
        day += cadence
    return calendar.free(day)


def _complete(period: Period, firm: FirmSettings, calendar: periods.Calendar) -> int:
    """Make the rounds that a period in progress still lacks (an import may have begun it)."""
    missing = 0 if period.closes_at else period.round_count - period.rounds.count()
    for _place in range(missing):
        day = next_day(calendar, period.rounds.order_by("starts_on").last())
        opens, closes = calendar.window(day)
        period.rounds.create(starts_on=day, opens_at=opens, closes_at=closes)
    if missing:
        for name in MADE_WITH:
            setattr(period, name, getattr(firm, name))
        period.save(update_fields=MADE_WITH)
        settle(period)
    return missing


def _wait_out(period: Period, firms: periods.Calendar, now: datetime) -> int:
    """Move what is still to come of a period in progress out of the pauses, and back again
    where a pause is gone."""
    coming = period.rounds.to_come(now)
    wanted = to_come(period, firms.pauses, now)
    if [row.starts_on for row in wanted] == [row.starts_on for row in coming]:
        return 0
    coming.delete()
    period.rounds.bulk_create(wanted)
    settle(period)
    return len(wanted)


def to_come(period: Period, pauses: tuple[periods.Pause, ...], now: datetime) -> list[Round]:
    """What is to come of a period in progress, with these pauses, by the calendar that it was
    made with; as it stands where that is unknown, or where none of its rounds is due yet."""
    calendar = period.calendar(pauses)
    coming = list(period.rounds.to_come(now).order_by("starts_on"))
    begun = period.rounds.exclude(pk__in=[row.pk for row in coming]).order_by("starts_on").last()
    if calendar is None or begun is None:
        return coming
    wanted: list[Round] = []
    for _row in coming:
        last = wanted[-1].starts_on if wanted else None
        day = calendar.following(last) if last else next_day(calendar, begun)
        opens, closes = calendar.window(day)
        wanted.append(Round(period=period, starts_on=day, opens_at=opens, closes_at=closes))
    return wanted


def settle(period: Period) -> None:
    """Write down when a period closes, once all its rounds are made."""
    rounds = list(period.rounds.order_by("starts_on"))
    if len(rounds) >= period.round_count:
        period.last_round_on = rounds[-1].starts_on
        period.closes_at = rounds[-1].closes_at
        period.save(update_fields=["last_round_on", "closes_at"])


def _make(shape: Shape, firm: FirmSettings) -> int:
    period = Period.objects.create(
        starts_on=shape[0][0],
        round_count=len(shape),
        last_round_on=shape[-1][0],
        closes_at=shape[-1][2],
        **{name: getattr(firm, name) for name in MADE_WITH},
    )
    Round.objects.bulk_create(
        Round(period=period, starts_on=day, opens_at=opens, closes_at=closes)
        for day, opens, closes in shape
    )
    return len(shape)


# --- opening ---------------------------------------------------------------------------------


def open_due(*, now: datetime) -> str:
    """Open the rounds whose window has begun, once the staff council has been consulted.

    A round whose window passed before it was opened never opens: no catch-up. None opens in a
    pause, even one that was entered this morning.
    """
    today = localdate(now)
    consulted_on = FirmSettings.current().consulted_on
    if consulted_on is None or consulted_on > today:
        return ""
    if any(pause.covers(today) for pause in pauses()):
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
    content = [item.as_frozen() for item in items]
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
        Q(question__retired_on__isnull=True)
        | Q(question__retired_on__gt=day)
        | Q(question__resumes_on__lte=day),
    ).select_related("question__dimension", "question__profile")
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
        moment=question.moment,
        audience=question.audience,
        profile=question.profile.ref if question.profile else "",
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
