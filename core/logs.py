"""Logs: one JSON object a line, a request id, and nothing that a form carried."""

import json
import logging
import uuid
from collections.abc import Callable, ItemsView
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.debug import SafeExceptionReporterFilter

request_id: ContextVar[str] = ContextVar("request_id", default="")


class RequestIdMiddleware:
    """Give each request an id of its own: never the person's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(uuid.uuid4().hex[:12])
        try:
            response = self.get_response(request)
            response.headers["X-Request-Id"] = request_id.get()
            return response
        finally:
            request_id.reset(token)


class PlainFormatter(logging.Formatter):
    """One line for a terminal; an error's place without its words, which may hold an answer."""

    def format(self, record: logging.LogRecord) -> str:
        lines = [f"{record.levelname} {record.name} {record.getMessage()}"]
        if record.exc_info and record.exc_info[0]:
            lines += [record.exc_info[0].__name__, *_where(record.exc_info[2])]
        return "\n    ".join(lines)


class JsonFormatter(logging.Formatter):
    """Level, logger, message, request id, and the place of an error without its values."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request": request_id.get(),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["where"] = _where(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def _where(trace: TracebackType | None) -> list[str]:
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-12:]


class NothingInReports(SafeExceptionReporterFilter):
    """Error reports show neither form data nor local variables."""

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return {}

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: Any
    ) -> ItemsView[str, Any]:
        return {}.items()
