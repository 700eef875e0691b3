"""What the commands print: one line a step with its seconds, one sentence a failure."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stop(Exception):  # noqa: N818 -- it ends a command in words, it is no fault of the code
    """Ends the command with one sentence that names the cure."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Note:
    """What a step found out, shown at the end of its line."""

    text = ""

    def __call__(self, text: str) -> None:
        self.text = f" {text},"


@contextmanager
def step(label: str) -> Iterator[Note]:
    """Prints ``label … note, 1.2 s`` when done, ``failed`` when not."""
    sys.stdout.write(f"{label} …")
    sys.stdout.flush()
    began = time.monotonic()
    note = Note()
    try:
        yield note
    except BaseException:
        say(f" failed, {time.monotonic() - began:.1f} s")
        raise
    say(f"{note.text} {time.monotonic() - began:.1f} s")
