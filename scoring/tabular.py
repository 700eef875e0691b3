"""An analyst's CSV file, read line by line into sufficient statistics.

Plain or gzip; comma, semicolon or tab; UTF-8. A chunk of lines becomes codes and numbers, then
cells, and is forgotten, so that memory grows with the cells and not with the lines. What is wrong
is said in one sentence that names the line and never repeats a value.
"""

import csv
import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import BufferedReader
from itertools import chain, islice
from math import isnan, nan
from pathlib import Path
from typing import TypeVar

import numpy as np

from scoring.maths.cells import Cells, Floats, collapse, combine

GZIP = b"\x1f\x8b"
SEPARATORS = ",;\t"
CHUNK = 20_000
# A line is read whole: this bounds what a file without line ends can take.
LONGEST = 1 << 20
# Squares of larger numbers lose what makes answers differ.
LARGEST = 1e12
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# How R writes an answer that is missing.
MISSING = frozenset({"", "NA"})

Line = tuple[int, list[str]]
Known = TypeVar("Known", int, float)


class BadFileError(Exception):
    """The file cannot be used; the message is one sentence, with the line where there is one."""


@dataclass(frozen=True)
class Columns:
    """The field numbers of the score, of each factor and of each fixed column."""

    score: int
    factors: Mapping[str, int]
    fixed: Mapping[str, int]


@dataclass(frozen=True)
class Table:
    """What was read: cells of ``score − shift``, and the label of each factor's code.

    Codes count the labels in alphabetical order, whatever the order of the lines. ``left_out``
    counts the lines without an answer. The shift, one of the answers, keeps the digits of scores
    that are large beside their differences.
    """

    cells: Cells
    labels: Mapping[str, list[str]]
    left_out: int
    shift: float


@dataclass(frozen=True)
class Source:
    """An open file: the names of its columns, and the lines below them, to be read once."""

    header: list[str]
    separator: str
    records: Iterator[Line]

    def gather(self, columns: Columns) -> Table:
        """All lines, chunk by chunk."""
        gatherer = _Gatherer(self.header, columns, self.separator != ",")
        while chunk := list(islice(self.records, CHUNK)):
            gatherer.add(chunk)
        return gatherer.table()


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """The file with its header read. ``BadFileError`` here, or inside the block, if it is bad."""
    try:
        with path.open("rb") as file:
            yield _source(_unpacked(file))
    except OSError as error:
        raise BadFileError(f"the file cannot be read: {error.strerror}") from None


def separator_of(header: str) -> str:
    """The separator that the header uses most, outside quotation marks; the comma if none.

    >>> separator_of('person;"score, of 100";client')
    ';'
    """
    outside = "".join(header.split('"')[::2])
    return max(SEPARATORS, key=outside.count)


def _unpacked(file: BufferedReader) -> BufferedReader:
    """Gzip is known by its first bytes, whatever the name."""
    if not file.peek(2).startswith(GZIP):
        return file
    return BufferedReader(gzip.GzipFile(fileobj=file))


def _source(stream: BufferedReader) -> Source:
    lines = _lines(stream)
    first = next(lines, "")
    separator = separator_of(first)
    records = _records(chain([first], lines), separator)
    header = [name.strip() for name in next(records)[1]]
    if not any(header):
        raise BadFileError("line 1: there is no header; the first line must name the columns")
    return Source(header, separator, records)


def _lines(stream: BufferedReader) -> Iterator[str]:
    number = 0
    while raw := _next_line(stream, number := number + 1):
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise BadFileError(f"line {number}: this is not UTF-8 text") from None
        if "\0" in text:
            raise BadFileError(f"line {number}: a NUL character; this is not a text file")
        yield text


def _next_line(stream: BufferedReader, number: int) -> bytes:
    try:
        raw = stream.readline(LONGEST)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise BadFileError(f"line {number}: the gzip file is damaged or cut short here") from None
    if len(raw) == LONGEST:
        raise BadFileError(f"line {number}: too long for a line of a CSV file")
    return raw


def _records(lines: Iterable[str], separator: str) -> Iterator[Line]:
    """First line number and fields of each record: the header, then what is not blank."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    number = 1
    try:
        header = next(reader)
        yield number, header
        number = reader.line_num + 1
        for fields in reader:
            if len(fields) == len(header):
                yield number, fields
            elif any(text.strip() for text in fields):
                found = f"{len(fields)} fields, where the header has {len(header)}"
                raise BadFileError(f"line {number}: {found}")
            number = reader.line_num + 1
    except csv.Error:
        raise BadFileError(
            f"line {number}: a quotation mark or a line end out of place; "
            "it cannot be cut into fields"
        ) from None


class _BadCellError(Exception):
    """What is expected of the cell: never its text."""


class _Numbers(dict[str, float]):
    """Numbers by their text; NaN where there is none."""

    def __init__(self, *, decimal_comma: bool) -> None:
        self.decimal_comma = decimal_comma

    def __missing__(self, text: str) -> float:
        word = text.strip()
        if word in MISSING:
            return self.setdefault(text, nan)
        if self.decimal_comma:
            word = word.replace(",", ".")
        if not NUMBER.fullmatch(word) or abs(float(word)) > LARGEST:
            raise _BadCellError("a number such as 62.5 is expected")
        return self.setdefault(text, float(word))


class _Needed(_Numbers):
    """Numbers of a column in which every answer needs one."""

    def __missing__(self, text: str) -> float:
        number = super().__missing__(text)
        if isnan(number):
            raise _BadCellError("a number is expected beside an answer, and the cell is empty")
        return number


class _Codes(dict[str, int]):
    """Codes by label as written, in the order of appearance; spaces around one do not count."""

    def __init__(self) -> None:
        self.labels: dict[str, int] = {}

    def __missing__(self, text: str) -> int:
        label = text.strip()
        if not label:
            raise _BadCellError("a label is expected beside an answer, and the cell is empty")
        return self.setdefault(text, self.labels.setdefault(label, len(self.labels)))


@dataclass
class _Gatherer:
    header: list[str]
    columns: Columns
    decimal_comma: bool
    parts: list[Cells] = field(default_factory=list)
    left_out: int = 0
    shift: float | None = None

    def __post_init__(self) -> None:
        self.codes = {name: _Codes() for name in self.columns.factors}

    def add(self, chunk: list[Line]) -> None:
        """Fold one chunk of lines in."""
        scores = self._scores(chunk)
        present = ~np.isnan(scores)
        answers = scores[present]
        self.left_out += len(scores) - len(answers)
        if not len(answers):
            return
        if self.shift is None:
            self.shift = float(answers[0])
        lines = [line for line, kept in zip(chunk, present.tolist(), strict=True) if kept]
        factors = {
            name: self._column(self.codes[name], place, lines)
            for name, place in self.columns.factors.items()
        }
        fixed = {
            name: self._column(_Needed(decimal_comma=self.decimal_comma), place, lines)
            for name, place in self.columns.fixed.items()
        }
        self._keep(collapse(answers - self.shift, factors, fixed))

    def table(self) -> Table:
        """All of it, with codes in the order of the labels."""
        empty = collapse([], {n: [] for n in self.codes}, {n: [] for n in self.columns.fixed})
        cells = combine([empty, *self.parts])
        labels = {name: sorted(codes.labels) for name, codes in self.codes.items()}
        factors = {
            name: np.argsort([self.codes[name].labels[label] for label in ordered])[
                cells.factors[name]
            ]
            for name, ordered in labels.items()
        }
        return Table(replace(cells, factors=factors), labels, self.left_out, self.shift or 0.0)

    def _keep(self, part: Cells) -> None:
        self.parts.append(part)
        # Not at every chunk: the cells gathered so far would be sorted over and over again.
        if sum(len(part.n) for part in self.parts[1:]) > len(self.parts[0].n):
            self.parts = [combine(self.parts)]

    def _scores(self, lines: list[Line]) -> Floats:
        found = self._column(_Numbers(decimal_comma=self.decimal_comma), self.columns.score, lines)
        return np.array(found)

    def _column(self, known: dict[str, Known], place: int, lines: list[Line]) -> list[Known]:
        number, found = 0, []
        try:
            for number, fields in lines:  # noqa: B007 -- the error names the line it came to
                found.append(known[fields[place]])
        except _BadCellError as bad:
            name = self.header[place]
            raise BadFileError(f"line {number}, column {name}: {bad}") from None
        return found
