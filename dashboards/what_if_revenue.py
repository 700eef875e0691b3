"""What a scenario does to revenue, in the amounts that a page and a file show."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from balancing.maths.portfolio import Outcome, Span
from balancing.maths.revenue import money
from balancing.status_words import listed
from dashboards.portfolio import STEP, Today, about

# Names of clients that are said to be lacking; the rest is counted.
NAMED = 5
Ends = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Revenue:
    """Over the year to come; None where something that it takes is not known.

    ``known`` of ``clients``; ``lacking``: names of those that are not, and would have to be for
    what is tried; ``unsaid``: clients to come of whom the scenario says no revenue.
    """

    known: int
    clients: int
    before: int | None
    given_up: int | None
    to_find: Ends | None
    beyond: Ends | None
    lacking: str
    unsaid: int

    @property
    def kept(self) -> int | None:
        if self.before is None or self.given_up is None:
            return None
        return self.before - self.given_up

    @property
    def percent_given_up(self) -> int | None:
        """None where the whole is not known, or is nothing."""
        if not self.before or self.given_up is None:
            return None
        return round(100 * self.given_up / self.before)


def revenue(today: Today, found: Outcome, earns: Sequence[Ends | None]) -> Revenue:
    """``earns``: of each client to come, what the scenario says that it pays."""
    paid = np.array([np.nan if line.paid is None else line.paid for line in today.lines])
    said = [ends for ends in earns if ends is not None]
    brings = Span(sum(low for low, _high in said), sum(high for _low, high in said))
    told = money(paid, today.portfolio.days, (found.kept, found.growth), brings)
    return Revenue(
        known=int((~np.isnan(paid)).sum()),
        clients=len(today.lines),
        before=about(told.before),
        given_up=about(told.given_up),
        to_find=_ends(told.to_find),
        beyond=_ends(told.beyond),
        lacking=_named([today.lines[at].named.name for at in np.flatnonzero(told.lacks)]),
        unsaid=len(earns) - len(said),
    )


def _named(names: list[str]) -> str:
    more = len(names) - NAMED
    if more <= 0:
        return listed(names)
    return _("%(names)s and %(more)s more") % {"names": ", ".join(names[:NAMED]), "more": more}


def _ends(span: Span | None) -> Ends | None:
    return (
        None if span is None else (STEP * round(span.low / STEP), STEP * round(span.high / STEP))
    )
