"""``./run bench [--quick] [--only PART …] [--output FILE]``: measure, print, keep as JSON."""

import json
import os
import platform
import resource
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, cast

from bench import database, loads, warning
from bench.database import Store
from bench.equality import Asked, compare_queries
from bench.figures import Figure, plain
from tools.manage import build_translations
from tools.places import var
from tools.say import Stop, say

Step = tuple[str, dict[str, float]]  # its name in bench.step, and its options


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured: everything, or just enough to see that it works."""

    rounds: int
    small: tuple[int, int]
    periods: tuple[tuple[int, int], ...]
    few: int
    many: int
    seconds: float
    firms: int
    years: int
    fits: tuple[tuple[int, int], ...]
    plans: tuple[tuple[int, int, int], ...]
    ledgers: tuple[tuple[int, int], ...]
    portfolio: tuple[int, int]


# People and clients of the firms; the last one of ``periods`` is the one that pages are read in.
FITS = ((2_000, 200), (20_000, 1_000), (100_000, 5_000))
# People, missions and edges of the planner's instances.
PLANS = ((40, 20, 504), (400, 200, 12_271), (5_000, 2_500, 153_341))
LEDGERS = ((1_000, 100), (10_000, 1_000), (100_000, 10_000))
WHOLE = Sizes(
    9, (60, 12), ((1_000, 100), (10_000, 1_000)), 10_000, 2_600_000, 60, 350, 20, FITS, PLANS,
    LEDGERS, (4_000, 2_000),
)  # fmt: skip
QUICK = Sizes(
    1, (12, 4), ((120, 12),), 400, 2_000, 5, 2, 1, FITS[:1], PLANS[:1], ((120, 12),), (24, 14)
)


class Bench:
    """The parts, each on databases of its own."""

    def __init__(self, store: Store, sizes: Sizes, wanted: Sequence[str]) -> None:
        self.store = store
        self.sizes = sizes
        self.wanted = wanted
        self.found: list[Figure] = []

    def run(self) -> None:
        parts: dict[str, Callable[[], Iterator[Figure]]] = {
            "demo": self.demo,
            "checkin": self.checkin,
            "period": self.large,
            "warning": self.warning,
            "estimator": self.estimator,
            "privacy": self.privacy,
            "scale": self.scale,
            "rotations": self.rotations,
            "loads": self.loads,
            "what_if": self.what_if,
        }
        for name, part in parts.items():
            if name not in self.wanted and not (name == "period" and self._wants_large):
                continue
            say(f"\n{name}")
            for figure in part():
                say(figure.line)
                self.found.append(figure)

    @property
    def _wants_large(self) -> bool:
        return bool({"pages", "streaming"} & set(self.wanted))

    def demo(self) -> Iterator[Figure]:
        """From an empty folder to a firm that one can look at: SQLite, as ``./run`` has it."""
        env = Store(self.store.folder, None).environment("demo")
        began, used = time.monotonic(), children_seconds()
        database.run(["manage.py", "migrate", "--verbosity", "0"], env)
        migrated_in = time.monotonic() - began
        database.run(["manage.py", "demo"], env)
        took, cpu = time.monotonic() - began, children_seconds() - used
        note = f"tables {migrated_in:.1f} s, firm {took - migrated_in:.1f} s; SQLite"
        yield Figure("demo", "demo firm ready, from nothing", took, "s", 30, note=note)
        yield Figure("demo", "CPU of making it", cpu, "s")

    def warning(self) -> Iterator[Figure]:
        """No database: simulated firms."""
        yield from warning.measure(firms=self.sizes.firms)

    def estimator(self) -> Iterator[Figure]:
        return self._rehearsed(("estimator", {"firms": self.sizes.firms // 3 + 1}))

    def privacy(self) -> Iterator[Figure]:
        return self._rehearsed(("privacy", {"firms": self.sizes.years}))

    def scale(self) -> Iterator[Figure]:
        """A process for each size: its memory is its own."""
        for people, clients in self.sizes.fits:
            size = ["-m", "bench.scale", str(people), str(clients)]
            said = database.run(size, self.store.environment("rehearsal"))
            yield from figures_of([json.loads(said)])

    def loads(self) -> Iterator[Figure]:
        """Made-up firms without a database, then the ledger of staffed firms in one."""
        yield from loads.measure(firms=self.sizes.firms, people=self.sizes.periods[-1][0])
        for people, clients in self.sizes.ledgers:
            size: dict[str, float] = {"people": people, "clients": clients}
            steps: list[list[Step]] = [[("staff", size)], [("ledger", size)]]
            for found in self._results(f"ledger{people}", *steps):
                yield from figures_of([found])

    def rotations(self) -> Iterator[Figure]:
        """A process for each size."""
        for size in self.sizes.plans:
            arguments = ["-m", "bench.rotation", *map(str, size)]
            said = database.run(arguments, self.store.environment("rehearsal"))
            yield from figures_of([json.loads(said)])

    def what_if(self) -> Iterator[Figure]:
        """A portfolio of many clients: its figures, loads and statuses, without an answer."""
        people, clients = self.sizes.portfolio
        size: dict[str, float] = {"people": people, "clients": clients}
        told: Step = ("what_if", {"clients": clients, **self._rounds})
        for found in self._results("portfolio", [("staff", size)], [told]):
            yield from figures_of([found])

    def _rehearsed(self, step: Step) -> Iterator[Figure]:
        """A step that needs no rows of a database."""
        return figures_of(self._said("rehearsal", [step]))

    def checkin(self) -> Iterator[Figure]:
        small = self._results("small", [build(self.sizes.small), ("checkin", self._rounds)])
        yield from figures_of(small)

    def large(self) -> Iterator[Figure]:
        """Firms of growing size: their period's close, then the pages of the largest."""
        *smaller, largest = self.sizes.periods
        for size in smaller if "period" in self.wanted else ():
            yield from figures_of(self._results(f"firm{size[0]}", [build(size)], [close(size)]))
        few = self._few() if "pages" in self.wanted else None
        for found in self._results("large", [build(largest)], [close(largest)], *self._reads()):
            if few is not None and isinstance(found, dict):
                yield from compare_queries(few, found, largest[1])
            elif "period" in self.wanted or (found and found[0]["part"] != "period"):
                yield from figures_of([found])

    def _few(self) -> Asked:
        """Queries of a firm of one client."""
        tiny = (12, 1)
        steps: list[Step] = [build(tiny), close(tiny), ("queries", {})]
        return cast("Asked", list(self._results("one", steps))[-1])

    def _reads(self) -> Iterator[list[Step]]:
        """What is read in the largest firm. The order matters: ``grow`` leaves more check-ins."""
        grow: Step = (
            "grow",
            self._rounds
            | {"few": self.sizes.few, "many": self.sizes.many, "seconds": self.sizes.seconds},
        )
        if "pages" in self.wanted:
            yield [("queries", {}), ("pages", self._rounds)]
        if self._wants_large:
            yield [grow]
        if "streaming" in self.wanted:
            yield [("streaming", {"rounds": min(3, self.sizes.rounds)})]

    @property
    def _rounds(self) -> dict[str, float]:
        return {"rounds": self.sizes.rounds}

    def _results(self, name: str, *processes: list[Step]) -> Iterator[Any]:
        """What each step on a new database found; a process for each group of them.

        A quick run takes one process for all: starting them is most of its time.
        """
        self.store.make(name)
        groups = [list(chain(*processes))] if self.sizes is QUICK else processes
        for steps in groups:
            yield from self._said(name, steps)

    def _said(self, name: str, steps: list[Step]) -> Iterator[Any]:
        """What the steps found, in one process on that database."""
        arguments = ["-m", "bench.step", json.dumps(steps)]
        said = database.run(arguments, self.store.environment(name))
        yield from json.loads(said.splitlines()[-1])


def build(size: tuple[int, int]) -> Step:
    return ("build", {"people": size[0], "clients": size[1]})


def close(size: tuple[int, int]) -> Step:
    return ("close", {"people": size[0], "clients": size[1]})


def figures_of(results: Iterable[list[dict[str, Any]]]) -> Iterator[Figure]:
    for told in chain.from_iterable(results):
        told.pop("met")
        yield Figure(**told)


PARTS = (
    "demo", "checkin", "period", "pages", "streaming",
    "warning", "estimator", "privacy", "scale", "rotations", "loads",
    "what_if",
)  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    build_translations()
    sizes = QUICK if options.quick else WHOLE
    began = time.monotonic()
    with database.store() as store:
        say(f"On {machine()}, with {store.kind}. CPU = Python + PostgreSQL; ratios of one run.")
        bench = Bench(store, sizes, options.only or (PARTS[1:] if options.quick else PARTS))
        bench.run()
        kind = store.kind
    path = keep(bench.found, options, kind)
    conclude(bench.found, path, time.monotonic() - began)
    return 0


def parse(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, no demo: does it work?")
    parser.add_argument("--only", action="append", choices=PARTS, help="this part alone")
    parser.add_argument("--output", type=Path, help="where the JSON goes")
    return parser.parse_args(arguments)


def children_seconds() -> float:
    """CPU of the programs that this one has run to their end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def machine() -> str:
    return f"{os.cpu_count()} × {platform.machine()}, Python {platform.python_version()}"


def keep(figures: Sequence[Figure], options: Namespace, kind: str) -> Path:
    """Write the figures down, one file a day."""
    now = datetime.fromtimestamp(time.time(), UTC)
    path = options.output or var() / "bench" / f"{now:%Y-%m-%d}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "at": now.isoformat(timespec="seconds"),
        "machine": machine(),
        "database": kind,
        "quick": options.quick,
        "figures": [figure.plain for figure in figures],
    }
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return Path(path)


def conclude(figures: Sequence[Figure], path: Path, seconds: float) -> None:
    judged = [figure for figure in figures if figure.is_met is not None]
    short = [figure for figure in judged if not figure.is_met]
    met = len(judged) - len(short)
    say(f"\n{met} of {len(judged)} goals met, in {seconds:.0f} s; kept in {path}")
    if short:
        say("What falls short:")
    for figure in short:
        say(
            f"  {figure.name}: {plain(figure.value)} {figure.unit}, goal {plain(figure.goal or 0)}"
        )


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        say(str(stop))
        sys.exit(1)
