"""When the environment is made again, and what is said when it cannot be."""

from pathlib import Path

import pytest

from tools import bootstrap, network
from tools.say import Stop


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").touch()
    locks = {"base": tmp_path / "base.txt", "dev": tmp_path / "dev.txt"}
    for name, path in locks.items():
        path.write_text(f"{name}==1 \\\n", encoding="utf-8")
    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(bootstrap, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(bootstrap, "STAMP", venv / "stamp")
    monkeypatch.setattr(bootstrap, "LOCKS", locks)
    return tmp_path


def stamp(kind: str) -> None:
    bootstrap.STAMP.write_text(bootstrap.fingerprint(kind), encoding="utf-8")


def test_without_a_stamp_nothing_is_current(folder: Path) -> None:
    assert not bootstrap.is_current("base")


def test_the_development_set_serves_the_demo_but_not_the_reverse(folder: Path) -> None:
    stamp("dev")
    assert bootstrap.is_current("base")
    assert bootstrap.is_current("dev")
    stamp("base")
    assert bootstrap.is_current("base")
    assert not bootstrap.is_current("dev")


@pytest.mark.parametrize("lock", ["base", "dev"])
def test_a_changed_lock_asks_for_a_new_installation(folder: Path, lock: str) -> None:
    stamp("dev")
    bootstrap.LOCKS[lock].write_text("other==2 \\\n", encoding="utf-8")
    assert not bootstrap.is_current("dev")


def test_an_environment_whose_python_is_gone_is_made_again(folder: Path) -> None:
    stamp("base")
    bootstrap.PYTHON.unlink()
    bootstrap.PYTHON.symlink_to(folder / "removed-python")
    assert not bootstrap.is_current("base")


def test_a_half_made_environment_is_not_usable(folder: Path) -> None:
    bootstrap.PYTHON.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    bootstrap.PYTHON.chmod(0o755)
    assert not bootstrap.is_usable()


def test_pip_takes_over_when_uv_gives_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    taken: list[Path] = []
    monkeypatch.setattr(bootstrap, "install_with_uv", lambda lock: "no wheel for this machine")
    monkeypatch.setattr(bootstrap, "install_with_pip", taken.append)
    bootstrap.install("base")
    assert taken == [bootstrap.LOCKS["base"]]
    assert "no wheel for this machine" in capsys.readouterr().out


def test_a_failure_of_both_ends_in_one_sentence_with_the_cure(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.PYTHON.write_text(
        "#!/bin/sh\necho 'ConnectionError: Name or service not known'\nexit 1\n", encoding="utf-8"
    )
    bootstrap.PYTHON.chmod(0o755)
    with pytest.raises(Stop, match="set PIP_INDEX_URL to your firm's mirror") as stop:
        bootstrap.install("base")
    assert stop.value.code == 3


@pytest.mark.parametrize(
    ("printed", "cure"),
    [
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "PIP_CERT"),
        ("error: invalid peer certificate: UnknownIssuer", "PIP_CERT"),
        ("dns error: failed to lookup address information", "PIP_INDEX_URL"),
        ("Max retries exceeded with url: /simple/django/", "PIP_INDEX_URL"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "index you"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: No matching distribution found for numpy==2.4.6", "mirror up to date"),
        ("first\nsomething never seen before\n", "something never seen before"),
    ],
)
def test_failures_are_put_into_words(printed: str, cure: str) -> None:
    assert cure.split()[-1] in network.in_words(printed)


def test_a_certificate_failure_is_not_taken_for_a_missing_network() -> None:
    printed = (
        "Max retries exceeded with url: /simple/ (Caused by SSLError(CERTIFICATE_VERIFY_FAILED))"
    )
    assert "PIP_CERT" in network.in_words(printed)


def test_uv_hears_what_pip_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    listing = "global.cert='/etc/firm.pem'\n:env:.index-url='https://mirror.example/simple'\n"

    class Done:
        stdout = listing

    for name in ("UV_DEFAULT_INDEX", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(network, "run_quietly", lambda command: Done)
    env = network.uv_environment()
    assert env["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert env["SSL_CERT_FILE"] == "/etc/firm.pem"


def test_uv_settings_of_the_person_win_over_pips(monkeypatch: pytest.MonkeyPatch) -> None:
    class Done:
        stdout = "global.index-url='https://pip.example/simple'"

    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.example/simple")
    monkeypatch.setattr(network, "run_quietly", lambda command: Done)
    assert network.uv_environment()["UV_DEFAULT_INDEX"] == "https://uv.example/simple"
