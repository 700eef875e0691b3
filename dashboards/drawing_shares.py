"""The share of days with virtuous clients, period by period, drawn on the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balancing.portfolio import CHARTER, RULE
from core import wording
from dashboards.charts import month_words
from dashboards.drawing import Axis, Frame

FEWEST = 3
CUTS = {RULE: gettext_lazy("other rule"), CHARTER: gettext_lazy("other charter")}
# Two fixed scales, never one made to measure: the whole one where a share or the aim lies above.
LOW_AXIS, WHOLE_AXIS = (0, 60), (0, 100)
STEP = 20
# Two lines of words nearer than this would write over each other.
APART = 16
WIDE = Frame(800, 220, 40, 690, 14, 192, kind="c only-wide", words=True)
NARROW = Frame(360, 220, 34, 296, 14, 192, kind="c n only-narrow", words=True, month_every=2)


@dataclass(frozen=True, slots=True)
class SharePoint:
    """A period: its words, its day on the curve, the share or None where it is not known.

    ``cut``: why its clients cannot be compared with those of the period before
    (``balancing.portfolio``), or nothing.
    """

    label: str
    day: date
    share: int | None
    cut: str = ""

    @property
    def cut_words(self) -> str:
        return str(CUTS[self.cut])


def has_curve(points: Sequence[SharePoint]) -> bool:
    """Three known points or more."""
    return sum(point.share is not None for point in points) >= FEWEST


def curve(points: Sequence[SharePoint], target: int | None, label: str) -> SafeString:
    """The curve, once for wide and once for narrow screens, with the aim as a dashed line."""
    return SafeString("".join(_drawn(points, target, frame, label) for frame in (WIDE, NARROW)))


def axis_of(points: Sequence[SharePoint], target: int | None) -> Axis:
    """0–60, or 0–100."""
    most = max([target or 0, *(point.share or 0 for point in points)])
    return LOW_AXIS if most <= LOW_AXIS[1] else WHOLE_AXIS


def _drawn(
    points: Sequence[SharePoint], target: int | None, frame: Frame, label: str
) -> SafeString:
    axis = axis_of(points, target)
    last = points[-1].share
    parts = [_grid(axis, frame), _aim(target, last, axis, frame), _cuts(points, frame)]
    parts += [_lines(points, axis, frame), _months(points, frame)]
    return frame.drawn(parts, label)


def _grid(axis: Axis, frame: Frame) -> SafeString:
    return format_html_join(
        "",
        '<line class="grid-l" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="m" x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (
                str(frame.left), str(frame.right), str(frame.y(at, axis)), str(frame.y(at, axis)),
                str(frame.left - 8), str(frame.y(at, axis) + 4), str(at),
            )
            for at in range(0, axis[1] + 1, STEP)
        ),
    )  # fmt: skip


def _aim(target: int | None, last: int | None, axis: Axis, frame: Frame) -> SafeString:
    """Its words keep clear of those of the last share."""
    if target is None:
        return SafeString("")
    y = frame.y(target, axis)
    text_y = y + 4
    if last is not None and abs(y - frame.y(last, axis)) < APART:
        text_y = frame.y(last, axis) + 4 + (-APART if target >= last else APART)
    return format_html(
        '<line class="ref" x1="{}" x2="{}" y1="{y}" y2="{y}"/><text class="m" x="{}" y="{}">{}'
        "</text>",
        str(frame.left),
        str(frame.right),
        str(frame.right + 10),
        f"{text_y:.1f}",
        _("Aim %(share)s") % {"share": wording.percent(target)},
        y=str(y),
    )


def _lines(points: Sequence[SharePoint], axis: Axis, frame: Frame) -> SafeString:
    """Lines between neighbours; an unknown period, or one judged by something else, cuts them."""
    at = {
        place: (frame.x(place, len(points)), frame.y(point.share, axis))
        for place, point in enumerate(points)
        if point.share is not None
    }
    joined = (
        (" ".join(f"{x},{y}" for x, y in (at[before], at[after])),)
        for before, after in pairwise(at)
        if after == before + 1 and not points[after].cut
    )
    dots = format_html_join(
        "",
        '<circle class="pt" cx="{}" cy="{}" r="4"/>',
        ((str(x), str(y)) for x, y in at.values()),
    )
    lines = format_html_join("", '<polyline class="ln" points="{}"/>', joined)
    return SafeString(lines + dots + _last(points, at, frame))


def _last(
    points: Sequence[SharePoint], at: dict[int, tuple[float, float]], frame: Frame
) -> SafeString:
    """The share written beside the last point, where that is the newest period's."""
    place = len(points) - 1
    if place not in at:
        return SafeString("")
    x, y = at[place]
    text = '<text class="b" x="{}" y="{}">{}</text>'
    return format_html(text, str(x + 10), str(y + 4), wording.percent(points[place].share))


def _cuts(points: Sequence[SharePoint], frame: Frame) -> SafeString:
    """A dashed upright line half-way to what was judged by something else."""
    line = (
        '<line class="axis" x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke-dasharray="2 3"/>'
        '<text x="{3}" y="{4}">{5}</text>'
    )
    drawn = []
    for place in (place for place, point in enumerate(points) if point.cut and place):
        x = (frame.x(place - 1, len(points)) + frame.x(place, len(points))) / 2
        ends = (f"{x:.1f}", str(frame.top), str(frame.bottom))
        drawn.append((*ends, f"{x + 5:.1f}", str(frame.bottom - 6), points[place].cut_words))
    return format_html_join("", line, drawn)


def _months(points: Sequence[SharePoint], frame: Frame) -> SafeString:
    """Months along the bottom."""
    last = len(points) - 1
    text = '<text class="m" x="{}" y="{}" text-anchor="middle">{}</text>'
    named = (
        (str(frame.x(place, len(points))), str(frame.height - 6), word)
        for place, word in enumerate(month_words(point.day for point in points))
        if (last - place) % frame.month_every == 0
    )
    return format_html_join("", text, named)
