"""``manage.py estimate FILE.csv``: the estimator on a plain file, for an analyst.

Nothing is stored and no database is needed. docs/estimate.md says what the figures mean.
"""

import json
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scoring.analysis import METHODS, NAMES, TERMS, Question, analyse
from scoring.tabular import BadFileError


class Command(BaseCommand):
    """One JSON object on the standard output; a bad file gives one sentence and status 1."""

    help = "Estimate who and what answers differ by, from a CSV file; prints JSON."
    requires_system_checks: list[str] = []  # noqa: RUF012 -- Django's own declaration
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, plain or gzip, with a header")
        parser.add_argument(
            "--terms",
            type=terms,
            metavar="NAME,NAME…",
            help=f"parts of the model, of {','.join(TERMS)}; each needs its column, a mission may "
            "be made of person, client and profile. Default: all that the file has a column for",
        )
        parser.add_argument(
            "--fixed",
            nargs="+",
            action="extend",
            default=[],
            metavar="HEADER",
            help="columns of numbers with one coefficient each",
        )
        parser.add_argument(
            "--column",
            nargs="+",
            action="extend",
            type=column,
            default=[],
            metavar="NAME=HEADER",
            help=f"the header of one of {', '.join(NAMES)}, where the file calls it otherwise",
        )
        parser.add_argument(
            "--method",
            choices=METHODS,
            default="reml",
            help="take the best variances as known (reml, like lme4; the default), integrate "
            "over them (integrated), or integrate below 50 clients (auto)",
        )
        parser.add_argument("--seed", type=seed, default=0, help="of the integration (default 0)")
        parser.add_argument("--format", choices=["json"], default="json")

    def handle(self, *args: Any, **options: Any) -> None:
        question = Question(
            terms=options["terms"],
            fixed=tuple(dict.fromkeys(options["fixed"])),
            columns=dict(options["column"]),
            method=options["method"],
            seed=options["seed"],
        )
        try:
            found = analyse(options["file"], question)
        except BadFileError as error:
            raise CommandError(f"{options['file']}: {error}.") from None
        self.stdout.write(json.dumps(found, ensure_ascii=False, allow_nan=False))


def terms(text: str) -> tuple[str, ...]:
    """Names separated by commas, for argparse."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in TERMS:
            raise ArgumentTypeError(f"{name!r} is none of {', '.join(TERMS)}")
    return names


def column(text: str) -> tuple[str, str]:
    """NAME=HEADER, for argparse."""
    name, sign, header = (part.strip() for part in text.partition("="))
    if name not in NAMES or not sign or not header:
        raise ArgumentTypeError(f"NAME=HEADER is expected, NAME being one of {', '.join(NAMES)}")
    return name, header


def seed(text: str) -> int:
    """A whole number from 0, for argparse."""
    if not (text.isascii() and text.isdigit()):
        raise ArgumentTypeError("a whole number from 0 is expected")
    return int(text)
