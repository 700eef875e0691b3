"""Every place that a number could get to, as text to be searched."""

import json
import pickle
import re
from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse
from kombu.messaging import Producer
from openpyxl import load_workbook

from tests.house.planting import DAYS, Planted
from tests.test_matrix import all_rows


def text_of(response: Any) -> str:
    """What a reader of the answer can see, the cells of a workbook included."""
    body = response.getvalue() if response.streaming else response.content
    head = f"{dict(response.items())} {response.cookies}"
    if "spreadsheet" not in response.headers.get("Content-Type", ""):
        return f"{head} {body.decode()}"
    book = load_workbook(BytesIO(body))
    return f"{head} {[list(sheet.values) for sheet in book.worksheets]}"


def addresses(planted: Planted, role: str) -> Iterator[str]:
    """Every page that this role may see, with each period; what a row makes goes again."""
    for row in all_rows():
        if row.method != "get" or row.expected(role) != 200:
            continue
        mark = transaction.savepoint()
        url = reverse(row.name, kwargs=row.args(planted.world))
        yield url
        if row.name.startswith("dashboards:"):
            yield from (f"{url}?period={day}" for day in DAYS)
        if row.name in ("dashboards:figures_export", "dashboards:client_export"):
            yield from (f"{url}?period={day}&format=xlsx" for day in DAYS)
        if row.name == "dashboards:portfolio_export":
            yield f"{url}?format=xlsx"
        transaction.savepoint_rollback(mark)


def said(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def every_table() -> Iterator[tuple[str, str]]:
    """All that the database holds, libraries' tables included; sessions and cache as they mean."""
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 -- names that the database itself gave
            yield table, repr(cursor.fetchall())
    yield "sessions", repr([row.get_decoded() for row in Session.objects.all()])
    yield "cached", cached()


def cached() -> str:
    """Every key and value of the cache, unpacked: a table, or Redis where the suite has one."""
    backend: Any = caches["default"]
    if hasattr(backend, "_table"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT cache_key, value FROM {backend._table}")  # noqa: S608 -- the cache's own table
            rows = cursor.fetchall()
        return repr([(key, pickle.loads(b64decode(value))) for key, value in rows])  # noqa: S301 -- what this suite has just kept
    client = backend._cache.get_client()
    keys = list(client.scan_iter(match=f"{backend.key_prefix}:*"))
    held = [(key, client.get(key)) for key in keys]
    # A key may run out of its time between the list and the look.
    return repr(
        [(key, backend._cache._serializer.loads(raw)) for key, raw in held if raw is not None]
    )


def letters() -> str:
    """Every letter sent, with its headers, other forms and enclosures."""
    return "\n".join(
        f"{one.subject} {one.to} {one.body} {one.extra_headers}"
        f" {getattr(one, 'alternatives', '')} {one.attachments}"
        for one in mail.outbox
    )


def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """From now on, every message that is given to the queue: body and headers."""
    sent: list[str] = []

    def publish(self: Producer, body: object, **rest: Any) -> None:
        sent.append(json.dumps([body, rest.get("headers")], default=repr))

    monkeypatch.setattr(Producer, "publish", publish)
    return sent


def numbers(text: str) -> set[str]:
    """The numbers somebody reads in a letter or a page: an address and a token hold any digits."""
    read = re.sub(r"https?://[^\s\"<>]+|(?:href|src|value|action)=\"[^\"]*\"", "", text)
    return set(re.findall(r"(?<![\w-])\d+(?![\w-])", read))
