"""Fifty check-ins sent into trouble: every typed field comes back, and one row is left each."""

import random
import re
from collections.abc import Callable
from html import unescape

import pytest
from django.db import OperationalError
from django.test import Client as Browser
from django.urls import reverse

from surveys.intake import sent_before
from surveys.models import Round
from surveys.models.answers import CheckIn, Draft
from tests import make
from tests.surveys.asking import NOW, open_round
from tests.surveys.test_bad_input_checkin import box, chosen, hidden
from tests.world import World

pytestmark = pytest.mark.django_db
JOURNEYS = 50
WORDS = ("Trop de réunions.\nEt peu de temps.", "« Bien » & <mieux>", "É" * 1999)
Fields = dict[str, str]


class Journey:
    """One person at their form, with a token as browsers have it."""

    def __init__(self, world: World, asked: Round, typed: Fields) -> None:
        self.world, self.typed = world, typed
        self.url = reverse("surveys:checkin", args=(asked.pk, world.mission.pk))
        self.browser = Browser(enforce_csrf_checks=True, raise_request_exception=False)
        self.browser.force_login(world.consultant)
        page = self.browser.get(self.url).content.decode()
        self.token = token_of(page)

    def send(self, fields: Fields, token: str = "") -> tuple[int, str]:
        answer = self.browser.post(self.url, fields | {"csrfmiddlewaretoken": token or self.token})
        return answer.status_code, answer.content.decode()

    def draft(self) -> int:
        url = f"{self.url}draft/"
        fields = self.typed | {"csrfmiddlewaretoken": self.token}
        return self.browser.post(url, fields).status_code


def token_of(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None
    return unescape(found[1])


def plain(fields: Fields) -> Fields:
    """As typed: a browser writes line ends its own way."""
    return {name: value.replace("\r\n", "\n") for name, value in fields.items()}


def session_ends(one: Journey, monkeypatch: pytest.MonkeyPatch) -> Fields:
    one.browser.cookies.pop("sessionid")
    status, page = one.send(one.typed)
    assert status == 403
    right = {"login": one.world.consultant.email, "password": make.PASSWORD}
    resume = one.browser.post(
        f"{one.url}resume/", hidden(page) | right | {"csrfmiddlewaretoken": token_of(page)}
    )
    back = resume.content.decode()
    one.token = token_of(back)
    found = {name: value for name, value in chosen(back).items() if value}
    return found | {"comment": box(back)}


def token_rotates(one: Journey, monkeypatch: pytest.MonkeyPatch) -> Fields:
    """Signed in again in another tab: this page's token is another session's."""
    one.browser.cookies.pop("csrftoken")
    status, page = one.send(one.typed)
    assert status == 403
    one.token = token_of(page)
    return hidden(page)


def database_is_away(one: Journey, monkeypatch: pytest.MonkeyPatch) -> Fields:
    """A deployment, or a cut behind the server."""

    def away(**asked: object) -> None:
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr("surveys.views.submit", away)
        status, page = one.send(one.typed)
    assert status == 503
    one.token = token_of(page)
    return hidden(page)


def page_is_closed(one: Journey, monkeypatch: pytest.MonkeyPatch) -> Fields:
    """The phone dies after the last tap: the draft has it all."""
    assert one.draft() == 200
    page = one.browser.get(one.url).content.decode()
    one.token = token_of(page)
    return {name: value for name, value in chosen(page).items() if value} | {"comment": box(page)}


def sent_twice(one: Journey, monkeypatch: pytest.MonkeyPatch) -> Fields:
    assert one.send(one.typed)[0] == 302
    return one.typed


HAZARDS: list[Callable[[Journey, pytest.MonkeyPatch], Fields]] = [
    session_ends, token_rotates, database_is_away, page_is_closed, sent_twice,
]  # fmt: skip


def test_fifty_journeys(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    asked = open_round()
    rng = random.Random(13)
    back, rows = 0, []
    for number in range(JOURNEYS):
        typed = {
            f"q-{item.code}": str(rng.choice((0, 25, 50, 75, 100)))
            for item in rng.sample(asked.questionnaire.items, rng.randint(1, 7))
        }
        typed |= {"share": "averages", "comment": WORDS[number % len(WORDS)]}
        one = Journey(world, asked, typed)
        found = plain(HAZARDS[number % len(HAZARDS)](one, monkeypatch))
        found.pop("seen", None)
        back += found == plain(typed)
        assert one.send(found)[0] == 302, number
        rows.append(CheckIn.objects.count())
        kept = sent_before(person=world.consultant, mission=world.mission.pk, round_=asked)
        assert kept is not None
        assert kept.sending.comment == typed["comment"]
        assert len(kept.sending.answers) == len(typed) - 2
        assert not Draft.objects.exists()
        CheckIn.objects.all().delete()
    assert back == JOURNEYS
    assert rows == [1] * JOURNEYS
