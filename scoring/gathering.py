"""One streaming pass over answers into sufficient statistics.

Nothing here keeps a row: a chunk of answers becomes counts and sums, and is forgotten.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from scoring.maths.cells import Cells, collapse, combine
from surveys import exports

FACTORS = ("person", "client", "profile", "round")
OVERALL = exports.OVERALL
CHUNK = 20_000

Part = tuple[int, int, int]  # person, client, profile


@dataclass
class Gathered:
    """Per dimension (and overall): counts and sums by person, client, profile and round.

    ``core``: for each (person, client, profile), the core dimensions that every one of its
    check-ins with a core item answered, or None where they differ; the audit writes the overall
    score with it.
    """

    cells: dict[str, Cells] = field(default_factory=dict)
    core: dict[Part, frozenset[str] | None] = field(default_factory=dict)

    def add(self, rows: list[exports.Answers]) -> None:
        """Fold one chunk in."""
        by_dimension: dict[str, list[tuple[float, exports.Answers]]] = defaultdict(list)
        for row in rows:
            for dimension, value in row.values.items():
                by_dimension[dimension].append((value, row))
            self._see(row)
        for dimension, found in by_dimension.items():
            chunk = collapse(
                [value for value, _ in found],
                {name: [getattr(row, name) for _, row in found] for name in FACTORS},
            )
            kept = self.cells.get(dimension)
            self.cells[dimension] = combine([kept, chunk]) if kept else chunk

    def _see(self, row: exports.Answers) -> None:
        if not row.core:
            # Neither in the overall score nor in a core dimension: it blurs neither.
            return
        part = (row.person, row.client, row.profile)
        if self.core.setdefault(part, row.core) != row.core:
            self.core[part] = None


def gather(rows: Iterable[exports.Answers]) -> Gathered:
    """All rows of an iterator, chunk by chunk, in constant memory."""
    gathered = Gathered()
    for chunk in _chunks(iter(rows)):
        gathered.add(chunk)
    return gathered


def _chunks(rows: Iterator[exports.Answers]) -> Iterator[list[exports.Answers]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk
