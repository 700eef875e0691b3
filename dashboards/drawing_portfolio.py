"""Shares of days by status as bars, drawn on the server, and the sentence above them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clients.models import Result
from core.wording import number, percent, signed
from dashboards.what_if import Part
from dashboards.what_if import Result as Told

WIDTH, HEIGHT, THICK = 340, 64, 36
# Shares under these have no room for their figure, and for their name.
NAMED_FIGURE, NAMED_WORD = 12, 19
KINDS = {
    Result.VIRTUOUS: "v",
    Result.ON_THE_WAY: "e",
    Result.TOO_EARLY: "t",
    Result.AT_RISK: "r",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its title."""

    title: str
    drawing: SafeString


def bars(told: Told, *, tried: bool) -> list[Bar]:
    """Today; with a scenario one more, or two where it may turn out well or badly."""
    found = [Bar(_("Today"), bar(told.parts, "now", _("Today")))]
    if not tried or not told.has_days_left:
        return found
    ends = [("best", _("With the scenario"))]
    if told.ends_differ:
        ends = [
            ("worst", _("With the scenario, at worst")),
            ("best", _("With the scenario, at best")),
        ]
    return found + [Bar(title, bar(told.parts, end, title)) for end, title in ends]


def bar(parts: Sequence[Part], end: str, title: str) -> SafeString:
    """One bar of 100 %: the label says every share, the drawing those with room."""
    shares = [(Result(part.key), int(getattr(part, end))) for part in parts]
    drawn, left = [], 0.0
    for key, share in shares:
        width = WIDTH * share / 100
        if share:
            drawn.append(_segment(key, share, left, width))
        left += width
    said = ", ".join(f"{key.label} {percent(share)}" for key, share in shares if share)
    return format_html(
        '<svg class="c" viewBox="0 0 {} {}" role="img" aria-label="{}: {}">{}</svg>',
        str(WIDTH), str(HEIGHT), title, said, SafeString("".join(drawn)),
    )  # fmt: skip


def _segment(key: Result, share: int, left: float, width: float) -> SafeString:
    kind = KINDS[key]
    texts = []
    if share >= NAMED_FIGURE:
        texts.append((f"on-{kind}", f"{left + 8:.1f}", "23", percent(share)))
    if share >= NAMED_WORD:
        texts.append(("", f"{left + 2:.1f}", "54", str(key.label)))
    return format_html(
        '<rect class="bar-{} gap" x="{}" y="0" width="{}" height="{}" rx="3"/>{}',
        kind, f"{left:.1f}", f"{width:.1f}", str(THICK),
        format_html_join("", '<text class="{}" x="{}" y="{}">{}</text>', texts),
    )  # fmt: skip


def finding(told: Told, *, tried: bool) -> str:
    """What the bars say of virtuous days."""
    if not told.is_known:
        return _("For most of our days nobody has judged the client yet")
    now, low, high = told.virtuous.now, told.virtuous.worst, told.virtuous.best
    if not tried:
        return _("%(now)s of virtuous days") % {"now": percent(now)}
    if not told.has_days_left:
        return _("No day would be left")
    if low == high:
        words = {"now": number(now), "then": percent(high)}
        return _("From %(now)s to %(then)s of virtuous days") % words
    words = {"now": percent(now), "low": number(low), "high": percent(high)}
    return _("%(now)s of virtuous days, then between %(low)s and %(high)s") % words


def change_text(low: int, high: int) -> str:
    """``−8 à +2 %``."""
    plus = "+" if high > 0 else ""
    end = f"{plus}{percent(high)}"
    if low == high:
        return end
    return _("%(low)s to %(high)s") % {"low": signed(low), "high": end}


def percents_text(low: int, high: int) -> str:
    """``5 à 12 %``."""
    if low == high:
        return percent(high)
    return _("%(low)s to %(high)s") % {"low": number(low), "high": percent(high)}
