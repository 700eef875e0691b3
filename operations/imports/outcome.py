"""What an import says about a file: counts, errors and warnings by line and column."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from accounts.models import User


class FileRefusedError(Exception):
    """The file cannot be read at all; the message says what was found and what is expected."""

    def __init__(self, message: str, *, line: int = 1, column: str = "") -> None:
        super().__init__(message)
        self.problem = Problem(line, column, message)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct or to know, at a line and a column of the file."""

    line: int
    column: str
    message: str

    def as_json(self) -> dict[str, Any]:
        return {"line": self.line, "column": self.column, "message": self.message}


@dataclass(frozen=True, slots=True)
class Options:
    """How to import. The last two concern past check-ins alone."""

    dry_run: bool = False
    create_dimensions: bool = False
    rounds_per_period: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: as it was read, and its understood values by column.

    A column that the file does not have is absent from ``values``; so is a cell in error.
    """

    number: int
    cells: list[str]
    values: dict[str, Any]
    faulty: bool = False

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    def get(self, column: str) -> Any:
        return self.values.get(column)


@dataclass(slots=True)
class Desk:
    """Where an import writes down what it finds; also what it must know of today."""

    now: datetime
    today: date
    options: Options = field(default_factory=Options)
    # A private file's values are never repeated, be it in a message or in a preview.
    private: bool = False
    actor: User | None = None
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    _faulty: set[int] = field(default_factory=set)

    def error(self, line: Line | int, column: str, message: str) -> None:
        number = line if isinstance(line, int) else line.number
        self._faulty.add(number)
        self.errors.append(Problem(number, column, message))

    def accepts(self, line: Line) -> bool:
        """Has nothing been found wrong with this line so far?"""
        return not line.faulty and line.number not in self._faulty

    def warn(self, line: Line | int, column: str, message: str) -> None:
        number = line if isinstance(line, int) else line.number
        self.warnings.append(Problem(number, column, message))


@dataclass(slots=True)
class Outcome:
    """The result of an import, or of its dry run.

    Counts are those of the lines without error; after a real import with errors they are
    all zero, since nothing was written.
    """

    kind: str
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.errors

    @property
    def counts(self) -> dict[str, int]:
        return {
            "created": self.created,
            "changed": self.changed,
            "unchanged": self.unchanged,
        }

    def as_json(self) -> dict[str, Any]:
        """The four keys that administrators' scripts read."""
        return {**self.counts, "errors": [problem.as_json() for problem in self.errors]}
