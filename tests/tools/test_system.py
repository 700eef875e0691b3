"""What the machine lacks is installed as root, and named with its cure otherwise."""

from pathlib import Path

import pytest

from tools import browser, servers, system
from tools.say import Stop


def never(*packages: str) -> bool:
    pytest.fail(f"installed {packages} without being root")


def test_without_ensurepip_a_person_is_told_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "has_ensurepip", lambda: False)
    monkeypatch.setattr(system, "can_install", lambda: False)
    monkeypatch.setattr(system, "apt_install", never)
    with pytest.raises(Stop, match=r"sudo apt-get install .* python3-venv") as stop:
        system.require_venv_module()
    assert stop.value.code == 3


def test_without_ensurepip_root_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(system, "has_ensurepip", lambda: bool(installed))
    monkeypatch.setattr(system, "can_install", lambda: True)
    monkeypatch.setattr(system, "apt_install", lambda *names: installed.extend(names) or True)
    system.require_venv_module()
    assert installed == ["python3-venv", "ca-certificates"]


def test_an_old_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(Stop, match=r"3\.35 or newer"):
        system.refuse_old_sqlite()


def test_a_named_browser_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "my-browser"
    program.touch(mode=0o755)
    monkeypatch.setenv("CHROMIUM", str(program))
    assert browser.find() == str(program)


def test_a_named_browser_that_does_not_exist_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(Stop, match="correct or unset it"):
        browser.find()


def test_without_any_browser_both_ways_out_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "find", lambda: None)
    monkeypatch.setattr(browser, "install", lambda: None)
    with pytest.raises(Stop, match=r"apt-get install chromium.*--no-browser"):
        browser.require()


def test_without_redis_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setattr(servers.shutil, "which", lambda name: None)
    monkeypatch.setattr(servers, "can_install", lambda: False)
    with pytest.raises(Stop, match="apt-get install redis-server"), servers.redis():
        pytest.fail("there is no Redis")


def test_a_given_redis_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://cache.example.org/3")
    with servers.redis() as url:
        assert url == "redis://cache.example.org/3"


def test_a_given_postgres_that_refuses_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://nobody@db.example.org/x")
    monkeypatch.setattr(servers, "log_in_problem", lambda url: "password needed")
    with pytest.raises(Stop, match=r"DATABASE_URL .* password needed"), servers.postgres():
        pytest.fail("it refused")
