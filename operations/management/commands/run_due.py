"""``manage.py run_due [--at ISO-DATETIME]``: everything due, in order, in the foreground."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from operations import due


class Command(BaseCommand):
    """Prints what it did, a line a step; fails when a step failed."""

    help = "Do everything that is due: rounds, scores, releases, loads, alerts, mails."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", help="act as at this moment (ISO date and time)")

    def handle(self, *args: Any, **options: Any) -> None:
        lines = due.run_due(now=_moment(options["at"]))
        for line in lines:
            self.stdout.write(line)
        if not lines:
            self.stdout.write("Nothing is due.")
        if any(": failed (" in line for line in lines):
            raise CommandError("A step failed; see the list of jobs.")


def _moment(text: str | None) -> datetime:
    if text is None:
        return timezone.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            f"--at takes an ISO date and time, such as 2026-11-24T10:00+01:00, not {text!r}"
        ) from error
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
