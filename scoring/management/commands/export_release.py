"""``manage.py export_release [--period DATE] --format json``: exactly what pages can show."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scoring.publication import (
    Cell,
    PublishedPeriod,
    Scope,
    SystemViewer,
    published,
    published_periods,
)


class Command(BaseCommand):
    """Every published cell of a period, through the gate."""

    help = "Print every published figure of a period (default: the latest release)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--period", type=day, help="first day of the period (ISO date)")
        parser.add_argument("--format", choices=["json"], default="json")

    def handle(self, *args: Any, **options: Any) -> None:
        period = chosen(options["period"])
        cells = published(viewer=SystemViewer("export"), periods=[period.id])
        lines = [_line(scope, cell) for (_, scope), cell in sorted(cells.items(), key=_by_scope)]
        self.stdout.write(json.dumps(lines, ensure_ascii=False, indent=1))


def day(text: str) -> date:
    """An ISO date, for argparse."""
    return date.fromisoformat(text)


def chosen(starts_on: date | None) -> PublishedPeriod:
    """The period asked for, or the latest one."""
    periods = published_periods()
    for period in periods:
        if starts_on in (None, period.starts_on):
            return period
    raise CommandError(
        f"No figures are published for the period of {starts_on}."
        if starts_on
        else "No period is published yet."
    )


def _by_scope(item: tuple[tuple[int, Scope], Cell]) -> Scope:
    return item[0][1]


def _line(scope: Scope, cell: Cell) -> dict[str, Any]:
    line: dict[str, Any] = {"scope": scope.kind, "ref": scope.ref, "dimension": scope.dimension}
    if cell.withheld:
        return line | {"withheld": True}
    return line | {"band": cell.band, "score": cell.score, "low": cell.low, "high": cell.high}
