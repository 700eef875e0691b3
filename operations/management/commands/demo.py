"""``manage.py demo [--people N] [--reset]``: the demo firm, if the database is empty."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from operations.demo import install, story


class Command(BaseCommand):
    """Never touches a database that is neither empty nor marked as a demo."""

    help = "Create the demo firm in an empty database, and print its log-ins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=40, help="consultants, 40 or more")
        parser.add_argument("--reset", action="store_true", help="wipe a demo and start again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["people"] < len(story.CONSULTANTS):
            raise CommandError("The demo firm has 40 consultants or more.")
        if options["reset"]:
            self._wipe()
        if install.is_empty():
            install.install(now=timezone.now(), people=options["people"])
            self.stdout.write(f"Demo firm {story.FIRM_NAME} created.")
        elif not install.is_demo():
            self.stdout.write("The database holds a firm that is not a demo: left as it is.")
            return
        else:
            known = "The demo firm is there already: left as it is (--reset starts it again)."
            self.stdout.write(known)
        for login in install.logins():
            self.stdout.write(f"{login.role}: {login.email}  (password: {install.PASSWORD})")

    def _wipe(self) -> None:
        if not install.is_empty() and not install.is_demo():
            raise CommandError("This database is not a demo: nothing was wiped.")
        call_command("flush", interactive=False, verbosity=0)
