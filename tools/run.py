"""The entry of ``./run``: one word chooses the command."""

import os
import sys
from collections.abc import Callable, Sequence

from tools import bench, checks, demo, doctor, locks, serve, testing
from tools.places import ROOT
from tools.say import Stop, say

HELP = """Symétrie

  ./run            the demo on this machine: makes everything, then prints address and log-ins
                   [--people N] [--reset] [--port P] [--host H] [--no-browser-open]
  ./run test       every test  [--db sqlite|postgres|both] [--no-browser] [pytest arguments]
  ./run check      style, types, imports, templates, translations, migrations, deployment
  ./run bench      what things cost, as ratios
  ./run doctor     what is wrong with this machine or this installation
  ./run serve      the real installation: needs PostgreSQL, Redis and .env.example's first four
  ./run lock       renews the lock files after a change of requirements/*.in
  ./run help       this page"""

COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "demo": demo.main,
    "test": testing.main,
    "check": checks.main,
    "bench": bench.main,
    "doctor": doctor.main,
    "serve": serve.main,
    "lock": locks.main,
}


def choose(arguments: Sequence[str]) -> int:
    name, rest = (arguments[0], arguments[1:]) if arguments else ("demo", [])
    if name in ("help", "-h", "--help"):
        say(HELP)
        return 0
    if name.startswith("-"):
        name, rest = "demo", arguments
    if name not in COMMANDS:
        raise Stop(f"There is no ./run {name}; ./run help lists what there is.", code=2)
    return COMMANDS[name](rest)


def main() -> int:
    os.chdir(ROOT)
    try:
        return choose(sys.argv[1:])
    except Stop as stop:
        sys.stderr.write(f"{stop}\n")
        return stop.code
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
