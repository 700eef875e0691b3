"""Calls ``manage.py`` and turns its failure into one sentence."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.places import PYTHON, ROOT, logs
from tools.say import Stop
from tools.system import last_line, run_quietly


def manage(*arguments: str, env: Mapping[str, str]) -> str:
    """What the command printed; ``Stop`` when it failed, with its whole output kept in a log."""
    return words_of(f"manage.py {arguments[0]}", ["manage.py", *arguments], env)


def make_tables(env: Mapping[str, str]) -> None:
    words_of("The database", ["-m", "tools.tables"], env)


def words_of(name: str, arguments: Sequence[str], env: Mapping[str, str]) -> str:
    done = subprocess.run(
        [str(PYTHON), *arguments],
        cwd=ROOT,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        kept = logs() / "failure.log"
        kept.write_text(done.stdout + done.stderr, encoding="utf-8")
        reason = last_line(done.stderr or done.stdout).rstrip(".")
        raise Stop(f"{name} failed: {reason}. The whole output: {kept}")
    return done.stdout


def build_translations() -> str:
    """Compiles what is newer than its ``.mo``; says how many files."""
    stale = [
        po
        for po in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
        if not is_newer_than(po.with_suffix(".mo"), po)
    ]
    if not stale:
        return "up to date"
    done = run_quietly([PYTHON, "-m", "tools.build_mo", *stale])
    if done.returncode:
        raise Stop("The translations cannot be compiled: " + last_line(done.stdout))
    return f"{len(stale)} compiled"


def is_newer_than(made: Path, source: Path) -> bool:
    return made.exists() and made.stat().st_mtime >= source.stat().st_mtime
