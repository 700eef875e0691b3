"""Compiles ``.po`` files to ``.mo`` without msgfmt: ``python -m tools.build_mo [FILE.po …]``."""

import os
import sys
from pathlib import Path

import polib

from tools.places import ROOT


def build(po: Path) -> None:
    """Writes beside and renames, so that a running server never reads half a file."""
    made = po.with_suffix(".mo")
    beside = made.with_name(f"{made.name}.{os.getpid()}")
    polib.pofile(str(po), encoding="utf-8").save_as_mofile(str(beside))
    beside.replace(made)


def main(arguments: list[str]) -> None:
    files = [Path(each) for each in arguments]
    for po in files or sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        build(po)


if __name__ == "__main__":
    main(sys.argv[1:])
