"""Reading an XLSX workbook within limits that are checked before it is unpacked.

A workbook of 333 kB can unpack to 78 MB; the archive's own directory says so beforehand, and
``zipfile`` never gives more bytes than the directory announces.
"""

import zipfile
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any, BinaryIO

from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from operations.imports.outcome import Desk, FileRefusedError

MEBIBYTE = 1024 * 1024
PACKED_LIMIT = 5 * MEBIBYTE
UNPACKED_LIMIT = 50 * MEBIBYTE
RATIO_LIMIT = 100
CELL_LIMIT = 200_000
WORKBOOK_PART = "xl/workbook.xml"
# Shared texts are the one part that openpyxl holds whole in memory.
TEXTS_PART, TEXTS_LIMIT = "xl/sharedStrings.xml", 20 * MEBIBYTE
UNREADABLE = (
    zipfile.BadZipFile, InvalidFileException, DefusedXmlException,
    KeyError, ValueError, TypeError, IndexError, AttributeError, OSError, SyntaxError,
)  # fmt: skip


def check_archive(archive: zipfile.ZipFile, packed: int) -> None:
    """Refuse what is not a workbook, or would be too large once unpacked."""
    parts = {part.filename: part.file_size for part in archive.infolist()}
    if WORKBOOK_PART not in parts:
        raise FileRefusedError(
            _(
                "This file is an archive or another office document. A CSV file or an XLSX "
                "workbook is expected."
            )
        )
    unpacked = sum(parts.values())
    squeezed = max(sum(part.compress_size for part in archive.infolist()), 1)
    if packed > PACKED_LIMIT:
        raise FileRefusedError(too_large())
    if unpacked > UNPACKED_LIMIT or unpacked > RATIO_LIMIT * squeezed:
        raise FileRefusedError(too_large())
    if parts.get(TEXTS_PART, 0) > TEXTS_LIMIT:
        raise FileRefusedError(too_large())


def too_large() -> str:
    return _(
        "This workbook is too large. A workbook may have %(packed)s MB, %(unpacked)s MB once "
        "unpacked, and %(cells)s cells, empty ones included. Cut it into several files, or "
        "save it as CSV."
    ) % {
        "packed": PACKED_LIMIT // MEBIBYTE,
        "unpacked": UNPACKED_LIMIT // MEBIBYTE,
        "cells": CELL_LIMIT,
    }


def workbook_rows(stream: BinaryIO, desk: Desk) -> Iterator[tuple[int, list[str]]]:
    """Rows of the first sheet, as text; formulas stay literal, dates become ISO text."""
    try:
        yield from _rows(stream, desk)
    except UNREADABLE:
        raise FileRefusedError(
            _("This workbook is damaged. Save it again as .xlsx, or as CSV.")
        ) from None


def _rows(stream: BinaryIO, desk: Desk) -> Iterator[tuple[int, list[str]]]:
    book = load_workbook(stream, read_only=True, data_only=False, keep_links=False)
    try:
        if not book.worksheets:
            raise FileRefusedError(_("This workbook has no sheet. One sheet is expected."))
        if len(book.worksheets) > 1:
            desk.warn(1, "", _("The workbook has several sheets: only the first is read."))
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()
        seen = width = 0
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            seen += max(len(cells), 1)
            if seen > CELL_LIMIT:
                raise FileRefusedError(too_large(), line=number)
            row = _without_tail([as_text(cell) for cell in cells])
            if row:
                width = width or len(row)
                yield number, row + [""] * (width - len(row))
    finally:
        book.close()


def _without_tail(row: list[str]) -> list[str]:
    """The row up to its last filled cell: what follows is a matter of formatting."""
    while row and not row[-1].strip():
        row.pop()
    return row


def as_text(cell: Any) -> str:
    """The text of a cell as a careful person would type it.

    >>> as_text(datetime(2026, 1, 31)), as_text(12.0), as_text(None), as_text("=1+1")
    ('2026-01-31', '12', '', '=1+1')
    """
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        whole_day = cell.time() == time()
        return cell.date().isoformat() if whole_day else cell.isoformat(sep=" ")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
