"""One's own curve, seen by oneself alone: one point a round, from three points on.

Drawn on the server as SVG, once for wide and once for narrow screens; the table beside it
holds the same words.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import wording
from surveys.own import OwnCheckIn

FEWEST = 3
ROUNDS = 8
# Class of the line, class and radius of its points: the second is dashed, with hollow points.
LOOKS = (("ln", "pt", "5"), ("ln2", "hol", "4.5"))
QUARTERS = (100, 75, 50, 25, 0)
Spot = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Frame:
    """Sizes of a drawing; the plot lies right of ``left`` and between ``top`` and ``bottom``."""

    kind: str
    width: int
    height: int
    left: int
    bottom: int
    top: int = 14
    month_every: int = 1

    def x(self, place: int, count: int) -> float:
        inner = self.width - self.left - 30
        return round(self.left + 16 + inner * place / (count - 1), 1)

    def y(self, value: float) -> float:
        return round(self.bottom - (self.bottom - self.top) * value / 100, 1)


WIDE = Frame("c only-wide", 620, 190, 118, 160)
NARROW = Frame("c n only-narrow", 360, 210, 84, 180, month_every=2)


@dataclass(frozen=True, slots=True)
class Line:
    """One mission: its client's name, and value by place of the round on the axis."""

    client: str
    points: dict[int, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One round of the table: its words for each line."""

    label: str
    words: list[str]


@dataclass(frozen=True, slots=True)
class OwnCurve:
    """Up to two lines over the last rounds answered, and the same in words."""

    question: str
    ticks: list[tuple[float, str]]
    days: list[date]
    lines: list[Line]
    # Places of the rounds from which on the question is another than before.
    cuts: list[int]

    @property
    def drawings(self) -> list[SafeString]:
        return [_drawn(self, frame) for frame in (WIDE, NARROW)]

    @property
    def legend(self) -> list[tuple[SafeString, str]]:
        """A sample of each line, and its client."""
        return [
            (_sample(look), line.client) for line, look in zip(self.lines, LOOKS, strict=False)
        ]

    @property
    def rows(self) -> list[Row]:
        return [
            Row(
                wording.short_day(day) + (f" · {cut_text()}" if place in self.cuts else ""),
                [self._words(line.points.get(place)) for line in self.lines],
            )
            for place, day in enumerate(self.days)
        ]

    def _words(self, value: float | None) -> str:
        return dict(self.ticks).get(value, wording.number(value)) if value is not None else "–"


def own_curve(check_ins: Sequence[OwnCheckIn]) -> OwnCurve | None:
    """How one felt, round by round (where never asked: one's own mean); None before 3 points.

    At most two missions are drawn: those with the latest points, the latest round first.
    """
    outcome = next((one.feeling for one in check_ins if one.feeling), None)
    told = [(one, one.feeling.value if one.feeling else None) for one in check_ins]
    if outcome is None:
        told = [(one, one.overall) for one in check_ins]
    known = [(one, value) for one, value in told if value is not None]
    days = sorted({one.round_on for one, _value in known})[-ROUNDS:]
    lines = _lines([(one, value) for one, value in known if one.round_on in days], days)
    if not lines:
        return None
    labels = next((one.feeling_labels for one in check_ins if one.feeling), [])
    ticks = list(zip(QUARTERS, reversed(labels), strict=False)) if labels else _plain_ticks()
    question = outcome.question if outcome else _("Mean of your answers, from 0 to 100")
    bases = {
        one.round_on: one.feeling_basis if outcome else one.overall_basis for one, _v in known
    }
    cuts = [place for place in range(1, len(days)) if bases[days[place - 1]] != bases[days[place]]]
    return OwnCurve(question, [(float(at), words) for at, words in ticks], days, lines, cuts)


def cut_text() -> str:
    """What stands where the question was changed."""
    return _("Question changed")


def _lines(known: list[tuple[OwnCheckIn, float]], days: list[date]) -> list[Line]:
    points: dict[int, dict[int, float]] = defaultdict(dict)
    clients = {}
    for one, value in known:
        points[one.mission_id][days.index(one.round_on)] = value
        clients[one.mission_id] = one.client
    whole = [Line(clients[pk], found) for pk, found in points.items() if len(found) >= FEWEST]
    return whole[: len(LOOKS)]


def _plain_ticks() -> list[tuple[int, str]]:
    return [(at, wording.number(at)) for at in QUARTERS]


# --- drawing -----------------------------------------------------------------------------------


def _drawn(curve: OwnCurve, frame: Frame) -> SafeString:
    parts = [_grid(curve, frame), *_drawn_lines(curve, frame), _drawn_cuts(curve, frame)]
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        frame.kind,
        str(frame.width),
        str(frame.height),
        _label(curve),
        SafeString("".join(parts)),
        _months(curve, frame),
    )


def _label(curve: OwnCurve) -> str:
    ends = {"first": wording.short_day(curve.days[0]), "last": wording.short_day(curve.days[-1])}
    clients = ", ".join(line.client for line in curve.lines)
    return _("Your answers round by round, from %(first)s to %(last)s: ") % ends + clients


def _grid(curve: OwnCurve, frame: Frame) -> SafeString:
    return format_html_join(
        "",
        '<line class="grid-l" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (
                str(frame.left),
                str(frame.width),
                str(frame.y(at)),
                str(frame.y(at)),
                str(frame.left - 10),
                str(frame.y(at) + 4),
                words,
            )
            for at, words in curve.ticks
        ),
    )


def _drawn_lines(curve: OwnCurve, frame: Frame) -> list[SafeString]:
    drawn = []
    for line, (stroke, dot, radius) in zip(curve.lines, LOOKS, strict=False):
        spots = {
            place: (str(frame.x(place, len(curve.days))), str(frame.y(value)))
            for place, value in sorted(line.points.items())
        }
        for run in _runs(spots, curve.cuts):
            joined = " ".join(f"{x},{y}" for x, y in run)
            drawn.append(format_html('<polyline class="{}" points="{}"/>', stroke, joined))
        circles = ((dot, x, y, radius) for x, y in spots.values())
        drawn.append(format_html_join("", '<circle class="{}" cx="{}" cy="{}" r="{}"/>', circles))
    return drawn


def _runs(spots: dict[int, Spot], cuts: list[int]) -> list[list[Spot]]:
    """The points on each side of the cuts."""
    ends = [0, *cuts, max(spots) + 1]
    sides = [[spots[at] for at in spots if start <= at < end] for start, end in pairwise(ends)]
    return [side for side in sides if side]


def _drawn_cuts(curve: OwnCurve, frame: Frame) -> SafeString:
    """A dashed upright line half-way to where something else is asked, and its words."""
    at = [
        (frame.x(place - 1, len(curve.days)) + frame.x(place, len(curve.days))) / 2
        for place in curve.cuts
    ]
    return format_html_join(
        "",
        '<line class="axis" x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke-dasharray="2 3"/>'
        '<text x="{0}" y="{3}" text-anchor="middle">{4}</text>',
        ((f"{x:.1f}", frame.top, frame.bottom, frame.top - 4, cut_text()) for x in at),
    )


def _sample(look: tuple[str, str, str]) -> SafeString:
    return format_html(
        '<span class="c"><svg width="32" height="12" viewBox="0 0 32 12" aria-hidden="true">'
        '<line class="{}" x1="0" x2="32" y1="6" y2="6"/>'
        '<circle class="{}" cx="16" cy="6" r="{}"/></svg></span>',
        *look,
    )


def _months(curve: OwnCurve, frame: Frame) -> SafeString:
    last = len(curve.days) - 1
    return format_html_join(
        "",
        '<text class="m" x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (str(frame.x(place, len(curve.days))), str(frame.height - 3), wording.short_month(day))
            for place, day in enumerate(curve.days)
            if (last - place) % frame.month_every == 0
        ),
    )
