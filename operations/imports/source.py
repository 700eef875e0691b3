"""What a file is, by its content first: CSV text or an XLSX workbook, and nothing else."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from operations.imports.outcome import Desk, FileRefusedError
from operations.imports.text_file import text_rows
from operations.imports.workbook import check_archive, workbook_rows

Row = tuple[int, list[str]]
ZIP = b"PK\x03\x04"
MEBIBYTE = 1024 * 1024
# A page answers while the reader waits; the command line has no such limit for text.
PAGE_LIMIT = 5 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class Source:
    """An open file that can be read from its start again, and the name that it came under."""

    name: str
    stream: BinaryIO

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix.casefold()

    def size(self) -> int:
        size = self.stream.seek(0, 2)
        self.stream.seek(0)
        return size

    def start(self, length: int = 8) -> bytes:
        self.stream.seek(0)
        head = self.stream.read(length)
        self.stream.seek(0)
        return head


def rows_of(source: Source, desk: Desk) -> Iterator[Row]:
    """Number and cells of each line that is not blank, the header first."""
    if source.size() == 0:
        raise FileRefusedError(
            _(
                "The file is empty. A CSV or XLSX file whose first line names the columns is "
                "expected."
            )
        )
    head = source.start()
    if head.startswith(ZIP):
        return _workbook(source, desk)
    found = known_signature(head)
    if found or source.suffix == ".xlsx":
        raise FileRefusedError(
            _("This file is %(found)s. A CSV file or an XLSX workbook is expected.")
            % {"found": found or _("named .xlsx, but is not a workbook")}
        )
    return text_rows(source.stream, desk)


def known_signature(head: bytes) -> str:
    """The name of a well-known kind of file that is not ours, or nothing."""
    signatures = {
        b"MZ": _("a Windows program"),
        b"\x7fELF": _("a Linux program"),
        b"%PDF": _("a PDF document"),
        b"\xd0\xcf\x11\xe0": _("an old Excel workbook (.xls), to be saved as .xlsx"),
        b"\x89PNG": _("a picture"),
        b"\xff\xd8\xff": _("a picture"),
        b"GIF8": _("a picture"),
        b"\x1f\x8b": _("a compressed archive"),
        b"Rar!": _("a compressed archive"),
        b"7z\xbc\xaf": _("a compressed archive"),
        b"<!DOCTYP": _("a web page"),
        b"<html": _("a web page"),
        b"{\\rtf": _("a text document"),
    }
    return next((name for start, name in signatures.items() if head.startswith(start)), "")


def _workbook(source: Source, desk: Desk) -> Iterator[Row]:
    if source.suffix in {".csv", ".txt", ".tsv"}:
        raise FileRefusedError(
            _(
                "This file is named %(suffix)s, but is a workbook or an archive. A text file is "
                "expected under this name: rename a workbook to .xlsx, or save it as CSV."
            )
            % {"suffix": source.suffix}
        )
    try:
        with zipfile.ZipFile(source.stream) as archive:
            check_archive(archive, source.size())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise FileRefusedError(
            _("This workbook is damaged. Save it again as .xlsx, or as CSV.")
        ) from None
    source.stream.seek(0)
    return workbook_rows(source.stream, desk)
