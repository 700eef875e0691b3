"""What a page shows of a file before it is imported, and the lines to be corrected."""

from dataclasses import dataclass

from core.tables import escape
from operations.imports.cells import unescape
from operations.imports.lines import ERROR_COLUMN, title_of
from operations.imports.outcome import Line, Outcome, Problem

SHOWN_LINES = 30
SHOWN_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it was read; is something wrong, or worth a look, about it?"""

    text: str
    column: str
    is_wrong: bool
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the preview with what is to be corrected in it."""

    number: int
    cells: list[Cell]
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class Preview:
    """The lines to correct where there are any, else the first ones."""

    columns: list[str]
    rows: list[Row]
    errors: list[Problem]
    warnings: list[Problem]
    more_errors: int
    more_warnings: int


def preview(outcome: Outcome) -> Preview:
    errors, warnings = by_line(outcome.errors), by_line(outcome.warnings)
    to_correct = [line for line in outcome.lines if line.number in errors]
    shown = (to_correct or outcome.lines)[:SHOWN_LINES]
    columns = [title_of(name) for name in outcome.header]
    return Preview(
        columns=columns,
        rows=[
            _row(line, columns, errors.get(line.number, []), warnings.get(line.number, []))
            for line in shown
        ],
        errors=outcome.errors[:SHOWN_PROBLEMS],
        warnings=outcome.warnings[:SHOWN_PROBLEMS],
        more_errors=max(len(outcome.errors) - SHOWN_PROBLEMS, 0),
        more_warnings=max(len(outcome.warnings) - SHOWN_PROBLEMS, 0),
    )


def by_line(problems: list[Problem]) -> dict[int, list[Problem]]:
    found: dict[int, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.line, []).append(problem)
    return found


def _row(line: Line, columns: list[str], errors: list[Problem], warnings: list[Problem]) -> Row:
    wrong = {problem.column for problem in errors}
    doubtful = {problem.column for problem in warnings}
    cells = [
        Cell(cell, column, column in wrong, column in doubtful)
        for column, cell in zip(columns, line.cells, strict=False)
    ]
    return Row(line.number, cells, errors)


def faulty_table(outcome: Outcome) -> list[list[str]]:
    """The lines in error under their header, with what is wrong in a last column."""
    errors = by_line(outcome.errors)
    kept = [place for place, name in enumerate(outcome.header) if title_of(name) != ERROR_COLUMN]
    table = [[*(outcome.header[place] for place in kept), ERROR_COLUMN]]
    for line in outcome.lines:
        if line.number in errors:
            cells = [line.cells[place] if place < len(line.cells) else "" for place in kept]
            told = " ".join(_told(problem) for problem in errors[line.number])
            table.append([escape(unescape(cell)) for cell in [*cells, told]])
    return table


def _told(problem: Problem) -> str:
    return f"{problem.column}: {problem.message}" if problem.column else problem.message
