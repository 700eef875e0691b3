"""The status of a client: a stated rule that gives a word and its reasons, never one number.

It reads what is public to those who may read the client: the charter as the people there judged
it, red lines, whether the published well-being is clearly below the firm's, and whether anything
is asked of the client. What is withheld counts neither for nor against.
"""

from dataclasses import dataclass
from enum import StrEnum

FORMULA_VERSION = 1

# The words of ``clients.models.Result``; `tests/balancing/maths/test_status.py` compares them.
VIRTUOUS, ON_THE_WAY, AT_RISK, TOO_EARLY = "virtuous", "on_the_way", "at_risk", "too_early"
# Where a published figure stands against the firm's; empty where one of the two is withheld.
BELOW, WITHHELD = "below", ""


class Reason(StrEnum):
    """Why a client has its status."""

    RED_LINE = "red_line"
    RED_LINE_SCREENING = "red_line_screening"
    NOT_JUDGED = "not_judged"
    FEW_JUDGED = "few_judged"
    FEW_SEEN = "few_seen"
    SEEN = "seen"
    SOME_MISSING = "some_missing"
    WELL_BEING_BELOW = "well_being_below"
    WELL_BEING_WITHHELD = "well_being_withheld"
    PATH = "path"
    NO_PATH = "no_path"


@dataclass(frozen=True, slots=True)
class Rule:
    """Percents of the values judged: ``virtuous_from`` and more, less than ``at_risk_under``."""

    virtuous_from: int = 80
    at_risk_under: int = 60


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a client when the figures of a period come out.

    values, judged, seen  of the charter: how many it has, have a published word, were seen
    red_line              one is crossed, by the review or the sheet
    screening_red_line    by the last screening at first contact; read while nothing is judged
    well_being            "below", "in_line", "above", or empty: withheld
    asked                 a path is open, and something is asked on it

    Errors: counts out of order (``ValueError``).
    """

    values: int = 0
    judged: int = 0
    seen: int = 0
    red_line: bool = False
    screening_red_line: bool = False
    well_being: str = WITHHELD
    asked: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.seen <= self.judged <= self.values:
            raise ValueError("seen, judged and values out of order")


DEFAULT = Rule()


def status(known: Known, rule: Rule = DEFAULT) -> tuple[str, tuple[Reason, ...]]:
    """The word, and why, the reason that decided first.

    At risk: a red line is crossed, or too few values are seen. Too early: nobody has judged, or
    fewer than half of the values have a word. Virtuous: enough values are seen, and well-being
    is not clearly below the firm's; where that is withheld, the charter alone decides. Else on
    the way, as long as something is asked of the client; at risk without.

    Four of five seen, and well-being in line with the firm's:

    >>> status(Known(values=5, judged=5, seen=4, well_being="in_line"))
    ('virtuous', (<Reason.SEEN: 'seen'>,))

    Three of five: on the way while something is asked, at risk otherwise.

    >>> word, why = status(Known(values=5, judged=5, seen=3, asked=True))
    >>> word, [str(reason) for reason in why]
    ('on_the_way', ['some_missing', 'path', 'well_being_withheld'])
    >>> word, why = status(Known(values=5, judged=5, seen=3, well_being="above"))
    >>> word, [str(reason) for reason in why]
    ('at_risk', ['no_path', 'some_missing'])

    Two of five are fewer than 60 %; two of the four that have a word, too.

    >>> status(Known(values=5, judged=4, seen=2, asked=True, well_being="above"))
    ('at_risk', (<Reason.FEW_SEEN: 'few_seen'>,))

    A red line passes before everything; one of first contact, only while nothing is judged.

    >>> status(Known(values=5, judged=5, seen=5, red_line=True, well_being="above"))
    ('at_risk', (<Reason.RED_LINE: 'red_line'>,))
    >>> status(Known(values=5, screening_red_line=True))
    ('at_risk', (<Reason.RED_LINE_SCREENING: 'red_line_screening'>,))
    >>> status(Known(values=5))
    ('too_early', (<Reason.NOT_JUDGED: 'not_judged'>,))
    """
    early = _red_or_early(known)
    if early is not None:
        return early
    if 100 * known.seen < rule.at_risk_under * known.judged:
        return AT_RISK, (Reason.FEW_SEEN,)
    beside = (Reason.WELL_BEING_WITHHELD,) if known.well_being == WITHHELD else ()
    lacking = _lacking(known, rule)
    if not lacking:
        return VIRTUOUS, (Reason.SEEN, *beside)
    if known.asked:
        return ON_THE_WAY, (*lacking, Reason.PATH, *beside)
    return AT_RISK, (Reason.NO_PATH, *lacking, *beside)


def _red_or_early(known: Known) -> tuple[str, tuple[Reason, ...]] | None:
    """A red line, or too little to go by; None where the charter can decide."""
    if known.red_line:
        return AT_RISK, (Reason.RED_LINE,)
    if not known.judged:
        if known.screening_red_line:
            return AT_RISK, (Reason.RED_LINE_SCREENING,)
        return TOO_EARLY, (Reason.NOT_JUDGED,)
    if 2 * known.judged < known.values:
        return TOO_EARLY, (Reason.FEW_JUDGED,)
    return None


def _lacking(known: Known, rule: Rule) -> tuple[Reason, ...]:
    """What stands between the client and "virtuous"."""
    found = []
    if 100 * known.seen < rule.virtuous_from * known.judged:
        found.append(Reason.SOME_MISSING)
    if known.well_being == BELOW:
        found.append(Reason.WELL_BEING_BELOW)
    return tuple(found)


def whole_percents(parts: list[float]) -> list[int]:
    """Parts of a whole as whole percents that sum to 100, by largest remainder; none of nothing.

    Equal remainders: the earlier part first. Errors: a negative part (``ValueError``).

    >>> whole_percents([1, 1, 1])
    [34, 33, 33]
    >>> whole_percents([35.4, 27.6, 7, 30])
    [35, 28, 7, 30]
    >>> whole_percents([0, 0])
    [0, 0]
    """
    if any(part < 0 for part in parts):
        raise ValueError("a part is negative")
    whole = sum(parts)
    if not whole:
        return [0] * len(parts)
    exact = [100 * part / whole for part in parts]
    floors = [int(value + 1e-9) for value in exact]
    order = sorted(range(len(parts)), key=lambda at: (floors[at] - exact[at], at))
    for at in order[: 100 - sum(floors)]:
        floors[at] += 1
    return floors
