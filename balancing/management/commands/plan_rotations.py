"""``manage.py plan_rotations FILE.json``: the planner on a plain file, for an analyst.

Nothing is stored and no database is needed. docs/rotations.md says what the plan means.
"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from balancing.instance_file import BadFileError, read
from balancing.maths.rotation import TooFewMovesError, UnfillableError, solve


class Command(BaseCommand):
    """One JSON object on the standard output; a bad file gives one sentence and status 1."""

    help = "Plan who takes which mission, from a JSON instance; prints JSON."
    requires_system_checks: list[str] = []  # noqa: RUF012 -- Django's own declaration
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="JSON: n, m, seats, difficulty, burden, …")
        parser.add_argument("--format", choices=["json"], default="json")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            best = solve(read(options["file"]))
        except (BadFileError, UnfillableError, TooFewMovesError) as error:
            raise CommandError(f"{options['file']}: {error}.") from None
        told = {"max_load": round(best.max_load, 9), "moves": best.moves, "plan": list(best.plan)}
        self.stdout.write(json.dumps(told, allow_nan=False))
