"""A client's published figure before something was done there, and after: a path, an alert."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from dashboards.changes import Moved
from dashboards.edition import label
from scoring.publication import (
    WITHHELD,
    Cell,
    Figures,
    PublishedPeriod,
    Scope,
    Viewer,
    change,
    figure,
    published,
)
from surveys.versions import comparable


@dataclass(frozen=True, slots=True)
class Effect:
    """A client's figure before and after; ``after_label`` is empty until it is out."""

    before: Cell
    before_label: str
    after: Cell
    after_label: str
    says: str

    @property
    def is_withheld(self) -> bool:
        return self.before.withheld and self.after.withheld


class Done(NamedTuple):
    """From which day until which something was under way."""

    opened: date
    ended: date


Ends = tuple[PublishedPeriod, PublishedPeriod | None] | None


def effects(
    *, viewer: Viewer, ref: str, done: Iterable[Done], periods: Sequence[PublishedPeriod]
) -> list[Effect | None]:
    """For each, the last period out before it began and the first that began after it ended.

    One look through the gate for all of them; None where nothing was out before.
    """
    found = [_ends(one, periods) for one in done]
    wanted = {row.id for ends in found if ends for row in ends if row is not None}
    scope = Scope("client", ref)
    cells = published(viewer=viewer, periods=wanted, scopes=[scope]) if wanted else {}
    return [_effect(ends, cells, scope) for ends in found]


def _ends(done: Done, periods: Sequence[PublishedPeriod]) -> Ends:
    before = next((row for row in periods if row.last_on < done.opened), None)
    after = next((row for row in reversed(periods) if row.starts_on > done.ended), None)
    return None if before is None else (before, after)


def _effect(ends: Ends, cells: Figures, scope: Scope) -> Effect | None:
    if ends is None:
        return None
    before, after = ends
    first = figure(cells, before.id, scope)
    if after is None:
        return Effect(first, label(before), WITHHELD, "", "")
    last = figure(cells, after.id, scope)
    return Effect(first, label(before), last, label(after), _says(before, after, first, last))


def _says(before: PublishedPeriod, after: PublishedPeriod, first: Cell, last: Cell) -> str:
    """What changed, with the margin of the change; where the two asked something else, that."""
    if not comparable(before.asked, after.asked, Scope("client").dimension):
        return _("The two periods did not ask the same, so no change is told.")
    moved = change(first, last)
    if moved is None:
        return ""
    return Moved("", str(moved.direction), first, last, moved.points, moved.low, moved.high).says
