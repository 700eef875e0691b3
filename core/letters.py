"""A mail ready to leave, and what every mail of the product shares. ``operations`` alone sends."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "core.letters"
MARK = 20
OF_AN_ID = re.compile(rf"<([\w.-]{{1,100}})\.([0-9a-f]{{{MARK}}})@[\w.-]+>", re.ASCII)


@dataclass(frozen=True, slots=True)
class Letter:
    """A subject, the same in text and as a page, and its headers."""

    to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]


def absolute(name: str, **kwargs: object) -> str:
    """A page's whole address: no request says under which name the site is reached."""
    return f"{settings.SITE_URL.rstrip('/')}{reverse(name, kwargs=kwargs)}"


def headers(key: str, *, to: str, stop_url: str) -> dict[str, str]:
    """Sent again after a crash, a mail has the same Message-ID: a mailbox keeps one.

    ``stop_url`` stops this kind of mail by one click in the mail program itself (RFC 8058).
    """
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    mark = _mark(key, to, settings.SECRET_KEY)
    return {
        "Message-ID": f"<{key}.{mark}@{host}>",
        "List-Unsubscribe": f"<{stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }


def key_of(message_id: str) -> str:
    """The key that a Message-ID names, whoever made it; empty where it is none of this shape."""
    found = OF_AN_ID.fullmatch(message_id)
    return found[1] if found else ""


def is_ours(message_id: str, *, to: str) -> bool:
    """Did this product send that mail, to that address? Nobody else can make such an id."""
    found = OF_AN_ID.fullmatch(message_id)
    if not found:
        return False
    key, mark = found.groups()
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(mark, _mark(key, to, one)) for one in secrets)


def _mark(key: str, to: str, secret: str) -> str:
    made = salted_hmac(SALT, f"{key} {to.casefold()}", secret=secret, algorithm="sha256")
    return made.hexdigest()[:MARK]
