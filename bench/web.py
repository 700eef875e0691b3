"""Requests through the WSGI application, in process: session, CSRF and all middleware."""

import io
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.wsgi import WSGIHandler

from accounts.models import User
from accounts.sessions import SessionStore

CSRF_COOKIE = "b" * 32
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="(\w+)"')
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class WrongAnswerError(RuntimeError):
    """A page that did not answer as the bench expects: nothing would be worth measuring."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


class Visitor:
    """A signed-in person at their browser; ``application`` defaults to the whole product."""

    def __init__(self, person: User, application: Application | None = None) -> None:
        self.application: Application = application or WSGIHandler()
        cookies = {
            settings.CSRF_COOKIE_NAME: CSRF_COOKIE,
            settings.SESSION_COOKIE_NAME: session_of(person),
        }
        self.cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def get(self, path: str) -> Answer:
        return self._call("GET", path, b"", 200)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form; a product's form leads elsewhere once it is kept."""
        return self._call("POST", path, urlencode(fields).encode(), 302)

    def _call(self, method: str, path: str, body: bytes, expected: int) -> Answer:
        said: list[tuple[str, list[tuple[str, str]]]] = []
        chunks = self.application(
            self._environ(method, path, body),
            lambda status, headers, error=None: said.append((status, headers)),
        )
        whole = b"".join(chunks)
        getattr(chunks, "close", lambda: None)()
        status = int(said[0][0][:3])
        if status != expected:
            raise WrongAnswerError(f"{method} {path} answered {status}, not {expected}")
        return Answer(status, dict(said[0][1]), whole)

    def _environ(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        path, _, query = path.partition("?")
        return {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_HOST": "localhost",
            "HTTP_ORIGIN": "http://localhost",
            "HTTP_ACCEPT_LANGUAGE": "fr,en;q=0.8",
            "HTTP_COOKIE": self.cookie,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }


def session_of(person: User) -> str:
    """Key of a session as signing in makes it."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    assert session.session_key is not None
    return session.session_key


class _Radios(HTMLParser):
    """Values of each group of radio buttons on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "input" and told.get("type") == "radio" and told.get("value"):
            self.values.setdefault(str(told["name"]), []).append(str(told["value"]))


def filled(page: bytes) -> dict[str, str]:
    """The page's form with an answer to everything, in averages only."""
    radios = _Radios()
    radios.feed(page.decode())
    token = TOKEN.search(page)
    if token is None or "share" not in radios.values:
        raise WrongAnswerError("the page holds no check-in form")
    fields = {
        name: values[place % len(values)]
        for place, (name, values) in enumerate(radios.values.items())
    }
    return fields | {"share": "averages", "csrfmiddlewaretoken": token[1].decode()}
