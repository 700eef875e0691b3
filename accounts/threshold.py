"""People needed for a figure: an administrator proposes more, a referent confirms. Never fewer.

Each step is one conditional UPDATE: whoever comes second changes nothing, and is told.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.audit import Act, record
from accounts.models import FirmSettings, ThresholdChange, User

State = ThresholdChange.State
NEWS_WEEKS = 12  # how long respondents are told of a raise
PROFILE_PEOPLE = 8  # the figure of a mission profile needs more people than others

COMMENT_PEOPLE = 10  # a text is recognised more easily than a figure


def comment_need(people: int) -> int:
    """Authors that comments need, where a figure needs ``people``.

    >>> comment_need(5), comment_need(12)
    (10, 12)
    """
    return max(COMMENT_PEOPLE, people)


def profile_need(people: int) -> int:
    """People that a mission profile's figure needs, where others need ``people``.

    >>> profile_need(5), profile_need(9)
    (8, 9)
    """
    return max(PROFILE_PEOPLE, people)


@dataclass(frozen=True, slots=True)
class News:
    """A raise that respondents are told of: since when, how many now, how many before."""

    since: datetime
    people: int
    before: int


def news(*, now: datetime) -> News | None:
    """The newest raise, while it is news."""
    last = ThresholdChange.objects.confirmed().first()
    if last is None or last.decided_at is None:
        return None
    if now - last.decided_at >= timedelta(weeks=NEWS_WEEKS):
        return None
    return News(last.decided_at, last.people, last.before)


def waiting() -> ThresholdChange | None:
    """The proposal that waits for a referent."""
    return ThresholdChange.objects.waiting().select_related("proposed_by").first()


@transaction.atomic
def propose(*, people: int, reason: str, actor: User, now: datetime) -> ThresholdChange | None:
    """Ask for more people a figure. None where another proposal waits already.

    Sent twice, it is one proposal.
    """
    before = FirmSettings.current().anonymity_threshold
    try:
        with transaction.atomic():
            change = ThresholdChange.objects.create(
                before=before, people=people, reason=reason, proposed_by=actor, proposed_at=now
            )
    except IntegrityError:
        found = waiting()
        if found is None:
            raise
        same = (found.people, found.reason, found.proposed_by) == (people, reason, actor)
        return found if same else None
    _record("propose", change, actor, now)
    return change


@transaction.atomic
def confirm(*, change: ThresholdChange, actor: User, now: datetime) -> bool:
    """The second key: from now on every release needs so many people. False: decided before."""
    if not _decide(change, State.CONFIRMED, actor, now):
        return False
    FirmSettings.objects.get_or_create(pk=1)
    lower = FirmSettings.objects.filter(pk=1, anonymity_threshold__lt=change.people)
    lower.update(anonymity_threshold=change.people)
    _record("confirm", change, actor, now)
    return True


@transaction.atomic
def decline(*, change: ThresholdChange, actor: User, now: datetime) -> bool:
    """The number stays as it is. False: decided before."""
    decided = _decide(change, State.DECLINED, actor, now)
    if decided:
        _record("decline", change, actor, now)
    return decided


@transaction.atomic
def withdraw(*, change: ThresholdChange, actor: User, now: datetime) -> bool:
    """Take a proposal back. False: decided before."""
    decided = _decide(change, State.WITHDRAWN, actor, now)
    if decided:
        _record("withdraw", change, actor, now)
    return decided


def _decide(change: ThresholdChange, state: str, actor: User, now: datetime) -> bool:
    row = ThresholdChange.objects.waiting().filter(pk=change.pk)
    return bool(row.update(state=state, decided_by=actor, decided_at=now))


def _record(action: str, change: ThresholdChange, actor: User, now: datetime) -> None:
    changes = {"anonymity_threshold": [str(change.before), str(change.people)]}
    record(Act(action, "threshold", str(change.pk), changes=changes), actor=actor, now=now)
