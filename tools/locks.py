"""Lock files: renewed by hand, and compared with what they were made from by their hashes.

They are never resolved anew by a check: a release made elsewhere would then fail our tests.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from tools import bootstrap
from tools.network import in_words, uv_environment
from tools.places import ROOT
from tools.say import Stop, step
from tools.system import run_quietly

SUMS = Path("requirements/SHA256SUMS")
FILES = (
    "requirements/base.in",
    "requirements/dev.in",
    "requirements/uv.in",
    "requirements.txt",
    "requirements/dev.txt",
    "requirements/uv.txt",
)
COMPILE = (
    *("pip", "compile", "--no-config", "--universal", "-p", "3.11", "--generate-hashes"),
    *("--custom-compile-command", "./run lock"),
)
LOCKS = (
    ("requirements/base.in", "-o", "requirements.txt"),
    ("requirements/dev.in", "-c", "requirements.txt", "-o", "requirements/dev.txt"),
    ("requirements/uv.in", "-o", "requirements/uv.txt"),
)


def main(arguments: Sequence[str]) -> int:
    """``./run lock [--upgrade]``: keeps what is pinned unless asked to upgrade."""
    bootstrap.prepare("dev")
    for lock in LOCKS:
        with step(f"Locking {lock[0]}"):
            command = [bootstrap.UV_FOLDER / "bin" / "uv", *COMPILE, *lock, *arguments]
            done = run_quietly(command, env=uv_environment())
            if done.returncode:
                raise Stop(f"{lock[0]} cannot be locked: {in_words(done.stdout)}")
    write_sums(ROOT)
    return 0


def sums(root: Path) -> str:
    """In the format of sha256sum: ``sha256sum -c requirements/SHA256SUMS`` checks it too."""
    lines = (f"{hashlib.sha256((root / name).read_bytes()).hexdigest()}  {name}" for name in FILES)
    return "\n".join(lines) + "\n"


def write_sums(root: Path) -> None:
    (root / SUMS).write_text(sums(root), encoding="utf-8")


def changed(root: Path) -> list[str]:
    """The files that differ from those of the last ``./run lock``."""
    kept = set((root / SUMS).read_text(encoding="utf-8").splitlines())
    return [line.split()[1] for line in sums(root).splitlines() if line not in kept]
