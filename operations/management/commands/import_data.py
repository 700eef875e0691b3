"""``manage.py import_data KIND FILE``: bring a file in, or only say what it would do."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from operations.imports.formats import FORMATS
from operations.imports.outcome import Options, Outcome, Problem
from operations.imports.run import import_file

MAX_ROUNDS = 13


class Command(BaseCommand):
    """Everything or nothing: with one error in the file, nothing is written."""

    help = "Imports a CSV or XLSX file; docs/import.md describes the columns."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=list(FORMATS))
        parser.add_argument("file")
        parser.add_argument("--dry-run", action="store_true", help="say what would change")
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument(
            "--create-dimensions", action="store_true", help="check-ins: make unknown dimensions"
        )
        parser.add_argument(
            "--rounds-per-period", type=int, metavar="N", help="check-ins: for unknown rounds"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rounds = options["rounds_per_period"]
        if rounds is not None and not 1 <= rounds <= MAX_ROUNDS:
            raise CommandError(_("--rounds-per-period is a number from 1 to 13."))
        outcome = self.bring_in(options)
        if options["format"] == "json":
            self.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False))
        else:
            self.tell(outcome, dry_run=options["dry_run"])
        for problem in outcome.warnings:
            self.stderr.write(_("Warning: %(problem)s") % {"problem": told(problem)})
        if not outcome.ok:
            sys.exit(1)

    def bring_in(self, options: dict[str, Any]) -> Outcome:
        chosen = Options(
            dry_run=options["dry_run"],
            create_dimensions=options["create_dimensions"],
            rounds_per_period=options["rounds_per_period"],
        )
        try:
            return import_file(
                options["kind"], options["file"], now=timezone.now(), options=chosen
            )
        except OSError as error:
            message = _("The file %(file)s cannot be opened: %(reason)s.")
            raise CommandError(
                message % {"file": options["file"], "reason": error.strerror}
            ) from None

    def tell(self, outcome: Outcome, *, dry_run: bool) -> None:
        for problem in outcome.errors:
            self.stdout.write(told(problem))
        if not outcome.ok:
            count = len(outcome.errors)
            message = ngettext(
                "Nothing was written: %(count)s error.",
                "Nothing was written: %(count)s errors.",
                count,
            ) % {"count": count}
        elif dry_run:
            message = _(
                "Dry run: %(created)s would be created, %(changed)s changed, "
                "%(unchanged)s are unchanged."
            )
        else:
            message = _("%(created)s created, %(changed)s changed, %(unchanged)s unchanged.")
        self.stdout.write(message % outcome.counts if outcome.ok else message)


def told(problem: Problem) -> str:
    """One problem on one line."""
    place = _("line %(line)s") % {"line": problem.line}
    if problem.column:
        place = _("%(place)s, column %(column)s") % {"place": place, "column": problem.column}
    return f"{place}: {problem.message}"
