"""Reviews of clients: when they open, whom they ask, what is kept, and the pages."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import AuditEntry, FirmSettings
from accounts.perms import Refused
from clients.models import Client
from dashboards import own_file
from surveys import leaving, own, review_answers, reviewing
from surveys.intake import Outcome
from surveys.models import ClientReview, ReviewPlan
from surveys.models.review_answers import ReviewAnswer
from surveys.perms_reviews import can_plan_reviews, review_for
from surveys.retention import forget_due
from tests import make
from tests.clients import chartered
from tests.surveys import reviews
from tests.surveys.asking import NOW, open_round
from tests.world import World

DAY = timedelta(days=1)
HOME = reverse("dashboards:home")
PLAN = reverse("surveys:review_plan")


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def at(monkeypatch: pytest.MonkeyPatch, now: Any = NOW) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def page(row: ClientReview, client: Client) -> str:
    return reverse("surveys:client_review", args=[row.pk, client.pk])


# --- opening ---------------------------------------------------------------------------------


def test_it_opens_with_a_round_where_enough_people_work(world: World) -> None:
    open_round()
    assert reviewing.open_due(now=NOW) == ""
    chartered.published(world.referent, now=NOW)
    reviews.staffed(world, 4)
    assert reviewing.open_due(now=NOW) == ""
    make.assignment(mission=world.mission)
    assert reviewing.open_due(now=NOW) == "review of 1 client(s) opened"
    assert reviewing.open_due(now=NOW) == ""
    row = ClientReview.objects.get()
    assert [one.client for one in row.reviewed.all()] == [world.client]
    assert str(row) == f"client review {row.round_id}"
    assert str(row.reviewed.get()).startswith("reviewed client")
    assert reviewing.open_review(round_=row.round, now=NOW) == 0


def test_an_own_product_is_no_client(world: World) -> None:
    chartered.published(world.referent, now=NOW)
    reviews.staffed(world, 5)
    Client.objects.filter(pk=world.client.pk).update(kind=Client.Kind.INTERNAL)
    assert reviewing.open_review(round_=open_round(), now=NOW) == 0


def test_a_raised_threshold_asks_for_more_people(world: World) -> None:
    chartered.published(world.referent, now=NOW)
    reviews.staffed(world, 7)
    FirmSettings.objects.update(anonymity_threshold=8)
    assert reviewing.open_review(round_=open_round(), now=NOW) == 0


def test_every_four_months_or_as_the_firm_says(world: World) -> None:
    reviews.staffed(world, 5)
    reviews.review(world)
    soon, later = NOW + timedelta(weeks=12), NOW + timedelta(weeks=16)
    open_round(soon)
    assert reviewing.open_due(now=soon) == ""
    ReviewPlan.objects.create(pk=1, months=0)
    open_round(later)
    assert reviewing.open_due(now=later) == ""
    ReviewPlan.objects.update(months=4)
    assert str(ReviewPlan.current()) == "every 4 months"
    assert reviewing.open_due(now=later + 7 * DAY) == ""
    assert reviewing.open_due(now=later) == "review of 1 client(s) opened"


# --- answering -------------------------------------------------------------------------------


def test_people_there_in_its_round_are_asked_and_nobody_else(world: World) -> None:
    people = reviews.staffed(world, 5)
    row = reviews.review(world)
    [one] = reviewing.asked(person=world.consultant, now=NOW)
    assert (one.client, one.review, one.is_done) == (world.client, row, False)
    assert reviewing.asked(person=world.other_consultant, now=NOW) == []
    assert reviewing.asked(person=world.manager, now=NOW) == []
    leaving.leave(person=people[1], now=NOW)
    assert reviewing.asked(person=people[1], now=NOW) == []
    assert reviewing.asked(person=world.consultant, now=row.round.closes_at) == []
    reviews.answer(row, world, people[:1], ["s-"])
    assert reviewing.asked(person=world.consultant, now=NOW)[0].is_done


def test_one_reaches_ones_own_clients_alone(world: World) -> None:
    reviews.staffed(world, 5)
    row = reviews.review(world)
    assert review_for(world.consultant, row.pk, world.client.pk, now=NOW) == (row, world.client)
    for user, client, now in (
        (world.consultant, world.other_client, NOW),
        (world.other_consultant, world.client, NOW),
        (world.manager, world.client, NOW),
        (world.consultant, world.client, NOW - DAY),
    ):
        with pytest.raises(Refused):
            review_for(user, row.pk, client.pk, now=now)


def test_sending_again_changes_the_row_and_nothing_takes_it_back(world: World) -> None:
    reviews.staffed(world, 5)
    row = reviews.review(world)
    sending = {"review": row, "client": world.client, "person": world.consultant, "now": NOW}
    first, second = reviews.judged(row, "sc", "kb"), reviews.judged(row, "r-", "--")
    assert reviewing.submit(judged=reviewing.Judged(), **sending) == Outcome.NOTHING
    assert reviewing.submit(judged=first, **sending) == Outcome.KEPT
    assert reviewing.submit(judged=second, **sending) == Outcome.KEPT
    kept = reviewing.kept(review=row, client=world.client, person=world.consultant)
    assert kept == second
    assert ReviewAnswer.objects.count() == 1
    assert str(ReviewAnswer.objects.get()).startswith("review answer")
    assert reviewing.submit(judged=reviewing.Judged(), **sending) == Outcome.TAKEN_BACK
    assert not ReviewAnswer.objects.exists()
    late = sending | {"now": row.round.closes_at}
    assert reviewing.submit(judged=first, **late) == Outcome.CLOSED
    assert not ReviewAnswer.objects.exists()


def test_once_it_is_counted_nothing_more_is_kept(world: World) -> None:
    """A sending that began before the close and comes to be written after the count."""
    people = reviews.staffed(world, 5)
    row = reviews.review(world)
    reviews.answer(row, world, people, ["ss"] * 5)
    review_answers.take_no_more(review=row, now=row.round.closes_at)
    before = list(ReviewAnswer.objects.values())
    sending = {"review": row, "client": world.client, "person": people[1]}
    last = sending | {"now": row.round.closes_at - timedelta(microseconds=1)}
    for judged in (reviews.judged(row, "cc"), reviewing.Judged()):
        assert reviewing.submit(judged=judged, **last) == Outcome.CLOSED
    assert list(ReviewAnswer.objects.values()) == before
    first = ClientReview.objects.get().counted_at
    review_answers.take_no_more(review=row, now=row.round.closes_at + DAY)
    assert ClientReview.objects.get().counted_at == first == row.round.closes_at


# --- forgetting and one's own ----------------------------------------------------------------


def test_answers_go_with_the_check_ins_of_their_round(world: World) -> None:
    people = reviews.staffed(world, 5)
    row = reviews.review(world)
    reviews.answer(row, world, people, ["sc"] * 5)
    kept_until = row.round.closes_at + timedelta(days=731)
    forget_due(now=kept_until)
    assert ReviewAnswer.objects.count() == 5
    assert "answers about clients" in forget_due(now=kept_until + DAY)
    assert not ReviewAnswer.objects.exists()


def test_ones_own_are_in_ones_file_and_can_be_erased(world: World) -> None:
    people = reviews.staffed(world, 5)
    row = reviews.review(world)
    reviews.answer(row, world, people, ["rs"] * 5, "kb")
    first, second = reviews.values(row)
    told = json.loads(own_file.as_json(world.consultant, NOW))["reviews_of_clients"]
    assert told == [
        {
            "round": row.round.starts_on.isoformat(),
            "client": world.client.name,
            "sent_at": NOW.isoformat(),
            "what_we_owe": {first.name: "kept", second.name: "not_kept"},
            "what_the_client_does": {first.name: "contrary", second.name: "seen"},
            "red_lines_crossed": [first.name],
            "actions_kept": [],
            "actions_seen": [],
        }
    ]
    lines = own_file.as_csv(world.consultant, NOW).decode().splitlines()
    assert [line.count(first.name) for line in lines[1:]].count(1) == 3
    assert any(line.endswith(f"{first.name},tenu,") for line in lines)
    own.erase_all(person=world.consultant)
    assert own.reviews_of(person=world.consultant) == []
    assert ReviewAnswer.objects.count() == 4


# --- pages -----------------------------------------------------------------------------------


def test_from_home_to_the_form_and_back(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviews.staffed(world, 5)
    row = reviews.review(world, places=3)
    at(monkeypatch)
    browser.force_login(world.consultant)
    assert page(row, world.client) in text(browser.get(HOME))
    shown = text(browser.get(page(row, world.client)))
    first, _second, third = reviews.values(row)
    assert f"red_{first.pk}" in shown
    assert f"red_{third.pk}" not in shown
    assert shown.index(first.owed[0]) < shown.index(first.asked[0])
    assert "À partir de 5 personnes" in shown
    assert "checked" not in shown
    sent = {f"ours_{first.pk}": "not_kept", f"red_{first.pk}": "on"}
    back = browser.post(page(row, world.client), sent)
    assert set(back.context["form"].errors) == {f"verdict_{first.pk}"}
    assert f'id="id_ours_{first.pk}_1" value="not_kept" checked' in text(back)
    assert f'href="#id_verdict_{first.pk}_0"' in text(back)
    assert not ReviewAnswer.objects.exists()
    sent[f"verdict_{first.pk}"] = "contrary"
    done = browser.post(page(row, world.client), sent, follow=True)
    assert "Vous pouvez changer vos réponses" in text(done)
    answer = ReviewAnswer.objects.get()
    assert (answer.verdicts, answer.ours, answer.red_lines) == (
        {str(first.pk): "contrary"}, {str(first.pk): "not_kept"}, [first.pk],
    )  # fmt: skip
    again = text(browser.get(page(row, world.client)))
    assert "Déjà envoyé" in again
    assert not AuditEntry.objects.filter(actor=world.consultant).exists()


@pytest.mark.parametrize("word", ["seen ", "SEEN", "\x00", "kept", "9"])
def test_a_forged_word_is_refused_and_keeps_the_rest(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    reviews.staffed(world, 5)
    row = reviews.review(world)
    at(monkeypatch)
    browser.force_login(world.consultant)
    first, second = reviews.values(row)
    sent = {f"verdict_{first.pk}": word, f"verdict_{second.pk}": "seen", "verdict_99": "seen"}
    sent[f"red_{first.pk}"] = "on"
    back = browser.post(page(row, world.client), sent)
    assert set(back.context["form"].errors) == {f"verdict_{first.pk}"}
    assert not ReviewAnswer.objects.exists()


def test_after_the_close_nothing_is_added(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviews.staffed(world, 5)
    row = reviews.review(world)
    at(monkeypatch, row.round.closes_at)
    browser.force_login(world.consultant)
    assert "Cette revue est terminée depuis" in text(browser.get(page(row, world.client)))
    sent = {f"verdict_{reviews.values(row)[0].pk}": "seen"}
    assert "n’a pas été enregistré" in text(browser.post(page(row, world.client), sent))
    assert not ReviewAnswer.objects.exists()


def test_what_comes_at_the_very_close_is_shown_again_and_said_not_to_be_kept(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviews.staffed(world, 5)
    row = reviews.review(world)
    at(monkeypatch, row.round.closes_at - timedelta(microseconds=1))
    review_answers.take_no_more(review=row, now=row.round.closes_at)
    browser.force_login(world.consultant)
    first = reviews.values(row)[0].pk
    back = text(browser.post(page(row, world.client), {f"verdict_{first}": "seen"}))
    assert "n’a pas été enregistré" in back
    assert f'id="id_verdict_{first}_0" value="seen" checked' in back
    assert "Envoyer" not in back
    assert not ReviewAnswer.objects.exists()


def test_who_takes_no_part_finds_no_form_but_for_what_they_sent(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviews.staffed(world, 5)
    row = reviews.review(world)
    at(monkeypatch)
    browser.force_login(world.consultant)
    leaving.leave(person=world.consultant, now=NOW)
    address, first = page(row, world.client), reviews.values(row)[0].pk
    shown = text(browser.get(address))
    assert "Vous ne participez pas aux points pour l’instant" in shown
    assert "verdict_" not in shown
    sent = {f"verdict_{first}": "seen"}
    back = text(browser.post(address, sent))
    assert "n’a pas été enregistré" in back
    assert f'id="id_verdict_{first}_0" value="seen" checked' in back
    assert not ReviewAnswer.objects.exists()
    leaving.come_back(person=world.consultant)
    assert browser.post(address, sent).status_code == 302
    leaving.leave(person=world.consultant, now=NOW)
    assert browser.post(address, {f"verdict_{first}": "contrary"}).status_code == 302
    assert ReviewAnswer.objects.get().verdicts == {str(first): "contrary"}
    assert browser.post(address, {}).status_code == 302
    assert not ReviewAnswer.objects.exists()
    assert not AuditEntry.objects.filter(actor=world.consultant).exists()


@pytest.mark.parametrize("clients", [1, 3])
def test_home_asks_as_often_whatever_the_number_of_clients(
    world: World, clients: int, django_assert_num_queries: Any
) -> None:
    for _ in range(clients - 1):
        mission = make.mission()
        make.assignment(person=world.consultant, mission=mission)
        for _ in range(4):
            make.assignment(mission=mission)
    reviews.staffed(world, 5)
    reviews.review(world)
    with django_assert_num_queries(4):
        assert len(reviewing.asked(person=world.consultant, now=NOW)) == clients
    with django_assert_num_queries(1):
        assert reviewing.asked(person=world.consultant, now=NOW + 30 * DAY) == []


def test_who_plans_says_how_often_and_reads_no_answer(world: World, browser: Browser) -> None:
    people = reviews.staffed(world, 5)
    row = reviews.review(world)
    reviews.answer(row, world, people, ["sc"] * 5)
    allowed = {
        role: can_plan_reviews(world.person(role))
        for role in ("consultant", "manager", "referent", "administrator")
    }
    assert allowed == {
        "consultant": False, "manager": False, "referent": True, "administrator": True,
    }  # fmt: skip
    browser.force_login(world.administrator)
    shown = text(browser.get(PLAN))
    assert "1 client" in shown
    assert world.client.name not in shown
    assert browser.post(PLAN, {"months": "25"}).context["form"].errors
    assert browser.post(PLAN, {"months": "6"}).status_code == 302
    assert ReviewPlan.current().months == 6
    entry = AuditEntry.objects.get(object_kind="settings", actor=world.administrator)
    assert entry.changes == {"months": ["4", "6"]}
    browser.post(PLAN, {"months": "6"})
    assert AuditEntry.objects.filter(object_kind="settings").count() == 1


def test_the_referent_sees_which_sheets_are_due(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small clients alone: those without a sheet, then those whose sheet is as old as a review."""
    chartered.published(world.referent, now=NOW)
    make.client(name="Personne")
    big = make.mission(client=make.client(name="Grand"))
    for _ in range(5):
        make.assignment(mission=big)
    due = reviewing.sheets_due
    assert set(due(now=NOW)) == {world.client, world.other_client}
    chartered.sheet(world.client, world.referent, "ss", now=NOW)
    assert list(due(now=NOW)) == [world.other_client]
    later = NOW + timedelta(weeks=16)
    assert list(due(now=later)) == [world.other_client, world.client]
    at(monkeypatch, later)
    browser.force_login(world.referent)
    address = reverse("clients:sheet_write", args=[world.client.pk])
    assert address in text(browser.get(PLAN))
    browser.force_login(world.administrator)
    assert address not in text(browser.get(PLAN))
    ReviewPlan.objects.create(pk=1, months=0)
    assert list(due(now=later)) == []


@pytest.mark.parametrize("clients", [1, 3])
def test_sheets_due_are_found_at_once(
    world: World, clients: int, django_assert_num_queries: Any
) -> None:
    for _ in range(clients):
        make.assignment(mission=make.mission())
    with django_assert_num_queries(3):
        assert len(reviewing.sheets_due(now=NOW)) == clients + 2
