"""What the two commands that take something published back have in common: said first, then done,
for good, with a reason."""

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from followup.withdrawal import forget_withdrawn

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Published:
    """``said``: what it is; ``leaves``: what would leave every page with it; ``withdraw``: takes
    it back for a reason, False where somebody else just did."""

    said: str
    published_at: datetime
    leaves: str
    withdraw: Callable[..., bool]


class WithdrawCommand(BaseCommand):
    """A command says with ``found`` what it would take back."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reason", required=True, help="kept for the audit, never shown")
        parser.add_argument("--yes", action="store_true", help="do it")

    def found(self, options: Mapping[str, Any]) -> Published:
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        reason = options["reason"].strip()
        if not 0 < len(reason) <= LONGEST:
            raise CommandError(f"Give a reason, of {LONGEST} characters at most.")
        one = self.found(options)
        if not options["yes"]:
            raise CommandError(
                f"Nothing was done. {one.said}, published on {one.published_at:%Y-%m-%d}, would "
                f"leave {one.leaves}, and never come back. To do it, add --yes."
            )
        now = timezone.now()
        with transaction.atomic():
            if not one.withdraw(reason=reason, now=now):
                raise CommandError("Somebody else has just withdrawn it.")
            alerts = forget_withdrawn(now=now)
        self.stdout.write(f"{one.said}: withdrawn; {alerts} alert(s) no longer show it.")
