"""Logs name places, never values."""

import json
import logging
import sys

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser
from django.test import RequestFactory

from core.logs import (
    JsonFormatter,
    NothingInReports,
    PlainFormatter,
    RequestIdMiddleware,
    request_id,
)

SECRET = "43.377"


def record(words: str = "job %s failed", *, broken: bool = False) -> logging.LogRecord:
    made = logging.LogRecord("core.jobs", logging.ERROR, __file__, 1, words, ("scores",), None)
    if broken:
        try:
            raise ValueError(SECRET)
        except ValueError:
            made.exc_info = sys.exc_info()
            made.exc_text = f"ValueError: {SECRET}"  # as another handler may have left it
    return made


def test_a_line_is_one_json_object() -> None:
    line = json.loads(JsonFormatter().format(record()))
    assert line["level"] == "ERROR"
    assert line["logger"] == "core.jobs"
    assert line["message"] == "job scores failed"
    assert line["request"] == ""
    assert line["at"].endswith("+00:00")
    assert "error" not in line


def test_an_error_is_its_class_and_its_place() -> None:
    text = JsonFormatter().format(record(broken=True))
    line = json.loads(text)
    assert line["error"] == "ValueError"
    assert line["where"][0].startswith("test_logs.py:")
    assert SECRET not in text


def test_a_terminal_tells_no_more() -> None:
    assert PlainFormatter().format(record()) == "ERROR core.jobs job scores failed"
    text = PlainFormatter().format(record(broken=True))
    assert "\n    ValueError\n    test_logs.py:" in text
    assert SECRET not in text


@pytest.mark.parametrize("formatter", [JsonFormatter(), PlainFormatter()])
def test_no_error_is_no_place(formatter: logging.Formatter) -> None:
    made = record()
    made.exc_info = (None, None, None)
    assert "where" not in formatter.format(made)


def test_each_request_has_an_id_of_its_own() -> None:
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request_id.get())
        return HttpResponse()

    answers = [RequestIdMiddleware(view)(RequestFactory().get("/")) for _ in range(2)]
    assert [answer["X-Request-Id"] for answer in answers] == seen
    assert len(set(seen)) == 2
    assert request_id.get() == ""


def test_the_id_ends_with_a_request_that_breaks() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        RequestIdMiddleware(view)(RequestFactory().get("/"))
    assert request_id.get() == ""


def test_the_product_answers_with_it(browser: Browser) -> None:
    assert browser.get("/healthz")["X-Request-Id"]


def test_reports_show_neither_form_nor_variables() -> None:
    shown = NothingInReports()
    request = RequestFactory().post("/", {"q-load": SECRET})
    assert shown.get_post_parameters(request) == {}
    assert not shown.get_traceback_frame_variables(request, sys._getframe())
