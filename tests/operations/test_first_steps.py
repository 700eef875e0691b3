"""The page of first steps and the page of jobs."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, FirmSettings, TalkContact
from core.jobs import run_job
from core.models import JobRun
from operations.first_steps import steps
from operations.views_jobs import failures
from surveys import editing, retiring
from surveys.models import Question
from tests import make
from tests.world import World

pytestmark = pytest.mark.django_db
SECRET = "answer-72-of-ines"


@pytest.fixture
def admin(world: World) -> Browser:
    browser = Browser()
    browser.force_login(world.administrator)
    return browser


def done() -> list[bool]:
    return [step.is_done for step in steps(today=timezone.localdate())]


def test_an_empty_firm_has_everything_left() -> None:
    assert done() == [False] * 8


def test_each_step_is_done_by_what_is_stored(world: World) -> None:
    make.firm(consulted_on=None, first_round_on=None)
    assert done() == [True, True, True, False, False, False, False, False]
    TalkContact.objects.create(person=world.referent, title_fr="Référente", title_en="Referent")
    make.firm(consulted_on=timezone.localdate() + timedelta(days=1))
    assert done() == [True, True, True, False, True, False, True, False]
    make.firm(consulted_on=timezone.localdate())
    assert done()[5]


def test_questions_changed_since_they_were_read_are_to_be_read_again(world: World) -> None:
    now = timezone.now()
    actor = world.administrator
    editing.note_review(actor=actor, now=now)
    assert done()[3]
    travel = Question.objects.get(code="travel")
    retiring.retire(question=travel, actor=actor, now=now + timedelta(minutes=1))
    assert not done()[3]
    editing.note_review(actor=actor, now=now + timedelta(minutes=2))
    assert done()[3]


def test_people_who_have_left_do_not_count(world: World) -> None:
    for person in (world.consultant, world.other_consultant):
        person.ends_on = timezone.localdate() - timedelta(days=1)
        person.save()
    assert not done()[1]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_announcement_stands_in_both_languages(
    admin: Browser, world: World, language: str
) -> None:
    world.administrator.language = language
    world.administrator.save()
    TalkContact.objects.create(person=world.referent, title_fr="Élue", title_en="Delegate")
    make.firm(privacy_email="dpo@lumen.example", anonymity_threshold=7)
    page = reverse("operations:announcement")
    text = admin.get(page).content.decode()
    assert [f'lang="{code}"' in text for code in ("fr", "en")] == [True, True]
    for said in ("Élue", "Delegate", "averages of 7 people", "dpo@lumen.example"):
        assert said in text
    # Once in each language, in the words of the list.
    assert text.count(world.referent.full_name) == 2
    assert not done()[7]
    assert admin.post(page).status_code == 302
    assert done()[7]
    line = AuditEntry.objects.get(object_kind="announcement")
    assert (line.actor, line.action) == (world.administrator, "review")


def test_people_who_have_been_asked_have_been_told(world: World) -> None:
    make.firm()
    assert not done()[7]
    make.round_()
    assert done()[7]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_marks_the_next_step(admin: Browser, world: World, language: str) -> None:
    world.administrator.language = language
    world.administrator.save()
    FirmSettings.objects.all().delete()
    text = admin.get(reverse("operations:first_steps")).content.decode()
    assert f'<html lang="{language}">' in text
    assert text.count('class="now"') == 1
    assert text.count('class="done"') == 2


# --- jobs --------------------------------------------------------------------------------------


def fail(name: str, times: int) -> None:
    def work() -> str:
        raise ValueError(SECRET)

    for time in range(times):
        with pytest.raises(ValueError, match=SECRET):
            run_job(name, work, now=timezone.now() - timedelta(hours=time))


def test_a_failed_job_shows_its_class_and_place_and_no_value(admin: Browser) -> None:
    fail("scores", 1)
    text = admin.get(reverse("operations:job_list")).content.decode()
    assert "ValueError" in text
    assert "test_first_steps.py" in text
    assert SECRET not in text


def test_the_same_failure_is_one_line() -> None:
    fail("scores", 3)
    fail("alerts", 1)
    found = failures()
    assert sorted(failure.times for failure in found) == [1, 3]
    scores = next(failure for failure in found if failure.times == 3)
    assert scores.last - scores.since >= timedelta(hours=1)
    assert (scores.error, "work" in scores.place) == ("ValueError", True)


def test_the_worker_is_heard_or_not(admin: Browser) -> None:
    page = reverse("operations:job_list")
    assert admin.get(page).context["heard_at"] is None
    JobRun.beat(timezone.now() - timedelta(hours=1))
    assert not admin.get(page).context["is_alive"]
    JobRun.beat(timezone.now())
    response = admin.get(page)
    assert response.context["is_alive"]
    assert not response.context["runs"]


def test_runs_are_listed_without_more_queries(admin: Browser) -> None:
    now = timezone.now()
    for place in range(60):
        run_job("loads", lambda: "3 loads", now=now - timedelta(hours=place))
    response = admin.get(reverse("operations:job_list"))
    assert len(response.context["runs"]) == 50
    assert response.context["page"].has_next()
