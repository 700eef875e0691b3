"""``./run check``: everything that can be said of the code without running its tests."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tools import bootstrap, locks
from tools.places import PACKAGES, PYTHON, ROOT, VENV, var
from tools.say import Stop, say
from tools.system import last_line, run_quietly

# Made up, so that the deploy check sees an installation as it should be. Nothing is contacted.
REAL = {
    "SYMETRIE_MODE": "real",
    "SECRET_KEY": "checked-only-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "DATABASE_URL": "postgres://checked@127.0.0.1/checked",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "ALLOWED_HOSTS": "symetrie.example.org",
    "SITE_URL": "https://symetrie.example.org",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "DEBUG": "false",
}

Finding = str | None  # what is wrong; None when all is well


def main(arguments: Sequence[str]) -> int:
    """Runs all checks, or those named, and ends with the list of what failed."""
    unknown = set(arguments) - set(CHECKS)
    if unknown:
        known = ", ".join(CHECKS)
        raise Stop(f"No check is called {', '.join(sorted(unknown))}; there are: {known}", code=2)
    bootstrap.prepare("dev")
    chosen = {name: CHECKS[name] for name in CHECKS if not arguments or name in arguments}
    began = time.monotonic()
    failed = [name for name, check in chosen.items() if not passes(name, check)]
    seconds = f"{time.monotonic() - began:.1f} s"
    if failed:
        say(f"{len(failed)} of {len(chosen)} checks failed in {seconds}: {', '.join(failed)}")
        return 1
    say(f"{len(chosen)} checks passed in {seconds}")
    return 0


def passes(name: str, check: Callable[[], Finding]) -> bool:
    began = time.monotonic()
    finding = check()
    mark = "ok" if finding is None else "FAILED"
    say(f"{name:<13} {mark}, {time.monotonic() - began:.1f} s")
    if finding is not None:
        say("\n".join("    " + line for line in finding.splitlines()))
    return finding is None


def outcome(*command: object, env: dict[str, str] | None = None) -> Finding:
    """The program's own words when it fails; of a traceback, its last line."""
    done = run_quietly(command, env={**os.environ, **(env or {})})
    if done.returncode == 0:
        return None
    words = done.stdout.strip() or f"exit code {done.returncode}"
    return last_line(words) if "Traceback (most recent call last)" in words else words


def module(*arguments: str) -> Finding:
    return outcome(PYTHON, "-m", *arguments)


def check_locks() -> Finding:
    files = locks.changed(ROOT)
    if not files:
        return None
    return f"{', '.join(files)} changed since the last lock: run ./run lock and commit all of it"


def check_types() -> Finding:
    extra = [name for name in ("tools", "bench") if (ROOT / name).is_dir()]
    present = [name for name in PACKAGES if (ROOT / name).is_dir()]
    return module("mypy", "--no-error-summary", *present, *extra)


def check_imports() -> Finding:
    return outcome(VENV / "bin" / "lint-imports", "--no-cache", "--no-logo")


def check_templates() -> Finding:
    return module("djlint", "templates", "--lint", "--quiet")


def check_translations() -> Finding:
    return module("tools.messages")


def check_migrations() -> Finding:
    return manage("makemigrations", "--check", "--dry-run", env=embedded())


def check_deploy() -> Finding:
    return manage("check", "--deploy", "--fail-level", "WARNING", env=REAL)


def check_sizes() -> Finding:
    """No file of ours past 400 lines (house rule); tests may be longer."""
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split("\0")
    names = [name for name in tracked if name and not name.startswith("tests/")]
    lengths = {name: length(ROOT / name) for name in names if "/migrations/" not in name}
    long = [
        f"{name}: {lines} lines, split it by subject"
        for name, lines in lengths.items()
        if lines > 400
    ]
    return "\n".join(long) or None


def length(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def manage(*arguments: str, env: dict[str, str]) -> Finding:
    return outcome(PYTHON, "manage.py", *arguments, env=env)


def embedded() -> dict[str, str]:
    return {
        "SYMETRIE_MODE": "test",
        "SYMETRIE_VAR": str(var()),
        "DATABASE_URL": "sqlite://:memory:",
        "REDIS_URL": "",
    }


CHECKS: dict[str, Callable[[], Finding]] = {
    "locks": check_locks,
    "style": lambda: module("ruff", "check", "--output-format", "concise"),
    "format": lambda: module("ruff", "format", "--check", "--output-format", "concise"),
    "sizes": check_sizes,
    "types": check_types,
    "imports": check_imports,
    "templates": check_templates,
    "translations": check_translations,
    "migrations": check_migrations,
    "deploy": check_deploy,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
