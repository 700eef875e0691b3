"""One streaming pass over answers into sufficient statistics.

Nothing here keeps a row: a block of answers becomes counts and sums, and is forgotten.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scoring.maths.cells import Cells, Floats, add_up, group
from scoring.maths.sheet import Pile, Sheet, sheet
from surveys import exports

FACTORS = ("person", "client", "profile", "round")
PART = FACTORS[:3]
OVERALL = exports.OVERALL
# The mark of a check-in with a core item; a dimension's own mark has its code, never empty.
ANY = ""

Bools = NDArray[np.bool_]
Part = tuple[int, int, int]  # person, client, profile


@dataclass(frozen=True)
class Gathered:
    """Per dimension (and overall): counts and sums by person, client, profile and round.

    ``core``: for each (person, client, profile), the core dimensions that every one of its
    check-ins with a core item answered, or None where they differ; the audit writes the overall
    score with it.
    """

    cells: Mapping[str, Cells] = field(default_factory=dict)
    core: Mapping[Part, frozenset[str] | None] = field(default_factory=dict)


def gather(blocks: Iterable[exports.Block]) -> Gathered:
    """All that scoring needs of a period's own answers."""
    whole = _folded(_lines(block, block.values, _marks(block)) for block in blocks)
    return Gathered(whole, _core(whole))


def sums(blocks: Iterable[exports.Block], only: Collection[str] = ()) -> Sheet:
    """The cells alone, of all dimensions or of some."""
    return _folded(
        _lines(block, {name: block.values[name] for name in only or block.values}, {})
        for block in blocks
    )


def _folded(parts: Iterable[Sheet]) -> Sheet:
    pile = Pile([sheet({name: [] for name in FACTORS}, {}, {ANY: []})])
    for part in parts:
        pile.add(part)
    return pile.whole()


def _lines(
    block: exports.Block, values: Mapping[str, Floats], marks: Mapping[str, Bools]
) -> Sheet:
    return sheet({name: getattr(block, name) for name in FACTORS}, values, marks)


def _marks(block: exports.Block) -> dict[str, Bools]:
    """Which core dimensions were answered, and whether any was."""
    some = np.zeros(len(block.person), dtype=np.bool_)
    for there in block.core.values():
        some |= there
    return {ANY: some, **block.core}


def _core(whole: Sheet) -> dict[Part, frozenset[str] | None]:
    keys = [whole.factors[name] for name in PART]
    first, number = group(keys, whole.lines)
    told = {name: add_up(number, mark, len(first)) for name, mark in whole.marks.items()}
    times = told.pop(ANY)
    # Where check-ins answered the same, each dimension is in all of them or in none.
    differ = np.zeros(len(first), dtype=np.bool_)
    for count in told.values():
        differ |= (count > 0) & (count < times)
    example, kind = group([count > 0 for count in told.values()], len(first))
    sets = [frozenset(name for name, count in told.items() if count[one]) for one in example]
    parts = zip(*(key[first].tolist() for key in keys), strict=True)
    lines = zip(parts, times.tolist(), differ.tolist(), kind.tolist(), strict=True)
    # One without a core item is neither in the overall score nor in a core dimension.
    return {part: None if mixed else sets[one] for part, n, mixed, one in lines if n}
