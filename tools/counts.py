"""How many tests passed, from pytest's own report."""

from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as Tree

TESTS_FAILED = 1
NOTHING_COLLECTED = 5


@dataclass(frozen=True)
class Counts:
    """Adds up over runs.

    >>> print(Counts(passed=3) + Counts(passed=1, failed=2, skipped=1))
    4 passed, 2 failed, 1 skipped
    """

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"

    @property
    def is_empty(self) -> bool:
        return not (self.passed or self.failed or self.skipped)


def read_counts(report: Path, code: int, *, may_be_empty: bool) -> Counts:
    """A run that ended badly without naming a failed test counts as one failure."""
    counts = suite_counts(report) if report.exists() else Counts()
    forgiven = (0, NOTHING_COLLECTED) if may_be_empty else (0,)
    if code not in forgiven and not counts.failed:
        counts += Counts(failed=1)
    return counts


def suite_counts(report: Path) -> Counts:
    total = Counts()
    for suite in Tree.parse(report).iter("testsuite"):  # noqa: S314 -- pytest wrote it just now
        number = {
            name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")
        }
        failed = number["failures"] + number["errors"]
        passed = max(0, number["tests"] - failed - number["skipped"])
        total += Counts(passed, failed, number["skipped"])
    return total
