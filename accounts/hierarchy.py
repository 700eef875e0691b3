"""Trees of people and of units. Pure functions of references."""

from collections.abc import Mapping


def find_cycle(above: Mapping[str, str | None]) -> list[str]:
    """The references of the first cycle met, in their order, or an empty list.

    ``above`` gives for each reference the one above it (a person's manager, a unit's parent),
    or None. A reference that is only named above somebody counts as a top.

    >>> find_cycle({"A": "B", "B": None})
    []
    >>> find_cycle({"A": "B", "B": "C", "C": "B"})
    ['B', 'C']
    >>> find_cycle({"A": "A"})
    ['A']
    """
    cleared: set[str] = set()
    for start in above:
        path: list[str] = []
        place: str | None = start
        while place is not None and place not in cleared and place not in path:
            path.append(place)
            place = above.get(place)
        if place is not None and place in path:
            return path[path.index(place) :]
        cleared.update(path)
    return []
