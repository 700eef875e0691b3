"""``manage.py withdraw_release --period DATE --reason "…" --yes``: take a release back."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from followup.withdrawal import forget_withdrawn
from scoring import jobs
from scoring.publication import PublishedPeriod, published_periods

LONGEST = 300


class Command(BaseCommand):
    """The figures leave every page, export and alert; nothing puts them back."""

    help = "Withdraw the published figures of a period, for good. First without --yes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--period", type=date.fromisoformat, required=True, metavar="DATE",
            help="first day of the period",
        )  # fmt: skip
        parser.add_argument("--reason", required=True, help="kept for the audit, never shown")
        parser.add_argument("--yes", action="store_true", help="do it")

    def handle(self, *args: Any, **options: Any) -> None:
        reason = options["reason"].strip()
        if not 0 < len(reason) <= LONGEST:
            raise CommandError(f"Give a reason, of {LONGEST} characters at most.")
        period = _found(options["period"])
        said = f"The figures of the period of {period.starts_on} ({period.rounds} rounds)"
        if not options["yes"]:
            raise CommandError(
                f"Nothing was done. {said}, published on {period.published_at:%Y-%m-%d}, would "
                "leave every page, export and alert, and never come back. To do it, add --yes."
            )
        now = timezone.now()
        with transaction.atomic():
            if not jobs.withdraw(period=period.starts_on, reason=reason, now=now):
                raise CommandError("Somebody else has just withdrawn them.")
            alerts = forget_withdrawn(now=now)
        self.stdout.write(f"{said} are withdrawn; {alerts} alert(s) no longer show them.")


def _found(starts_on: date) -> PublishedPeriod:
    periods = published_periods()
    for period in periods:
        if period.starts_on == starts_on:
            return period
    known = ", ".join(str(period.starts_on) for period in periods) or "none"
    raise CommandError(
        f"No figures are published for a period of {starts_on}. Published, by first day: {known}."
    )
