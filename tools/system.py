"""The machine: programs, system packages, ports."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence

from tools.places import ROOT
from tools.say import Stop, step

OLDEST_SQLITE = (3, 35)


def run_quietly(
    command: Sequence[object], env: Mapping[str, str] | None = None, timeout: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs to the end, with both outputs in ``stdout``; never raises for a bad exit code."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=timeout,
        check=False,
    )


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no output"


def can_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_line(*packages: str) -> str:
    return "apt-get install -y --no-install-recommends " + " ".join(packages)


def apt_install(*packages: str) -> bool:
    """Installs system packages as root on Debian and Ubuntu; says whether it worked."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with step(f"apt-get update && {apt_line(*packages)}") as note:
        run_quietly(["apt-get", "update"], env=env)
        done = run_quietly(apt_line(*packages).split(), env=env)
        if done.returncode:
            note("did not work: " + last_line(done.stdout))
    return done.returncode == 0


def refuse_old_sqlite() -> None:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise Stop(
            f"This Python carries SQLite {sqlite3.sqlite_version}; 3.35 or newer is needed: "
            "use a newer Python, for example PYTHON=/path/to/python3.12 ./run",
            code=3,
        )


def require_venv_module() -> None:
    """Debian ships Python without what makes environments; as root it is put right at once."""
    if has_ensurepip():
        return
    packages = ("python3-venv", "ca-certificates")
    if can_install() and apt_install(*packages) and has_ensurepip():
        return
    raise Stop(
        f"{sys.executable} cannot make an environment. On Debian or Ubuntu: "
        f"sudo apt-get update && sudo {apt_line(*packages)}",
        code=3,
    )


def has_ensurepip() -> bool:
    # Asked of a new process: this one would not see a package installed meanwhile.
    return run_quietly([sys.executable, "-c", "import ensurepip, venv"]).returncode == 0


def is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=2):
            return True
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
