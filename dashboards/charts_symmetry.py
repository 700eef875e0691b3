"""Our people's figure and the client's on one square, with the diagonal and the four zones.

On the server as SVG, and as a plain figure that Plotly draws over it. The table beside them holds
the same numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.wording import between_text, number
from dashboards.satisfaction import ZONES, Row, Symmetry

SIDE, MARGIN, TICK, LINE = 340, 36, 20, 16
LONGEST = 16
AXIS = (20, 100)
WHOLE = (0, 100)


@dataclass(frozen=True, slots=True)
class Square:
    """From figures to places on the drawing."""

    axis: tuple[int, int]

    def x(self, value: float) -> float:
        low, high = self.axis
        share = (min(max(value, low), high) - low) / (high - low)
        return round(MARGIN + share * SIDE, 1)

    def y(self, value: float) -> float:
        return round(2 * MARGIN + SIDE - self.x(value) - MARGIN / 2, 1)


def axis_of(rows: Sequence[Row]) -> tuple[int, int]:
    """20–100, or 0–100 where an interval lies outside."""
    lows = [min(row.last.people.low, row.last.client.low) for row in rows]
    return AXIS if min(lows, default=AXIS[0]) >= AXIS[0] else WHOLE


def corners(view: Symmetry) -> list[tuple[float, float, str, str]]:
    """Where the name of each zone stands: x, y, the words, and the side that they are tied to."""
    low, high = axis_of(view.drawn)
    air = (high - low) / 50
    return [
        (high - air, high - air, str(ZONES["above", "above"]), "end"),
        (high - air, low + air, str(ZONES["above", "below"]), "end"),
        (low + air, high - air, str(ZONES["below", "above"]), "start"),
        (low + air, low + air, str(ZONES["below", "below"]), "start"),
    ]


def says(view: Symmetry) -> str:
    """What the drawing shows, for who does not see it."""
    count = len(view.drawn)
    said = ngettext(
        "%(count)s client: our people’s figure along, the client’s upwards",
        "%(count)s clients: our people’s figure along, the client’s upwards",
        count,
    )
    return said % {"count": count}


# --- on the server -------------------------------------------------------------------------------


def symmetry_svg(view: Symmetry) -> SafeString:
    """The square with its diagonal, the firm's two lines, and each client with both intervals."""
    square = Square(axis_of(view.drawn))
    size = SIDE + 2 * MARGIN
    parts = [_grid(square), _diagonal(square), _lines(view, square), _zones(view, square)]
    parts.append(_clients(view, square))
    return format_html(
        '<svg class="c n" viewBox="0 0 {0} {0}" role="img" aria-label="{1}">{2}</svg>',
        str(size),
        says(view),
        SafeString("".join(parts)),
    )


def _grid(square: Square) -> SafeString:
    low, high = square.axis
    text = (
        '<line class="grid-l" x1="{1}" x2="{2}" y1="{3}" y2="{3}"/>'
        '<text class="m" x="{4}" y="{5}" text-anchor="end">{0}</text>'
        '<text class="m" x="{6}" y="{7}" text-anchor="middle">{0}</text>'
    )
    return format_html_join(
        "",
        text,
        (
            (
                str(at), str(square.x(low)), str(square.x(high)), str(square.y(at)),
                str(MARGIN - 8), str(square.y(at) + 4), str(square.x(at)),
                str(square.y(low) + 18),
            )
            for at in range(low, high + 1, TICK)
        ),
    )  # fmt: skip


def _diagonal(square: Square) -> SafeString:
    low, high = square.axis
    return format_html(
        '<line class="axis" x1="{}" y1="{}" x2="{}" y2="{}"/>',
        str(square.x(low)),
        str(square.y(low)),
        str(square.x(high)),
        str(square.y(high)),
    )


def _lines(view: Symmetry, square: Square) -> SafeString:
    """The firm's own figures, dashed: what parts the zones."""
    low, high = square.axis
    drawn = []
    line = '<line class="ref" x1="{}" x2="{}" y1="{}" y2="{}"/>'
    if not view.firm.withheld:
        x = square.x(view.firm.score)
        drawn.append((str(x), str(x), str(square.y(low)), str(square.y(high))))
    if not view.mean.withheld:
        y = square.y(view.mean.score)
        drawn.append((str(square.x(low)), str(square.x(high)), str(y), str(y)))
    return format_html_join("", line, drawn)


def _zones(view: Symmetry, square: Square) -> SafeString:
    """The names of the zones, a line for each half of a sentence: four share the square."""
    drawn = []
    for x, y, words, anchor in corners(view):
        lines = words.replace(", ", ",\n").split("\n")
        # Two lines each, whatever the words: those of the two lower corners stay apart.
        top = square.y(y) + (10 if y > sum(square.axis) / 2 else -2 * LINE + 8)
        drawn += [
            (str(square.x(x)), str(round(top + LINE * place, 1)), anchor, line)
            for place, line in enumerate(lines)
        ]
    text = '<text class="m" x="{}" y="{}" text-anchor="{}">{}</text>'
    return format_html_join("", text, drawn)


def _clients(view: Symmetry, square: Square) -> SafeString:
    mark = (
        '<line class="iv t" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>'
        '<line class="iv t" x1="{3}" x2="{3}" y1="{4}" y2="{5}"/>'
        '<circle class="pt" cx="{3}" cy="{2}" r="5"/>'
        '<text class="b" x="{6}" y="{7}">{8}</text>'
    )
    return format_html_join("", mark, (_mark(row, square) for row in view.drawn))


def _mark(row: Row, square: Square) -> tuple[str, ...]:
    people, client = row.last.people, row.last.client
    x, y = square.x(people.score), square.y(client.score)
    return (
        str(square.x(people.low)), str(square.x(people.high)), str(y), str(x),
        str(square.y(client.low)), str(square.y(client.high)), str(x + 8), str(y - 8),
        _short(row.named.name),
    )  # fmt: skip


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"


# --- for Plotly ----------------------------------------------------------------------------------


def symmetry_figure(view: Symmetry) -> dict[str, Any]:
    """The same as a Plotly figure: plain dicts, colours named as in the style sheet."""
    low, high = axis_of(view.drawn)
    rows = view.drawn
    diagonal = {
        "type": "scatter", "mode": "lines", "hoverinfo": "skip",
        "x": [low, high], "y": [low, high],
        "line": {"color": "var(--line-strong)", "width": 1},
    }  # fmt: skip
    clients = {
        "type": "scatter", "mode": "markers+text", "cliponaxis": False,
        "x": [row.last.people.score for row in rows],
        "y": [row.last.client.score for row in rows],
        "text": [_short(row.named.name) for row in rows], "textposition": "top right",
        "hovertext": [_hover(row) for row in rows],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "error_x": _error([row.last.people for row in rows]),
        "error_y": _error([row.last.client for row in rows]),
        "marker": {"size": 11, "color": "var(--mark)"},
    }  # fmt: skip
    return {"data": [diagonal, clients], "layout": _layout(view, (low, high))}


def _layout(view: Symmetry, axis: tuple[int, int]) -> dict[str, Any]:
    shapes = []
    if not view.firm.withheld:
        shapes.append(_shape(view.firm.score, "x"))
    if not view.mean.withheld:
        shapes.append(_shape(view.mean.score, "y"))
    sides = {"end": "right", "start": "left"}
    return {
        "height": 520,
        "margin": {"l": 48, "r": 24, "t": 16, "b": 48},
        "xaxis": {"range": list(axis), "dtick": TICK, "title": {"text": _("Our people")}},
        "yaxis": {"range": list(axis), "dtick": TICK, "title": {"text": _("The client")}},
        "shapes": shapes,
        "annotations": [
            {
                "x": x, "y": y, "text": words, "showarrow": False, "xanchor": sides[side],
                "font": {"color": "var(--text-2)", "size": 12},
            }
            for x, y, words, side in corners(view)
        ],
    }  # fmt: skip


def _shape(at: int, side: str) -> dict[str, Any]:
    other = "y" if side == "x" else "x"
    return {
        "type": "line", f"{side}0": at, f"{side}1": at, f"{other}0": 0, f"{other}1": 1,
        f"{side}ref": side, f"{other}ref": "paper",
        "line": {"color": "var(--mark-mute)", "width": 1.5, "dash": "4px,3px"},
    }  # fmt: skip


def _error(figures: Sequence[Any]) -> dict[str, Any]:
    return {
        "type": "data", "symmetric": False, "thickness": 1.2, "width": 0,
        "color": "var(--mark)",
        "array": [one.high - one.score for one in figures],
        "arrayminus": [one.score - one.low for one in figures],
    }  # fmt: skip


def _hover(row: Row) -> str:
    people, client = row.last.people, row.last.client
    lines = [
        row.named.name,
        _("our people: %(score)s, %(margin)s")
        % {"score": number(people.score), "margin": between_text(people.low, people.high)},
        _("the client: %(score)s, %(margin)s")
        % {"score": number(client.score), "margin": between_text(client.low, client.high)},
        row.gap_words,
    ]
    return "<br>".join(lines)
