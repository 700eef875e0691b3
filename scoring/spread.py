"""The variance parameters that a release left behind; what the early warning measures with."""

from datetime import datetime

from scoring.maths.release import Variances
from scoring.models import Release

OVERALL = "overall"


def last_spread(before: datetime | None) -> Variances | None:
    """Those of the overall score in the last release out before a moment, if there is one."""
    rows = Release.objects.filter(state=Release.State.PUBLISHED).order_by("-period__starts_on")
    if before is not None:
        rows = rows.filter(published_at__lt=before)
    made = rows.values_list("made", flat=True).first() or {}
    found = made.get("dimensions", {}).get(OVERALL, {}).get("variances")
    return Variances(**found) if found else None
