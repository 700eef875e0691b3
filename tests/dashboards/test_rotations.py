"""Rotations as a manager and the people concerned live them; scenarios by hand."""

from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from balancing import agreeing, planning
from balancing.models import Rotation, RotationMove, RotationRun
from balancing.outlook import outlook
from balancing.scenarios import Scenario
from dashboards import rotation_cards, views_rotations
from missions import restrictions
from missions.models import Assignment, Mission, PersonSkill, Restriction, Skill
from tests import make
from tests.balancing.test_planning import Firm, fresh
from tests.followup.rows import alert as about

pytestmark = pytest.mark.django_db
LIST = reverse("dashboards:rotation_list")
SCENARIO = reverse("dashboards:scenario")


@pytest.fixture
def firm(monkeypatch: pytest.MonkeyPatch) -> Firm:
    made = Firm()
    monkeypatch.setattr("django.utils.timezone.now", lambda: made.now)
    return made


@pytest.fixture
def manager(firm: Firm, browser: Browser) -> Browser:
    browser.force_login(firm.manager)
    return browser


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def wish(firm: Firm, **rest: Any) -> dict[str, Any]:
    values = {"starts_on": firm.coming, "rounds": 6, "moves": 4, "together": 2}
    return values | rest


def asked(firm: Firm, manager: Browser, callbacks: Any, **rest: Any) -> str:
    """Ask through the form, let the worker do what the page asked for, and read the page."""

    def at_once() -> None:
        planning.plan_due(now=firm.now)

    sent = mock.patch.object(views_rotations.plan_rotations, "delay", at_once)
    with sent, callbacks(execute=True):
        assert manager.post(LIST, wish(firm, **rest)).status_code == 302
    return text(manager.get(LIST))


def at(name: str, row: Any) -> str:
    return reverse(f"dashboards:rotation_{name}", args=[row.pk])


def test_before_a_question_the_page_says_what_will_stand_there(manager: Browser) -> None:
    page = text(manager.get(LIST))
    assert "Aucune proposition à discuter" in page
    assert "Chercher des rotations" in page


def test_from_the_question_to_changed_assignments(
    firm: Firm, manager: Browser, django_capture_on_commit_callbacks: Any
) -> None:
    page = asked(firm, manager, django_capture_on_commit_callbacks)
    rotation = Rotation.objects.get(number=1)
    for move in rotation.moves.all():
        assert move.person.full_name in page
    assert "Écart entre personnes : −" in page
    assert at("detail", rotation) in page
    assert at("detail", rotation) in text(manager.get(reverse("dashboards:load")))

    detail = text(manager.get(at("detail", rotation)))
    assert "Ouvrir la conversation" in detail
    assert "Faire le changement" not in detail
    sent = {"version": rotation.version, "starts_on": firm.coming}
    assert manager.post(at("talk", rotation), sent).status_code == 302
    waiting = text(manager.get(at("detail", rotation)))
    assert "0 personnes sur 2 sont d’accord" in waiting
    assert "changer les affectations" not in waiting
    assert "En discussion" in text(manager.get(LIST))

    for move in rotation.moves.all():
        own = Browser()
        own.force_login(move.person)
        assert "Une rotation vous concerne" in text(own.get(reverse("dashboards:home")))
        page = text(own.get(at("own", move)))
        assert "Rien n’est décidé" in page
        facts = [fact.name for fact in move.takes.facts.all()] if move.takes else []
        told = f"Faits déclarés sur cette mission : {', '.join(facts) or 'aucun'}."
        assert (told in page) == (move.takes is not None)
        other = rotation.moves.exclude(pk=move.pk).get()
        assert other.person.full_name in page
        assert rotation_cards.change_text(other, 6).replace("\u00a0", " ") not in page
        assert own.post(at("own", move), {"answer": "yes", "words": "Oui"}).status_code == 302
        assert own.get(at("detail", rotation)).status_code == 403

    ready = text(manager.get(at("detail", rotation)))
    assert "2 personnes sur 2 sont d’accord" in ready
    assert "« Oui »" in ready
    sent = {"version": fresh(rotation).version, "starts_on": firm.coming}
    assert manager.post(at("agree", rotation), sent).status_code == 302
    move = rotation.moves.filter(takes__isnull=False).first()
    assert move is not None
    assert Assignment.objects.filter(
        person=move.person, mission=move.takes, starts_on=firm.coming
    ).exists()
    assert "Acceptée le" in text(manager.get(LIST))
    own.force_login(move.person)
    assert "Acceptée par toutes les personnes" in text(own.get(at("own", move)))


def test_who_has_an_alert_and_no_proposal_is_named_with_where_to_go_on(
    firm: Firm, manager: Browser, django_capture_on_commit_callbacks: Any
) -> None:
    loaded, quiet = firm.made.loaded, firm.made.people[5]
    for person in (loaded, quiet):
        about(person=person, managers_from=firm.now, opened_at=firm.now)
    assert "Une alerte, et aucune proposition" not in text(manager.get(LIST))
    page = asked(firm, manager, django_capture_on_commit_callbacks, locked=[quiet.pk])
    named = page.split("Une alerte, et aucune proposition")[1]
    mission = Assignment.objects.during(firm.now.date(), firm.now.date()).get(person=quiet).mission
    assert quiet.full_name in named
    assert reverse("dashboards:who_could", args=[mission.pk]) in named
    placed = RotationMove.objects.filter(person=loaded).exists()
    assert placed
    assert loaded.full_name not in named.split("</section>")[0]


def test_a_refusal_ends_it_without_telling_the_others_why(firm: Firm, manager: Browser) -> None:
    rotation = firm.talking()
    first, second = rotation.moves.all()
    own = Browser()
    own.force_login(first.person)
    page = text(own.post(at("own", first), {"words": "Trop loin"}))
    assert "Il reste une chose à corriger" in page
    assert "Trop loin" in page
    assert own.post(at("own", first), {"answer": "no", "words": "Trop loin"}).status_code == 302
    assert "Trop loin" in text(manager.get(at("detail", rotation)))
    own.force_login(second.person)
    page = text(own.get(at("own", second)))
    assert "Elle n’aura pas lieu" in page
    assert "Trop loin" not in page
    late = text(own.post(at("own", second), {"answer": "yes"}))
    assert "entre-temps" in late
    assert RotationMove.objects.get(pk=second.pk).answer == ""


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_on": date(2025, 1, 1)}, "après aujourd’hui"),
        ({"starts_on": "demain"}, "Changement à partir du"),
        ({"rounds": 1}, "supérieure ou égale à 2"),
        ({"rounds": 13}, "inférieure ou égale à 12"),
        ({"moves": 0}, "supérieure ou égale à 1"),
        ({"moves": 501}, "500 personnes au plus"),
        ({"together": 9}, "Pas plus que le total"),
        ({"locked": "999999"}, "999999"),
    ],
)
def test_a_question_that_cannot_be_is_refused_beside_its_field(
    firm: Firm, manager: Browser, change: dict[str, Any], field: str
) -> None:
    page = text(manager.post(LIST, wish(firm, moves=5) | change))
    assert "Il reste une chose à corriger" in page
    assert field in page
    assert not RotationRun.objects.exists()


def test_a_second_question_waits_for_the_first(firm: Firm, manager: Browser) -> None:
    assert manager.post(LIST, wish(firm)).status_code == 302
    page = text(manager.get(LIST))
    assert "En attente de calcul" in page
    assert "hx-trigger" in page
    assert "encore en cours" in text(manager.post(LIST, wish(firm), follow=True))
    run = RotationRun.objects.get()
    part = text(manager.get(reverse("dashboards:rotation_run", args=[run.pk])))
    assert "Arrêter, et garder ce qui est trouvé" in part
    stop = reverse("dashboards:rotation_run_stop", args=[run.pk])
    assert "Arrêtée" in text(manager.post(stop, follow=True))
    assert manager.post(stop).status_code == 302
    part = text(manager.get(reverse("dashboards:rotation_run", args=[run.pk])))
    assert "hx-trigger" not in part
    assert "Calcul arrêté" in part


def test_setting_aside_needs_a_reason(firm: Firm, manager: Browser) -> None:
    rotation = firm.rotation()
    sent = {"version": rotation.version, "reason": " "}
    assert "Il reste une chose à corriger" in text(manager.post(at("set_aside", rotation), sent))
    sent["reason"] = "Client en fin de contrat"
    assert manager.post(at("set_aside", rotation), sent).status_code == 302
    page = text(manager.get(at("detail", rotation)))
    assert "Client en fin de contrat" in page
    assert 'id="aside"' not in page


def test_a_move_on_an_older_version_changes_nothing(firm: Firm, manager: Browser) -> None:
    rotation = firm.rotation()
    sent = {"version": rotation.version, "reason": "Pas maintenant"}
    agreeing.talk(rotation=rotation, starts_on=firm.coming, by=firm.manager, now=firm.now)
    page = text(manager.post(at("set_aside", rotation), sent))
    assert "a changé depuis" in page
    assert "Pas maintenant" in page
    assert f'name="version" value="{fresh(rotation).version}"' in page
    assert fresh(rotation).state == "talking"


def test_what_staffing_refuses_is_said_beside_the_form(firm: Firm, manager: Browser) -> None:
    rotation = firm.talking()
    for move in rotation.moves.all():
        agreeing.answer(move=move, said=agreeing.Said("yes"), now=firm.now)
    leaver = rotation.moves.filter(leaves__isnull=False).first()
    assert leaver is not None
    Assignment.objects.filter(person=leaver.person).delete()
    sent = {"version": fresh(rotation).version, "starts_on": firm.coming}
    page = text(manager.post(at("agree", rotation), sent))
    assert "n’est plus sur la mission à quitter" in page
    assert fresh(rotation).state == "talking"


def test_a_worker_that_cannot_be_reached_loses_no_question(
    firm: Firm, manager: Browser, django_capture_on_commit_callbacks: Any
) -> None:
    def unreachable() -> None:
        raise ConnectionError

    broken = mock.patch.object(views_rotations.plan_rotations, "delay", unreachable)
    with broken, django_capture_on_commit_callbacks(execute=True):
        assert manager.post(LIST, wish(firm)).status_code == 302
    assert planning.plan_due(now=firm.now) == "1 rotation plan(s) made"


def test_the_task_works_out_what_waits(firm: Firm) -> None:
    planning.ask(wish=firm.wish(), by=firm.manager, now=firm.now)
    views_rotations.plan_rotations()
    assert RotationRun.objects.get().state == "done"


def test_queries_do_not_grow_with_the_proposals(firm: Firm, manager: Browser) -> None:
    rotation = firm.rotation()
    counts = []
    for number in (1, 3):
        for more in range(20, 20 + number - 1):
            copy = Rotation.objects.get(pk=rotation.pk)
            copy.pk, copy.number = None, more
            copy.save()
            for move in rotation.moves.all():
                move.pk, move.rotation = None, copy
                move.save()
        with CaptureQueriesContext(connection) as queries:
            page = text(manager.get(LIST))
        assert page.count("Écart entre personnes") >= number
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_words_of_every_reason_and_caution() -> None:
    ends = rotation_cards.reason_text("mission_ends", "2027-01-04").replace("\u00a0", " ")
    assert ends == "La mission se termine le 4 janvier 2027"
    assert rotation_cards.reason_text("long_stay", "2025-01-06").startswith("Sur place depuis")
    assert rotation_cards.reason_text("same_place", "Lille") == "Même lieu, Lille"
    assert rotation_cards.reason_text("wishes_move", "") == "Souhaite changer (partagé)"
    assert "2027" in rotation_cards.reason_text("wishes_move", "2027-03-01")
    assert rotation_cards.reason_text("free", "") == "Entre deux missions"
    assert rotation_cards.reason_text("later", "x") == ""
    assert rotation_cards.gap_text(0.04).endswith("+4\u00a0%")
    assert set(rotation_cards.CAUTIONS) == {
        "client_above", "short_stay", "bench", "other_place", "overlap",
    }  # fmt: skip


def test_another_place_is_a_caution_that_names_it() -> None:
    moves = [
        RotationMove(leaves=Mission(place=here), takes=Mission(place=there))
        for here, there in (("Lille", "Lyon"), ("Lyon", "Lyon"), ("Lyon", ""))
    ]
    rotation = mock.Mock(caution="other_place")
    rotation.moves.all.return_value = moves
    with override("fr"):
        assert rotation_cards.caution_text(rotation) == "Autre lieu\u00a0: Lyon"


def test_ones_own_part_is_told_to_oneself(firm: Firm) -> None:
    here, there = firm.made.hard[0], firm.made.easy[0]
    swap = RotationMove(leaves=here, takes=there, person=firm.made.loaded, share_now=77)
    assert rotation_cards.own_line(swap).startswith("Vous passeriez de ")
    off = RotationMove(leaves=here, person=firm.made.loaded, share_now=77)
    assert rotation_cards.own_line(off).startswith("Vous quitteriez ")
    assert "puis sans mission" in rotation_cards.change_text(off, 6)
    on = RotationMove(takes=there, person=firm.made.loaded, share_now=0)
    assert there.title in rotation_cards.own_line(on)


def test_who_leads_nobody_is_told_so(firm: Firm, browser: Browser) -> None:
    browser.force_login(make.person(is_manager=True, is_consultant=False))
    assert "il n’y en a pas" in text(browser.get(LIST))
    assert "Personne à comparer" in text(
        browser.get(reverse("dashboards:who_could", args=[firm.made.hard[0].pk]))
    )


# --- scenarios -------------------------------------------------------------------------------


def test_a_scenario_is_a_link_and_writes_nothing(firm: Firm, manager: Browser) -> None:
    loaded, other = firm.made.loaded, firm.made.people[10]
    before = list(Assignment.objects.order_by("pk").values())
    found = {
        "person1": loaded.pk, "mission1": firm.made.easy[0].pk,
        "person2": other.pk, "mission2": firm.made.hard[0].pk, "rounds": 6,
    }  # fmt: skip
    page = text(manager.get(SCENARIO, found))
    assert "Écart entre personnes : −" in page
    assert page.count(loaded.full_name) >= 2
    assert list(Assignment.objects.order_by("pk").values()) == before
    further = text(manager.get(SCENARIO, found | {"rounds": 3}))
    assert "Dans 3 tours" in further


def test_a_scenario_names_alerts_of_ones_own_people_alone(firm: Firm, manager: Browser) -> None:
    stranger = make.person(unit=make.unit(), first_name="Étrangère")
    gone, new = firm.made.people[1], firm.made.people[2]
    made = Scenario([], -0.1, 2, 1, [gone.pk, stranger.pk], [new.pk])
    found = {"person1": firm.made.loaded.pk, "mission1": 0}
    with mock.patch("dashboards.views_scenario.scenario", return_value=made):
        page = manager.get(SCENARIO, found)
    assert (page.context["gone"], page.context["new"]) == ([gone.full_name], [new.full_name])
    assert stranger.full_name not in text(page)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mission1": ""}, "Choisissez ce que cette personne prendrait"),
        ({"person1": ""}, "Choisissez qui la prendrait"),
        ({"person1": "x"}, "person1"),
        ({"mission1": "99999"}, "99999"),
        ({"rounds": "13"}, "inférieure ou égale à 12"),
    ],
)
def test_a_scenario_that_cannot_be_is_refused_beside_its_field(
    firm: Firm, manager: Browser, change: dict[str, Any], message: str
) -> None:
    found = {"person1": firm.made.loaded.pk, "mission1": firm.made.easy[0].pk} | change
    page = text(manager.get(SCENARIO, found))
    assert "à corriger" in page
    assert message in page
    assert "Écart entre personnes" not in page


def test_one_person_on_two_lines_is_refused(firm: Firm, manager: Browser) -> None:
    twice = {
        "person1": firm.made.loaded.pk, "mission1": firm.made.easy[0].pk,
        "person2": firm.made.loaded.pk, "mission2": firm.made.easy[1].pk,
    }  # fmt: skip
    assert "déjà sur une autre ligne" in text(manager.get(SCENARIO, twice))


def test_only_ones_own_people_can_be_picked(firm: Firm, manager: Browser) -> None:
    stranger = make.person(unit=make.unit(), first_name="Étrangère")
    page = text(manager.get(SCENARIO, {"person1": stranger.pk, "mission1": 0}))
    assert "à corriger" in page
    assert stranger.full_name not in page


def test_an_empty_scenario_shows_the_form_alone(firm: Firm, manager: Browser) -> None:
    page = text(manager.get(SCENARIO, {"rounds": 6}))
    assert "Qui prend quoi" in page
    assert "À terme" not in page


def test_before_the_first_loads_there_is_nothing_to_try(
    firm: Firm, manager: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = firm.made.rounds[0].starts_on
    monkeypatch.setattr(
        "django.utils.timezone.now",
        lambda: firm.made.rounds[0].closes_at - timedelta(days=1),
    )
    assert early < firm.first
    assert "Rien à montrer" in text(manager.get(SCENARIO))
    assert "Chercher des rotations" in text(manager.get(LIST))


def test_a_mission_to_come_is_tried_from_its_first_day_on(firm: Firm, manager: Browser) -> None:
    """Within the rounds looked at it weighs; beyond them both pages say so."""
    person, hard = firm.made.people[10], firm.made.hard[0]
    look = outlook(firm.now)
    assert look is not None
    near, far = (
        make.mission(client=hard.client, profile=hard.profile, starts_on=day)
        for day in (look.coming[4], look.until + timedelta(days=1))
    )
    near.facts.set(hard.facts.all())
    query = {"person1": person.pk, "mission1": near.pk}
    (row,) = manager.get(SCENARIO, query).context["rows"]
    assert row.with_it > row.without
    assert row.load_with > row.load_without
    page = manager.get(reverse("dashboards:who_could", args=[near.pk]))
    assert len(page.context["rows"]) == 20
    assert "à partir du" in text(page)
    refused = text(manager.get(SCENARIO, query | {"mission1": far.pk}))
    assert "ne court pas d’ici le" in refused
    assert "Écart entre personnes" not in refused
    tried = manager.get(SCENARIO, query | {"mission1": far.pk, "rounds": 8})
    assert tried.context["rows"][0].load_with > 0
    page = text(manager.get(reverse("dashboards:who_could", args=[far.pk])))
    assert "Trop loin pour comparer" in page
    assert "Personne à comparer" not in page


def test_who_could_take_a_mission_smallest_share_first(firm: Firm, manager: Browser) -> None:
    mission = firm.made.hard[0]
    page = manager.get(reverse("dashboards:who_could", args=[mission.pk]))
    shares = [row.with_it for row in page.context["rows"]]
    assert shares == sorted(shares)
    assert len(shares) == 20
    names = [row.name for row in page.context["rows"]]
    assert firm.made.loaded.full_name not in names
    assert "Exigeante" in text(page)
    link = reverse("dashboards:who_could", args=[mission.pk])
    assert link in text(manager.get(reverse("missions:mission_detail", args=[mission.pk])))


def test_somebody_who_leaves_before_is_refused_beside_the_name(
    firm: Firm, manager: Browser
) -> None:
    leaver = firm.made.people[-1]
    Assignment.objects.filter(person=leaver).delete()
    User.objects.filter(pk=leaver.pk).update(ends_on=firm.now.date() + timedelta(days=1))
    page = text(manager.get(SCENARIO, {"person1": leaver.pk, "mission1": 0}))
    assert "pas là dans les tours à venir" in page
    assert "Écart entre personnes" not in page


def test_who_could_take_a_mission_among_the_able(firm: Firm, manager: Browser) -> None:
    mission, (one, two, three, four) = firm.made.hard[0], firm.made.people[10:14]
    network = Skill.objects.create(code="network", name_fr="Réseaux", name_en="Networks")
    mission.asked.create(skill=network, level=2)
    PersonSkill.objects.create(person=one, skill=network, level=1)
    PersonSkill.objects.create(person=two, skill=network, level=3, wish="more", shared=True)
    PersonSkill.objects.create(person=three, skill=network, level=3, wish="less", shared=True)
    restrictions.restrict(
        restriction=Restriction(person=four, client=mission.client, sentence="x"),
        by=firm.manager, now=firm.now,
    )  # fmt: skip
    page = manager.get(reverse("dashboards:who_could", args=[mission.pk]))
    rows = {row.name: list(row.notes) for row in page.context["rows"]}
    others = dict(page.context["others"])
    assert two.full_name not in others
    assert others == {
        one.full_name: ["pas au niveau demandé\u00a0: Réseaux"],
        three.full_name: ["en voudrait moins\u00a0: Réseaux"],
        four.full_name: ["rien n’est dit de ses compétences", "une restriction l’en écarte"],
    }
    assert ["rien n’est dit de ses compétences"] in rows.values()
    assert "Réseaux, niveau 2" in text(page)
    assert "3 personnes écartées" in text(page)
    # Everybody left out: said, with what to do.
    PersonSkill.objects.all().delete()
    PersonSkill.objects.bulk_create(
        [PersonSkill(person=row, skill=network, level=1) for row in firm.made.people]
    )
    page = text(manager.get(reverse("dashboards:who_could", args=[mission.pk])))
    assert "ne peut être sollicité" in page


def test_a_scenario_tells_what_skills_and_restrictions_say(firm: Firm, manager: Browser) -> None:
    one, two = firm.made.people[10:12]
    mission = firm.made.hard[0]
    network = Skill.objects.create(code="network", name_fr="Réseaux", name_en="Networks")
    mission.asked.create(skill=network, level=2)
    PersonSkill.objects.create(person=one, skill=network, level=1)
    query = {"person1": one.pk, "mission1": mission.pk, "person2": two.pk, "mission2": mission.pk}
    page = text(manager.get(SCENARIO, query))
    assert "pas au niveau demandé : Réseaux" in page
    assert "tient deux de ces personnes" not in page
    restrictions.restrict(
        restriction=Restriction(person=one, other=two, sentence="x"), by=firm.manager, now=firm.now
    )
    assert "tient deux de ces personnes" in text(manager.get(SCENARIO, query))


def test_reasons_about_skills_are_told_in_the_readers_language() -> None:
    told = rotation_cards.reason_text("skills", "Réseaux", "Networks")
    assert told.replace("\u00a0", " ") == "Sait faire ce qui est demandé : Réseaux"
    with override("en"):
        assert rotation_cards.reason_text("wants_less", "Réseaux", "Networks") == (
            "Would like less of it: Networks (shared)"
        )
