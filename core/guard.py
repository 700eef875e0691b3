"""A GET may not write: the database itself refuses it (``decisions.md`` 26)."""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Sessions and the cache are plumbing; the audit log writes down that somebody has read.
ALLOWED_TABLES = frozenset({"django_session", "cache", "accounts_auditentry"})
WRITE = re.compile(
    r"""^\s*(?:insert\s+(?:or\s+\w+\s+)?into|update|delete\s+from|replace\s+into
        |alter\s+table|drop\s+table|create\s+table|truncate(?:\s+table)?)\s+"?([\w.]+)""",
    re.IGNORECASE | re.VERBOSE,
)


class WriteInGetError(RuntimeError):
    """A page that only shows something tried to change the database."""


def refuse_writes(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Database wrapper: let reads pass, and writes to the named tables only."""
    match = WRITE.match(sql)
    if match and match.group(1).lower() not in ALLOWED_TABLES:
        raise WriteInGetError(f"A GET request tried to write to {match.group(1)}")
    return execute(sql, params, many, context)


class ReadOnlyGetMiddleware:
    """Put the guard around every safe request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE_METHODS:
            return self.get_response(request)
        with connection.execute_wrapper(refuse_writes):
            return self.get_response(request)
