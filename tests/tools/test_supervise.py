"""Children that die, children that will not, and a supervisor that is killed itself."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import supervise
from tools.places import ROOT
from tools.say import Stop
from tools.supervise import Child, Supervisor

SLEEP = "import time; time.sleep(60)"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def eventually(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


def lives(pid: int) -> bool:
    """Zombies do not count: nobody may have waited for them yet."""
    done = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(done.stdout.strip()) and not done.stdout.strip().startswith("Z")


@pytest.fixture(autouse=True)
def _own_signals() -> object:
    """``stop`` makes the process deaf to signals; a test run must hear them again."""
    kept = {
        each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    yield
    for each, handler in kept.items():
        signal.signal(each, handler)


def test_a_dying_child_is_restarted_three_times_and_its_last_lines_are_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "child.log"
    code = (
        "print(*['line %d' % n for n in range(30)], 'the reason', sep='\\n'); raise SystemExit(7)"
    )
    supervisor = Supervisor([Child("worker", python(code), log)])
    supervisor.start()
    with pytest.raises(Stop, match="The worker ended 4 times"):
        supervisor.watch(seconds=30)
    supervisor.stop()
    printed = capsys.readouterr().out
    assert printed.count("Starting the worker again") == 3
    assert "exit code 7" in printed
    assert printed.count("the reason") == 4
    assert "line 29" in printed
    assert "line 5\n" not in printed  # only the last 20


def test_a_child_killed_once_comes_back() -> None:
    child = Child("web server", python(SLEEP))
    supervisor = Supervisor([child])
    supervisor.start()
    assert child.process is not None
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    child.process.wait()
    supervisor.tend()
    assert child.process.pid != first
    assert child.process.poll() is None
    supervisor.stop()
    assert child.process.poll() is not None


def test_a_child_that_held_long_has_its_earlier_deaths_forgiven() -> None:
    child = Child("worker", python(SLEEP), deaths=3)
    supervisor = Supervisor([child])
    child.started = time.monotonic() - supervise.FORGIVEN_AFTER - 1
    supervisor.tend()
    assert child.deaths == 1
    supervisor.stop()


def test_a_child_deaf_to_sigterm_is_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(supervise, "PATIENCE", 0.3)
    ready = tmp_path / "ready"
    deaf = "import signal, pathlib; signal.signal(15, signal.SIG_IGN)"
    told = f"pathlib.Path({str(ready)!r}).touch()"
    child = Child("worker", python("; ".join((deaf, told, SLEEP))))
    supervisor = Supervisor([child])
    supervisor.start()
    assert eventually(ready.exists)
    began = time.monotonic()
    supervisor.stop()
    assert child.process is not None
    assert child.process.wait(5) == -signal.SIGKILL
    assert time.monotonic() - began < 5


def test_what_a_killed_child_leaves_behind_is_ended(tmp_path: Path) -> None:
    """A beat lives inside the worker as a process of its own; two beats must never run."""
    note = tmp_path / "pid"
    code = (
        "import subprocess, sys, pathlib, time\n"
        f"beat = subprocess.Popen([sys.executable, '-c', {SLEEP!r}])\n"
        f"pathlib.Path({str(note)!r}).write_text(str(beat.pid))\n"
        "time.sleep(60)"
    )
    child = Child("worker", python(code))
    supervisor = Supervisor([child])
    supervisor.start()
    assert eventually(lambda: note.exists() and note.read_text() != "")
    beat = int(note.read_text())
    assert lives(beat)
    assert child.process is not None
    child.process.kill()
    child.process.wait()
    child.sweep()
    assert eventually(lambda: not lives(beat))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent's life")
def test_children_end_with_a_killed_supervisor(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = (
        "import sys, time, pathlib\n"
        "from tools.supervise import Child, Supervisor\n"
        f"child = Child('web server', [sys.executable, '-c', {SLEEP!r}])\n"
        "Supervisor([child]).start()\n"
        "time.sleep(1)\n"
        f"pathlib.Path({str(note)!r}).write_text(str(child.process.pid))\n"
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    assert eventually(lambda: note.exists() and note.read_text() != "")
    child = int(note.read_text())
    assert lives(child)
    parent.kill()
    parent.wait()
    assert eventually(lambda: not lives(child))


def test_watch_says_whether_the_wait_was_worth_it() -> None:
    supervisor = Supervisor([])
    assert supervisor.watch(until=lambda: True, seconds=1) is True
    assert supervisor.watch(until=lambda: False, seconds=0.1) is False
