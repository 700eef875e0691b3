"""What the page "How these figures are made" shows: numbers of the code, an example computed by
the estimator itself, and the releases there were. No figure of the firm.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import FirmSettings, TalkContact, User
from accounts.threshold import profile_need
from core import wording
from dashboards.compositions import compositions, numbered
from dashboards.edition import label
from scoring.maths import exposure, figures, release
from scoring.maths.posterior import ENOUGH_CLIENTS
from scoring.publication import PUBLISHED, WITHDRAWN, PublishedPeriod, announced_periods

COMMENT_PEOPLE = 10
SCALE = (0, 25, 50, 75, 100)
# The example: two clients whose people answered 40 and 60, and how answers usually differ.
MEANS = (40.0, 60.0)
SPREAD = release.Variances(person=100.0, client=40.0, profile=0.0, mission=25.0, within=75.0)
EXAMPLE_SIZES = (5, 20)
# The example of a change: score, low, high in two periods.
CHANGE = ((65, 55, 75), (50, 40, 60))
# The drawing: a firm, and clients below, in line and above.
FIRM_DRAWN = 62
DRAWN = ((50, 40, 60), (65, 50, 75), (75, 70, 85))

VERSIONS = {
    1: gettext_lazy(
        "How much people, clients and kinds of mission usually differ was estimated from the"
        " past, and then taken as known."
    ),
    2: gettext_lazy(
        "In a firm of fewer than %(clients)s clients the past tells only roughly how much people,"
        " clients and kinds of mission differ. All plausible values are now weighed instead of"
        " one: the margins of error are wider, and hold what they promise."
    ),
}


@dataclass(frozen=True, slots=True)
class Level:
    """A word and the figures that it stands for; ``under`` and ``upper`` are None at the ends."""

    number: int
    lower: int | None
    upper: int | None


def levels() -> list[Level]:
    """The five words, the lowest first."""
    lows = (None, *figures.LEVELS)
    highs = (*(bound - 1 for bound in figures.LEVELS), None)
    return [
        Level(number, low, high)
        for number, (low, high) in enumerate(zip(lows, highs, strict=True), start=1)
    ]


@dataclass(frozen=True, slots=True)
class Example:
    """Two clients with so many people each, one answer each."""

    people: int
    chance: float  # how far chance alone moves a mean, in points
    believed: int  # share of the gap to the firm, in percent
    first: figures.Figure
    second: figures.Figure


@cache
def examples() -> tuple[Example, ...]:
    """The same two means with few people and with many, through the estimator itself."""
    return tuple(_example(people) for people in EXAMPLE_SIZES)


def _example(people: int) -> Example:
    count = 2 * people
    means = release.Means(
        person=np.arange(count),
        client=np.repeat([0, 1], people),
        profile=np.zeros(count, dtype=np.int64),
        mean=np.repeat(MEANS, people),
        n=np.ones(count),
    )
    made = release.model(means, SPREAD)
    values, spreads = release.estimates(made, [release.client_target(code) for code in (0, 1)])
    shown = [
        figures.figure(float(value), *release.interval(float(value), float(sd)), people)
        for value, sd in zip(values, spreads, strict=True)
    ]
    middle = sum(MEANS) / 2
    one = SPREAD.person + SPREAD.mission + SPREAD.within
    return Example(
        people=people,
        chance=float(np.sqrt(one / people)),
        believed=round(100 * (middle - float(values[0])) / (middle - MEANS[0])),
        first=shown[0],
        second=shown[1],
    )


@dataclass(frozen=True, slots=True)
class ChangeExample:
    """Two rounded figures in a row, as sure as each other, and what makes a change clear."""

    before: figures.Figure
    after: figures.Figure
    half: int  # half the width of each rounded interval, in points
    own: float  # the same before it was rounded outwards, on average
    needed: float  # points: a clear change is larger

    @property
    def points(self) -> int:
        """How far the two are apart."""
        return abs(self.after.score - self.before.score)

    @property
    def near(self) -> int:
        """The next smaller change on the grid: not clear any more."""
        return self.points - self.after.grid


def change_example() -> ChangeExample:
    """Half-widths 10 and 10, 7.5 before rounding: the change is known to some 11 points."""
    before, after = (figures.Figure(*row, figures.COARSE, "8-12") for row in CHANGE)
    half = (after.high - after.low) // 2
    own = half - figures.COARSE / 2
    return ChangeExample(before, after, half, own, math.hypot(own, own))


def drawn() -> list[tuple[figures.Figure, str]]:
    """Figures for the drawing, each with where it stands beside the firm."""
    firm = figures.Figure(FIRM_DRAWN, FIRM_DRAWN, FIRM_DRAWN, figures.FINE, "20+")
    rows = [figures.Figure(*numbers, figures.COARSE, "8-12") for numbers in DRAWN]
    return [(row, str(row.beside(firm))) for row in rows]


@dataclass(frozen=True, slots=True)
class Released:
    """A release as everybody may know it: the fact, and how it was made; no figure."""

    period: PublishedPeriod
    label: str
    remark: str
    is_out: bool
    composition: int


def released() -> list[Released]:
    """Every release, newest first. Why one was withheld or withdrawn is not said."""
    announced = announced_periods()
    composed = numbered([period for period, _state in announced])
    return [
        Released(
            period=period,
            label=label(period),
            remark=_remark(period, state),
            is_out=state == PUBLISHED,
            composition=composed[period.id],
        )
        for period, state in announced
    ]


def _remark(period: PublishedPeriod, state: str) -> str:
    if state == WITHDRAWN:
        return _("figures withdrawn")
    if state != PUBLISHED:
        return _("figures withheld")
    return _("first period: wider margins") if period.first else ""


def versions(rows: list[Released]) -> list[tuple[int, str]]:
    """What each version of the formula that occurs among the releases does, newest first."""
    numbers = {row.period.formula_version for row in rows}
    words = {"clients": ENOUGH_CLIENTS}
    return [(number, VERSIONS[number] % words) for number in sorted(numbers, reverse=True)]


def context(firm: FirmSettings, referents: list[User]) -> dict[str, object]:
    """Everything that the page says with a number."""
    rows = released()
    return {
        "firm": firm,
        "scale": SCALE,
        "levels": levels(),
        "examples": examples(),
        "example_means": MEANS,
        "example_firm": sum(MEANS) / 2,
        "example_spread": SPREAD.client**0.5,
        "change": change_example(),
        "solid": figures.SOLID,
        "to_confirm": figures.TO_CONFIRM,
        "bands": [wording.BANDS[band] for band in _bands()],
        "many": figures.MANY,
        "coarse": figures.COARSE,
        "profile_people": profile_need(firm.anonymity_threshold),
        "comment_people": max(COMMENT_PEOPLE, firm.anonymity_threshold),
        "narrow": round(exposure.NARROW),
        "weeks": firm.rounds_per_period * firm.cadence_weeks,
        "released": rows,
        "versions": versions(rows),
        "compositions": compositions([row.period for row in rows]),
        "referents": referents,
        "contacts": TalkContact.objects.select_related("person"),
    }


def _bands() -> list[str]:
    return [*(f"{first}-{last}" for first, last in figures.BANDS), f"{figures.MANY}+"]
