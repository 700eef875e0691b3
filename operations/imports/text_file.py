"""Reading CSV as it comes: any of three separators, and the encodings that firms meet."""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from operations.imports.outcome import Desk, FileRefusedError

SEPARATORS = ",;\t"
CHUNK = 1 << 20


def text_rows(stream: BinaryIO, desk: Desk) -> Iterator[tuple[int, list[str]]]:
    """Lines of a CSV file, without ever holding more than a few of them."""
    encoding = encoding_of(stream)
    if encoding == "cp1252":
        desk.warn(
            1, "", _("The file is not in UTF-8: it was read as Windows-1252. Check the accents.")
        )
    return _rows(stream, encoding)


def encoding_of(stream: BinaryIO) -> str:
    """UTF-8 or UTF-16 by their mark, UTF-8 if all of it decodes, else Windows-1252.

    >>> encoding_of(io.BytesIO("Hélène".encode("cp1252")))
    'cp1252'
    >>> encoding_of(io.BytesIO("Hélène".encode()))
    'utf-8'
    """
    stream.seek(0)
    head = stream.read(3)
    if head.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    elif head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    else:
        _refuse_binary(stream)
        candidates = ["utf-8", "cp1252"]
    for encoding in candidates:
        if _decodes(stream, encoding):
            return encoding
    raise FileRefusedError(
        _("The letters of this file cannot be read. A CSV file saved in UTF-8 is expected.")
    )


def _refuse_binary(stream: BinaryIO) -> None:
    stream.seek(0)
    if b"\x00" in stream.read(1024):
        raise FileRefusedError(
            _("This file holds binary data. A CSV file or an XLSX workbook is expected.")
        )


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        while chunk := stream.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _rows(stream: BinaryIO, encoding: str) -> Iterator[tuple[int, list[str]]]:
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding, newline="")
    try:
        separator = separator_of(text.readline())
        text.seek(0)
        yield from _numbered(csv.reader(text, delimiter=separator, strict=True))
    finally:
        text.detach()


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    number = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            raise FileRefusedError(
                _(
                    "This line cannot be cut into cells: a quotation mark is opened and never "
                    "closed, or stands in the middle of a cell."
                ),
                line=number,
            ) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield number, cells
        number = reader.line_num + 1


def separator_of(header: str) -> str:
    """The separator that the header uses most, outside quotation marks.

    >>> separator_of('ref;"name, first";unit')
    ';'
    """
    outside = "".join(header.split('"')[::2])
    return max(SEPARATORS, key=outside.count)
