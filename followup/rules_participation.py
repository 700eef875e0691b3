"""The rule on participation: published shares alone, already rounded, never who answered."""

from collections.abc import Mapping

from accounts.models import FirmSettings, OrgUnit
from followup.causes import VIEWER, Finding, Looked
from followup.models import Alert
from scoring.publication import participation
from surveys.models import Round

FIRM = None
# What the two open ends of a published share are worth beside the firm's floor (30 to 90).
ENDS = {"under_30": 0, "90+": 90}


def is_under(shown: str, floor: int) -> bool:
    """
    >>> is_under("45", 50), is_under("50", 50), is_under("under_30", 30), is_under("90+", 90)
    (True, False, True, False)
    """
    return (ENDS[shown] if shown in ENDS else int(shown)) < floor


class LowParticipation:
    """The firm's share, or a unit's, lies under the firm's floor two rounds running.

    What the firm or a larger unit says already is one thing to handle, not several: inside it a
    unit keeps an open alert and opens none.
    """

    code = Alert.Rule.LOW_PARTICIPATION.value

    def findings(self, at: Looked) -> list[Finding]:
        asked = Round.objects.filter(
            opened_at__isnull=False, starts_on__lte=at.loads.round.starts_on
        )
        rounds = list(asked.order_by("-starts_on")[:2])
        if len(rounds) < 2:
            return []
        floor = FirmSettings.current().participation_floor
        shown = participation(viewer=VIEWER, rounds=[row.pk for row in rounds])
        low = [unit for unit in _shown_twice(shown, rounds) if _is_low(shown, unit, rounds, floor)]
        inside = _inside_others(set(low)) if low != [FIRM] else set()
        return [
            Finding(_reason(shown, unit, rounds, floor), unit=unit, opens=unit not in inside)
            for unit in low
        ]


Shown = Mapping[tuple[int, int | None], str]


def _shown_twice(shown: Shown, rounds: list[Round]) -> list[int | None]:
    """The firm first, then units, where both rounds have a share."""
    places = {unit for _round, unit in shown}
    both = [unit for unit in places if all((row.pk, unit) in shown for row in rounds)]
    return sorted(both, key=lambda unit: (unit is not FIRM, unit or 0))


def _is_low(shown: Shown, unit: int | None, rounds: list[Round], floor: int) -> bool:
    return all(is_under(shown[row.pk, unit], floor) for row in rounds)


def _reason(shown: Shown, unit: int | None, rounds: list[Round], floor: int) -> dict[str, object]:
    return {
        "floor": floor,
        "rounds": [
            {"on": row.starts_on.isoformat(), "shown": shown[row.pk, unit]} for row in rounds
        ],
    }


def _inside_others(low: set[int | None]) -> set[int | None]:
    """Of these, the units inside the firm or inside another one of them."""
    if FIRM in low:
        return low - {FIRM}
    parents = dict(OrgUnit.objects.values_list("pk", "parent_id"))
    inside: set[int | None] = set()
    for unit in low:
        above = parents.get(unit) if unit else None
        while above is not None and above not in low:
            above = parents.get(above)
        if above is not None:
            inside.add(unit)
    return inside
