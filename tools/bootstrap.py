"""The environment: ``.venv`` holding exactly what a lock file names."""

import hashlib
import os
import platform
import shutil
import sys
import sysconfig
from pathlib import Path

from tools.network import in_words, uv_environment
from tools.places import LOCKS, PYTHON, ROOT, VENV
from tools.say import Stop, say, step
from tools.system import last_line, refuse_old_sqlite, require_venv_module, run_quietly

STAMP = VENV / "stamp"
UV_FOLDER = VENV / "uv"
UV_LOCK = ROOT / "requirements" / "uv.txt"


def prepare(kind: str) -> None:
    """Makes or updates the environment for ``base`` or ``dev``; quick when it stands."""
    refuse_old_sqlite()
    if is_current(kind):
        return
    require_venv_module()
    make_environment()
    install(kind)
    STAMP.write_text(fingerprint(kind), encoding="utf-8")


def is_current(kind: str) -> bool:
    """The development set holds the runtime set, so either serves the demo."""
    if not (STAMP.exists() and PYTHON.exists()):
        return False
    stamp = STAMP.read_text(encoding="utf-8")
    kinds = {"base": ("base", "dev"), "dev": ("dev",)}[kind]
    return stamp in {fingerprint(each) for each in kinds}


def fingerprint(kind: str) -> str:
    """Changes with the lock, the Python, the machine and the folder (scripts name it)."""
    parts = [kind, sys.version, sysconfig.get_platform(), str(VENV)]
    locks = {"base": ("base",), "dev": ("base", "dev")}[kind]
    parts += [LOCKS[name].read_text(encoding="utf-8") for name in locks]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def make_environment() -> None:
    if is_usable():
        STAMP.unlink(missing_ok=True)
        return
    with step("Making the Python environment in .venv") as note:
        remove_environment()
        done = run_quietly([base_python(), "-m", "venv", VENV])
        if done.returncode:
            remove_environment()
            raise Stop("The environment cannot be made: " + in_words(done.stdout), code=3)
        note(f"Python {platform.python_version()}")


def is_usable() -> bool:
    """An environment of this very Python with pip; a half-made one is not."""
    if not PYTHON.exists():
        return False
    answer = run_quietly([PYTHON, "-c", "import pip, sys; print(sys.version)"])
    return answer.returncode == 0 and answer.stdout.strip() == sys.version.strip()


def base_python() -> str:
    """The Python outside any environment: the one that runs us may be the one to be replaced."""
    outside = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    return str(outside) if outside.exists() else sys.executable


def remove_environment() -> None:
    try:
        shutil.rmtree(VENV)
    except FileNotFoundError:
        return
    except OSError as error:
        raise Stop(
            f"{VENV} cannot be replaced ({error.strerror}): another user made it; "
            "delete it as that user",
            code=3,
        ) from error


def install(kind: str) -> None:
    lock = LOCKS[kind]
    count = sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())
    with step(f"Installing {count} locked packages") as note:
        problem = install_with_uv(lock)
        if problem is None:
            note("with uv")
            return
        note(f"uv gave up ({problem})")
    with step("Installing them with pip instead (slower, about 1 to 3 minutes)"):
        install_with_pip(lock)


def install_with_uv(lock: Path) -> str | None:
    """None when done, else the reason in words."""
    uv = UV_FOLDER / "bin" / "uv"
    if not has_pinned_uv(uv):
        # Beside site-packages, since a sync removes whatever the lock does not name.
        target = ["--target", UV_FOLDER, "--upgrade", "--require-hashes", "-r", UV_LOCK]
        done = run_quietly([PYTHON, "-m", "pip", "install", "-q", "--retries", "2", *target])
        if done.returncode:
            return in_words(done.stdout)
    sync = [uv, "pip", "sync", "--python", PYTHON, "--require-hashes", lock]
    done = run_quietly(sync, env=uv_environment())
    return in_words(done.stdout) if done.returncode else None


def has_pinned_uv(uv: Path) -> bool:
    if not os.access(uv, os.X_OK):
        return False
    version = run_quietly([uv, "--version"]).stdout.split()[1:2]
    return f"uv=={''.join(version)} " in UV_LOCK.read_text(encoding="utf-8")


def install_with_pip(lock: Path) -> None:
    command = [PYTHON, "-m", "pip", "install", "-q", "--retries", "2", "--require-hashes"]
    done = run_quietly([*command, "-r", lock])
    if done.returncode:
        say()
        say(last_line(done.stdout))
        raise Stop("The packages cannot be installed: " + in_words(done.stdout) + ".", code=3)
