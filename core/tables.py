"""Tables that leave as a file, CSV or XLSX: nothing in them is computed by a spreadsheet."""

import csv
import io
import re
from collections.abc import Sequence

from django.http import HttpResponse
from openpyxl import Workbook

FILE_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Excel takes a CSV file without this mark for Windows-1252.
MARK = "\ufeff"
# A spreadsheet would run a cell that starts like this; imports take one apostrophe off again.
ESCAPABLE = re.compile(r"'*[=+\-@\t\r]")
Table = Sequence[Sequence[str | int]]


def escape(text: str) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> escape("=1+1"), escape("'=1+1"), escape("O'Brien")
    ("'=1+1", "''=1+1", "O'Brien")
    """
    return f"'{text}" if ESCAPABLE.match(text) else text


def as_csv(table: Table, *, mark: str = "") -> bytes:
    """Comma-separated UTF-8 text."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(table)
    return (mark + text.getvalue()).encode()


def as_xlsx(table: Table, title: str) -> bytes:
    """One sheet of cells; nothing in it is computed."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in table:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_file(table: Table, file_type: str, title: str) -> bytes:
    """The table as one of ``FILE_TYPES``."""
    return as_csv(table, mark=MARK) if file_type == "csv" else as_xlsx(table, title)


def attachment(content: bytes, file_type: str, name: str) -> HttpResponse:
    """An answer to be kept as a file by the reader, and by nothing on the way."""
    response = HttpResponse(content, content_type=FILE_TYPES[file_type])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
