"""Loads as drawings: on the server as SVG, once for wide and once for narrow screens, and as a
plain figure that Plotly draws over it. The table beside them holds the same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.wording import percent

STEP = 30
TOP = 22
TICK = 20
SHORTEST_AXIS = 40.0
BARS_HEIGHT = 80.0
BARS_FLOOR = 124.0
WIDEST_BAR = 44.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One person: share of days on demanding missions, zone of chance and its middle, percent.

    Without a zone (``low`` None) the person is not compared yet.
    """

    name: str
    share: float
    low: float | None
    high: float | None
    expected: float | None
    above: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """People above their zone at the end of a period; ``planned``: as it would be."""

    label: str
    count: int
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """Sizes of a drawing; names stand left of ``left``, values right of the dots."""

    kind: str
    width: int
    left: int
    right: int
    letters: int
    # A word under every tick, or under every second one where they would touch.
    words: int


WIDE = Frame("c only-wide", 640, 150, 590, 24, TICK)
NARROW = Frame("c n only-narrow", 360, 116, 318, 14, 2 * TICK)


# --- dots ------------------------------------------------------------------------------------


def load_svg(dots: Sequence[Dot], label: str) -> SafeString:
    """The dots of these people, wide and narrow."""
    drawn = ((_dots(dots, frame, label),) for frame in (WIDE, NARROW))
    return format_html_join("", "{}", drawn)


def axis_end(dots: Sequence[Dot]) -> float:
    """The end of the axis: a whole number of ticks past the largest value."""
    largest = max([SHORTEST_AXIS, *(max(dot.share, dot.high or 0.0) for dot in dots)])
    return min(-(-largest // TICK) * TICK, 100.0)


def _dots(dots: Sequence[Dot], frame: Frame, label: str) -> SafeString:
    end = axis_end(dots)
    floor = TOP + STEP * len(dots)

    def x(value: float) -> str:
        share = min(value, end) / end
        return str(round(frame.left + (frame.right - frame.left) * share, 1))

    ticks = format_html_join(
        "",
        '<line class="grid-l" x1="{x}" x2="{x}" y1="22" y2="{floor}"/>'
        '<text class="m" x="{x}" y="{under}" text-anchor="middle">{words}</text>',
        (
            {
                "x": x(value),
                "floor": floor,
                "under": floor + 18,
                "words": percent(value) if value % frame.words == 0 else "",
            }
            for value in range(0, int(end) + 1, TICK)
        ),
    )
    rows = format_html_join(
        "", "{}", ((_dot(dot, TOP + STEP * at + 15, frame, x),) for at, dot in enumerate(dots))
    )
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<text x="{}" y="14">{}</text>{}{}</svg>',
        frame.kind, str(frame.width), str(floor + 24), label,
        str(frame.left), _("zone of chance"), ticks, rows,
    )  # fmt: skip


def _dot(dot: Dot, y: int, frame: Frame, x: Any) -> SafeString:
    mark, bold = (" low", "b") if dot.above else ("", "")
    kind = "hol" if dot.low is None else f"pt{mark}"
    name = dot.name if len(dot.name) <= frame.letters else dot.name[: frame.letters - 1] + "…"
    return format_html(
        '{zone}<text x="{left}" y="{under}" text-anchor="end" class="{bold}">{name}</text>'
        '<circle class="{kind}" cx="{at}" cy="{y}" r="6"/>'
        '<text class="{bold}" x="{beside}" y="{under}">{share}</text>',
        zone=_zone(dot, y, mark, x),
        left=str(frame.left - 10),
        under=str(y + 4),
        y=str(y),
        bold=bold,
        name=name,
        kind=kind,
        at=x(dot.share),
        # Past the line that leads to the middle of the zone, which would strike it out.
        beside=str(round(float(x(max(dot.share, dot.expected or 0.0))) + 11, 1)),
        share=percent(dot.share),
    )


def _zone(dot: Dot, y: int, mark: str, x: Any) -> SafeString:
    if dot.low is None or dot.high is None or dot.expected is None:
        return SafeString("")
    width = round(float(x(dot.high)) - float(x(dot.low)), 1)
    return format_html(
        '<rect class="bandf" x="{low}" y="{top}" width="{width}" height="20" rx="4"/>'
        '<line class="ref" x1="{mid}" x2="{mid}" y1="{top}" y2="{foot}"/>'
        '<line class="iv t{mark}" x1="{mid}" x2="{at}" y1="{y}" y2="{y}"/>',
        low=x(dot.low),
        width=str(max(width, 2.0)),
        mid=x(dot.expected),
        at=x(dot.share),
        top=str(y - 10),
        foot=str(y + 10),
        y=str(y),
        mark=mark,
    )


def load_figure(dots: Sequence[Dot]) -> dict[str, Any]:
    """The same as a Plotly figure: plain dicts, colours named as in the style sheet."""
    places = list(range(len(dots)))
    zone_x: list[float | None] = []
    zone_y: list[int | None] = []
    for place, dot in zip(places, dots, strict=True):
        if dot.low is not None and dot.high is not None:
            zone_x += [round(dot.low, 1), round(dot.high, 1), None]
            zone_y += [place, place, None]
    zones = {
        "type": "scatter", "mode": "lines", "x": zone_x, "y": zone_y, "hoverinfo": "skip",
        "line": {"color": "var(--band)", "width": 16},
    }  # fmt: skip
    colours = ["var(--mark-low)" if dot.above else "var(--mark)" for dot in dots]
    people = {
        "type": "scatter", "mode": "markers+text", "cliponaxis": False,
        "x": [round(dot.share, 1) for dot in dots], "y": places,
        "text": [percent(dot.share) for dot in dots], "textposition": "middle right",
        "hovertext": [_hover(dot) for dot in dots],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {"size": 12, "color": colours, "line": {"color": "var(--surface)", "width": 1}},
    }  # fmt: skip
    middles = [(dot.expected, at) for at, dot in zip(places, dots, strict=True) if dot.expected]
    chance = {
        "type": "scatter", "mode": "markers", "hoverinfo": "skip",
        "x": [round(expected, 1) for expected, _at in middles], "y": [at for _mid, at in middles],
        "marker": {
            "symbol": "line-ns", "size": 18, "line": {"color": "var(--mark-mute)", "width": 2},
        },
    }  # fmt: skip
    return {"data": [zones, people, chance], "layout": _layout(dots, places)}


def _layout(dots: Sequence[Dot], places: list[int]) -> dict[str, Any]:
    return {
        "height": 64 + STEP * len(dots),
        "xaxis": {"range": [0, axis_end(dots) * 1.1], "dtick": TICK, "ticksuffix": "\u00a0%"},
        "yaxis": {
            "tickvals": places,
            "ticktext": [dot.name for dot in dots],
            "range": [len(dots) - 0.5, -0.5],
            "showgrid": False,
        },
    }


def _hover(dot: Dot) -> str:
    if dot.low is None or dot.high is None:
        return f"{dot.name}: {percent(dot.share)}"
    words = {"name": dot.name, "share": percent(dot.share)}
    words |= {"low": percent(dot.low), "high": percent(dot.high)}
    return _("%(name)s: %(share)s; zone of chance, %(low)s to %(high)s") % words


# --- bars ------------------------------------------------------------------------------------


def trend_svg(bars: Sequence[Bar], label: str) -> SafeString:
    """People above their zone, one bar a period, oldest first; wide and narrow."""
    drawn = (
        (_bars(bars, label, kind, width),)
        for kind, width in (("c only-wide", 640), ("c n only-narrow", 340))
    )
    return format_html_join("", "{}", drawn)


def _bars(bars: Sequence[Bar], label: str, kind: str, width: int) -> SafeString:
    tallest = max(1, *(bar.count for bar in bars))
    step = width / len(bars)
    wide = round(min(step * 0.56, WIDEST_BAR), 1)
    # Labels of neighbours would run into each other on a narrow screen.
    every = 1 if step >= 64 else -(-64 // int(step))
    rows = (
        {
            "x": round(step * (at + 0.5) - wide / 2, 1),
            "y": round(BARS_FLOOR - BARS_HEIGHT * bar.count / tallest, 1),
            "w": wide,
            "h": round(BARS_HEIGHT * bar.count / tallest, 1),
            "mid": round(step * (at + 0.5), 1),
            "over": round(BARS_FLOOR - BARS_HEIGHT * bar.count / tallest - 6, 1),
            "count": bar.count,
            "kind": "bar-hol" if bar.planned else "bar-low",
            "label": bar.label if (len(bars) - 1 - at) % every == 0 else "",
        }
        for at, bar in enumerate(bars)
    )
    drawn = format_html_join(
        "",
        '<rect class="{kind}" x="{x}" y="{y}" width="{w}" height="{h}" rx="4"/>'
        '<text class="b" x="{mid}" y="{over}" text-anchor="middle">{count}</text>'
        '<text class="m" x="{mid}" y="144" text-anchor="middle">{label}</text>',
        ({key: str(value) for key, value in row.items()} for row in rows),
    )
    return format_html(
        '<svg class="{}" viewBox="0 0 {} 150" role="img" aria-label="{}">{}</svg>',
        kind, str(width), label, drawn,
    )  # fmt: skip


# --- one's own line --------------------------------------------------------------------------


def own_svg(dot: Dot, label: str) -> SafeString:
    """One person's share on the axis from 0 to 100 %, with their zone; wide and narrow."""
    drawn = (
        (_own(dot, label, kind, width),)
        for kind, width in (("c only-wide", 640), ("c n only-narrow", 320))
    )
    return format_html_join("", "{}", drawn)


def _own(dot: Dot, label: str, kind: str, width: int) -> SafeString:
    def x(value: float) -> float:
        return round(20 + (width - 40) * value / 100, 1)

    zone = SafeString("")
    if dot.low is not None and dot.high is not None and dot.expected is not None:
        zone = format_html(
            '<rect class="bandf" x="{}" y="8" width="{}" height="24" rx="4"/>'
            '<line class="ref" x1="{mid}" x2="{mid}" y1="4" y2="32"/>',
            str(x(dot.low)),
            str(max(round(x(dot.high) - x(dot.low), 1), 2.0)),
            mid=str(x(dot.expected)),
        )
    ticks = format_html_join(
        "",
        '<text class="m" x="{}" y="52" text-anchor="middle">{}</text>',
        ((str(x(value)), percent(value)) for value in (0, 50, 100)),
    )
    return format_html(
        '<svg class="{}" viewBox="0 0 {} 62" role="img" aria-label="{}">{}'
        '<line class="axis" x1="20" x2="{}" y1="32" y2="32"/>'
        '<circle class="pt{}" cx="{}" cy="20" r="9"/>{}</svg>',
        kind, str(width), label, zone,
        str(width - 20), " low" if dot.above else "", str(x(dot.share)), ticks,
    )  # fmt: skip
