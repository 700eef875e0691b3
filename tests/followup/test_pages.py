"""Alert pages: the same words for all who read them, and forms that keep what was typed."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.timezone import localdate

from accounts.models import AuditEntry, User
from core.wording import full_day
from followup import decisions, reading, texts
from followup.models import Alert
from surveys.models.answers import CheckIn
from tests import make
from tests.followup.rows import (
    FIGURES,
    REASON,
    about_a_mission,
    about_few_answers_of_a_unit,
    about_few_answers_of_the_firm,
    about_the_firm,
    alert,
)
from tests.world import World

State = Alert.State


@pytest.fixture
def raised(world: World) -> Alert:
    """An alert on the consultant, ten days old."""
    reason = REASON | {
        "missions": [
            {"mission": world.mission.pk, "rounds": 7, "demanding": 5, "days": 90, "demand": 7.4},
            {"mission": 0, "rounds": 1, "demanding": 0, "days": 1, "demand": 1.0},
        ]
    }
    return alert(person=world.consultant, reason=reason)


@pytest.fixture
def below(world: World) -> Alert:
    figures = [*FIGURES["figures"], {**FIGURES["figures"][0], "dimension": "load", "firm": 55}]
    period = make.period(make.date(2026, 9, 15))
    reason = {"period": period.pk, "figures": figures}
    make.questionnaire()
    return alert(rule=Alert.Rule.CLIENT_BELOW, client=world.client, reason=reason)


def url(name: str, one: Alert) -> str:
    return reverse(f"followup:alert_{name}", kwargs={"pk": one.pk})


def page(browser: Browser, reader: User, one: Alert, language: str = "en") -> str:
    User.objects.filter(pk=reader.pk).update(language=language)
    browser.force_login(reader)
    return browser.get(url("detail", one)).content.decode()


def post(browser: Browser, by: User, one: Alert, name: str, **data: Any) -> Any:
    browser.force_login(by)
    return browser.post(url(name, one), {"version": one.version, **data})


# --- reading ---------------------------------------------------------------------------------


def test_the_person_and_the_manager_read_the_same_words(
    browser: Browser, world: World, raised: Alert
) -> None:
    mine = page(browser, world.consultant, raised)
    theirs = page(browser, world.manager, raised)
    with translation.override("en"):
        said = [texts.line(raised, {}), *texts.why(raised)]
    for text in said:
        assert text in mine
        assert text in theirs
    assert "77%" in mine
    assert "Two demanding missions in a row, 10 demanding rounds of 13" in mine
    assert world.mission.title in mine
    assert "This is about you" in mine
    assert "This is about you" not in theirs
    assert '<form method="post" action="/alerts/' not in mine
    assert url("take", raised) in theirs


def test_a_client_shows_its_published_figures(
    browser: Browser, world: World, below: Alert
) -> None:
    shown = page(browser, world.manager, below)
    assert f"{world.client.name} clearly below the firm" in shown
    assert "Published figures: 50 (between 40 and 60), below the firm (62)." in shown
    assert "Themes below the firm: load." in shown
    assert "8–12 people" in shown
    assert reverse("dashboards:client", kwargs={"pk": world.client.pk}) in shown
    without = Alert.objects.get(pk=below.pk)
    without.reason = FIGURES
    assert "Themes" not in texts.line(without, {})


def test_the_firm_in_words(browser: Browser, world: World) -> None:
    one = Alert.objects.get(pk=about_the_firm(world)["pk"])
    world.root.manager = world.manager
    world.root.save()
    shown = page(browser, world.manager, one)
    assert "3 people of 40 stand above their zone of chance." in shown
    assert "two rounds running" in shown
    assert url("take", one) in shown


def test_other_wordings(world: World, raised: Alert) -> None:
    raised.reason = raised.reason | {"two_in_a_row": False, "above_zone": False}
    with translation.override("en"):
        assert texts.title(raised) == "10 demanding rounds of 13"
        assert texts.why(raised)[0] == (
            "77% of days on demanding missions; zone of chance, 8 to 54%"
        )
        assert texts.why(raised)[1] == "10 demanding rounds of 13"


def test_in_french(browser: Browser, world: World, raised: Alert) -> None:
    shown = page(browser, world.consultant, raised, "fr")
    assert "Pourquoi cette alerte" in shown


def test_a_stranger_finds_nothing_and_leaves_a_line(
    browser: Browser, world: World, raised: Alert
) -> None:
    browser.force_login(world.other_manager)
    assert browser.get(url("detail", raised)).status_code == 404
    assert AuditEntry.objects.filter(action="refused", object_kind="alert").count() == 1


def test_the_list_by_state_and_reader(
    browser: Browser, world: World, raised: Alert, below: Alert
) -> None:
    taken = Alert.objects.get(pk=about_the_firm(world)["pk"])
    Alert.objects.filter(pk=taken.pk).update(state=State.TAKEN)
    now = timezone.now()
    board = reading.board(world.manager, now)
    assert {card.pk for card in board.to_handle} == {raised.pk, below.pk}
    # Nobody but the manager of the root acts on the firm's.
    assert [card.pk for card in board.to_know] == [taken.pk]
    postponed = decisions.postpone(
        alert=raised, until=localdate(now), why="", by=world.manager, now=now
    )
    closed = decisions.close(alert=below, sentence="Fait.", by=world.manager, now=now)
    board = reading.board(world.manager, now)
    assert [card.pk for card in board.postponed] == [postponed.pk]
    assert [card.pk for card in board.closed] == [closed.pk]
    browser.force_login(world.manager)
    shown = browser.get(reverse("followup:alert_list")).content.decode()
    assert "Fait." in shown
    browser.force_login(world.consultant)
    assert url("detail", raised) in browser.get(reverse("followup:alert_list")).content.decode()


def test_empty_lists(browser: Browser, world: World) -> None:
    for reader in (world.manager, world.consultant):
        browser.force_login(reader)
        response = browser.get(reverse("followup:alert_list"))
        assert b'class="empty"' in response.content


def test_what_is_to_handle_open_first_then_by_date(world: World, raised: Alert) -> None:
    now = timezone.now()
    clients = [make.client(unit=world.unit) for _ in range(3)]
    rule = Alert.Rule.CLIENT_BELOW
    late, soon, fresh = (alert_of(rule, one) for one in clients)
    day = localdate(now)
    for row, days in ((late, 20), (soon, 3)):
        Alert.objects.filter(pk=row.pk).update(
            state=State.TAKEN, due_on=day + timedelta(days=days), owner=world.manager,
            next_step_code="team",
        )  # fmt: skip
    found = reading.to_handle(world.manager, now)
    assert {card.pk for card in found[:2]} == {raised.pk, fresh.pk}
    assert [card.pk for card in found[2:]] == [soon.pk, late.pk]
    assert reading.to_handle_count(world.manager, now) == 4
    with translation.override("en"):
        card = reading.to_handle(world.manager, now)[2]
    assert (card.owner, card.next_step) == (world.manager.full_name, "Gather the team’s ideas")
    assert reading.to_handle(world.consultant, now) == []


def alert_of(rule: str, client: Any) -> Alert:
    first = Alert.objects.first()
    assert first is not None
    return Alert.objects.create(
        rule=rule, client=client, reason=FIGURES, opened_at=first.opened_at,
        opened_round=first.opened_round, seen_round=first.seen_round,
        managers_from=first.managers_from,
    )  # fmt: skip


def test_lists_take_the_same_queries_for_many(world: World, raised: Alert) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            reading.to_handle(world.manager, timezone.now())
            reading.board(world.manager, timezone.now())
        return len(found)

    alert_of(Alert.Rule.CLIENT_BELOW, world.client)
    one = count()
    for _ in range(3):
        alert_of(Alert.Rule.CLIENT_BELOW, make.client(unit=world.unit))
    assert count() == one


# --- moves -----------------------------------------------------------------------------------


def test_decide_with_a_proposed_step(browser: Browser, world: World, raised: Alert) -> None:
    due = localdate(timezone.now()) + timedelta(days=9)
    data = {"step": "talk", "words": "ignored", "owner": world.manager.pk, "due_on": due}
    response = post(browser, world.manager, raised, "take", **data)
    assert response.status_code == 302
    assert [str(one) for one in get_messages(response.wsgi_request)]
    raised.refresh_from_db()
    assert (raised.state, raised.next_step_code, raised.next_step) == (State.TAKEN, "talk", "")
    assert "Talk about what comes next" in page(browser, world.manager, raised)
    assert "Parler de la suite" in page(browser, world.consultant, raised, "fr")


def test_decide_in_own_words(browser: Browser, world: World, raised: Alert) -> None:
    due = localdate(timezone.now())
    data = {"step": "own", "words": "", "owner": world.manager.pk, "due_on": due}
    assert post(browser, world.manager, raised, "take", **data).status_code == 200
    data["words"] = "Déjeuner jeudi"
    assert post(browser, world.manager, raised, "take", **data).status_code == 302
    raised.refresh_from_db()
    assert (raised.next_step_code, raised.next_step) == ("", "Déjeuner jeudi")
    assert "Déjeuner jeudi" in page(browser, world.consultant, raised)


@pytest.mark.parametrize("changes", [
    {"due_on": "2020-01-01"}, {"owner": ""}, {"step": "nope"}, {"due_on": "demain"},
    {"words": "deux\nlignes", "step": "own"},
])  # fmt: skip
def test_a_refused_decision_keeps_what_was_typed(
    browser: Browser, world: World, raised: Alert, changes: dict[str, str]
) -> None:
    due = localdate(timezone.now()) + timedelta(days=9)
    data = {"step": "own", "words": "Un mot", "owner": world.manager.pk, "due_on": due} | changes
    response = post(browser, world.manager, raised, "take", **data)
    assert response.status_code == 200
    assert b'role="alert"' in response.content
    if "words" not in changes:
        assert "Un mot" in response.content.decode()
    raised.refresh_from_db()
    assert raised.state == State.OPEN


def test_a_stranger_is_no_owner(browser: Browser, world: World, raised: Alert) -> None:
    due = localdate(timezone.now())
    for owner in (world.other_manager, world.consultant, world.referent):
        data = {"step": "talk", "owner": owner.pk, "due_on": due}
        assert post(browser, world.manager, raised, "take", **data).status_code == 200


@pytest.mark.parametrize(("days", "status"), [(0, 200), (1, 302), (91, 302), (92, 200)])
def test_postpone_to_a_day_to_come(
    browser: Browser, world: World, raised: Alert, days: int, status: int
) -> None:
    until = localdate(timezone.now()) + timedelta(days=days)
    response = post(browser, world.manager, raised, "postpone", until=until, why="Congés")
    assert response.status_code == status
    with translation.override("en"):
        kept = f"Postponed: Congés · back on {full_day(until)}"
    assert (kept in page(browser, world.consultant, raised)) == (status == 302)


def test_the_journal_keeps_what_an_earlier_decision_set(
    browser: Browser, world: World, raised: Alert
) -> None:
    today = localdate(timezone.now())
    data = {"step": "talk", "owner": world.manager.pk}
    for days in (9, 20):
        due = {"due_on": today + timedelta(days=days)}
        assert post(browser, world.manager, raised, "take", **data, **due).status_code == 302
        raised.refresh_from_db()
    told = page(browser, world.consultant, raised)
    for days in (9, 20):
        with translation.override("en"):
            day = full_day(today + timedelta(days=days))
        assert f" · followed by {world.manager.full_name} · by {day}" in told


def test_close_then_open_again(browser: Browser, world: World, raised: Alert) -> None:
    assert post(browser, world.manager, raised, "close", sentence="").status_code == 200
    sentence = "Plus d’astreinte seul le week-end."
    assert post(browser, world.manager, raised, "close", sentence=sentence).status_code == 302
    raised.refresh_from_db()
    assert sentence in page(browser, world.consultant, raised)
    assert url("reopen", raised) in page(browser, world.manager, raised)
    assert post(browser, world.manager, raised, "reopen").status_code == 302
    raised.refresh_from_db()
    assert raised.state == State.OPEN


def test_pass_on_to_the_referent(browser: Browser, world: World, raised: Alert) -> None:
    browser.force_login(world.referent)
    assert browser.get(url("detail", raised)).status_code == 404
    assert post(browser, world.manager, raised, "pass_on").status_code == 302
    raised.refresh_from_db()
    assert "Passed on to the referent" in page(browser, world.consultant, raised)
    data = {"step": "talk", "owner": world.referent.pk, "due_on": localdate(timezone.now())}
    assert post(browser, world.referent, raised, "take", **data).status_code == 302


@pytest.mark.parametrize("name", ["close", "take"])
def test_two_managers_at_once(browser: Browser, world: World, raised: Alert, name: str) -> None:
    stale = Alert.objects.get(pk=raised.pk)
    now = timezone.now()
    until = localdate(now) + timedelta(days=9)
    decisions.postpone(alert=raised, until=until, why="", by=world.manager, now=now)
    data = {"sentence": "Ma phrase.", "step": "own", "words": "Ma phrase.", "due_on": until}
    response = post(browser, world.manager, stale, name, owner=world.manager.pk, **data)
    assert response.status_code == 200
    shown = response.content.decode()
    assert "Ma phrase." in shown
    raised.refresh_from_db()
    assert raised.state == State.POSTPONED
    # The form that comes back is about the alert as it stands now.
    again = post(browser, world.manager, raised, name, owner=world.manager.pk, **data)
    assert again.status_code == 302


def test_the_second_of_two_closes(browser: Browser, world: World, raised: Alert) -> None:
    now = timezone.now()
    decisions.close(alert=raised, sentence="La première.", by=world.manager, now=now)
    response = post(browser, world.manager, raised, "close", sentence="La seconde.")
    assert response.status_code == 200
    raised.refresh_from_db()
    assert raised.closing == "La première."


def test_closed_by_itself_says_so(browser: Browser, world: World, raised: Alert) -> None:
    Alert.objects.filter(pk=raised.pk).update(
        state=State.CLOSED, closed_at=timezone.now(), closing_code="cause_gone"
    )
    raised.moves.create(at=timezone.now(), kind="closed", code="cause_gone")
    shown = page(browser, world.manager, raised)
    assert shown.count("The cause has gone: closed by itself.") == 2
    assert url("reopen", raised) not in shown


# --- what people read of it ------------------------------------------------------------------


def test_closing_sentences_reach_those_who_work_there(
    world: World, raised: Alert, below: Alert
) -> None:
    now = timezone.now()
    decisions.close(alert=below, sentence="Astreinte à deux.", by=world.manager, now=now)
    decisions.close(alert=raised, sentence="Mission suivante.", by=world.manager, now=now)
    said = reading.closed_for(world.consultant, now)
    assert {one.sentence: one.from_answers for one in said} == {
        "Astreinte à deux.": True, "Mission suivante.": False,
    }  # fmt: skip
    colleague = make.assignment(mission=world.mission).person
    assert [one.sentence for one in reading.closed_for(colleague, now)] == ["Astreinte à deux."]
    assert reading.closed_for(world.other_consultant, now) == []
    assert reading.alerts_about(world.consultant, now) == []


def test_home_says_which_sentences_answers_led_to(
    browser: Browser, world: World, raised: Alert, below: Alert
) -> None:
    now = timezone.now()
    decisions.close(alert=below, sentence="Astreinte à deux.", by=world.manager, now=now)
    decisions.close(alert=raised, sentence="Mission suivante.", by=world.manager, now=now)
    browser.force_login(world.consultant)
    shown = browser.get(reverse("dashboards:home")).content.decode()
    changed, decided = shown.index('id="said"'), shown.index('id="decided"')
    assert changed < shown.index("Astreinte à deux.") < decided < shown.index("Mission suivante.")


def test_alerts_about_oneself_at_once(world: World, raised: Alert) -> None:
    Alert.objects.update(managers_from=timezone.now() + timedelta(days=7))
    assert [card.pk for card in reading.alerts_about(world.consultant, timezone.now())] == [
        raised.pk
    ]
    assert reading.to_handle(world.manager, timezone.now()) == []


def test_wishes_are_for_the_one_who_was_asked(browser: Browser, world: World) -> None:
    now = timezone.now()
    asked = make.round_(localdate(now) - timedelta(days=2))
    CheckIn.objects.create(
        person=world.consultant, mission=world.mission, round=asked, answers={}, share="talk",
        talk_to=world.manager, sent_at=now - timedelta(hours=2),
    )  # fmt: skip
    browser.force_login(world.manager)
    shown = browser.get(reverse("followup:wish_list")).content.decode()
    assert world.consultant.full_name in shown
    assert world.mission.title not in shown
    assert (
        reverse("followup:wish_list")
        in browser.get(reverse("followup:alert_list")).content.decode()
    )
    browser.force_login(world.other_manager)
    assert (
        world.consultant.full_name
        not in browser.get(reverse("followup:wish_list")).content.decode()
    )


def test_closing_sentences_on_missions_units_and_the_firm(world: World) -> None:
    """Those who worked on it, the people of the unit and under it, everybody."""
    now = timezone.now()
    below = make.unit(parent=world.unit)
    under = make.person(unit=below)
    about = {
        "mission": (about_a_mission, {world.consultant}),
        "unit": (about_few_answers_of_a_unit, {world.consultant, under}),
        "firm": (about_the_firm, {world.consultant, under, world.other_consultant}),
    }
    for word, (made, _readers) in about.items():
        one = Alert.objects.get(**made(world))
        decisions.close(alert=one, sentence=word, by=world.manager, now=now)
    for reader in (world.consultant, under, world.other_consultant):
        read = {one.sentence for one in reading.closed_for(reader, now)}
        assert read == {word for word, (_made, readers) in about.items() if reader in readers}


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (about_a_mission, ("Nobody assigned after 11 December: ", "Plan who comes next",
                           "within eight weeks", "See the mission and who is on it")),
        (about_few_answers_of_a_unit, (
            "Few people check in: Nord",
            "40% in the round of 10 November, under 30% in the one before: less than 50%",
            "two rounds running. Rounded; who answered is never shown.",
            "nobody is asked whether they have answered")),
        (about_few_answers_of_the_firm, ("Few people check in", "less than 50%")),
    ],
)  # fmt: skip
def test_what_is_not_a_person_nor_a_client_in_words(
    browser: Browser, world: World, made: Any, words: tuple[str, ...]
) -> None:
    world.root.manager = world.manager
    world.root.save()
    one = Alert.objects.get(**made(world))
    shown = page(browser, world.manager, one).replace("\xa0", " ")
    for some in words:
        assert some in shown
    assert url("take", one) in shown
    for where in ("followup:alert_list", "dashboards:overview"):
        assert words[0] in browser.get(reverse(where)).content.decode().replace("\xa0", " ")
    assert "this week" not in browser.get(reverse("dashboards:overview")).content.decode()


def test_a_mission_past_its_end_in_words(browser: Browser, world: World) -> None:
    one = alert(rule=Alert.Rule.PAST_END, mission=world.mission, reason={"ended_on": "2026-11-02"})
    shown = page(browser, world.manager, one).replace("\xa0", " ")
    name = f"{world.mission.title}, {world.client.name}"
    assert f"Nobody assigned since 2 November: {name}" in shown
    assert "The last assignment ended on 2 November" in shown
    french = page(browser, world.manager, one, "fr").replace("\xa0", " ")
    assert f"Plus personne depuis le 2 novembre : {name}" in french


def test_a_reason_is_asked_for_putting_it_off(
    browser: Browser, world: World, raised: Alert
) -> None:
    until = localdate(timezone.now()) + timedelta(days=9)
    response = post(browser, world.manager, raised, "postpone", until=until, why=" ")
    assert response.status_code == 200
    assert b'role="alert"' in response.content
    assert f'value="{until}"' in response.content.decode()
    raised.refresh_from_db()
    assert raised.state == State.OPEN
