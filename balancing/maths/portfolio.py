"""What a portfolio of clients would become: days, shares by status, well-being, all as ranges.

Days are person-days over the horizon, at the pace of the period looked at. Of every client and
profile a part is *given up* for sure (a client left, less of a profile) and a part *may grow*
(a client developed, more of a profile); an opportunity may bring days between two numbers.
Everything that is not sure is a box, each part free of the others, and a range is the least and
the most over the whole box: no combination of successes lies outside it.

Only published figures come in. A client or profile without one comes in as NaN and counts as the
firm's, so two such clients of the same size cannot be told from each other.
"""

from dataclasses import dataclass, field

import numpy as np

from balancing.maths.window import Bools, Floats, Integers, sum_by

VIRTUOUS, ON_THE_WAY, TOO_EARLY, AT_RISK = "virtuous", "on_the_way", "too_early", "at_risk"
# In the order in which they are shown.
STATUSES = (VIRTUOUS, ON_THE_WAY, TOO_EARLY, AT_RISK)
# What a renegotiation that succeeds leads to, by place; too early to say stays so.
STEP_UP = np.array([0, 0, 2, 1])
WHOLE = 100
LOW, SCORE, HIGH = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Span:
    """From the least to the most that may come."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Expected:
    """Mean well-being, 0-100: the least and the most of its estimate, and the margin around."""

    least: float
    most: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Portfolio:
    """n clients by p profiles, as they are.

    days      (n, p) person-days over the horizon, ≥ 0
    status    (n,) place in STATUSES
    clients   (n, 3) low, score and high of each client's figure or its pool's; NaN: neither is out
    shared    (n,) clients with the same number have one figure in common, and err together
    profiles  (p, 3) the same of each profile
    firm      (3,) the same of the firm; NaN: nothing is out
    """

    days: Floats
    status: Integers
    clients: Floats
    shared: Integers
    profiles: Floats
    firm: Floats

    def __post_init__(self) -> None:
        clients, profiles = self.days.shape
        rows = {self.status.shape, self.shared.shape}
        if rows != {(clients,)} or self.clients.shape != (clients, 3):
            raise ValueError("Status and figures must have a row for each client.")
        if self.profiles.shape != (profiles, 3) or self.firm.shape != (3,):
            raise ValueError("Figures must have a row for each profile, and one for the firm.")
        if not np.all((self.days >= 0) & np.isfinite(self.days)):
            raise ValueError("Days must be 0 or more.")
        if self.status.size and not (0 <= self.status.min() <= self.status.max() < len(STATUSES)):
            raise ValueError("A status is a place in STATUSES.")


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A client to come: days between two numbers, of one profile (a place), with one status.

    ``figure``: low, score and high of what may be expected there, its profile counted in.
    """

    days: Span
    profile: int
    status: int
    figure: tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Hypotheses:
    """What is tried.

    stays       (n,) part of the horizon that each client stays: 1, or less where it is left
    grows       (n,) most growth of each client's days: 0, or what developing it may bring
    improves    (n,) whether it is renegotiated
    lessens     (p,) part of each profile's days given up, 0-1
    swells      (p,) most growth of each profile's days
    brings      opportunities
    """

    stays: Floats
    grows: Floats
    improves: Bools
    lessens: Floats
    swells: Floats
    brings: tuple[Opportunity, ...] = field(default=())

    def __post_init__(self) -> None:
        parts = (self.stays, self.lessens)
        if not all(np.all((part >= 0) & (part <= 1)) for part in parts):
            raise ValueError("What stays and what is given up are parts, 0 to 1.")
        if not all(np.all(part >= 0) for part in (self.grows, self.swells)):
            raise ValueError("Growth is 0 or more.")
        if any(not 0 <= one.days.low <= one.days.high for one in self.brings):
            raise ValueError("An opportunity brings from so many days to as many or more.")

    @classmethod
    def none(cls, clients: int, profiles: int) -> "Hypotheses":
        """Everything goes on."""
        return cls(
            np.ones(clients), np.zeros(clients), np.zeros(clients, dtype=np.bool_),
            np.zeros(profiles), np.zeros(profiles),
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Outcome:
    """What would become of it. Days over the horizon; shares in 0-1 by STATUSES.

    before         days today; ``kept`` + ``given_up`` is the same
    kept           (n, p) days that stay for sure
    growth         (n, p) most days that growth may add to them
    added          days that growth and opportunities add
    to_find        days given up and not made good by what is added
    beyond         days added beyond those given up: more people than today's are needed
    total          days sold, with none to all of ``to_find`` found elsewhere
    now            shares today; None without a day
    worst, best    shares where the share of virtuous days is least and most; None without a day.
                   Days found elsewhere are as the rest are: they change no share.
    profiles_now   (p,) shares of profiles today; ``profiles``: their ranges
    missing        days to move from other clients to virtuous ones, to reach the target
    well_now, well mean well-being over the days; None without a day or a figure
    """

    before: float
    given_up: float
    kept: Floats
    growth: Floats
    added: Span
    to_find: Span
    beyond: Span
    total: Span
    now: tuple[float, ...] | None
    worst: tuple[float, ...] | None
    best: tuple[float, ...] | None
    profiles_now: tuple[float, ...] | None
    profiles: tuple[Span, ...] | None
    missing: Span | None
    well_now: Expected | None
    well: Expected | None


def outcome(firm: Portfolio, tried: Hypotheses, *, target: float) -> Outcome:
    """What the hypotheses would do; ``target``: share of days wished with virtuous clients, 0-1.

    Two clients of 100 days each, one virtuous and one at risk, which is left half-way: 50 days
    are given up, and the virtuous share goes from a half to two thirds, whatever is found.

    >>> figure = np.array([60.0, 70.0, 80.0])
    >>> firm = Portfolio(np.array([[100.0], [100.0]]), np.array([0, 3]),
    ...                  np.array([figure, figure]), np.arange(2), np.array([figure]), figure)
    >>> tried = Hypotheses(np.array([1.0, 0.5]), np.zeros(2), np.zeros(2, bool),
    ...                    np.zeros(1), np.zeros(1))
    >>> found = outcome(firm, tried, target=0.7)
    >>> found.given_up, found.to_find, found.total
    (50.0, Span(low=50.0, high=50.0), Span(low=150.0, high=200.0))
    >>> found.now, [round(share, 3) for share in found.worst]
    ((0.5, 0.0, 0.0, 0.5), [0.667, 0.0, 0.0, 0.333])
    >>> round(found.missing.low, 9), found.well_now.least
    (5.0, 70.0)
    """
    less = tried.stays[:, None] * (1 - tried.lessens[None, :])
    kept = firm.days * less
    growth = kept * ((1 + tried.grows[:, None]) * (1 + tried.swells[None, :]) - 1)
    before, given_up = float(firm.days.sum()), float((firm.days - kept).sum())
    added = Span(
        sum(one.days.low for one in tried.brings),
        float(growth.sum()) + sum(one.days.high for one in tried.brings),
    )
    to_find = Span(max(given_up - added.high, 0.0), max(given_up - added.low, 0.0))
    stays = before - given_up
    worst, best = (_end(firm, tried, kept, growth, best=best) for best in (False, True))
    least, most = _boxes(kept, growth, tried)
    return Outcome(
        before=before,
        given_up=given_up,
        kept=kept,
        growth=growth,
        added=added,
        to_find=to_find,
        beyond=Span(max(added.low - given_up, 0.0), max(added.high - given_up, 0.0)),
        total=Span(stays + added.low, max(stays + added.high, before)),
        now=_parts(_by_status(firm.days.sum(axis=1), firm.status)),
        worst=_parts(worst),
        best=_parts(best),
        profiles_now=_parts(firm.days.sum(axis=0)),
        profiles=_profile_spans(firm, tried, least, most),
        missing=_missing(worst, best, target),
        well_now=_well(firm, (), firm.days.ravel(), firm.days.ravel()),
        well=_well(firm, tried.brings, least, most),
    )


def expected(firm: Portfolio) -> Floats:
    """Low, score and high of each client × profile, (n, p, 3): client + profile − firm.

    Within 0-100. A client or profile without a figure counts as the firm's; margins are put
    together as those of figures that err apart from each other. NaN where nothing is out.

    >>> firm = Portfolio(np.array([[1.0]]), np.array([0]), np.array([[46.0, 50.0, 54.0]]),
    ...                  np.arange(1), np.array([[57.0, 60.0, 63.0]]), np.full(3, 62.0))
    >>> expected(firm).tolist()
    [[[43.0, 48.0, 53.0]]]
    """
    client, profile = firm.clients[:, None, :], firm.profiles[None, :, :]
    no_client, no_profile = np.isnan(client[..., :1]), np.isnan(profile[..., :1])
    client, profile = (
        np.where(no_client, firm.firm, client),
        np.where(no_profile, firm.firm, profile),
    )
    middle = client[..., SCORE] + profile[..., SCORE] - firm.firm[SCORE]
    squares = [
        (~no_client, _half_widths(client)),
        (~no_profile, _half_widths(profile)),
        # The firm's own error counts where it is taken off, and where it stands alone.
        (no_client == no_profile, np.where(no_client, *_both_ways(_half_widths(firm.firm)))),
    ]
    spread = np.sqrt(sum(np.where(counts, width**2, 0.0) for counts, width in squares))
    ends = middle[..., None] + spread * np.array([-1.0, 1.0])
    cells = np.stack([ends[..., 0], middle, ends[..., 1]], axis=-1)
    return np.asarray(np.clip(cells, 0.0, 100.0))


def _half_widths(figure: Floats) -> Floats:
    """Below and above the score, (…, 2)."""
    middle = figure[..., SCORE]
    return np.stack([middle - figure[..., LOW], figure[..., HIGH] - middle], axis=-1)


def _both_ways(widths: Floats) -> tuple[Floats, Floats]:
    """As it stands, and as it counts when the figure is taken off: up is down."""
    return widths, widths[..., ::-1]


def extreme_mean(values: Floats, least: Floats, most: Floats) -> Span | None:
    """Least and most of a weighted mean whose weights lie each between ``least`` and ``most``.

    Shapes (m,). None where every weight is 0.

    >>> extreme_mean(np.array([0.0, 1.0]), np.array([1.0, 1.0]), np.array([1.0, 3.0]))
    Span(low=0.5, high=0.75)
    """
    if not most.any():
        return None
    low, high = least_mean_weights(values, least, most), least_mean_weights(-values, least, most)
    return Span(float(values @ low / low.sum()), float(values @ high / high.sum()))


def least_mean_weights(values: Floats, least: Floats, most: Floats) -> Floats:
    """The weights between ``least`` and ``most``, not all 0, that give the least mean.

    Weights at an end give an extreme: the small values have all of theirs and the large ones as
    little as they may, so it is enough to try each place of the change.

    >>> least_mean_weights(np.array([0.0, 1.0]), np.array([1.0, 1.0]), np.array([2.0, 3.0]))
    array([2., 1.])
    """
    order = np.argsort(values, kind="stable")
    value, low, more = values[order], least[order], (most - least)[order]
    weight = low.sum() + np.concatenate([[0.0], np.cumsum(more)])
    total = value @ low + np.concatenate([[0.0], np.cumsum(value * more)])
    means = np.full(weight.shape, np.inf)
    np.divide(total, weight, out=means, where=weight > 0)
    weights = least.copy()
    large = order[: int(means.argmin())]
    weights[large] = most[large]
    return weights


def _by_status(days: Floats, status: Integers) -> Floats:
    return sum_by(status, days, len(STATUSES))


def _parts(days: Floats) -> tuple[float, ...] | None:
    total = float(days.sum())
    return tuple(float(part) / total for part in days) if total > 0 else None


def _end(
    firm: Portfolio, tried: Hypotheses, kept: Floats, growth: Floats, *, best: bool
) -> Floats:
    """Days by status where the share of virtuous ones is the most, or the least."""
    status = np.where(tried.improves, STEP_UP[firm.status], firm.status) if best else firm.status
    grows = (status == 0) == best
    days = kept.sum(axis=1) + np.where(grows, growth.sum(axis=1), 0.0)
    found = _by_status(days, status)
    for one in tried.brings:
        found[one.status] += one.days.high if (one.status == 0) == best else one.days.low
    return found


def _boxes(kept: Floats, growth: Floats, tried: Hypotheses) -> tuple[Floats, Floats]:
    """Least and most days of each client × profile, then of each opportunity."""
    lows = [one.days.low for one in tried.brings]
    highs = [one.days.high for one in tried.brings]
    return (
        np.concatenate([kept.ravel(), lows]),
        np.concatenate([(kept + growth).ravel(), highs]),
    )


def _profile_spans(
    firm: Portfolio, tried: Hypotheses, least: Floats, most: Floats
) -> tuple[Span, ...] | None:
    clients, profiles = firm.days.shape
    place = np.concatenate(
        [np.tile(np.arange(profiles), clients), [one.profile for one in tried.brings]]
    )
    spans = [extreme_mean((place == at).astype(np.float64), least, most) for at in range(profiles)]
    return tuple(span for span in spans if span) if all(spans) else None


def _missing(worst: Floats, best: Floats, target: float) -> Span | None:
    """Days short of the target at both ends, the better one first."""
    short = [max(target * days.sum() - days[0], 0.0) for days in (best, worst) if days.sum() > 0]
    return Span(float(min(short)), float(max(short))) if short else None


def _well(
    firm: Portfolio, brings: tuple[Opportunity, ...], least: Floats, most: Floats
) -> Expected | None:
    """Mean well-being over the box of days, and the margins of its two ends."""
    figures = np.reshape([one.figure for one in brings], (-1, 3))
    scores = np.concatenate([expected(firm)[..., SCORE].ravel(), figures[:, SCORE]])
    if np.isnan(scores).any() or not most.any():
        return None
    low, high = least_mean_weights(scores, least, most), least_mean_weights(-scores, least, most)
    down, up = float(scores @ low / low.sum()), float(scores @ high / high.sum())
    return Expected(
        down,
        up,
        max(down - _margin(firm, figures, low, 0), 0.0),
        min(up + _margin(firm, figures, high, 1), 100.0),
    )


def _margin(firm: Portfolio, figures: Floats, weights: Floats, side: int) -> float:
    """Margin of the mean, below (0) or above (1): that of a sum of figures that err apart.

    Each figure counts once, by all that rests on it: a client's or a pool's, a profile's, that of
    a client to come, and the firm's, which is taken off once and stands in for what is unknown.
    """
    parts = weights / weights.sum()
    cells = parts[: firm.days.size].reshape(firm.days.shape)
    of_client, of_profile = cells.sum(axis=1), cells.sum(axis=0)
    no_client, no_profile = np.isnan(firm.clients[:, 0]), np.isnan(firm.profiles[:, 0])
    widths = [
        _half_widths(np.where(no_client[:, None], 0.0, firm.clients))[:, side] * of_client,
        _half_widths(np.where(no_profile[:, None], 0.0, firm.profiles))[:, side] * of_profile,
        _half_widths(figures)[:, side] * parts[firm.days.size :],
    ]
    own = of_client[no_client].sum() + of_profile[no_profile].sum() - cells.sum()
    widths[0] = np.bincount(firm.shared, weights=widths[0])
    widths.append(np.array([_half_widths(firm.firm)[side if own > 0 else 1 - side] * own]))
    return float(np.sqrt(sum(float(width @ width) for width in widths)))
