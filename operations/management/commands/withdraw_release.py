"""``manage.py withdraw_release --period DATE --reason "…" --yes``: take a release back."""

from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from django.core.management.base import CommandError

from operations.withdrawing import Published, WithdrawCommand
from scoring import jobs
from scoring.publication import published_periods


class Command(WithdrawCommand):
    """The figures leave every page, export and alert; nothing puts them back."""

    help = "Withdraw the published figures of a period, for good. First without --yes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--period", type=date.fromisoformat, required=True, metavar="DATE",
            help="first day of the period",
        )  # fmt: skip
        super().add_arguments(parser)

    def found(self, options: Mapping[str, Any]) -> Published:
        starts_on, periods = options["period"], published_periods()
        for period in periods:
            if period.starts_on == starts_on:
                return Published(
                    f"The figures of the period of {starts_on} ({period.rounds} rounds)",
                    period.published_at,
                    "every page, export and alert",
                    partial(jobs.withdraw, period=starts_on),
                )
        known = ", ".join(str(period.starts_on) for period in periods) or "none"
        raise CommandError(
            f"No figures are published for a period of {starts_on}. "
            f"Published, by first day: {known}."
        )
