"""Sessions in the database, with keys checked before they reach it."""

import re

from django.contrib.sessions.backends import db

KEY = re.compile(r"[0-9a-z]{32}")


class SessionStore(db.SessionStore):
    """A cookie that could not be one of our keys (random bytes, a NUL) is no session at all."""

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and KEY.fullmatch(key))
