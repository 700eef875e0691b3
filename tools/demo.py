"""``./run``: a demo firm on this machine, with nothing but Python."""

import os
import secrets
import sys
import webbrowser
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools import bootstrap, programs
from tools.lock import AlreadyRunning, Held, hold
from tools.manage import build_translations, make_tables, manage
from tools.places import var
from tools.say import Stop, say, step
from tools.supervise import Child, Supervisor, heed_signals
from tools.system import is_free

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PORTS_TRIED = 100


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    folder = var()
    try:
        with hold(folder / "run.lock") as held:
            heed_signals()
            return serve_demo(options, folder, held)
    except AlreadyRunning as other:
        return report_running(other, options)


def parse(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser(prog="./run", description="Starts the demo on this machine.")
    parser.add_argument("--people", type=int, metavar="N", help="size of the demo firm (40)")
    parser.add_argument("--reset", action="store_true", help="start the demo firm again")
    parser.add_argument("--port", type=int, default=8000, help="first port to try (8000)")
    parser.add_argument("--host", default="127.0.0.1", help="show the demo to the network")
    parser.add_argument("--no-browser-open", action="store_true", help="leave the browser shut")
    return parser.parse_args(arguments)


def report_running(other: AlreadyRunning, options: Namespace) -> int:
    if options.reset or options.people:
        raise Stop(f"The demo is running (process {other.pid}): stop it with Ctrl-C first.")
    say(f"already running at {other.url}" if other.url else "already starting")
    return 0


def serve_demo(options: Namespace, folder: Path, held: Held) -> int:
    bootstrap.prepare("base")
    port = choose_port(options.host, options.port)
    env = environment(folder, options.host, port)
    log_ins = make_ready(options, folder, env)
    bind = f"[{options.host}]:{port}" if ":" in options.host else f"{options.host}:{port}"
    supervisor = Supervisor(programs_of(bind), env)
    try:
        with step("Starting the web server and the worker"):
            supervisor.start()
        with step("Waiting until everything answers"):
            programs.wait_until_ready(supervisor, port, "127.0.0.1")
        url = address(options.host, port)
        held.write(url)
        welcome(url, log_ins, folder)
        open_browser(url, wanted=not options.no_browser_open)
        supervisor.watch()
    except KeyboardInterrupt:
        say("\nStopping.")
    finally:
        supervisor.stop()
    return 0


def programs_of(bind: str) -> list[Child]:
    return [
        programs.web(bind, workers=1, log=programs.fresh_log("web")),
        programs.embedded_worker(programs.fresh_log("worker")),
        programs.beat(programs.fresh_log("beat")),
    ]


def environment(folder: Path, host: str, port: int) -> dict[str, str]:
    """The demo lives on its own data, whatever a ``.env`` says about a real installation."""
    return {
        **os.environ,
        "SYMETRIE_MODE": "demo",
        "SYMETRIE_VAR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'symetrie.sqlite3'}",
        "REDIS_URL": "",
        "EMAIL_URL": f"filemail:///{folder / 'mail'}",
        "SECRET_KEY": secret_key(folder),
        "SITE_URL": address(host, port),
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]" if host in LOOPBACK else "*",
        "DEBUG": "false",
        "PYTHONUNBUFFERED": "1",
    }


def secret_key(folder: Path) -> str:
    kept = folder / "secret_key"
    if not kept.exists():
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(64))
    return kept.read_text(encoding="utf-8").strip()


def address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(host, host)  # noqa: S104 -- read, not bound
    return f"http://{shown}:{port}/"


def choose_port(host: str, wanted: int) -> int:
    for port in range(wanted, wanted + PORTS_TRIED):
        if is_free(host, port):
            if port != wanted:
                say(f"Port {wanted} is taken: using {port}.")
            return port
    raise Stop(f"No free port from {wanted} on at {host}: name one with --port")


def make_ready(options: Namespace, folder: Path, env: Mapping[str, str]) -> str:
    """Files, tables and the demo firm; what ``manage.py demo`` printed, log-ins included."""
    if options.host not in LOOPBACK:
        say(f"Everybody who reaches {options.host} can open this demo: the log-ins are public.")
    for name in ("queue/data", "queue/control", "mail", "files"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    with step("Translations") as note:
        note(build_translations())
    with step("Database tables"):
        make_tables(env)
    with step("Demo firm"):
        return manage("demo", *demo_arguments(options), env=env)


def demo_arguments(options: Namespace) -> list[str]:
    people = ["--people", str(options.people)] if options.people else []
    return people + (["--reset"] if options.reset else [])


def welcome(url: str, log_ins: str, folder: Path) -> None:
    say(f"\nSymétrie is ready at {url}\n")
    say(log_ins.rstrip())
    say(f"\nData: {folder} (delete this folder to forget everything). Ctrl-C stops.")


def open_browser(url: str, *, wanted: bool) -> None:
    remote = "SSH_CONNECTION" in os.environ or "CI" in os.environ
    has_display = (
        sys.platform == "darwin" or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    )
    if wanted and has_display and not remote and sys.stdout.isatty():
        webbrowser.open(url)
