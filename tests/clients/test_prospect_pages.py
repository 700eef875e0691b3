"""The pages of first contact and of paths, as a browser meets them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from clients import charter as charters
from clients import paths, screening
from clients.models import CharterException, Client, Path, PathRequest, Prospect
from tests.clients import chartered
from tests.world import World

LIST = reverse("clients:prospect_list")
TODAY = timezone.localdate


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def errors(response: Any) -> set[str]:
    assert response.status_code == 200
    return set(response.context["form"].errors)


def page(name: str, pk: int) -> str:
    return reverse(f"clients:{name}", args=[pk])


def as_(browser: Browser, person: User) -> Browser:
    browser.force_login(person)
    return browser


def test_whoever_meets_somebody_writes_it_down_and_screens(world: World, browser: Browser) -> None:
    row = chartered.published(world.referent, places=3)
    as_(browser, world.consultant)
    assert "Pas encore de prospect" in text(browser.get(LIST))
    sent = {"name": "Cabinet Vauban", "sector": "Assurance", "source": "came"}
    assert browser.post(reverse("clients:prospect_create"), sent).status_code == 302
    made = Prospect.objects.get()
    assert "Personne ne les a encore passés" in text(browser.get(page("prospect_detail", made.pk)))
    first, second, third = charters.chosen(row)
    answers = {
        f"verdict_{first.pk}": "contrary",
        f"verdict_{second.pk}": "seen",
        f"verdict_{third.pk}": "not_seen",
    }
    screen = page("prospect_screen", made.pk)
    assert errors(browser.post(screen, answers)) == {
        f"evidence_{first.pk}", f"evidence_{second.pk}",
    }  # fmt: skip
    told = {f"evidence_{first.pk}": "Deux cris.", f"evidence_{second.pk}": "<i>Tenu</i>"}
    assert browser.post(screen, answers | told).status_code == 302
    said = text(browser.get(page("prospect_detail", made.pk)))
    assert "&lt;i&gt;Tenu&lt;/i&gt;" in said
    assert "En chemin" in said
    assert "En chemin" in text(browser.get(LIST))
    assert f"red_{first.pk}" in text(browser.get(screen))
    crossed = {f"red_{first.pk}": "on", f"evidence_{first.pk}": ""}
    assert errors(browser.post(screen, answers | told | crossed)) == {f"evidence_{first.pk}"}


def test_the_page_says_why_there_is_no_evidence(world: World, browser: Browser) -> None:
    row = chartered.screened(world.consultant, "sns", red=True)
    as_(browser, world.consultant)
    address = page("prospect_detail", row.pk)
    before = text(browser.get(address))
    assert "Vu sur place." in before
    assert "effacées au bout de 24 mois" not in before
    screening.forget_evidence(now=chartered.NOW + screening.EVIDENCE_KEPT + timedelta(days=1))
    shown = text(browser.get(address))
    assert shown.count("effacées au bout de 24 mois") == 1
    assert "Vu sur place." not in shown
    assert "Ligne rouge franchie" in shown
    # It is said before anybody writes.
    assert "effacées au bout de 24 mois" in text(browser.get(page("prospect_screen", row.pk)))


def test_a_line_crossed_before_is_asked_about_again(world: World, browser: Browser) -> None:
    row = chartered.screened(world.consultant, "sss", red=True)
    lines = list(row.screenings.get().lines.all())
    as_(browser, world.consultant)
    screen = page("prospect_screen", row.pk)
    first = lines[0].value_id
    assert browser.get(screen).context["form"].fields[f"red_{first}"].initial
    answers = {f"verdict_{line.value_id}": "seen" for line in lines}
    answers |= {f"evidence_{line.value_id}": "Revu." for line in lines}
    assert errors(browser.post(screen, answers)) == {f"changed_{first}"}
    crossed = {f"red_{first}": "on", f"changed_{first}": "Ne compte pas."}
    assert browser.post(screen, answers | crossed).status_code == 302
    told = {f"changed_{first}": "Le chef de projet est parti."}
    assert browser.post(screen, answers | told).status_code == 302
    said = text(browser.get(page("prospect_detail", row.pk)))
    assert "Le chef de projet est parti." in said
    assert "Ne compte pas." not in said
    row.refresh_from_db()
    assert row.result == "virtuous"
    assert f"changed_{first}" not in browser.get(screen).context["form"].fields


def test_without_a_charter_nobody_is_screened(world: World, browser: Browser) -> None:
    made = chartered.met(world.consultant)
    as_(browser, world.consultant)
    assert browser.get(page("prospect_screen", made.pk)).status_code == 302
    assert "personne ne peut être passé au filtre" in text(browser.get(LIST))


def typed(world: World, **rest: str) -> dict[str, str]:
    values = {"ref": "VAUBAN", "name": "Cabinet Vauban", "unit": str(world.unit.pk)}
    return values | rest


def test_at_risk_asks_for_the_decision_beside_the_client(world: World, browser: Browser) -> None:
    chartered.published(world.referent, places=3)
    row = chartered.screened(world.consultant, "sss", red=True)
    as_(browser, world.manager)
    there = page("prospect_accept", row.pk)
    assert "ligne rouge franchie" in text(browser.get(there))
    assert "on-sentence" in text(browser.post(there, typed(world)))
    late = str(TODAY() + timedelta(days=400))
    going = {"on-sentence": "Six mois.", "on-look_again_on": late}
    assert "au plus tard" in text(browser.post(there, typed(world) | going))
    assert not Client.objects.filter(ref="VAUBAN").exists()
    going["on-look_again_on"] = str(TODAY() + timedelta(days=90))
    assert browser.post(there, typed(world) | going).status_code == 302
    kept = CharterException.objects.get()
    assert (kept.client.ref, kept.decided_by) == ("VAUBAN", world.manager)
    assert "Six mois." in text(browser.get(page("prospect_detail", row.pk)))
    assert browser.get(there).status_code == 302
    assert browser.get(page("prospect_path", row.pk)).status_code == 302


def test_on_the_way_is_accepted_with_its_path_alone(world: World, browser: Browser) -> None:
    chartered.published(world.referent, places=3)
    row = chartered.screened(world.consultant, "sns")
    as_(browser, world.manager)
    there = page("prospect_accept", row.pk)
    assert "ouvrez d’abord un chemin" in text(browser.get(there))
    assert "ouvrez d’abord un chemin" in text(browser.post(there, typed(world)))
    opened = browser.post(page("prospect_path", row.pk), {"decides_there": "DSI"})
    path = Path.objects.get()
    assert opened.headers["Location"] == reverse("dashboards:path", args=[path.pk])
    again = browser.post(page("prospect_path", row.pk), {"decides_there": "DSI"})
    assert "déjà ouvert" in text(again)
    asked = {"kind": "hours", "sentence": "Pas d’appel le soir.", "asked_on": str(TODAY())}
    assert browser.post(page("path_ask", path.pk), asked).status_code == 302
    assert browser.post(there, typed(world)).status_code == 302
    path.refresh_from_db()
    assert path.client is not None
    assert path.client.ref == "VAUBAN"


def test_a_refusal_is_said_with_its_sentence_and_taken_back(
    world: World, browser: Browser
) -> None:
    row = chartered.met(world.consultant)
    as_(browser, world.manager)
    refuse = page("prospect_refuse", row.pk)
    assert errors(browser.post(refuse, {})) == {"sentence"}
    assert browser.post(refuse, {"sentence": "On nous a crié dessus."}).status_code == 302
    for there in (LIST, reverse("dashboards:exceptions")):
        assert "On nous a crié dessus." in text(browser.get(there))
    assert errors(browser.post(page("prospect_lose", row.pk), {"sentence": "x"})) == {"__all__"}
    browser.post(page("prospect_reopen", row.pk))
    browser.post(page("prospect_reopen", row.pk))
    assert browser.post(page("prospect_lose", row.pk), {"sentence": "x"}).status_code == 302
    assert Prospect.objects.get().state == "lost"


def test_the_list_costs_the_same_with_one_and_with_many(world: World, browser: Browser) -> None:
    as_(browser, world.consultant)
    counts = []
    for turn in range(3):
        chartered.met(world.consultant, name=f"Maison {turn}")
        with CaptureQueriesContext(connection) as queries:
            assert f"Maison {turn}" in text(browser.get(LIST))
        counts.append(len(queries))
    assert counts[0] == counts[2] <= 12


def test_a_name_that_was_mistyped_is_corrected(world: World, browser: Browser) -> None:
    row = chartered.met(world.consultant)
    as_(browser, world.consultant)
    there = page("prospect_edit", row.pk)
    assert there in text(browser.get(page("prospect_detail", row.pk)))
    assert errors(browser.post(there, {"name": "", "source": "came"})) == {"name"}
    sent = {"name": "Cabinet Vauban-Lille", "source": "tender"}
    assert browser.post(there, sent).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.source) == ("Cabinet Vauban-Lille", "tender")
    Prospect.objects.update(
        state="lost", decided_by=world.manager, decided_at=timezone.now(), decision="x"
    )
    assert browser.post(there, {"name": "Autre", "source": "came"}).status_code == 302
    row.refresh_from_db()
    assert row.name == "Cabinet Vauban-Lille"


def test_what_is_asked_is_corrected_by_the_day_of_its_answer(
    world: World, browser: Browser
) -> None:
    then = timezone.now() - timedelta(days=9)
    path = chartered.path_of(world.manager, now=then, client=world.client)
    row = chartered.asked(path, world.manager, now=then)
    row.answer, row.answered_on = PathRequest.Answer.YES, TODAY() - timedelta(days=3)
    paths.answered(request=row, by=world.manager, now=then)
    as_(browser, world.manager)
    there = page("request_edit", row.pk)
    sent = {"kind": "hours", "sentence": "Pas d’appel après 19 h.", "asked_on": str(TODAY())}
    assert errors(browser.post(there, sent)) == {"asked_on"}
    sent["asked_on"] = str(row.answered_on)
    assert browser.post(there, sent).status_code == 302
    row.refresh_from_db()
    assert (row.sentence, row.answer) == ("Pas d’appel après 19 h.", "yes")
    assert there in text(browser.get(reverse("dashboards:path", args=[path.pk])))


# --- exceptions ------------------------------------------------------------------------------


def test_a_manager_writes_an_exception_for_a_client_they_lead(
    world: World, browser: Browser
) -> None:
    as_(browser, world.manager)
    there = reverse("clients:exception_create")
    sent = {"sentence": "Renégocier.", "look_again_on": str(TODAY() + timedelta(days=60))}
    other = sent | {"client": str(world.other_client.pk)}
    assert errors(browser.post(there, other)) == {"client"}
    past = sent | {"client": str(world.client.pk), "look_again_on": str(TODAY())}
    assert errors(browser.post(there, past)) == {"look_again_on"}
    assert browser.post(there, sent | {"client": str(world.client.pk)}).status_code == 302
    row = CharterException.objects.get()
    look = page("exception_look", row.pk)
    on = {"sentence": "Mieux.", "until": str(TODAY() + timedelta(days=90))}
    assert browser.post(look, on).status_code == 302
    assert browser.post(look, {"sentence": "Fini.", "until": ""}).status_code == 302
    assert errors(browser.post(look, {"sentence": "Encore."})) == {"__all__"}
    said = text(browser.get(reverse("dashboards:exceptions")))
    assert "Mieux." in said
    assert "terminée" in said


# --- paths -----------------------------------------------------------------------------------


def test_a_path_is_walked_to_its_end(world: World, browser: Browser) -> None:
    as_(browser, world.manager)
    sent = {"client": str(world.client.pk), "decides_there": "DSI"}
    wrong = sent | {"client": str(world.other_client.pk)}
    new = reverse("clients:path_create")
    assert errors(browser.post(new, wrong)) == {"client"}
    yesterday = str(TODAY() - timedelta(days=1))
    assert errors(browser.post(new, sent | {"next_meeting_on": yesterday})) == {"next_meeting_on"}
    assert browser.post(new, sent).status_code == 302
    path = Path.objects.get()
    soon = {"decides_there": "DSI adjointe", "next_meeting_on": str(TODAY())}
    assert browser.post(page("path_edit", path.pk), soon).status_code == 302
    tomorrow = str(TODAY() + timedelta(days=1))
    asked = {"kind": "remote", "sentence": "Deux jours à distance.", "asked_on": tomorrow}
    assert errors(browser.post(page("path_ask", path.pk), asked)) == {"asked_on"}
    asked["asked_on"] = yesterday
    assert browser.post(page("path_ask", path.pk), asked).status_code == 302
    row = PathRequest.objects.get()
    answer = page("request_answer", row.pk)
    assert errors(browser.post(answer, {"answer": "yes"})) == {"answered_on"}
    early = {"answer": "yes", "answered_on": str(TODAY() - timedelta(days=2))}
    assert errors(browser.post(answer, early)) == {"answered_on"}
    yes = {"answer": "yes", "answered_on": str(TODAY()), "words": "Dès lundi."}
    assert browser.post(answer, yes).status_code == 302
    assert browser.post(answer, {**yes, "answer": "waiting"}).status_code == 302
    row.refresh_from_db()
    assert row.answered_on is None
    there = reverse("dashboards:path", args=[path.pk])
    assert "Deux jours à distance." in text(browser.get(there))
    end = {"state": "finished", "outcome": "Obtenu."}
    assert browser.post(page("path_end", path.pk), end).status_code == 302
    assert "Obtenu." in text(browser.get(there))
    assert "Obtenu." in text(browser.get(reverse("clients:path_list")))
    for name in ("path_edit", "path_ask", "path_end"):
        assert browser.get(page(name, path.pk)).headers["Location"] == there


def test_a_stale_path_says_so(world: World, browser: Browser) -> None:
    then = timezone.now() - timedelta(weeks=8)
    row = chartered.path_of(world.manager, now=then, client=world.client)
    as_(browser, world.consultant)
    assert "à l’arrêt" in text(browser.get(reverse("clients:path_list")))
    assert "Rien n’avance" in text(browser.get(reverse("dashboards:path", args=[row.pk])))
    paths.meet_next(path=row, decides_there="DSI", on=None, by=world.manager, now=timezone.now())
    assert "à l’arrêt" not in text(browser.get(reverse("clients:path_list")))


def test_an_account_manager_walks_with_their_client(world: World, browser: Browser) -> None:
    Client.objects.filter(pk=world.client.pk).update(account_manager=world.consultant)
    row = chartered.path_of(world.manager, client=world.client)
    other = chartered.path_of(world.manager, client=world.other_client)
    as_(browser, world.consultant)
    assert browser.get(page("path_ask", row.pk)).status_code == 200
    assert browser.get(page("path_ask", other.pk)).status_code == 404
    form = browser.get(reverse("clients:path_create")).context["form"]
    assert list(form.fields["client"].queryset) == [world.client]
    Client.objects.filter(pk=world.other_client.pk).update(account_manager=world.consultant)
    assert browser.get(page("path_ask", other.pk)).status_code == 200


def test_a_path_is_seen_by_who_reads_the_client(world: World, browser: Browser) -> None:
    """That one is asked something tells where the client stands."""
    path = chartered.path_of(world.manager, client=world.other_client)
    prospect = chartered.path_of(world.manager, prospect=chartered.met(world.manager))
    there, name = reverse("dashboards:path", args=[path.pk]), world.other_client.name
    for reader in (world.other_consultant, world.manager, world.other_manager, world.referent):
        assert name in text(as_(browser, reader).get(reverse("clients:path_list")))
        assert browser.get(there).status_code == 200
    listed = text(as_(browser, world.consultant).get(reverse("clients:path_list")))
    assert name not in listed
    assert prospect.name in listed
    assert "en chemin" not in listed
    assert browser.get(there).status_code == 404


@pytest.mark.parametrize("name", ["path_ask", "request_answer", "exception_look", "prospect_path"])
def test_what_is_not_there_is_404(world: World, browser: Browser, name: str) -> None:
    as_(browser, world.referent)
    assert browser.get(page(name, 999_999)).status_code == 404
