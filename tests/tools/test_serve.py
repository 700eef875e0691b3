"""The real installation says at once all that it lacks."""

from pathlib import Path

import pytest

from tools import serve
from tools.say import Stop
from tools.system import free_port

WHOLE = {
    "SECRET_KEY": "x" * 60,
    "DATABASE_URL": "postgres://symetrie@127.0.0.1/symetrie",
    "REDIS_URL": "redis://127.0.0.1/0",
    "ALLOWED_HOSTS": "symetrie.example.org",
}


def test_every_missing_setting_is_named_at_once() -> None:
    with pytest.raises(Stop) as stop:
        serve.require_settings({"DATABASE_URL": WHOLE["DATABASE_URL"], "REDIS_URL": "  "})
    assert str(stop.value).startswith("Missing settings: SECRET_KEY, REDIS_URL, ALLOWED_HOSTS.")
    assert stop.value.code == 2


def test_complete_settings_pass() -> None:
    serve.require_settings(WHOLE)


def test_sqlite_is_no_real_database() -> None:
    with pytest.raises(Stop, match="PostgreSQL"):
        serve.require_settings({**WHOLE, "DATABASE_URL": "sqlite:///data.sqlite3"})


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_a_server_that_does_not_answer_is_named_with_its_setting(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setattr(serve, "answers", lambda host, asked: asked != port)
    scheme = WHOLE[name].split(":")[0]
    settings = {**WHOLE, name: f"{scheme}://127.0.0.1:{port}/0"}
    with pytest.raises(Stop, match=f"Nothing answers at 127.0.0.1:{port}.*{name}"):
        serve.require_servers(settings)


def test_a_socket_file_is_left_to_the_driver() -> None:
    assert serve.host_and_port("DATABASE_URL", "postgres://symetrie@/symetrie") == (None, 5432)


def test_an_impossible_port_is_a_sentence() -> None:
    with pytest.raises(Stop, match="REDIS_URL is no address"):
        serve.host_and_port("REDIS_URL", "redis://127.0.0.1:port/0")


def test_the_settings_file_is_read_as_people_write_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(
        "# SECRET_KEY=commented\nexport REDIS_URL='redis://h/0'\nALLOWED_HOSTS = a,b\n"
        'DATABASE_URL="postgres://u:p=q@h/d"\n\nnonsense\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(serve, "ROOT", tmp_path)
    assert serve.env_file() == {
        "REDIS_URL": "redis://h/0",
        "ALLOWED_HOSTS": "a,b",
        "DATABASE_URL": "postgres://u:p=q@h/d",
    }


@pytest.mark.parametrize(
    ("allowed", "header"),
    [("a.example, b.example", "a.example"), (".example.org", "example.org"), ("*", "localhost")],
)
def test_the_own_health_check_uses_an_allowed_name(allowed: str, header: str) -> None:
    assert serve.first_host(allowed) == header
