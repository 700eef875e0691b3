"""From rows of cells to understood lines: header, cells, and keys that appear twice."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from operations.imports import cells
from operations.imports.formats import Column, Format
from operations.imports.outcome import Desk, FileRefusedError, Line
from operations.imports.source import Row

# Our own file of lines to correct says what is wrong in a last column; it is not read back.
ERROR_COLUMN = "error"
# A line whose first cell starts like this, alone on it, is a note: an empty export has one.
NOTE = "# "
SHOWN = 60
REMEMBERED = 20_000


def read_lines(rows: Iterator[Row], table: Format, desk: Desk) -> Iterator[Line]:
    """Every line under the header; its ``values`` hold what could be understood."""
    columns = _columns(rows, table)
    keys: dict[tuple[Any, ...], int] = {}
    empty = True
    for number, row in rows:
        if is_note(row):
            continue
        empty = False
        values = _values(number, row, columns, desk)
        line = Line(number, row, values, faulty=len(values) < columns.known)
        yield line if _is_first(line, table, keys, desk) else Line(number, row, {}, faulty=True)
    if empty:
        raise FileRefusedError(
            _("The file holds the names of the columns and nothing under them.")
        )


class Header(list[Column | None]):
    """The file's columns in its own order; None for one that is not read.

    Long files say the same few dates, codes and references again and again: what they mean is
    kept by column and cell.
    """

    def __init__(self, columns: Iterable[Column | None]) -> None:
        super().__init__(columns)
        self.understood: dict[tuple[str, str], Any] = {}

    @property
    def known(self) -> int:
        return sum(column is not None for column in self)


def is_note(row: list[str]) -> bool:
    return row[0].startswith(NOTE) and not any(cell.strip() for cell in row[1:])


def _columns(rows: Iterator[Row], table: Format) -> Header:
    number, names = next(rows, (1, []))
    titles = [title_of(name) for name in names]
    while titles and not titles[-1]:
        titles.pop()
    _check_titles(number, titles, table)
    by_name = {column.name: column for column in table.columns}
    return Header(by_name.get(title) for title in titles)


def title_of(cell: str) -> str:
    return cells.canonical(cell).strip(" \t\u00a0\ufeff").casefold()


def _check_titles(number: int, titles: list[str], table: Format) -> None:
    unknown = [name for name in titles if name not in {*table.names, ERROR_COLUMN}]
    missing = [name for name in table.needed if name not in titles]
    twice = sorted({name for name in titles if titles.count(name) > 1})
    wanted = {"expected": ", ".join(table.names)}
    if missing:
        message = _("Missing columns: %(names)s. The first line must name: %(expected)s.")
        names = missing
    elif unknown:
        message = _("Unknown columns: %(names)s. The columns of this file are: %(expected)s.")
        names = [name[:SHOWN] or _("(without a name)") for name in unknown]
    elif twice:
        message = _("Columns named twice: %(names)s. Each may appear once.")
        names = twice
    else:
        return
    message %= {"names": ", ".join(names), **wanted}
    raise FileRefusedError(message, line=number, column=names[0])


def _values(number: int, row: list[str], columns: Header, desk: Desk) -> dict[str, Any]:
    if len(row) < len(columns):
        # Filling it up would read as "clear these cells".
        desk.error(
            number,
            "",
            _("This line has %(found)s cells; %(expected)s are expected.")
            % {"found": len(row), "expected": len(columns)},
        )
        return {}
    if any(cell.strip() for cell in row[len(columns) :]):
        desk.error(number, "", _("This line has more cells than there are columns."))
        return {}
    values = {}
    for column, cell in zip(columns, row, strict=False):
        if column is None:
            continue
        try:
            values[column.name] = _value(column, cell, number, columns, desk)
        except cells.BadCellError as error:
            desk.error(number, column.name, _with_value(cell, str(error), desk))
    return values


def _value(column: Column, cell: str, number: int, columns: Header, desk: Desk) -> Any:
    same = (column.name, cell)
    if same in columns.understood:
        return columns.understood[same]
    text = cells.clean(cell)
    if not text.strip() and column.needed:
        raise cells.BadCellError(_("a value is expected here."))
    value = column.read(text) if text.strip() else column.empty
    if isinstance(value, str) and cells.is_formula(value):
        desk.warn(number, column.name, _("This looks like a formula: it is kept as plain text."))
    elif len(columns.understood) < REMEMBERED:
        columns.understood[same] = value
    return value


def _with_value(cell: str, message: str, desk: Desk) -> str:
    """The value beside what is expected, except in a private file."""
    shown = "".join(letter if letter.isprintable() else "·" for letter in cell.strip())
    if desk.private or not shown:
        return message[:1].upper() + message[1:]
    if len(shown) > SHOWN:
        shown = shown[: SHOWN - 1] + "…"
    return _("“%(value)s”: %(message)s") % {"value": shown, "message": message}


def _is_first(line: Line, table: Format, keys: dict[tuple[Any, ...], int], desk: Desk) -> bool:
    """A second line about the same thing is an error: which one would be right?"""
    if not all(column in line.values for column in table.key):
        return True
    key = tuple(line[column] for column in table.key)
    first = keys.setdefault(key, line.number)
    if first == line.number:
        return True
    desk.error(
        line, table.key[0], _("Line %(line)s is already about the same thing.") % {"line": first}
    )
    return False
