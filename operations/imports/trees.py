"""Rings in what should be a tree: units above units, managers above people."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from accounts.hierarchy import find_cycle
from operations.imports.outcome import Desk, Line


def rings(above: Mapping[str, str | None]) -> list[list[str]]:
    """Every ring, each in the order in which it is walked; ``above`` names what is over each.

    >>> rings({"A": "B", "B": "A", "C": "A", "D": "D"})
    [['A', 'B'], ['D']]
    """
    left = dict(above)
    found = []
    while ring := find_cycle(left):
        found.append(ring)
        for ref in ring:
            del left[ref]
    return found


def refuse_rings(
    lines: list[Line], column: str, stored: Mapping[str, str | None], desk: Desk
) -> None:
    """Name the lines that close a ring, once the file is laid over what is stored."""
    said = {line["ref"]: line for line in lines if line.get("ref") and column in line.values}
    above = {**stored, **{ref: line[column] for ref, line in said.items()}}
    for ring in rings(above):
        for ref in ring:
            if ref in said:
                desk.error(said[ref], column, _ring_message(ring, said))


def _ring_message(ring: list[str], said: Mapping[str, Line]) -> str:
    if len(ring) == 1:
        return _("“%(ref)s” cannot be above itself.") % {"ref": ring[0]}
    steps = []
    for ref in [*ring, ring[0]]:
        place = {"ref": ref, "line": said[ref].number} if ref in said else None
        steps.append(_("%(ref)s (line %(line)s)") % place if place else ref)
    return _("This closes a ring: %(steps)s.") % {"steps": " → ".join(steps)}
