"""Keeps a few programs running: restarts one that dies, and ends all of them together."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tools.places import ROOT
from tools.say import Stop, say

RESTARTS = 3
FORGIVEN_AFTER = 300.0  # seconds a child must hold before earlier deaths no longer count
PATIENCE = 10.0
LINES_SHOWN = 20


@dataclass
class Child:
    name: str
    command: Sequence[str]
    log: Path | None = None  # None: the child writes where we write
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0

    def start(self, env: Mapping[str, str]) -> None:
        with self.output() as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tools.tether", *self.command],
                cwd=ROOT,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                # Ctrl-C then reaches the supervisor alone, which ends its children in order.
                start_new_session=True,
            )
        self.started = time.monotonic()

    @contextmanager
    def output(self) -> Iterator[IO[bytes] | None]:
        if self.log is None:
            yield None
            return
        with self.log.open("ab") as output:
            yield output

    def is_dead(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def sweep(self) -> None:
        """Ends what a killed child left in its session, such as the pool of a worker."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def last_words(self) -> str:
        if self.log is None or not self.log.exists():
            return ""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join("    " + line for line in lines[-LINES_SHOWN:])


@dataclass
class Supervisor:
    children: list[Child]
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def start(self) -> None:
        for child in self.children:
            child.start(self.env)

    def tend(self) -> None:
        """Restarts who died; ``Stop`` when one cannot be kept running."""
        for child in self.children:
            if child.is_dead():
                self.revive(child)

    def revive(self, child: Child) -> None:
        code = child.process.returncode if child.process else None
        if time.monotonic() - child.started > FORGIVEN_AFTER:
            child.deaths = 0
        child.deaths += 1
        child.sweep()
        say(f"The {child.name} ended by itself (exit code {code}). Its last lines:")
        say(child.last_words() or "    (shown above)")
        if child.deaths > RESTARTS:
            raise Stop(
                f"The {child.name} ended {child.deaths} times: mend what its last lines say, "
                "then run this command again."
            )
        say(f"Starting the {child.name} again ({child.deaths} of {RESTARTS}).")
        child.start(self.env)

    def watch(self, until: Callable[[], bool] = lambda: False, seconds: float = 0.0) -> bool:
        """Tends until ``until`` holds (True) or the seconds are over (False; 0 = for ever)."""
        deadline = time.monotonic() + seconds
        while not until():
            if seconds and time.monotonic() > deadline:
                return False
            self.tend()
            time.sleep(0.3)
        return True

    def stop(self) -> None:
        """SIGTERM to each child's own pid (a whole group never ends in time), then the rest."""
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        for child in self.children:
            if child.process and not child.is_dead():
                child.process.terminate()
        deadline = time.monotonic() + PATIENCE
        for child in self.children:
            if child.process:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.0, deadline - time.monotonic()))
            child.sweep()


def interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def heed_signals() -> None:
    """A closed terminal and a service manager end us as Ctrl-C does."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, interrupt)
