"""Small drawings made on the server as SVG: no script, follows the theme, prints.

Geometry stands in attributes (a strict style policy refuses any inline style), written with
a point as decimal mark whatever the language.
"""

from collections.abc import Sequence
from itertools import accumulate, groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.wording import number

INTERVAL_AXIS = (20.0, 95.0)
INTERVAL_WIDTH = 240.0
SPARK_AXIS = (30.0, 90.0)
SPARK_POINTS = 8
SPARK_STEP = 12.0
SPARK_RIGHT = 86.0
SPARK_BOTTOM = 24.0
SPARK_HEIGHT = 22.0
SPARK_FEWEST = 3
MARKS = {"below": "low", "in_line": "", "above": "high"}
BARS = {"solid": 3, "to_confirm": 2, "fragile": 1}


def scaled(value: float, axis: tuple[float, float], length: float) -> float:
    """Place a value on an axis of that length; beyond the ends it stays at the end.

    >>> scaled(62, (20, 95), 240)
    134.4
    >>> scaled(10, (20, 95), 240)
    0.0
    """
    low, high = axis
    share = (min(max(value, low), high) - low) / (high - low)
    return round(share * length, 1)


def interval_bar(
    score: float, low: float, high: float, firm: float | None = None, group: str = "in_line"
) -> SafeString:
    """Dot and line on the shared axis 20–95; the dashed line is the firm.

    Orange or blue only when ``group`` says that the rounded interval clears the firm. Hidden
    from screen readers: the figure and its interval always stand beside it as text.
    """
    at = [scaled(value, INTERVAL_AXIS, INTERVAL_WIDTH) for value in (score, low, high)]
    dashed = SafeString("")
    if firm is not None:
        x = scaled(firm, INTERVAL_AXIS, INTERVAL_WIDTH)
        dashed = format_html('<line class="ref" x1="{0}" x2="{0}" y1="1" y2="21"/>', str(x))
    return format_html(
        '<svg class="c inline-iv" viewBox="0 0 240 22" aria-hidden="true">'
        '<line class="axis" x1="0" x2="240" y1="21" y2="21" opacity=".25"/>{firm}'
        '<line class="iv {mark}" x1="{low}" x2="{high}" y1="11" y2="11"/>'
        '<circle class="pt {mark}" cx="{score}" cy="11" r="5.5"/></svg>',
        firm=dashed,
        mark=MARKS[group],
        score=str(at[0]),
        low=str(at[1]),
        high=str(at[2]),
    )


def reliability_bars(reliability: str) -> SafeString:
    """Three bars, of which as many are filled as the reliability deserves."""
    filled = BARS[reliability]
    bars = format_html_join(
        "",
        '<rect class="{}" x="{}" y="0" width="6" height="10" rx="1.5"/>',
        (("on" if place < filled else "off", str(place * 8)) for place in range(3)),
    )
    return format_html('<svg viewBox="0 0 22 10" aria-hidden="true">{}</svg>', bars)


def sparkline(
    points: Sequence[float | None], labels: Sequence[str] = (), cuts: Sequence[bool] = ()
) -> SafeString:
    """One point a period, the last eight; a withheld period (None) is a gap in the line.

    ``labels`` names the periods, for the text alternative. ``cuts``: before which of the points
    the question changed: the line breaks there, and the words speak of what comes after. Fewer
    than three published points make no curve, and the words say so.
    """
    shown = list(points)[-SPARK_POINTS:]
    names = list(labels)[-SPARK_POINTS:] or [""] * len(shown)
    breaks = list(cuts)[-SPARK_POINTS:] or [False] * len(shown)
    known = [place for place, value in enumerate(shown) if value is not None]
    if len(known) < SPARK_FEWEST:
        return format_html('<span class="muted xs">{}</span>', _("no curve yet"))
    left = SPARK_RIGHT - SPARK_STEP * (len(shown) - 1)
    at = {place: (left + SPARK_STEP * place, _spark_y(shown[place])) for place in known}
    last_cut = max((place for place, cut in enumerate(breaks) if cut), default=0)
    ends = [place for place in known if place >= last_cut] or known[-1:]
    said = [(shown[end], names[end]) for end in (ends[0], ends[-1])]
    return format_html(
        '<svg class="c spark" viewBox="0 0 92 26" role="img" aria-label="{label}">{lines}{cuts}'
        '<circle class="pt" cx="{x}" cy="{y}" r="3.5"/></svg>',
        label=_spark_label(said, is_cut=last_cut > 0),
        lines=_spark_lines(at, breaks),
        cuts=_spark_cuts(breaks, left),
        x=str(at[known[-1]][0]),
        y=str(at[known[-1]][1]),
    )


def _spark_y(value: float | None) -> float:
    return round(SPARK_BOTTOM - scaled(value or 0.0, SPARK_AXIS, SPARK_HEIGHT), 1)


def _spark_cuts(breaks: Sequence[bool], left: float) -> SafeString:
    """A short dashed upright line half-way to each point that a cut stands before."""
    line = '<line class="axis" x1="{0}" x2="{0}" y1="2" y2="24" stroke-dasharray="2 2"/>'
    places = [place for place, cut in enumerate(breaks) if cut and place]
    return format_html_join(
        "", line, ((str(left + SPARK_STEP * (place - 0.5)),) for place in places)
    )


def _spark_lines(at: dict[int, tuple[float, float]], breaks: Sequence[bool]) -> SafeString:
    """Lines between neighbours; a point alone between two gaps is a small dot."""
    drawn, parts = [], list(accumulate(breaks))
    for _gap, run in groupby(enumerate(at), key=lambda pair: (pair[1] - pair[0], parts[pair[1]])):
        spots = [at[place] for _order, place in run]
        if len(spots) > 1:
            joined = " ".join(f"{x},{y}" for x, y in spots)
            drawn.append(format_html('<polyline class="ln" points="{}"/>', joined))
        else:
            (x, y) = spots[0]
            drawn.append(format_html('<circle class="pt" cx="{}" cy="{}" r="2"/>', str(x), str(y)))
    return SafeString("".join(drawn))


def _spark_label(ends: list[tuple[float | None, str]], *, is_cut: bool) -> str:
    told = [f"{number(value)} ({name})" if name else number(value) for value, name in ends]
    said = _("From %(first)s to %(last)s") % {"first": told[0], "last": told[1]}
    return _("%(title)s, since the question changed") % {"title": said} if is_cut else said
