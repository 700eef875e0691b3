"""Locks are compared with what they were made from by their hashes."""

import os
import subprocess
from pathlib import Path

import pytest

from tools import locks
from tools.places import ROOT


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "requirements").mkdir()
    for name in locks.FILES:
        (tmp_path / name).write_text(name, encoding="utf-8")
    locks.write_sums(tmp_path)
    return tmp_path


def test_an_untouched_tree_has_no_change(tree: Path) -> None:
    assert locks.changed(tree) == []


@pytest.mark.parametrize("name", locks.FILES)
def test_any_touched_file_is_named(tree: Path, name: str) -> None:
    (tree / name).write_text("other", encoding="utf-8")
    assert locks.changed(tree) == [name]


def old_python(folder: Path) -> Path:
    program = folder / "python3"
    program.write_text(
        '#!/bin/sh\ncase "$2" in *exit*) exit 1;; *) echo 3.9.2;; esac\n', encoding="utf-8"
    )
    program.chmod(0o755)
    return program


def start(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    for tool in ("dirname", "sh"):
        found = next(
            Path(each) / tool for each in ("/usr/bin", "/bin") if (Path(each) / tool).exists()
        )
        (folder / tool).symlink_to(found)
    return subprocess.run(
        ["/bin/sh", str(ROOT / "run"), "help"],
        env={"PATH": str(folder), **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_old_python_is_refused_with_the_cure(tmp_path: Path) -> None:
    old_python(tmp_path)
    done = start(tmp_path)
    assert done.returncode == 3
    assert done.stderr == (
        "Python 3.11 or newer is needed; found 3.9.2. "
        "On Debian or Ubuntu: sudo apt-get install python3 python3-venv\n"
    )


def test_no_python_at_all_is_refused_with_the_cure(tmp_path: Path) -> None:
    done = start(tmp_path)
    assert done.returncode == 3
    assert "found none" in done.stderr


def test_a_named_python_comes_first(tmp_path: Path) -> None:
    old_python(tmp_path)
    named = tmp_path / "named"
    named.write_text('#!/bin/sh\n[ "$1" = -m ] && echo "named $*"\nexit 0\n', encoding="utf-8")
    named.chmod(0o755)
    done = start(tmp_path, PYTHON=str(named))
    assert done.stdout == "named -m tools.run help\n"
    assert done.returncode == 0


def test_the_command_works_from_any_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(ROOT / "run"), "help"],
        cwd=tmp_path,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "./run test" in done.stdout
