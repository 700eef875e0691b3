"""What a screening comes to: a stated rule, with a version, that gives a word and no number."""

from collections.abc import Iterable

from clients.models.prospects import Result, Seen

RULE_VERSION = 1
Verdict = Seen.Verdict


def result_of(verdicts: Iterable[str], *, red_line: bool) -> Result:
    """At risk: a red line is crossed, or more than a third of the values are contrary. Too early:
    fewer than half are seen or contrary. Virtuous: none contrary, four in five seen. Else on the
    way.

    >>> result_of(["seen", "seen", "seen", "seen", "not_seen"], red_line=False).value
    'virtuous'
    >>> result_of(["seen", "seen", "contrary", "not_seen", "not_seen"], red_line=False).value
    'on_the_way'
    >>> result_of(["seen", "not_seen", "not_seen"], red_line=False).value
    'too_early'
    """
    listed = list(verdicts)
    values, seen = len(listed), listed.count(Verdict.SEEN)
    contrary = listed.count(Verdict.CONTRARY)
    if red_line or 3 * contrary > values:
        return Result.AT_RISK
    if 2 * (seen + contrary) < values:
        return Result.TOO_EARLY
    if not contrary and 5 * seen >= 4 * values:
        return Result.VIRTUOUS
    return Result.ON_THE_WAY
