"""Tags and filters of the interface: icons, figures, numbers, dates.

A figure is any object with ``score``, ``low``, ``high``, ``level``, ``group``, ``reliability``
and ``band``, or with ``withheld`` true and nothing else to say. They all come from the door of
published figures; a withheld one reaches the page as one fixed sentence.
"""

from collections.abc import Sequence
from typing import Protocol

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import drawing, wording
from core.icons import ICONS

register = template.Library()


class Figure(Protocol):
    """What a published figure shows."""

    score: float
    low: float
    high: float
    level: int
    reliability: str
    withheld: bool


register.filter("number", wording.number)
register.filter("percent", wording.percent)
register.filter("money", wording.money)
register.filter("quoted", wording.quoted)
register.filter("signed", wording.signed)
register.filter("day_month", wording.day_month)
register.filter("full_day", wording.full_day)
register.filter("weekday", wording.weekday)
register.filter("short_day", wording.short_day)
register.filter("clock", wording.clock)
register.filter("level_word", wording.level_word)
register.filter("group_word", wording.group_word)
register.filter("reliability_word", wording.reliability_word)
register.filter("band_text", wording.band_text)
register.simple_tag(wording.months_text, name="months_text")
register.simple_tag(wording.range_text, name="range_text")
register.simple_tag(wording.between_text, name="between_text")
register.simple_tag(wording.withheld_text, name="withheld_text")
register.simple_tag(drawing.interval_bar, name="interval_bar")


@register.filter
def initials(name: str) -> str:
    """First letters of the first and last word of a name: ``IM`` for Inès Morel."""
    words = [word for word in str(name).split() if word[0].isalnum()]
    ends = [words[0], words[-1]] if len(words) > 1 else words
    return "".join(word[0].upper() for word in ends)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon that only accompanies a text; an unknown name is an error."""
    return format_html(
        '<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', ICONS[name]
    )


@register.simple_tag
def score_badge(score: float, low: float, high: float, level: int) -> SafeString:
    """Number, word, then the interval: a number never goes alone."""
    return format_html(
        '<span class="score" data-l="{}">{}<span class="w">{}</span></span>'
        ' <span class="ivl-text">{}</span>',
        str(level),
        wording.number(score),
        wording.level_word(level),
        wording.range_text(low, high),
    )


@register.simple_tag
def score_hidden(need: int = 5) -> SafeString:
    """Stand for a withheld figure: no count, no name, no colour."""
    return format_html(
        '<span class="score-hidden">{}{}</span>', icon("eye-off"), wording.withheld_text(need)
    )


@register.simple_tag
def figure(cell: Figure, need: int = 5) -> SafeString:
    """Draw the badge of a published figure, or the sentence of a withheld one."""
    if cell.withheld:
        return score_hidden(need)
    return score_badge(cell.score, cell.low, cell.high, cell.level)


@register.simple_tag
def heat_cell(cell: Figure, need: int = 5) -> SafeString:
    """Draw one table cell of a heat map: estimate, words for screen readers, interval."""
    if cell.withheld:
        return format_html(
            '<td class="hid">{}<span class="vh">{}</span></td>',
            icon("eye-off"),
            wording.withheld_text(need),
        )
    return format_html(
        '<td data-l="{}">{}<small><span class="vh">, {}, {}, </span>{}–{}</small></td>',
        str(cell.level),
        wording.number(cell.score),
        wording.level_word(cell.level),
        wording.reliability_word(cell.reliability),
        wording.number(cell.low),
        wording.number(cell.high),
    )


@register.simple_tag
def reliability(kind: str) -> SafeString:
    """Three bars and a word: ``solid``, ``to_confirm`` or ``fragile``."""
    return format_html(
        '<span class="sure">{}{}</span>',
        drawing.reliability_bars(kind),
        wording.reliability_word(kind),
    )


@register.simple_tag
def sparkline(
    points: Sequence[float | None], labels: Sequence[str] = (), cuts: Sequence[bool] = ()
) -> SafeString:
    """Draw the curve of the last eight periods; see ``core.drawing.sparkline``."""
    return drawing.sparkline(points, labels, cuts)
