"""Understanding one cell. A message says what is expected and never repeats the value,
since the same words serve for files whose values must not be shown."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from core.text import TURNING

Reader = Callable[[str], object]

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
ASKED = re.compile(r"[-a-z0-9_]{1,40}:[1-4]", re.ASCII)
CODE = re.compile(r"[-a-z0-9_]{1,40}", re.ASCII)
AMOUNT = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-01)?", re.ASCII)
NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
# A spreadsheet would run a cell that starts like this.
FORMULA = re.compile(r"[=+\-@\t\r]")
# Our own exports put one apostrophe before such a cell, and imports take it off again.
ESCAPED = re.compile(r"'+[=+\-@\t\r]")
SPREADSHEET_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}
)
YEARS = range(1900, 2200)


class BadCellError(Exception):
    """The cell cannot be understood; the message says what is expected."""


def unescape(text: str) -> str:
    """The text behind an escaped cell: the inverse of ``core.tables.escape``.

    >>> unescape("'=1+1"), unescape("''=1+1"), unescape("'t Hooft")
    ('=1+1', "'=1+1", "'t Hooft")
    """
    return text[1:] if ESCAPED.match(text) else text


def is_formula(text: str) -> bool:
    """Would a spreadsheet compute this cell?"""
    return bool(FORMULA.match(text))


def canonical(text: str) -> str:
    """One form for composed and decomposed letters: the same name is found under both."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def clean(cell: str) -> str:
    """The text of a cell: spaces around it gone, one form for letters, nothing invisible.

    A leading tab stays: it is somebody's literal text, and is warned of.
    """
    value = unescape(canonical(cell).strip(" \u00a0\u202f\ufeff"))
    if not value.isprintable() and any(_is_control(letter) for letter in value):
        raise BadCellError(_("text without line breaks or control characters is expected."))
    if value in SPREADSHEET_ERRORS:
        raise BadCellError(_("this is an error of the spreadsheet, not a value."))
    return value


def _is_control(letter: str) -> bool:
    hidden = unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} or letter in TURNING
    return hidden and letter != "\t"


def text(limit: int) -> Reader:
    """Free text up to a number of characters."""

    def read(value: str) -> str:
        if len(value) > limit:
            raise BadCellError(
                _("at most %(limit)s characters are expected; there are %(found)s.")
                % {"limit": limit, "found": len(value)}
            )
        return value

    return read


def reference(value: str) -> str:
    """The firm's own number or code of a thing."""
    return str(text(40)(value.strip()))


def email(value: str) -> str:
    """An address, whatever its case."""
    address = value.strip().casefold()
    try:
        validate_email(address)
    except ValidationError:
        raise BadCellError(_("an e-mail address such as name@example.org is expected.")) from None
    return str(text(254)(address))


def day(value: str) -> date:
    """A date in the one form that cannot be misread."""
    value = value.strip()
    if not ISO_DAY.fullmatch(value):
        raise BadCellError(_("a date written year-month-day is expected, such as 2026-01-31."))
    try:
        found = date.fromisoformat(value)
    except ValueError:
        raise BadCellError(
            _("there is no such day; a date such as 2026-01-31 is expected.")
        ) from None
    if found.year not in YEARS:
        raise BadCellError(_("a year from 1900 to 2199 is expected."))
    return found


def month(value: str) -> date:
    """A month, as its first day.

    >>> month("2026-01"), month("2026-01-01")
    (datetime.date(2026, 1, 1), datetime.date(2026, 1, 1))
    """
    value = value.strip()
    if not MONTH.fullmatch(value):
        raise BadCellError(
            _("a month written 2026-01 is expected, or its first day, such as 2026-01-01.")
        )
    return day(f"{value[:7]}-01")


def amount(value: str) -> Decimal:
    """An amount of money, 0 or more, in one form that every country reads the same.

    >>> amount("12500.5"), amount("0")
    (Decimal('12500.50'), Decimal('0.00'))
    """
    value = value.strip()
    if value.startswith("-"):
        raise BadCellError(_("an amount is 0 or more. Take what was paid back off its month."))
    if not AMOUNT.fullmatch(value):
        raise BadCellError(
            _(
                "an amount without spaces is expected, with a point and two decimals at most, "
                "such as 12500.50."
            )
        )
    return Decimal(value).quantize(Decimal("0.01"))


def percent(value: str) -> int:
    """A whole share of time."""
    value = value.strip()
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:4]) <= 100):
        raise BadCellError(_("a whole percentage from 1 to 100 is expected, without a sign."))
    return int(value)


def number(value: str) -> float:
    """A decimal number with a point."""
    value = value.strip()
    if not NUMBER.fullmatch(value):
        raise BadCellError(_("a number is expected, with a point for decimals, such as 3.5."))
    return float(value)


def one_of(*choices: str) -> Reader:
    """One word of a short list."""

    def read(value: str) -> str:
        word = value.strip().casefold()
        if word not in choices:
            raise BadCellError(_one_of_message(choices))
        return word

    return read


def some_of(*choices: str) -> Reader:
    """Several words of a short list, separated by semicolons."""

    def read(value: str) -> frozenset[str]:
        words = frozenset(word.strip().casefold() for word in value.split(";") if word.strip())
        if not words <= set(choices):
            raise BadCellError(
                _("words from this list, separated by “;”, are expected: %(choices)s.")
                % {"choices": ", ".join(choices)}
            )
        return words

    return read


def codes(value: str) -> frozenset[str]:
    """Codes separated by semicolons; which ones exist is for the importer to say."""
    return frozenset(word.strip().casefold() for word in value.split(";") if word.strip())


def level(value: str) -> int:
    """How well somebody knows a skill."""
    value = value.strip()
    if value not in {"1", "2", "3", "4"}:
        raise BadCellError(_("a level from 1 to 4 is expected."))
    return int(value)


def asked(value: str) -> frozenset[str]:
    """Codes of skills with the least level of each; which ones exist is for the importer to say.

    >>> sorted(asked("Network:2; python : 3"))
    ['network:2', 'python:3']
    """
    found = codes(value.replace(" ", "").replace("\u00a0", ""))
    if not all(ASKED.fullmatch(text) for text in found):
        raise BadCellError(
            _("codes of skills with a level from 1 to 4 are expected, such as network:2;python:3.")
        )
    return found


def code(value: str) -> str:
    """A code that files and addresses can hold."""
    value = value.strip().casefold()
    if not CODE.fullmatch(value):
        raise BadCellError(_("a code of letters, digits, “-” and “_” is expected."))
    return value


def _one_of_message(choices: Iterable[str]) -> str:
    return _("one of these is expected: %(choices)s.") % {"choices": ", ".join(choices)}
