"""The same curves drawn on the server: small multiples, and what stands where no script runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.drawing import scaled
from dashboards.charts import TICKS, axis_of, cut_text, ticks
from dashboards.edition import Point, has_curve
from scoring.publication import Cell

Axis = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """Sizes of a drawing: the plot lies between these four edges. ``words``: ticks are named."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    kind: str = "c"
    words: bool = False
    month_every: int = 1

    def x(self, place: int, count: int) -> float:
        return round(self.left + (self.right - self.left) * place / max(count - 1, 1), 1)

    def y(self, value: float, axis: Axis) -> float:
        return round(self.bottom - scaled(value, axis, self.bottom - self.top), 1)

    def drawn(self, parts: Sequence[SafeString], label: str) -> SafeString:
        """The drawing, which says ``label`` to whoever does not see it."""
        return format_html(
            '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
            self.kind,
            str(self.width),
            str(self.height),
            label,
            SafeString("".join(parts)),
        )


SMALL = Frame(220, 84, 4, 212, 6, 78)
WIDE = Frame(620, 220, 44, 560, 12, 184, kind="c only-wide", words=True)
NARROW = Frame(360, 220, 34, 320, 12, 184, kind="c n only-narrow", words=True, month_every=2)


def small_multiple(points: Sequence[Point], axis: Axis, label: str) -> SafeString:
    """A theme's curve with its interval as a band, the firm dashed; empty under three points."""
    return _drawn(points, axis, SMALL, label) if has_curve(points) else SafeString("")


def trend(points: Sequence[Point], label: str) -> SafeString:
    """The curve of the chart, once for wide and once for narrow screens."""
    axis = axis_of(points)
    return SafeString("".join(_drawn(points, axis, frame, label) for frame in (WIDE, NARROW)))


def _drawn(points: Sequence[Point], axis: Axis, frame: Frame, label: str) -> SafeString:
    parts = [_grid(axis, frame), _months(points, frame)] if frame.words else []
    cuts = [point.cut for point in points]
    runs = _runs([point.cell for point in points], cuts)
    parts += [_run(run, axis, frame, len(points)) for run in runs]
    parts += [_firm(points, axis, frame), _cuts(cuts, frame)]
    return frame.drawn(parts, label)


def _runs(cells: Sequence[Cell], cuts: Sequence[bool]) -> list[list[tuple[int, Cell]]]:
    """Published figures side by side; a withheld period cuts the line, a changed question too."""
    parts = accumulate(cuts)
    known = [
        (place, part, cell)
        for place, (cell, part) in enumerate(zip(cells, parts, strict=True))
        if not cell.withheld
    ]
    runs = groupby(enumerate(known), key=lambda found: (found[1][0] - found[0], found[1][1]))
    return [[(place, cell) for _order, (place, _part, cell) in run] for _key, run in runs]


def _run(run: list[tuple[int, Cell]], axis: Axis, frame: Frame, count: int) -> SafeString:
    at = [(frame.x(place, count), cell) for place, cell in run]
    upper = [f"{x},{frame.y(cell.high, axis)}" for x, cell in at]
    lower = [f"{x},{frame.y(cell.low, axis)}" for x, cell in reversed(at)]
    middle = [(x, frame.y(cell.score, axis)) for x, cell in at]
    last = run[-1][0] == count - 1
    return format_html(
        '<polygon class="bandf" points="{}"/><polyline class="ln" points="{}"/>{}',
        " ".join([*upper, *lower]),
        " ".join(f"{x},{y}" for x, y in middle),
        format_html_join(
            "",
            '<circle class="pt" cx="{}" cy="{}" r="{}"/>',
            (
                (str(x), str(y), "4.5" if last and place == len(middle) - 1 else "2.5")
                for place, (x, y) in enumerate(middle)
            ),
        ),
    )


def _firm(points: Sequence[Point], axis: Axis, frame: Frame) -> SafeString:
    drawn = (
        " ".join(
            f"{frame.x(place, len(points))},{frame.y(cell.score, axis)}" for place, cell in run
        )
        for run in _runs([point.firm for point in points], [point.cut for point in points])
    )
    line = '<polyline class="ref nofill" points="{}"/>'
    return format_html_join("", line, ((spots,) for spots in drawn))


def _cuts(cuts: Sequence[bool], frame: Frame) -> SafeString:
    """A dashed upright line half-way to what asks otherwise, named where there is room."""
    drawn = []
    for place in (place for place, cut in enumerate(cuts) if cut):
        x = (frame.x(place - 1, len(cuts)) + frame.x(place, len(cuts))) / 2
        line = '<line class="axis" x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke-dasharray="2 3"/>'
        drawn.append(format_html(line, f"{x:.1f}", str(frame.top), str(frame.bottom)))
        if frame.words:
            left = 2 * place > len(cuts)
            text = '<text x="{}" y="{}" text-anchor="{}">{}</text>'
            at, anchor = (x - 5, "end") if left else (x + 5, "start")
            drawn.append(format_html(text, f"{at:.1f}", str(frame.top + 10), anchor, cut_text()))
    return SafeString("".join(drawn))


def _grid(axis: Axis, frame: Frame) -> SafeString:
    first = -(-axis[0] // TICKS) * TICKS
    return format_html_join(
        "",
        '<line class="grid-l" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (
                str(frame.left), str(frame.right), str(frame.y(at, axis)), str(frame.y(at, axis)),
                str(frame.left - 10), str(frame.y(at, axis) + 4), str(at),
            )
            for at in range(first, axis[1] + 1, TICKS)
        ),
    )  # fmt: skip


def _months(points: Sequence[Point], frame: Frame) -> SafeString:
    """Months of publication along the bottom, and « masqué » over a gap."""
    last = len(points) - 1
    text = '<text class="m" x="{}" y="{}" text-anchor="middle">{}</text>'
    named = [
        (str(frame.x(place, len(points))), str(frame.height - 8), word)
        for place, word in enumerate(ticks(points))
        if (last - place) % frame.month_every == 0
    ]
    gaps = [
        (str(frame.x(place, len(points))), str(frame.bottom - 6), _("withheld"))
        for place, point in enumerate(points)
        if point.cell.withheld
    ]
    return format_html_join("", text, [*named, *gaps])
