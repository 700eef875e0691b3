"""What is forgotten in time: check-ins, comments, drafts, what our people and clients said of each
other. Published figures and words stay as they are."""

from datetime import datetime, timedelta

from clients import charter_links, choosing, screening, sheets, stances
from clients.contacts import forget_ended
from surveys.models import Round
from surveys.models.answers import CheckIn, Draft
from surveys.models.opinions import Opinion
from surveys.models.review_answers import ReviewAnswer

# From the close of their round, leap days and all; a draft, from when it was last written.
CHECK_INS = timedelta(days=731)  # 24 months
COMMENTS = timedelta(days=366)  # 12 months
DRAFTS = timedelta(days=30)
AT_ONCE = 2000


def forget_due(*, now: datetime) -> str:
    """Everything past its time. What it says tells no number: who has a draft is nobody's."""
    old, older = _closed_before(now - COMMENTS), _closed_before(now - CHECK_INS)
    comments = CheckIn.objects.filter(round__in=old, comment__isnull=False)
    found = {
        "comments": comments.update(comment=None, comment_shown=False),
        "check-ins": _forget_check_ins(older),
        "comments of clients": Opinion.objects.filter(
            asking__survey__round__in=old, comment__isnull=False
        ).update(comment=None),
        "answers of clients": Opinion.objects.filter(asking__survey__round__in=older).delete()[0],
        "answers about clients": ReviewAnswer.objects.filter(review__round__in=older).delete()[0],
        "names of former contacts": forget_ended(now=now),
        "names on links to the charter": charter_links.forget_ended(now=now),
        "authors of sentences against values": choosing.forget_authors(),
        "stances of people who left": stances.forget_gone(now=now),
        "evidence of first contacts": screening.forget_evidence(now=now),
        "evidence on joint sheets": sheets.forget_evidence(now=now),
        "drafts": Draft.objects.filter(kept_at__lt=now - DRAFTS).delete()[0],
    }
    names = [name for name, count in found.items() if count]
    return f"{', '.join(names)} past their time forgotten" if names else ""


def _closed_before(moment: datetime) -> list[int]:
    """Ids: a list, so that each row is then found by its round's index."""
    return list(Round.objects.filter(closes_at__lt=moment).order_by().values_list("pk", flat=True))


def _forget_check_ins(rounds: list[int]) -> int:
    """Some at a time, so that no lock is held for long."""
    gone = 0
    rows = CheckIn.objects.filter(round__in=rounds).order_by().values_list("pk", flat=True)
    while some := list(rows[:AT_ONCE]):
        gone += CheckIn.objects.filter(pk__in=some).delete()[0]
    return gone
