"""Versions of the table of points: what each fact counted, since when, changed by whom.

Whoever changes the table does it inside ``changing``, which keeps the version that comes of it.
The job looks too: a first table, or what an operator changed by hand, is a version without an
author. The row, unique by number, says "done".
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db import transaction

from accounts.models import FirmSettings, User
from core.jobs import once
from missions.models import DemandFact, PointsVersion


@dataclass(frozen=True, slots=True)
class Change:
    """What a version changed: a fact (its code, or empty for the maximum), before and after;
    None where it was not there."""

    code: str
    before: int | None
    after: int | None


@contextmanager
def changing(*, actor: User | None, now: datetime) -> Iterator[None]:
    """One change of the table at a time, and its version with it; or neither."""
    with transaction.atomic():
        list(DemandFact.objects.select_for_update().order_by("pk"))
        keep_version(now=now)
        yield
        keep_version(now=now, actor=actor)


def newest_number() -> int:
    """Number of the version in force. A table that was never kept is about to be the first."""
    return PointsVersion.objects.values_list("number", flat=True).first() or 1


def keep_version(*, now: datetime, actor: User | None = None) -> str:
    """A new version, where the table has changed since the last."""
    facts = DemandFact.objects.current().order_by("code")
    points = dict(facts.values_list("code", "points"))
    maximum = FirmSettings.current().demand_maximum
    last = PointsVersion.objects.first()
    same = (last.points, last.maximum) == (points, maximum) if last else not points
    if same:
        return ""
    number = last.number + 1 if last else 1
    made = once(
        lambda: PointsVersion.objects.create(
            number=number, since=now, points=points, maximum=maximum, made_by=actor
        ),
        done=lambda: PointsVersion.objects.filter(number=number).exists(),
    )
    return f"version {number} of the points kept" if made else ""


def version_at(moment: datetime) -> int | None:
    """Number of the version that stood at that moment; None before the first."""
    rows = PointsVersion.objects.filter(since__lte=moment).order_by("-number")
    return rows.values_list("number", flat=True).first()


def changes(versions: Sequence[PointsVersion]) -> list[list[Change]]:
    """What each version (newest first) changed against the one before it; the first, nothing."""
    found = [_changes(old, new) for new, old in pairwise(versions)]
    return [*found, []] if versions else []


def _changes(old: PointsVersion, new: PointsVersion) -> list[Change]:
    codes = sorted({*old.points, *new.points})
    found = [Change(code, old.points.get(code), new.points.get(code)) for code in codes]
    found.append(Change("", old.maximum, new.maximum))
    return [change for change in found if change.before != change.after]
