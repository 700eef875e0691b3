"""The demo touches its own data alone, and there is one of it."""

import socket
import stat
from argparse import Namespace
from pathlib import Path

import pytest

from tools import demo
from tools.lock import AlreadyRunning, hold
from tools.say import Stop


@pytest.fixture
def options() -> Namespace:
    return demo.parse([])


def test_a_real_installations_settings_do_not_reach_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://symetrie@db.example.org/real")
    monkeypatch.setenv("REDIS_URL", "redis://db.example.org/0")
    monkeypatch.setenv("SYMETRIE_MODE", "real")
    monkeypatch.setenv("EMAIL_URL", "smtp://relay.example.org")
    env = demo.environment(tmp_path, "127.0.0.1", 8000)
    assert env["SYMETRIE_MODE"] == "demo"
    assert env["DATABASE_URL"] == f"sqlite:///{tmp_path}/symetrie.sqlite3"
    assert not any("example.org" in value for name, value in env.items() if name.endswith("_URL"))


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = demo.secret_key(tmp_path)
    assert len(first) > 60
    assert demo.secret_key(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_only_loopback_names_are_allowed_unless_a_host_is_given(tmp_path: Path) -> None:
    assert demo.parse([]).host == "127.0.0.1"
    assert "*" not in demo.environment(tmp_path, "127.0.0.1", 8000)["ALLOWED_HOSTS"]
    assert demo.environment(tmp_path, "0.0.0.0", 8000)["ALLOWED_HOSTS"] == "*"  # noqa: S104 -- not bound


def test_a_taken_port_gives_the_next_free_one_and_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wanted = taken.getsockname()[1]
        assert demo.choose_port("127.0.0.1", wanted) > wanted
    assert f"Port {wanted} is taken" in capsys.readouterr().out


def test_a_second_start_names_the_first(
    tmp_path: Path, options: Namespace, capsys: pytest.CaptureFixture[str]
) -> None:
    with hold(tmp_path / "run.lock") as held:
        held.write("http://127.0.0.1:8001/")
        with pytest.raises(AlreadyRunning) as found, hold(tmp_path / "run.lock"):
            pytest.fail("two held the same lock")
    assert demo.report_running(found.value, options) == 0
    assert capsys.readouterr().out == "already running at http://127.0.0.1:8001/\n"


def test_a_reset_under_a_running_demo_is_refused() -> None:
    other = AlreadyRunning(12, "http://127.0.0.1:8000/")
    with pytest.raises(Stop, match="stop it with Ctrl-C first"):
        demo.report_running(other, demo.parse(["--reset"]))


def test_the_lock_is_free_again_after_use(tmp_path: Path) -> None:
    for _ in range(2):
        with hold(tmp_path / "run.lock"):
            pass


def test_a_lock_file_left_by_a_killed_process_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "run.lock").write_text('{"pid": 1, "url": "http://127.0.0.1:8000/"}')
    with hold(tmp_path / "run.lock"):
        pass


@pytest.mark.parametrize(
    ("arguments", "passed_on"),
    [
        ([], []),
        (["--people", "200"], ["--people", "200"]),
        (["--reset"], ["--reset"]),
        (["--people", "5", "--reset"], ["--people", "5", "--reset"]),
    ],
)
def test_size_and_reset_are_passed_on(arguments: list[str], passed_on: list[str]) -> None:
    assert demo.demo_arguments(demo.parse(arguments)) == passed_on


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/"),
        ("0.0.0.0", "http://127.0.0.1:8000/"),  # noqa: S104 -- shown, not bound
        ("::1", "http://[::1]:8000/"),
        ("demo.local", "http://demo.local:8000/"),
    ],
)
def test_the_address_can_be_opened(host: str, shown: str) -> None:
    assert demo.address(host, 8000) == shown


def test_each_program_can_be_seen_to_die(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A beat inside the worker could be killed while the worker went on without any job."""
    monkeypatch.setattr("tools.programs.logs", lambda: tmp_path)
    children = demo.programs_of("127.0.0.1:8000")
    assert [child.name for child in children] == ["web server", "worker", "beat"]
    assert "-B" not in children[1].command
    assert len({child.log for child in children}) == 3
