"""A review of clients that is over, to words: audited, then frozen, once.

Per client and value of the charter a word, never a count: what more than half of those who
answered it said. Fewer people than a figure needs, or a word that would tell what one person
answered beside the last reviews (``maths/majority.py``): withheld, and the two look the same.
Under a word stand the typical actions that more than half have ticked (``maths/evidence.py``).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from operator import itemgetter

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from accounts.audit import Act, record
from accounts.models import FirmSettings
from clients.models import CharterValue, ClientSheet, SheetLine
from clients.models.charter import Action
from core.jobs import each, once
from core.search import fold
from missions.models import Assignment
from scoring.design import pseudonym
from scoring.maths import majority
from scoring.maths.evidence import TICKED, Evidence, evidence
from scoring.maths.majority import Poll
from scoring.models import ReleasedReview, ReleasedVerdict, ReviewMembers, ReviewRelease
from surveys import review_answers
from surveys.models import ClientReview
from surveys.review_answers import Said

# Earlier releases that the audit looks at, and how long pseudonyms are kept: never longer than
# the answers themselves.
LOOKED_AT = 3
KEPT_FOR = timedelta(days=731)
Kind = ReleasedVerdict.Kind
# The words of each kind; the second one stands for "no majority" too.
WORDS: Mapping[str, tuple[str, ...]] = {
    Kind.OURS: ("kept", "not_kept"),
    Kind.VERDICT: ("seen", "not_seen", "contrary"),
    Kind.RED_LINE: ("crossed", "not_crossed"),
}
CROSSED = "crossed"
YES, NO = "1", "0"
# Client, kind of question, and a name of the value.
Question = tuple[int, str, str]
# A poll, and a number that grows from review to review.
Earlier = tuple[float, Poll]
BEFORE_ALL = -math.inf
# Question → who answered, and the place of their word. The kind of an action ends with its place.
Answers = dict[tuple[str, int], dict[str, int]]


def release_reviews_due(*, now: datetime) -> str:
    """Release every review that is over and not released, the oldest first."""
    done = set(ReviewRelease.objects.values_list("review", flat=True))
    waiting = [row for row in review_answers.over(now=now) if row.pk not in done]
    made = each(waiting, lambda review: release(review=review, now=now))
    _forget_members(now)
    return f"{len(made)} review(s) of clients released" if made else ""


def release(*, review: ClientReview, now: datetime) -> ReviewRelease | None:
    """Freeze the words about every client that it asked about; None where another was first.

    The audit comes first and holds no lock.
    """
    review_answers.take_no_more(review=review, now=now)
    need = FirmSettings.current().anonymity_threshold
    values = list(CharterValue.objects.filter(charter=review.charter_id, chosen=True))
    clients = review_answers.clients_of(review)
    answers, earlier = _answers(review, values), _earlier()
    for question, poll in _agreed(clients, now):
        earlier[question].append((BEFORE_ALL, poll))
    found = {
        client: _words(client, answers.get(client, {}), values, _Rules(need, earlier))
        for client in clients
    }
    return once(
        lambda: _freeze(review, found, now),
        done=ReviewRelease.objects.filter(review=review).exists,
    )


@dataclass(frozen=True, slots=True)
class _Word:
    """What is said of one question: a word and who answered, or nothing (withheld)."""

    value: CharterValue
    kind: str
    poll: Poll | None
    # By place, the typical actions of the value; none where the value is not told of.
    actions: Mapping[int, Evidence] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return WORDS[self.kind][self.poll.word] if self.poll else ""


@dataclass(frozen=True, slots=True)
class _Rules:
    """People needed, and earlier polls by client and question."""

    need: int
    earlier: dict[Question, list[Earlier]]

    def before(self, client: int, kind: str, names: Sequence[str]) -> list[Poll]:
        """The earlier polls of a question by any of its names, the newest last."""
        found = dict.fromkeys(one for name in names for one in self.earlier[client, kind, name])
        return [poll for _number, poll in sorted(found, key=itemgetter(0))]


def _words(
    client: int, answers: Answers, values: Iterable[CharterValue], rules: _Rules
) -> list[_Word]:
    """With the actions told under each; none under a value of which nothing is told, be it for
    its red line."""
    words = [
        _Word(value, kind, _poll(client, kind, value, answers.get((kind, value.pk), {}), rules))
        for value in values
        for kind in _kinds(value)
    ]
    untold = {one.value for one in words if one.kind == Kind.RED_LINE and not one.poll}
    return [
        one
        if one.kind == Kind.VERDICT and one.value in untold
        else replace(one, actions=_evidence(client, one, answers, rules))
        for one in words
    ]


def _kinds(value: CharterValue) -> Iterator[str]:
    """Our side first; a red line where the value has one."""
    yield Kind.OURS
    yield Kind.VERDICT
    if value.red_line:
        yield Kind.RED_LINE


def _poll(
    client: int, kind: str, value: CharterValue, given: Mapping[str, int], rules: _Rules
) -> Poll | None:
    """The word of one question with those who answered it; None: withheld."""
    if len(given) < rules.need:
        return None
    count = len(WORDS[kind])
    new = Poll(frozenset(given), majority.word(list(given.values()), answers=count))
    before = rules.before(client, kind, value.known_by)
    return new if majority.is_safe(new, before, answers=count) else None


# --- evidence --------------------------------------------------------------------------------


def _evidence(client: int, word: _Word, answers: Answers, rules: _Rules) -> dict[int, Evidence]:
    """The actions of one side of a value, by place.

    The same text under two values is one question: the second is held against the first.
    """
    found: dict[int, Evidence] = {}
    if word.poll is None:
        return found
    for place, action in enumerate(_actions(word.value, word.kind)):
        ticked = answers.get((f"{word.kind} {place}", word.value.pk), {})
        kind, names = _about_actions(word.kind), _names_of_action(action)
        before = rules.before(client, kind, names)
        found[place] = evidence(word.poll.people, ticked.keys(), before)
        if poll := found[place].poll:
            for name in names:
                rules.earlier[client, kind, name].append((math.inf, poll))
    return found


def _about_actions(kind: str) -> str:
    return f"{kind} action"


def _names_of_action(action: Action) -> list[str]:
    """Like those that a value is known by; under whichever value it stands."""
    return [f"fr {fold(action.french)}", f"en {fold(action.english)}"]


def _actions(value: CharterValue, kind: str) -> list[Action]:
    sides = {Kind.OURS: value.owed_actions, Kind.VERDICT: value.asked_actions}
    return sides.get(Kind(kind), [])


def _answers(review: ClientReview, values: Iterable[CharterValue]) -> dict[int, Answers]:
    """By client and question, under pseudonyms."""
    found: dict[int, Answers] = defaultdict(lambda: defaultdict(dict))
    drawn = {value.pk for value in values if value.red_line}
    for said in review_answers.said_in(review):
        name = pseudonym(said.person)
        for kind, value, word in _told(said, drawn):
            found[said.client][kind, value][name] = WORDS[kind].index(word)
        for kind, value, place in _ticked(said):
            found[said.client][f"{kind} {place}", value][name] = TICKED
    return found


def _ticked(said: Said) -> Iterator[tuple[str, int, int]]:
    """Kind, value and place of the actions that somebody ticked."""
    for kind, ticks in ((Kind.OURS, said.kept_actions), (Kind.VERDICT, said.seen_actions)):
        for value, places in ticks.items():
            for place in places:
                yield kind, value, place


def _told(said: Said, drawn: set[int]) -> Iterator[tuple[str, int, str]]:
    """Kind, value and word; a verdict on a value with a red line says of that line too."""
    for value, word in said.ours.items():
        yield Kind.OURS, value, word
    for value, word in said.verdicts.items():
        yield Kind.VERDICT, value, word
        if value in drawn:
            crossed, not_crossed = WORDS[Kind.RED_LINE]
            yield Kind.RED_LINE, value, crossed if value in said.red_lines else not_crossed


@transaction.atomic
def withdraw(*, round_on: date, reason: str, now: datetime) -> bool:
    """Take back the words of the review that went with a round (its first day), for good; False if
    they were not out.

    Who answered stays known to the audit: a word that somebody has read goes on being told.
    """
    rows = ReviewRelease.objects.filter(review__round__starts_on=round_on).order_by()
    # By its own row: PostgreSQL asks a condition again of a row it waited for, not of a join.
    out = ReviewRelease.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))
    held = bool(out.filter(withdrawn_at=None).update(withdrawn_at=now, withdrawn_why=reason))
    if held:
        record(Act("withdraw", "client_review", str(round_on)), actor=None, now=now)
    return held


# --- what is kept ----------------------------------------------------------------------------


def _freeze(
    review: ClientReview, found: Mapping[int, list[_Word]], now: datetime
) -> ReviewRelease:
    row = ReviewRelease.objects.create(review=review, published_at=now)
    for client, words in found.items():
        about = ReleasedReview.objects.create(
            release=row, client_id=client, says=any(one.poll for one in words)
        )
        ReleasedVerdict.objects.bulk_create(
            ReleasedVerdict(
                about=about,
                value=one.value,
                kind=one.kind,
                word=one.text,
                actions=[place for place, said in one.actions.items() if said.told],
            )
            for one in words
        )
        ReviewMembers.objects.create(about=about, **_members(words))
    return row


def _members(words: Iterable[_Word]) -> dict[str, object]:
    """Those whose answers are in a published word, and in what was asked of actions under it;
    nothing of what is withheld."""
    polls = {question: poll for one in words for question, poll in _polls(one)}
    people = sorted(frozenset().union(*(poll.people for poll in polls.values())))
    marks = {
        question: [poll.word, "".join(YES if one in poll.people else NO for one in people)]
        for question, poll in polls.items()
    }
    return {"people": people, "polls": marks}


def _polls(word: _Word) -> Iterator[tuple[str, Poll]]:
    """The poll of a word, and those of its actions, by kind, value, and place."""
    question = f"{word.kind} {word.value.pk}"
    if word.poll:
        yield question, word.poll
    for place, said in word.actions.items():
        if said.poll:
            yield f"{question} {place}", said.poll


def _earlier() -> dict[Question, list[Earlier]]:
    """Polls of the last releases, by client and question."""
    found: dict[Question, list[Earlier]] = defaultdict(list)
    values = CharterValue.objects.in_bulk()
    rows = ReviewMembers.objects.filter(about__release__in=_last()).order_by("pk")
    for pk, client, people, polls in rows.values_list("pk", "about__client", "people", "polls"):
        for question, (word, marks) in polls.items():
            there = (one for one, mark in zip(people, marks, strict=True) if mark == YES)
            poll = Poll(frozenset(there), word)
            for kind, name in _known_as(question, values):
                found[client, kind, name].append((pk, poll))
    return found


def _known_as(question: str, values: Mapping[int, CharterValue]) -> list[tuple[str, str]]:
    """Kind and names of a question that is kept."""
    kind, value, *place = question.split()
    if not place:
        return [(kind, name) for name in values[int(value)].known_by]
    action = _actions(values[int(value)], kind)[int(place[0])]
    return [(_about_actions(kind), name) for name in _names_of_action(action)]


def _agreed(clients: Collection[int], now: datetime) -> Iterator[tuple[Question, Poll]]:
    """What the last joint sheets said of these clients, withdrawn ones too: somebody read them.
    Who was at the table stands nowhere: all who worked there that day."""
    of_client: Counter[int] = Counter()
    sheets = ClientSheet.objects.filter(client__in=clients, written_at__gt=now - KEPT_FOR)
    for sheet in sheets.order_by("-written_at", "-pk").prefetch_related("lines__value"):
        of_client[sheet.client_id] += 1
        if of_client[sheet.client_id] > LOOKED_AT:
            continue
        day = localdate(sheet.written_at)
        there = Assignment.objects.during(day, day).filter(mission__client=sheet.client_id)
        people = frozenset(map(pseudonym, there.values_list("person_id", flat=True)))
        for line in sheet.lines.all():
            for kind, word in _on_line(line):
                poll = Poll(people, WORDS[kind].index(word), agreed=True)
                for name in line.value.known_by:
                    yield (sheet.client_id, kind, name), poll


def _on_line(line: SheetLine) -> Iterator[tuple[str, str]]:
    """Kind and word, as of an answer."""
    if line.ours != SheetLine.Ours.UNKNOWN:
        yield Kind.OURS, line.ours
    yield Kind.VERDICT, line.verdict
    if line.value.red_line:
        crossed, not_crossed = WORDS[Kind.RED_LINE]
        yield Kind.RED_LINE, crossed if line.red_line else not_crossed


def _last() -> list[int]:
    rows = ReviewRelease.objects.order_by("-review__round__starts_on")
    return list(rows.values_list("pk", flat=True)[:LOOKED_AT])


def _forget_members(now: datetime) -> None:
    """Pseudonyms are for the audit of the next reviews; older ones go, next review or not."""
    too_old = Q(about__release__published_at__lt=now - KEPT_FOR)
    ReviewMembers.objects.filter(~Q(about__release__in=_last()) | too_old).delete()
