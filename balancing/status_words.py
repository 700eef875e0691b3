"""The status of a client, its reasons and the firm's rule, in words."""

from collections.abc import Iterable, Sequence
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balancing.maths.status import AT_RISK, ON_THE_WAY, TOO_EARLY, VIRTUOUS, Reason, Rule
from clients.models import Result

CHIPS = {VIRTUOUS: "chip-info", ON_THE_WAY: "", TOO_EARLY: "", AT_RISK: "chip-warn"}
REASONS = {
    Reason.RED_LINE: gettext_lazy("a red line is crossed"),
    Reason.RED_LINE_SCREENING: gettext_lazy("a red line was crossed at first contact"),
    Reason.NOT_JUDGED: gettext_lazy("not judged on the charter yet"),
    Reason.FEW_JUDGED: gettext_lazy("fewer than half of the values have a published word"),
    Reason.FEW_SEEN: gettext_lazy("too few of the values are seen"),
    Reason.SEEN: gettext_lazy("the values are seen there"),
    Reason.SOME_MISSING: gettext_lazy("some values are not seen yet"),
    Reason.WELL_BEING_BELOW: gettext_lazy("well-being is clearly below the firm"),
    Reason.WELL_BEING_WITHHELD: gettext_lazy("judged on the charter alone"),
    Reason.PATH: gettext_lazy("a path is open with the client"),
    Reason.NO_PATH: gettext_lazy("nothing is asked of the client"),
}


def status_word(result: str) -> str:
    """« Vertueux »; empty for a client at which one did not work."""
    return str(Result(result).label) if result else ""


def reason_words(reasons: Iterable[str]) -> str:
    """The reasons in one line, the one that decided first."""
    return ", ".join(str(REASONS[Reason(code)]) for code in reasons)


def reason_counts(counts: Iterable[tuple[str, int]]) -> str:
    """« a red line is crossed (1), nothing is asked of the client (2) », the most frequent first;
    one that is everybody's needs no number."""
    rank = {reason.value: place for place, reason in enumerate(Reason)}
    ordered = sorted(counts, key=lambda pair: (-pair[1], rank[pair[0]]))
    if len(ordered) == 1:
        return reason_words(code for code, _count in ordered)
    return ", ".join(
        _("%(reason)s (%(count)s)") % {"reason": REASONS[Reason(code)], "count": count}
        for code, count in ordered
    )


def meaning(result: str, rule: Rule, values: int) -> str:
    """What it takes to have this status, with the firm's percents on a charter of ``values``."""
    words = {
        "most": ceil(rule.virtuous_from * values / 100),
        "least": ceil(rule.at_risk_under * values / 100),
        "values": values,
    }
    said = {
        VIRTUOUS: _(
            "at least %(most)s values of %(values)s seen, no red line crossed, well-being not"
            " clearly below the firm"
        ),
        ON_THE_WAY: _("something is missing, no red line is crossed, and a path is open"),
        TOO_EARLY: _("not judged on the charter yet"),
        AT_RISK: _(
            "a red line, fewer than %(least)s values of %(values)s seen, or nothing is asked of"
            " them"
        ),
    }
    return said[result] % words


def listed(words: Sequence[str]) -> str:
    """« A, B and C »."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}
