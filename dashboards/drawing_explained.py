"""The drawing of the page "How these figures are made": intervals beside the firm."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import wording
from core.drawing import INTERVAL_AXIS, MARKS, scaled
from scoring.maths.figures import Figure

Row = tuple[Figure, str]  # a figure, and where it stands beside the firm
LINE = 58


@dataclass(frozen=True, slots=True)
class Frame:
    """Sizes of a drawing: the axis lies between ``left`` and ``right``."""

    width: int
    left: int
    right: int
    kind: str

    def x(self, value: float) -> str:
        return str(round(self.left + scaled(value, INTERVAL_AXIS, self.right - self.left), 1))


WIDE = Frame(620, 20, 600, "c only-wide")
NARROW = Frame(340, 10, 330, "c n only-narrow")


def intervals(rows: Sequence[Row], firm: int) -> SafeString:
    """Dot and line for each figure, the firm dashed; once for wide and once for narrow screens."""
    says = _("Three clients beside the firm (%(firm)s): %(rows)s") % {
        "firm": wording.number(firm),
        "rows": "; ".join(_words(row) for row in rows),
    }
    return SafeString("".join(_drawn(rows, firm, frame, says) for frame in (WIDE, NARROW)))


def _drawn(rows: Sequence[Row], firm: int, frame: Frame, says: str) -> SafeString:
    height = 30 + LINE * len(rows)
    return format_html(
        '<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" aria-label="{says}">'
        '<text class="m" x="{x}" y="14" text-anchor="middle">{word}</text>{rows}</svg>',
        kind=frame.kind,
        width=str(frame.width),
        height=str(height),
        says=says,
        x=frame.x(firm),
        word=_("the firm: %(score)s") % {"score": wording.number(firm)},
        rows=format_html_join(
            "", "{}", ((_row(row, firm, place, frame),) for place, row in enumerate(rows))
        ),
    )


def _row(row: Row, firm: int, place: int, frame: Frame) -> SafeString:
    """One client; the firm's line stops short of the words, which it would cross out."""
    figure, group = row
    y = 46 + LINE * place
    return format_html(
        '<line class="ref" x1="{firm}" x2="{firm}" y1="{above}" y2="{below}"/>'
        '<line class="iv {mark}" x1="{low}" x2="{high}" y1="{y}" y2="{y}"/>'
        '<circle class="pt {mark}" cx="{score}" cy="{y}" r="6"/>'
        '<text x="{left}" y="{under}">{words}</text>',
        firm=frame.x(firm),
        above=str(y - 24),
        below=str(y + 10),
        mark=MARKS[group],
        low=frame.x(figure.low),
        high=frame.x(figure.high),
        score=frame.x(figure.score),
        y=str(y),
        left=str(frame.left),
        under=str(y + 24),
        words=_words(row),
    )


def _words(row: Row) -> str:
    figure, group = row
    return _("%(score)s, %(range)s: %(group)s") % {
        "score": wording.number(figure.score),
        "range": wording.between_text(figure.low, figure.high),
        "group": wording.group_word(group).lower(),
    }
