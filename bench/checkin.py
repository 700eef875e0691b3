"""Sending and showing a check-in, against raw inserts and a bare page; and the page's bytes."""

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass

import brotli  # type: ignore[import-untyped]  # -- it has no types
from django.contrib.staticfiles import finders
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bench import bare, raw
from bench.figures import Figure
from bench.measure import Clock, Job, Samples, counting, django_backend, interleave
from bench.web import Visitor, filled
from surveys.calendar import frozen
from surveys.intake import asked
from surveys.models import Round
from surveys.models.answers import CheckIn
from surveys.models.questions import Item

PART = "checkin"
MANY_QUESTIONS = 45
# Stylesheets, scripts and the icon that the page asks for.
STATIC = re.compile(rb'(?:href|src)="/static/([^"]+)"')
KB = 1000


@dataclass(frozen=True, slots=True)
class Form:
    """A person at their form, as they would send it."""

    visitor: Visitor
    path: str
    fields: dict[str, str]

    def send(self) -> None:
        self.visitor.post(self.path, self.fields)

    def show(self) -> bytes:
        return self.visitor.get(self.path).body


def measure(*, rounds: int) -> list[Figure]:
    """Every figure of the check-in."""
    forms = list(_forms())
    with raw.tables() as inserts:
        samples = _compare(forms, inserts, rounds)
    return [*_costs(samples), *_queries(forms[0]), *_bytes(forms[0])]


def _forms() -> Iterable[Form]:
    now = timezone.now()
    for person in User.objects.consultants().order_by("pk"):
        for one in asked(person=person, now=now)[:1]:
            visitor = Visitor(person)
            path = reverse("surveys:checkin", args=[one.round.pk, one.mission.pk])
            yield Form(visitor, path, filled(visitor.get(path).body))


def _compare(forms: list[Form], inserts: raw.Inserts, rounds: int) -> Samples:
    plain = bare.application()
    readers = [Visitor(person, plain) for person in User.objects.consultants()[: len(forms)]]
    jobs = [
        Job("post", lambda: _each(form.send for form in forms), _forget),
        Job("raw answer rows", lambda: _each(inserts.rows(len(forms))), inserts.clear),
        Job("raw JSON row", lambda: _each(inserts.json_rows(len(forms))), inserts.clear),
        Job("form", lambda: _each(form.show for form in forms)),
        Job("bare", lambda: _each((lambda r=r: r.get(bare.ADDRESS)) for r in readers)),
    ]
    return interleave(jobs, Clock(django_backend, inserts.backend), rounds)


def _each(operations: Iterable[object]) -> int:
    count = 0
    for operation in operations:
        assert callable(operation)
        operation()
        count += 1
    return count


def _forget() -> None:
    """Take back what the open round received."""
    CheckIn.objects.filter(round__in=Round.objects.open(timezone.now())).delete()


def _costs(samples: Samples) -> list[Figure]:
    figures = [
        Figure(
            PART, "check-in POST, against 1 + 8 raw rows in one statement",
            samples.ratio("post", "raw answer rows"), "×", 7.5, 6,
        ),
        Figure(
            PART, "check-in POST, against its own JSON row, raw",
            samples.ratio("post", "raw JSON row"), "×", 12, 9.5,
        ),
        Figure(
            PART, "check-in form GET, against a bare list page",
            samples.ratio("form", "bare"), "×", 1.5,
        ),
    ]  # fmt: skip
    for name in samples.costs:
        cost = samples.median(name)
        split = f"Python {1000 * cost.python:.2f} + PostgreSQL {1000 * cost.database:.2f}"
        note = split if connection.vendor == "postgresql" else ""
        figures.append(Figure(PART, f"CPU of one: {name}", 1000 * cost.cpu, "ms", note=note))
    return figures


def _queries(form: Form) -> list[Figure]:
    """Of a POST, with the questionnaire as it is and with 45 questions."""
    few = _queries_of_post(form)
    row = Round.objects.open(timezone.now()).get()
    before = row.questionnaire
    row.questionnaire = frozen(_many_items(row), now=timezone.now())
    row.save(update_fields=["questionnaire"])
    many = _queries_of_post(Form(form.visitor, form.path, filled(form.show())))
    row.questionnaire = before
    row.save(update_fields=["questionnaire"])
    return [
        Figure(PART, "queries of a POST, 7 questions", few, "", 5),
        Figure(PART, f"queries of a POST, {MANY_QUESTIONS} questions", many, "", 5),
    ]


def _queries_of_post(form: Form) -> int:
    _forget()
    with counting() as queries:
        form.send()
    _forget()
    return queries.count


def _many_items(row: Round) -> list[Item]:
    assert row.questionnaire is not None
    known = row.questionnaire.items
    return [
        Item(
            code=f"extra-{number}", dimension=item.dimension, role=item.role, version=1,
            text=item.text, labels=item.labels,
        )
        for number in range(MANY_QUESTIONS)
        for item in [known[number % len(known)]]
    ]  # fmt: skip


# --- bytes -------------------------------------------------------------------------------------


def _bytes(form: Form) -> list[Figure]:
    """What a phone with an empty cache receives, the font left out."""
    page = form.show()
    names = list(dict.fromkeys(name.decode() for name in STATIC.findall(page)))
    files = [_content(name) for name in names]
    beside = ", ".join(names)
    packed = sum(len(brotli.compress(part)) for part in (page, *files))
    zipped = sum(len(gzip.compress(part, 9)) for part in (page, *files))
    alone = len(page) + sum(len(brotli.compress(part)) for part in files)
    return [
        Figure(PART, "check-in page, cold, brotli", packed / KB, "kB", 30, note=beside),
        Figure(PART, "check-in page, cold, gzip", zipped / KB, "kB", 30),
        Figure(
            PART, "check-in page, cold, HTML as the product sends it", alone / KB, "kB", 30,
            note=f"HTML {len(page) / KB:.1f} kB: a proxy may compress it, the product does not",
        ),
        Figure(PART, "requests of the page, font left out", 1 + len(files), ""),
    ]  # fmt: skip


def _content(name: str) -> bytes:
    found = finders.find(name)
    assert isinstance(found, str), name
    with open(found, "rb") as file:  # noqa: PTH123 -- the finder gives a plain string
        return file.read()
