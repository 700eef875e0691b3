"""The table of points: who changes it and how, its versions, and the page on which everybody reads
them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, FirmSettings
from missions import contests, lifecycle, points
from missions.defaults import install_facts
from missions.models import DemandFact, FactContest, PointsVersion
from tests import make
from tests.world import World

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
PAGE = reverse("missions:fact_list")


def text(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


@pytest.fixture
def table(world: World) -> None:
    install_facts()
    points.keep_version(now=NOW)


def test_a_version_is_made_where_the_table_changed_and_only_then(table: None) -> None:
    assert PointsVersion.objects.get().number == 1
    assert points.keep_version(now=NOW) == ""
    DemandFact.objects.filter(code="on_call").update(points=5)
    assert points.keep_version(now=NOW + timedelta(days=1)) == "version 2 of the points kept"
    FirmSettings.objects.update(demand_maximum=20)
    points.keep_version(now=NOW + timedelta(days=2))
    assert list(PointsVersion.objects.values_list("number", flat=True)) == [3, 2, 1]
    assert str(PointsVersion.objects.first()) == "points 3"


def test_without_facts_there_is_no_version(world: World) -> None:
    DemandFact.objects.all().delete()
    assert points.keep_version(now=NOW) == ""
    assert points.changes([]) == []


def test_two_workers_at_once_make_one_version(table: None) -> None:
    DemandFact.objects.filter(code="on_call").update(points=5)
    stale = PointsVersion.objects.first()
    points.keep_version(now=NOW)
    with mock.patch.object(PointsVersion.objects, "first", return_value=stale):
        assert points.keep_version(now=NOW) == ""
    assert PointsVersion.objects.count() == 2


def test_which_version_stood_when(table: None) -> None:
    DemandFact.objects.filter(code="on_call").update(points=5)
    points.keep_version(now=NOW + timedelta(days=7))
    moments = (NOW - timedelta(days=1), NOW, NOW + timedelta(days=6), NOW + timedelta(days=7))
    assert [points.version_at(moment) for moment in moments] == [None, 1, 1, 2]


def test_what_each_version_changed(table: None) -> None:
    DemandFact.objects.filter(code="on_call").update(points=5)
    DemandFact.objects.filter(code="legacy").delete()
    FirmSettings.objects.update(demand_maximum=20)
    points.keep_version(now=NOW)
    changed, first = points.changes(list(PointsVersion.objects.all()))
    before = make.firm().demand_maximum
    assert first == []
    assert points.Change("on_call", 3, 5) in changed
    assert points.Change("legacy", 1, None) in changed
    assert [one.code for one in changed] == ["legacy", "on_call", ""]
    assert changed[-1].after == before == 20


def test_everybody_reads_the_points_and_their_versions(
    world: World, table: None, browser: Browser
) -> None:
    DemandFact.objects.filter(code="on_call").update(points=5)
    points.keep_version(now=NOW)
    browser.force_login(world.consultant)
    page = text(browser.get(PAGE))
    assert "Version 2 du barème, depuis le 25 novembre 2026" in page
    assert "Astreinte : 3 → 5" in page
    assert world.mission.title in page
    preview = reverse("dashboards:points_preview")
    assert preview not in page
    browser.force_login(world.manager)
    page = text(browser.get(PAGE))
    assert preview in page
    assert world.other_mission.title in page


# --- changing it -----------------------------------------------------------------------------

SAVE = reverse("missions:points_edit")


def fact(code: str) -> DemandFact:
    return DemandFact.objects.get(code=code)


def sent(**changed: Any) -> dict[str, Any]:
    """The whole table as the page sends it, seen in its newest version."""
    values = {f"fact-{row.code}": row.points for row in DemandFact.objects.current()}
    rest = {"maximum": FirmSettings.current().demand_maximum, "seen": points.newest_number()}
    return values | rest | changed


def at(name: str, row: DemandFact) -> str:
    return reverse(f"missions:{name}", args=[row.pk])


def test_new_points_are_one_version_with_its_author(
    world: World, table: None, browser: Browser
) -> None:
    browser.force_login(world.administrator)
    asked = sent(**{"fact-on_call": 6, "fact-alone": 0, "maximum": 12})
    page = text(browser.get(SAVE, asked))
    assert "3 → 6" in page
    assert "10 → 12" in page
    assert PointsVersion.objects.count() == 1
    assert browser.post(SAVE, asked).status_code == 302
    assert (fact("on_call").points, fact("alone").points) == (6, 0)
    assert FirmSettings.current().demand_maximum == 12
    newest = PointsVersion.objects.first()
    assert newest is not None
    assert (newest.number, newest.made_by, newest.maximum) == (2, world.administrator, 12)
    assert newest.points["on_call"] == 6
    kept = {(row.object_kind, row.object_ref): row.changes for row in AuditEntry.objects.all()}
    assert kept == {
        ("demand_fact", "on_call"): {"points": ["3", "6"]},
        ("demand_fact", "alone"): {"points": ["2", "0"]},
        ("settings", ""): {"demand_maximum": ["10", "12"]},
    }
    browser.force_login(world.consultant)
    page = text(browser.get(PAGE))
    assert world.administrator.full_name in page
    assert "Astreinte : 3 → 6" in page
    # Older versions are read back whole.
    assert "Le logiciel" in page
    assert "Sans collègue sur place : 2" in page
    assert SAVE not in page


def test_the_same_points_make_no_version(world: World, table: None, browser: Browser) -> None:
    browser.force_login(world.administrator)
    assert "Rien ne change" in text(browser.get(SAVE, sent()))
    assert "Rien ne change" in text(browser.get(SAVE))
    assert browser.post(SAVE, sent()).status_code == 302
    assert PointsVersion.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_points_before_any_version_keep_the_first_one_too(world: World, browser: Browser) -> None:
    install_facts()
    browser.force_login(world.administrator)
    assert browser.post(SAVE, sent(**{"fact-on_call": 6})).status_code == 302
    before = [(row.number, row.points["on_call"]) for row in PointsVersion.objects.all()]
    assert before == [(2, 6), (1, 3)]


def test_two_administrators_do_not_write_over_each_other(
    world: World, table: None, browser: Browser
) -> None:
    mine = sent(**{"fact-on_call": 6})
    other = make.person(is_administrator=True, is_consultant=False)
    browser.force_login(other)
    assert browser.post(SAVE, sent(**{"fact-alone": 5})).status_code == 302
    browser.force_login(world.administrator)
    response = browser.post(SAVE, mine)
    page = text(response)
    assert "Le barème a changé" in page
    assert response.context["form"]["fact-on_call"].value() == "6"
    # The way back to trying them keeps what was typed.
    assert "fact-on_call=6" in page
    assert (fact("on_call").points, fact("alone").points) == (3, 5)


@pytest.mark.parametrize(
    "change",
    [{"fact-on_call": -1}, {"fact-on_call": "x"}, {"fact-alone": 101}, {"fact-alone": ""},
     {"maximum": 0}, {"maximum": 1001}, {"seen": "x"}],
)  # fmt: skip
def test_a_bad_table_is_refused_beside_its_field_and_kept_as_typed(
    world: World, table: None, browser: Browser, change: dict[str, Any]
) -> None:
    browser.force_login(world.administrator)
    typed = sent(**{"fact-legacy": 7} | change)
    response = browser.post(SAVE, typed)
    form = response.context["form"]
    assert "<title>Erreur" in text(response)
    assert list(form.errors) == list(change)
    assert {name: str(form[name].value()) for name in form.fields} == {
        name: str(value) for name, value in typed.items()
    }
    assert fact("legacy").points == 1
    assert PointsVersion.objects.count() == 1


def test_a_page_that_saw_no_version_saves_nothing(
    world: World, table: None, browser: Browser
) -> None:
    browser.force_login(world.administrator)
    typed = sent(**{"fact-on_call": 6})
    del typed["seen"]
    assert "Le barème a changé" in text(browser.post(SAVE, typed))
    assert fact("on_call").points == 3


def test_what_fails_leaves_neither_points_nor_version(world: World, table: None) -> None:
    asked = {row.pk: 9 for row in DemandFact.objects.all()}
    with (
        mock.patch("missions.lifecycle.set_demand_maximum", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        lifecycle.set_points(points=asked, maximum=99, seen=1, actor=world.administrator, now=NOW)
    assert fact("on_call").points == 3
    assert PointsVersion.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_a_fact_is_renamed_without_touching_its_points(
    world: World, table: None, browser: Browser
) -> None:
    browser.force_login(world.administrator)
    edit = at("fact_edit", fact("alone"))
    names = {"name_fr": "Seul", "name_en": "Alone", "points": 50}
    assert set(browser.post(edit, names | {"name_en": "a\nb"}).context["form"].errors) == {
        "name_en"
    }
    assert browser.post(edit, names).status_code == 302
    assert (fact("alone").name_fr, fact("alone").points) == ("Seul", 2)
    assert PointsVersion.objects.count() == 1


# --- adding and retiring facts ---------------------------------------------------------------


def test_the_firm_adds_a_fact(world: World, table: None, browser: Browser) -> None:
    browser.force_login(world.administrator)
    new = reverse("missions:fact_create")
    typed = {"code": "english", "name_fr": "En anglais", "name_en": "In English", "points": "2"}
    for change in (
        {"code": "on_call"},
        {"code": "en anglais"},
        {"name_fr": ""},
        {"points": "101"},
    ):
        response = browser.post(new, typed | change)
        form = response.context["form"]
        assert list(form.errors) == list(change)
        assert {name: form[name].value() for name in form.fields} == typed | change
    assert not DemandFact.objects.filter(name_en="In English").exists()
    assert browser.post(new, typed).status_code == 302
    assert [row.code for row in DemandFact.objects.all()][-1] == "english"
    newest = PointsVersion.objects.first()
    assert newest is not None
    assert (newest.number, newest.points["english"]) == (2, 2)
    browser.force_login(world.manager)
    facts = reverse("missions:mission_facts", args=[world.mission.pk])
    assert "En anglais" in text(browser.get(facts))


def test_the_first_fact_of_all(world: World) -> None:
    DemandFact.objects.all().delete()
    row = DemandFact(code="alone", name_fr="Seul", name_en="Alone", points=2)
    assert lifecycle.create_fact(fact=row, actor=None, now=NOW).position == 1
    assert points.newest_number() == 1


def test_a_retired_fact_counts_no_more_and_comes_back_where_it_was(
    world: World, table: None, browser: Browser
) -> None:
    world.mission.facts.set([fact("on_call"), fact("travel")])
    detail = reverse("missions:mission_detail", args=[world.mission.pk])
    browser.force_login(world.administrator)
    retire = at("fact_retire", fact("on_call"))
    # What it would have done stands one click away, before it is done.
    assert "?fact-on_call=0" in text(browser.get(retire))
    for _ in range(2):
        assert browser.post(retire).status_code == 302
    assert PointsVersion.objects.count() == 2
    newest = PointsVersion.objects.first()
    assert newest is not None
    assert "on_call" not in newest.points
    assert newest.made_by == world.administrator
    assert browser.get(detail).context["points"] == 2
    (row,) = (row for row, _ in browser.get(PAGE).context["rows"] if row == world.mission)
    assert row.points == 2
    browser.force_login(world.consultant)
    page = text(browser.get(PAGE))
    assert "Retirés, et qui ne comptent plus" in page
    assert at("fact_bring_back", fact("on_call")) not in page
    contest = reverse("missions:contest_create", args=[world.mission.pk])
    assert "Astreinte" not in text(browser.get(contest))
    browser.force_login(world.manager)
    facts = reverse("missions:mission_facts", args=[world.mission.pk])
    assert "Astreinte" not in text(browser.get(facts))
    # A manager who changes the others takes nothing away that they were not asked about.
    assert browser.post(facts, {"facts": [fact("alone").pk]}).status_code == 302
    assert {row.code for row in world.mission.facts.all()} == {"on_call", "alone"}
    browser.force_login(world.administrator)
    for _ in range(2):
        assert browser.post(at("fact_bring_back", fact("on_call"))).status_code == 302
    assert browser.get(detail).context["points"] == 5
    assert PointsVersion.objects.count() == 3
    acts = AuditEntry.objects.filter(object_kind="demand_fact").order_by("pk")
    assert [row.action for row in acts] == ["end", "reopen"]


def test_the_last_fact_retired_is_a_version_as_well(world: World, table: None) -> None:
    for row in DemandFact.objects.all():
        lifecycle.retire_fact(fact=row, actor=None, now=NOW)
    newest = PointsVersion.objects.first()
    assert newest is not None
    assert newest.points == {}


def test_a_contest_about_a_retired_fact_is_no_longer_said(world: World, table: None) -> None:
    row = contests.contest(
        mission=world.mission, fact=fact("alone"), sentence="Parti", by=world.consultant, now=NOW
    )
    lifecycle.retire_fact(fact=fact("alone"), actor=None, now=NOW)
    assert contests.contested([world.mission.pk]) == set()
    contests.correct(contest=row, answer="Oui", by=world.manager, now=NOW)
    assert not world.mission.facts.exists()


@pytest.mark.parametrize(
    "values",
    [{"state": "kept", "answer": "Non"}, {"state": "open", "answered_at": NOW},
     {"state": "corrected", "answered_at": NOW, "answered": True}],
)  # fmt: skip
def test_the_database_refuses_a_contest_that_is_half_answered(
    world: World, table: None, values: dict[str, Any]
) -> None:
    by = {"answered_by": world.manager} if values.pop("answered", False) else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        FactContest.objects.create(
            mission=world.mission, fact=fact("alone"), declared=False, person=world.consultant,
            sentence="x", made_at=NOW, **values, **by,
        )  # fmt: skip


def test_stale_points_are_refused_by_the_verb(world: World, table: None) -> None:
    with pytest.raises(ValidationError):
        lifecycle.set_points(points={}, maximum=10, seen=7, actor=world.administrator, now=NOW)


def test_everybody_reads_the_facts_of_every_mission_and_opens_their_own(
    world: World, table: None, browser: Browser
) -> None:
    world.other_mission.facts.set([fact("on_call"), fact("travel")])
    DemandFact.objects.filter(code="travel").update(retired_on=NOW.date())
    browser.force_login(world.consultant)
    response = browser.get(PAGE)
    own, other = world.mission, world.other_mission
    assert {row.pk for row, _ in response.context["rows"]} == {own.pk, other.pk}
    page = text(response)
    assert reverse("missions:mission_detail", args=[own.pk]) in page
    assert reverse("missions:mission_detail", args=[other.pk]) not in page
    named = f'{other.title}<br><span class="s muted">{fact("on_call").name}</span></th>'
    assert named in page


def test_queries_do_not_grow_with_versions_and_facts(
    world: World, table: None, browser: Browser
) -> None:
    browser.force_login(world.administrator)
    counts = []
    for n in range(3):
        row = DemandFact(code=f"own{n}", name_fr=f"Fait {n}", name_en=f"Fact {n}", points=n)
        lifecycle.create_fact(fact=row, actor=make.person(), now=NOW)
        with CaptureQueriesContext(connection) as queries:
            assert f"Fait {n}" in text(browser.get(PAGE))
        counts.append(len(queries))
    assert counts[0] == counts[2] <= 20
