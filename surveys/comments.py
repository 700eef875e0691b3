"""Comments of check-ins: sealed on the way in, and a door for ``scoring`` alone.

A comment is bound to its person, mission and round; a client's, sealed alike, to its asking. What
leaves here for a release is which check-ins carry one that its author ticked to be shown; the
words leave when a page shows them.
"""

from collections.abc import Collection
from dataclasses import dataclass

from core import sealing
from surveys.models import Period
from surveys.models.answers import CheckIn, Draft
from surveys.models.opinions import Opinion

LONGEST = 2000
Row = CheckIn | Draft | Opinion


def binding(kind: str, person: int, mission: int, round_: int) -> str:
    """What a sealed text belongs to: it opens in no other row."""
    return f"{kind}/{person}/{mission}/{round_}"


def bound(row: Row) -> str:
    if isinstance(row, Opinion):
        return f"opinion/{row.asking_id}"
    kind = "check-in" if isinstance(row, CheckIn) else "draft"
    return binding(kind, row.person_id, row.mission_id, row.round_id)


def sealed(text: str, row: Row) -> bytes | None:
    """The text as the row keeps it; None for an empty one."""
    return sealing.seal(text, bound_to=bound(row)) if text else None


def opened(row: Row) -> str | None:
    """A row's own words; None where they are there and cannot be opened now."""
    if row.comment is None:
        return ""
    try:
        return sealing.unseal(bytes(row.comment), bound_to=bound(row))
    except sealing.SealingError:
        return None


# --- for a release -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offered:
    """A check-in whose author lets its comment be shown, and where it was written."""

    check_in: int
    author: int
    client: str
    profile: str


@dataclass(frozen=True, slots=True)
class Told:
    """The words of one, and whose they are: for counting authors. None: they do not open."""

    author: int
    text: str | None


def offered_in(period: Period) -> list[Offered]:
    """The comments of a period that may be shown; no word of them."""
    rows = CheckIn.objects.filter(
        round__period=period, comment_shown=True, comment__isnull=False
    ).order_by()
    columns = ("pk", "person_id", "mission__client__ref", "mission__profile__ref")
    return [Offered(*row) for row in rows.values_list(*columns)]


def told(check_ins: Collection[int]) -> dict[int, Told]:
    """The words of those that are still there; erased or forgotten ones are absent."""
    rows = CheckIn.objects.filter(pk__in=check_ins, comment_shown=True, comment__isnull=False)
    return {row.pk: Told(row.person_id, opened(row)) for row in rows}
