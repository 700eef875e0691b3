"""The link of an invitation opens one form: no sign-in, no session, no cookie, nothing else."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.test import Client as Browser
from django.urls import reverse
from django.utils.html import escape

from accounts.models import AuditEntry, User
from missions.models import Assignment
from surveys import links
from surveys.models import Round
from surveys.models.answers import CheckIn, Draft
from tests import make
from tests.house.searching import numbers
from tests.house.tables import rows
from tests.surveys.asking import send
from tests.surveys.inviting import CLOSES, DAY, HOUR, OPENS, Inviting, inviting

__all__ = ["inviting"]
pytestmark = pytest.mark.django_db
NOW = OPENS + HOUR
SEND = "/check-in/link/"


@pytest.fixture(autouse=True)
def _an_hour_later() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def person(inviting: Inviting) -> User:
    return inviting.person(first_name="Inès")


@pytest.fixture
def token(inviting: Inviting, person: User) -> str:
    return links.token_of(person, inviting.round, inviting.mission(person).pk)


def url(token: str) -> str:
    return reverse("surveys:link", kwargs={"token": token})


def strict() -> Browser:
    """Checks forms as a real browser's requests are checked."""
    return Browser(enforce_csrf_checks=True)


def test_the_way_from_the_mail_to_thank_you(inviting: Inviting, person: User, token: str) -> None:
    [letter] = inviting.at(HOUR)
    address = next(word for word in letter.body.split() if SEND in word)
    browser = strict()
    page = browser.get(address.removeprefix("http://127.0.0.1:8000"))
    assert page.status_code == 200
    assert inviting.mission(person).client.name in page.content.decode()
    assert len(page.content) < 30_000
    answer = browser.post(
        SEND, {"token": page.context["token"], "q-load": "25", "q-meaning": "75"}
    )
    assert answer.status_code == 200
    assert "Merci" in answer.content.decode()
    # Their reader has just read that this check-in is answered: it is not hidden from everybody.
    assert "Jamais visible pour vos responsables" in answer.content.decode()
    row = CheckIn.objects.get()
    assert (row.person, row.answers) == (person, {"load": 25, "meaning": 75})
    assert (row.round, row.mission) == (inviting.round, inviting.mission(person))
    for response in (page, answer):
        assert not response.cookies
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response.headers["Cache-Control"]
    assert not browser.session.keys()


def test_bad_input_T04_looking_uses_nothing_up(token: str) -> None:
    """A mail scanner opens it by GET and HEAD; the person answers afterwards."""
    before = rows()
    for _ in range(3):
        assert strict().get(url(token)).status_code == 200
        assert strict().head(url(token)).status_code == 200
    assert rows() == before
    assert strict().post(SEND, {"token": token, "q-load": "50"}).status_code == 200
    assert CheckIn.objects.count() == 1


def test_it_never_shows_what_was_sent(inviting: Inviting, person: User, token: str) -> None:
    mission = inviting.mission(person)
    send(person, mission, inviting.round, load=25, meaning=75)
    page = strict().get(url(token)).content.decode().replace(mission.client.name, "")
    assert "Déjà répondu" in page
    assert 'type="radio"' not in page
    assert not {"25", "75"} & numbers(page.split("<main", 1)[1].split("</main>")[0])


def test_sent_twice_the_first_stays(token: str) -> None:
    for value in ("25", "100"):
        answer = strict().post(SEND, {"token": token, "q-load": value})
        assert "Merci" in answer.content.decode()
    assert CheckIn.objects.get().answers == {"load": 25}


def test_nothing_chosen_and_something_wrong_come_back(token: str) -> None:
    page = strict().post(SEND, {"token": token}).content.decode()
    assert "Rien n’a été envoyé" in page
    wrong = strict().post(
        SEND, {"token": token, "q-load": "25", "q-meaning": "6", "share": "talk", "talk_to": "9"}
    )
    assert set(wrong.context["typed"].errors) == {"meaning", "talk_to"}
    html = wrong.content.decode()
    assert "<title>Erreur" in html
    assert f'name="token" value="{escape(token)}"' in html
    assert 'id="q-load-25" value="25" checked' in html
    assert not CheckIn.objects.exists()


def test_a_comment_begun_elsewhere_is_neither_sent_nor_lost(
    inviting: Inviting, person: User, token: str
) -> None:
    """Begun signed in, then answered from the mail, which does not show it."""
    mission = inviting.mission(person)
    mine = Browser()
    mine.force_login(person)
    place = [inviting.round.pk, mission.pk]
    begun = {"q-load": "0", "comment": "Trop d’astreintes."}
    mine.post(reverse("surveys:draft_save", args=place), begun)
    answer = strict().post(SEND, {"token": token, "q-load": "25", "comment": ""}).content.decode()
    assert "astreintes" not in answer
    row = CheckIn.objects.get()
    assert (row.answers, row.comment) == ({"load": 25}, None)
    page = mine.get(reverse("surveys:checkin", args=place))
    assert "Trop d’astreintes." in page.content.decode()
    assert page.context["said"].begun_at == NOW
    assert page.context["typed"].answers == {"load": "25"}
    mine.post(reverse("surveys:draft_drop", args=place))
    assert "astreintes" not in mine.get(reverse("surveys:checkin", args=place)).content.decode()


def test_a_comment_sent_by_link_takes_the_place_of_one_begun(
    inviting: Inviting, person: User, token: str
) -> None:
    mine = Browser()
    mine.force_login(person)
    place = [inviting.round.pk, inviting.mission(person).pk]
    mine.post(reverse("surveys:draft_save", args=place), {"comment": "Trop d’astreintes."})
    strict().post(SEND, {"token": token, "q-load": "25", "comment": "Tout va."})
    assert not Draft.objects.exists()
    assert "Tout va." in mine.get(reverse("surveys:checkin", args=place)).content.decode()


def test_a_wish_to_talk_by_link(inviting: Inviting, person: User, token: str) -> None:
    boss = make.person(is_manager=True, is_consultant=False, first_name="Camille")
    User.objects.filter(pk=person.pk).update(manager=boss)
    assert "Camille" in strict().get(url(token)).content.decode()
    strict().post(SEND, {"token": token, "share": "talk", "talk_to": str(boss.pk)})
    assert CheckIn.objects.get().talk_to == boss


def changed(token: str) -> list[str]:
    """One letter changed, in each part; cut; of another kind."""
    places = [2, len(token) // 2, len(token) - 2]
    flipped = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in places]
    return [*flipped, token[:-4], "x", signing.dumps([1, 1, 1, "x"], salt="another")]


def test_bad_input_T01_one_letter_changed(token: str) -> None:
    pages = set()
    for other in changed(token):
        answer = strict().get(url(other))
        assert answer.status_code == 404
        assert strict().post(SEND, {"token": other, "q-load": "50"}).status_code == 404
        pages.add(answer.content)
    assert len(pages) == 1
    assert not CheckIn.objects.exists()


def test_guesses_are_limited_and_a_good_link_still_opens(token: str) -> None:
    browser = strict()
    answers = [browser.get(url(f"guess-{n}")).status_code for n in range(40)]
    assert answers[0] == 404
    assert answers[-1] == 429
    assert browser.get(url(token)).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"is_active": False},
        {"is_consultant": False},
        {"ends_on": OPENS.date() - timedelta(days=1)},
        {"email": "another@lumen.example"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_it_is_revoked(person: User, token: str, changes: dict[str, Any]) -> None:
    """They have left, or the mail had gone to a wrong address; the page tells nothing of it."""
    User.objects.filter(pk=person.pk).update(**changes)
    answer = strict().get(url(token))
    assert answer.status_code == 404
    assert answer.content == strict().get(url("never-ours")).content
    assert strict().post(SEND, {"token": token, "q-load": "50"}).status_code == 404
    assert not CheckIn.objects.exists()


def test_off_the_mission_it_opens_nothing(person: User, token: str) -> None:
    Assignment.objects.filter(person=person).update(ends_on=OPENS.date() - timedelta(days=1))
    assert strict().get(url(token)).status_code == 404


def test_when_the_round_closes_it_says_so_and_keeps_nothing(token: str) -> None:
    with time_machine.travel(CLOSES, tick=False):
        page = strict().get(url(token))
        assert page.status_code == 410
        assert "Ce tour est clos" in page.content.decode()
        late = strict().post(SEND, {"token": token, "q-load": "25"})
        assert late.status_code == 410
        # What was chosen is read back, and said not to be kept.
        assert "Pas enregistré" in late.content.decode()
    assert not CheckIn.objects.exists()
    with time_machine.travel(OPENS + 101 * DAY, tick=False):
        assert strict().get(url(token)).status_code == 404


def test_a_round_that_is_closed_early_closes_its_links(token: str) -> None:
    Round.objects.update(closes_at=NOW - timedelta(minutes=1))
    assert strict().get(url(token)).status_code == 410


def test_fields_of_others_are_ignored(inviting: Inviting, person: User, token: str) -> None:
    other = inviting.person()
    forged = {
        "person": other.pk, "mission": inviting.mission(other).pk, "round": 10**6,
        "token": token, "q-load": "50",
    }  # fmt: skip
    strict().post(SEND, forged)
    row = CheckIn.objects.get()
    assert (row.person, row.mission) == (person, inviting.mission(person))


@pytest.mark.parametrize("who", ["nobody", "themself", "somebody else"])
def test_it_opens_nothing_else(
    inviting: Inviting, person: User, token: str, who: str, client: Browser
) -> None:
    """After it, each page asks to sign in as before; whoever is signed in stays that person."""
    other = inviting.person(first_name="Jean")
    if who != "nobody":
        client.force_login(person if who == "themself" else other)
    page = client.get(url(token))
    client.post(SEND, {"token": token, "q-load": "50"})
    assert "Jean" not in page.content.decode()
    assert CheckIn.objects.get().person == person
    own = reverse("surveys:checkin", args=(inviting.round.pk, inviting.mission(person).pk))
    expected = {"nobody": 302, "themself": 200, "somebody else": 404}[who]
    assert client.get(own).status_code == expected
    for name in ("dashboards:home", "dashboards:history", "accounts:profile_edit"):
        assert client.get(reverse(name)).status_code == (302 if who == "nobody" else 200)
    # Nothing is written down about whoever opened it.
    assert not AuditEntry.objects.exclude(object_kind="check-in").exists()


def test_in_the_persons_language_whatever_the_browsers(inviting: Inviting) -> None:
    person = inviting.person(language="en")
    token = links.token_of(person, inviting.round, inviting.mission(person).pk)
    page = Browser(headers={"accept-language": "fr"}).get(url(token)).content.decode()
    assert "Confidential" in page
    assert '<html lang="en">' in page


def test_a_link_of_a_former_key_still_opens(
    inviting: Inviting, person: User, token: str, settings: Any
) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a-new-key-for-this-installation-of-ours"
    assert signing.loads(token, salt=links.SALT)[0] == person.pk
