"""``./run serve``: the real thing, on PostgreSQL and Redis."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from tools import bootstrap, programs
from tools.lock import AlreadyRunning, Held, hold
from tools.manage import build_translations, make_tables, manage
from tools.places import ROOT, var
from tools.say import Stop, say, step
from tools.supervise import Supervisor, heed_signals
from tools.system import answers, is_free

NEEDED = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS")
USUAL_PORTS = {"DATABASE_URL": 5432, "REDIS_URL": 6379}


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    settings = {**env_file(), **os.environ, "SYMETRIE_MODE": "real", "PYTHONUNBUFFERED": "1"}
    require_settings(settings)
    require_servers(settings)
    os.environ.update(settings)
    if not is_free(options.host, options.port):
        raise Stop(f"Port {options.port} is taken: free it, or choose another with --port")
    try:
        with hold(var() / "serve.lock") as held:
            heed_signals()
            return serve(options, settings, first_host(settings["ALLOWED_HOSTS"]), held)
    except AlreadyRunning as other:
        say(f"already running at {other.url}" if other.url else "already starting")
        return 0


def parse(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser(prog="./run serve", description="Runs the real installation.")
    parser.add_argument("--host", default="127.0.0.1", help="address to bind (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to bind (8000)")
    parser.add_argument("--workers", type=int, default=2, help="web processes (2)")
    return parser.parse_args(arguments)


def env_file() -> dict[str, str]:
    """``.env`` as far as needed to see what is missing; Django reads it itself.

    A name without a value counts as missing.
    """
    path = ROOT / ".env"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    pairs = (line.removeprefix("export ").split("=", 1) for line in lines if "=" in line)
    return {
        name.strip(): value.strip().strip("'\"")
        for name, value in pairs
        if not name.lstrip().startswith("#")
    }


def require_settings(settings: Mapping[str, str]) -> None:
    missing = [name for name in NEEDED if not settings.get(name, "").strip()]
    if missing:
        raise Stop(
            f"Missing settings: {', '.join(missing)}. "
            "Put them into the environment or into .env (see .env.example).",
            code=2,
        )
    if not settings["DATABASE_URL"].startswith(("postgres", "psql", "pgsql")):
        raise Stop("DATABASE_URL must name a PostgreSQL database: postgres://user@host/name", 2)


def require_servers(settings: Mapping[str, str]) -> None:
    for name in USUAL_PORTS:
        host, port = host_and_port(name, settings[name])
        if host and not answers(host, port):
            raise Stop(f"Nothing answers at {host}:{port}: start it, or correct {name}.")


def host_and_port(name: str, url: str) -> tuple[str | None, int]:
    """No host means a socket file, which is left to the driver."""
    try:
        parts = urlsplit(url)
        return parts.hostname, parts.port or USUAL_PORTS[name]
    except ValueError as error:
        raise Stop(f"{name} is no address: {error}", code=2) from error


def first_host(allowed: str) -> str:
    host = allowed.split(",")[0].strip()
    return "localhost" if host == "*" else host.lstrip(".")


def serve(options: Namespace, env: Mapping[str, str], host_header: str, held: Held) -> int:
    bootstrap.prepare("base")
    with step("Translations") as note:
        note(build_translations())
    with step("Static files"):
        manage("collectstatic", "--no-input", env=env)
    with step("Database tables"):
        make_tables(env)
    bind = f"{options.host}:{options.port}"
    web = programs.web(bind, workers=options.workers)
    supervisor = Supervisor([web, programs.real_worker(), programs.beat()], env)
    try:
        supervisor.start()
        programs.wait_until_ready(supervisor, options.port, host_header)
        held.write(f"http://{bind}/")
        say(f"Symétrie serves at http://{bind}/ (put your TLS proxy in front). Ctrl-C stops.")
        supervisor.watch()
    except KeyboardInterrupt:
        say("\nStopping.")
    finally:
        supervisor.stop()
    return 0
