"""Units large enough that a share of their people may be told without speaking of anybody."""

from collections.abc import Mapping

from accounts.models import OrgUnit, User

SMALLEST_UNIT = 10

People = frozenset[int]


def members_of_units(people: People) -> dict[int, People]:
    """People of each unit, its sub-units included."""
    parents = dict(OrgUnit.objects.values_list("pk", "parent_id"))
    members: dict[int, set[int]] = {unit: set() for unit in parents}
    homes = User.objects.filter(pk__in=people, unit__isnull=False).values_list("pk", "unit_id")
    for person, home in homes:
        unit: int | None = home
        while unit is not None:
            members[unit].add(person)
            unit = parents[unit]
    return {unit: frozenset(some) for unit, some in members.items()}


def showable(members: Mapping[int, People], firm: People) -> list[int]:
    """Units of ten people or more whose remainder in every unit shown above is 0 or ten or more.

    The largest first, ties by id. What is left of the firm, or of a shown unit, once all shown
    units inside it are taken away, is nobody or at least ten people, so that no difference of
    shares speaks of fewer.
    """
    shown: list[int] = []
    for unit in sorted(members, key=lambda one: (-len(members[one]), one)):
        if len(members[unit]) < SMALLEST_UNIT:
            break
        inside = [members[one] for one in (*shown, unit)]
        if all(_rest_is_safe(whole, inside) for whole in (firm, *inside)):
            shown.append(unit)
    return shown


def _rest_is_safe(whole: People, parts: list[People]) -> bool:
    within = [part for part in parts if part < whole]
    rest = len(whole) - len(frozenset().union(*within))
    return not within or rest == 0 or rest >= SMALLEST_UNIT
