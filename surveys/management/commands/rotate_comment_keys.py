"""``manage.py rotate_comment_keys``: the first key of comments, or a new one for all of them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import sealing
from surveys.keys import KeysLostError, rotate


class Command(BaseCommand):
    """Exit code 1 when a text does not open, or the key file is lost."""

    help = "Make a new key for what people write and put every text under it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--forget",
            action="store_true",
            help="drop former keys that nothing here uses; older backups need them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = rotate(forget=options["forget"])
        except KeysLostError as error:
            raise CommandError(
                f"There are sealed comments and no key file at {sealing.path()}: put it back from"
                " its own backup. A new key would not open them."
            ) from error
        except sealing.SealingError as error:
            raise CommandError(str(error)) from error
        gone = f"; dropped {', '.join(done.gone)}" if done.gone else ""
        self.stdout.write(f"key {done.key} seals now; {done.texts} text(s) put under it{gone}")
        if done.left:
            raise CommandError(f"{done.left} text(s) do not open and stay as they are.")
