"""``manage.py withdraw_review --round DATE --reason "…" --yes``: take a review of clients back."""

from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from django.core.management.base import CommandError

from operations.withdrawing import Published, WithdrawCommand
from scoring import jobs
from scoring.charter_facts import released_reviews


class Command(WithdrawCommand):
    """Its words leave every page, export and alert, with the statuses that rest on them."""

    help = "Withdraw the words of a review of clients, for good. First without --yes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--round", type=date.fromisoformat, required=True, metavar="DATE",
            help="first day of the round that it went with",
        )  # fmt: skip
        super().add_arguments(parser)

    def found(self, options: Mapping[str, Any]) -> Published:
        round_on, rows = options["round"], released_reviews()
        for row in rows:
            if row.round_on == round_on:
                return Published(
                    f"The review of the round of {round_on} ({row.clients} clients)",
                    row.published_at,
                    "every page, export and alert, with the statuses of the periods that rest on "
                    "it",
                    partial(jobs.withdraw_review, round_on=round_on),
                )
        known = ", ".join(str(row.round_on) for row in rows) or "none"
        raise CommandError(
            f"No review is out for a round of {round_on}. Out, by first day of the round: {known}."
        )
