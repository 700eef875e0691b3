"""Charter sheets: written by the referent where few people work, read like a client's figures."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, FirmSettings, User
from accounts.perms import Refused
from clients import charter as charters
from clients import perms_sheets as perms
from clients import sheets
from clients.models import Client, ClientSheet, SheetLine
from tests import make
from tests.clients import chartered
from tests.world import World

LIST = reverse("clients:sheet_list")
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def page(name: str, client: Client) -> str:
    return reverse(f"clients:{name}", args=[client.pk])


def as_(browser: Browser, person: User) -> Browser:
    browser.force_login(person)
    return browser


def write(world: World, *, now: datetime = NOW, verdicts: str = "sc") -> ClientSheet:
    return chartered.sheet(world.client, world.referent, verdicts, now=now)


def test_the_referent_writes_and_those_who_may_read_the_client_do(world: World) -> None:
    everybody = ("consultant", "other_consultant", "manager", "other_manager", "referent")
    readers = {
        role for role in everybody if world.client in perms.clients_judged_for(world.person(role))
    }
    assert readers == {"consultant", "manager", "other_manager", "referent"}
    assert not perms.clients_judged_for(world.administrator)
    assert perms.client_to_judge_for(world.referent, world.client.pk) == world.client
    for stranger in (world.other_consultant, world.administrator):
        with pytest.raises(Refused):
            perms.judged_client_for(stranger, world.client.pk)
    for reader in (world.consultant, world.manager):
        with pytest.raises(PermissionDenied):
            perms.client_to_judge_for(reader, world.client.pk)


def test_who_was_there_reads_on(world: World) -> None:
    world.assignment.ends_on = world.assignment.starts_on
    world.assignment.save()
    assert perms.judged_client_for(world.consultant, world.client.pk) == world.client


def test_who_is_to_come_reads_nothing_yet(world: World) -> None:
    today = timezone.localdate()
    world.assignment.starts_on, world.assignment.ends_on = today + timedelta(days=1), None
    world.assignment.save()
    with pytest.raises(Refused):
        perms.judged_client_for(world.consultant, world.client.pk)
    world.assignment.starts_on = today
    world.assignment.save()
    assert perms.judged_client_for(world.consultant, world.client.pk) == world.client


def test_a_sheet_keeps_both_sides_and_a_line_in_the_log(world: World) -> None:
    row = write(world)
    first, second = row.lines.all()
    assert (first.ours, first.verdict, first.red_line) == ("kept", "seen", False)
    assert (second.ours, second.verdict) == ("unknown", "contrary")
    entry = AuditEntry.objects.get(object_kind="sheet")
    assert (entry.action, entry.object_ref) == ("create", world.client.ref)
    assert entry.changes == {}
    assert str(row) == f"sheet {row.pk}"
    assert str(first) == f"line {first.pk}"


def test_a_new_sheet_takes_the_place_of_the_one_before(world: World, browser: Browser) -> None:
    write(world)
    write(world, now=NOW + timedelta(weeks=17), verdicts="ss")
    assert [row.lines.filter(verdict="contrary").count() for row in world.client.sheets.all()] == [
        0, 1,
    ]  # fmt: skip
    shown = text(as_(browser, world.manager).get(page("sheet_detail", world.client)))
    assert shown.index("25\u00a0mars 2027") < shown.index("Feuille du 26\u00a0novembre")


def test_none_where_nobody_works(world: World) -> None:
    world.assignment.ends_on = NOW.date() - timedelta(days=1)
    world.assignment.save()
    with pytest.raises(ValidationError, match="personne avec qui"):
        write(world)
    assert not ClientSheet.objects.exists()


def test_none_of_an_own_product(world: World, browser: Browser) -> None:
    chartered.published(world.referent)
    Client.objects.filter(pk=world.client.pk).update(kind=Client.Kind.INTERNAL)
    with pytest.raises(ValidationError, match="produit maison"):
        write(world)
    shown = as_(browser, world.referent).get(LIST).context["page"]
    assert list(shown) == [world.other_client]


def test_none_where_each_can_be_asked_alone(world: World) -> None:
    for _ in range(3):
        make.assignment(mission=world.mission)
    write(world)
    make.assignment(mission=world.mission)
    with pytest.raises(ValidationError, match="5 personnes ou plus"):
        write(world)
    FirmSettings.objects.update(anonymity_threshold=8)
    write(world)
    assert ClientSheet.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "seen", "evidence": ""},
        {"verdict": "not_seen", "evidence": "", "red_line": True},
        {"ours": "not_kept", "ours_evidence": ""},
        {"texts_gone": True},
    ],
)
def test_nothing_stands_without_its_evidence(world: World, wrong: dict[str, Any]) -> None:
    line = write(world).lines.all()[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        SheetLine.objects.filter(pk=line.pk).update(**wrong)


def test_the_page_asks_for_our_side_first_and_keeps_what_was_typed(
    world: World, browser: Browser
) -> None:
    version = chartered.published(world.referent)
    first, second = charters.chosen(version)
    as_(browser, world.referent)
    shown = text(browser.get(page("sheet_write", world.client)))
    assert shown.index(first.owed[0]) < shown.index(first.asked[0])
    assert "aucun nom" in shown
    sent = {
        f"ours_{first.pk}": "not_kept",
        f"ours_evidence_{first.pk}": "",
        f"verdict_{first.pk}": "seen",
        f"evidence_{first.pk}": "On se parle <calmement>.",
        f"red_{first.pk}": "on",
        f"ours_{second.pk}": "unknown",
        f"verdict_{second.pk}": "contrary",
        f"evidence_{second.pk}": "a\x00b",
    }
    back = browser.post(page("sheet_write", world.client), sent)
    assert set(back.context["form"].errors) == {
        f"ours_evidence_{first.pk}", f"evidence_{second.pk}",
    }  # fmt: skip
    assert "On se parle &lt;calmement&gt;." in text(back)
    assert not ClientSheet.objects.exists()
    sent |= {f"ours_evidence_{first.pk}": "Deux absences.", f"evidence_{second.pk}": "La nuit."}
    assert browser.post(page("sheet_write", world.client), sent).status_code == 302
    line = SheetLine.objects.get(value=first)
    assert (line.ours, line.ours_evidence, line.red_line) == ("not_kept", "Deux absences.", True)
    shown = text(browser.get(page("sheet_detail", world.client)))
    assert "Deux absences." in shown
    assert "Ligne rouge franchie" in shown
    assert world.consultant.last_name not in shown


def test_a_sheet_refused_at_the_end_comes_back_whole(world: World, browser: Browser) -> None:
    """Somebody joined the client while the referent was writing."""
    version = chartered.published(world.referent)
    for _ in range(4):
        make.assignment(mission=world.mission)
    sent = {}
    for value in charters.chosen(version):
        sent |= {f"ours_{value.pk}": "unknown", f"verdict_{value.pk}": "not_seen"}
        sent[f"evidence_{value.pk}"] = "Rien vu."
    back = text(as_(browser, world.referent).post(page("sheet_write", world.client), sent))
    assert "chacune le juge seule" in back
    assert back.count("Rien vu.") == 2
    away = browser.get(page("sheet_write", world.client), follow=True)
    assert "chacune le juge seule" in text(away)


def test_without_a_charter_there_is_nothing_to_judge_against(
    world: World, browser: Browser
) -> None:
    as_(browser, world.referent)
    away = browser.get(page("sheet_write", world.client), follow=True)
    assert "Il n’y a pas encore de charte" in text(away)
    assert "Pas encore de charte" in text(browser.get(LIST))


def test_the_list_has_small_clients_the_longest_unjudged_first(
    world: World, browser: Browser
) -> None:
    chartered.published(world.referent)
    today = timezone.now()
    old, never, big = make.client(name="Ancien"), make.client(name="Jamais"), make.client()
    for client, people in ((old, 1), (never, 2), (big, 5)):
        mission = make.mission(client=client)
        for _ in range(people):
            make.assignment(mission=mission)
    make.client(name="Personne")
    write(world, now=today)
    chartered.sheet(old, world.referent, "ss", now=today - timedelta(weeks=20))
    names = [row.name for row in as_(browser, world.referent).get(LIST).context["page"]]
    assert names == [world.other_client.name, "Jamais", "Ancien", world.client.name] or names == [
        "Jamais", world.other_client.name, "Ancien", world.client.name,
    ]  # fmt: skip
    own = as_(browser, world.consultant).get(LIST)
    assert [row.name for row in own.context["page"]] == [world.client.name]
    assert "Écrire une feuille" not in text(own)


def test_a_sheet_with_a_name_in_it_is_withdrawn(world: World, browser: Browser) -> None:
    kept, wrong = write(world), write(world, now=NOW + timedelta(days=1))
    wrong.lines.update(evidence="Jeanne le dit.", ours_evidence="Jeanne le sait.")
    address = reverse("clients:sheet_withdraw", args=[world.client.pk, wrong.pk])
    shown = text(as_(browser, world.referent).get(page("sheet_detail", world.client)))
    assert address in shown
    asked = text(browser.get(address))
    assert "Les statuts calculés avec elle restent tels quels." in asked
    wrong.refresh_from_db()
    assert wrong.withdrawn_at is None
    done = text(browser.post(address, follow=True))
    assert "La feuille est retirée" in done
    wrong.refresh_from_db()
    assert (wrong.withdrawn_by, wrong.withdrawn_at is None) == (world.referent, False)
    assert {(one.evidence, one.ours_evidence) for one in wrong.lines.all()} == {("", "")}
    assert {one.evidence for one in kept.lines.all()} == {"Vu sur place."}
    entry = AuditEntry.objects.get(action="withdraw")
    assert (entry.object_kind, entry.object_ref) == ("sheet", world.client.ref)
    # The one before stands open, and counts in the list; the withdrawn one is a line below.
    shown = text(as_(browser, world.manager).get(page("sheet_detail", world.client)))
    assert "Jeanne" not in shown
    assert address not in shown
    assert shown.index("Vu sur place.") < shown.index("Feuille du 27\u00a0novembre")
    [row] = sheets.with_few_people(Client.objects.filter(pk=world.client.pk), NOW.date(), need=5)
    assert row.judged_at == kept.written_at
    # A second tab, and a sheet of another client.
    as_(browser, world.referent)
    for again in (browser.get, browser.post):
        assert "déjà retirée" in text(again(address, follow=True))
    assert AuditEntry.objects.filter(action="withdraw").count() == 1
    elsewhere = reverse("clients:sheet_withdraw", args=[world.other_client.pk, kept.pk])
    assert browser.post(elsewhere).status_code == 404
    kept.refresh_from_db()
    assert kept.withdrawn_at is None


def test_the_page_says_why_there_is_no_evidence(world: World, browser: Browser) -> None:
    write(world)
    sheets.forget_evidence(now=NOW + sheets.EVIDENCE_KEPT + timedelta(days=1))
    shown = text(as_(browser, world.manager).get(page("sheet_detail", world.client)))
    assert shown.count("effacées au bout de 24 mois") == 1
    assert "Vu sur place." not in shown


@pytest.mark.parametrize("clients", [1, 3])
def test_queries_do_not_grow_with_clients_or_sheets(
    world: World, browser: Browser, clients: int
) -> None:
    chartered.published(world.referent)
    for number in range(clients):
        client = make.client(name=f"Petit {number}")
        make.assignment(mission=make.mission(client=client))
        for _ in range(number + 1):
            chartered.sheet(client, world.referent, "sn", now=timezone.now())
    as_(browser, world.referent).get(LIST)
    with CaptureQueriesContext(connection) as queries:
        shown = text(browser.get(LIST))
    assert "Petit 0" in shown
    assert len(queries) == 8, [row["sql"] for row in queries]
    with CaptureQueriesContext(connection) as queries:
        text(browser.get(page("sheet_detail", client)))
    assert len(queries) == 12, [row["sql"] for row in queries]
