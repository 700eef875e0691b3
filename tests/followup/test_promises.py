"""Promises to our people: seven at most, counted once, told of ten people or more."""

import csv
import io
from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client as Browser
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditEntry, User
from balancing.models import Load, LoadPass
from core.moving import OvertakenError
from core.tables import MARK
from followup import decisions, promises
from followup.measures import MEASURES, Occasion, Span, counted
from followup.models import Alert, AlertMove, Promise, PromiseIdea, PromiseKept
from followup.reconciling import CAUSE_GONE
from missions.models import FactContest
from scoring.models import Release
from surveys.models import Period, Round
from tests import make
from tests.followup.rows import FIGURES, alert
from tests.operations.talked import NOON, Talk
from tests.world import World

pytestmark = pytest.mark.django_db
Measure = Promise.Measure
FIRST = date(2026, 1, 13)
CADENCE = timedelta(days=28)
DAY = timedelta(days=1)
LONG_AGO = date(2025, 1, 1)
# Session, reader, promises, shares, ideas, count of the menu.
QUERIES = 6


def periods(count: int = 3) -> list[Round]:
    """One round a period, one after another."""
    made = []
    for n in range(count):
        day = FIRST + n * CADENCE
        row = make.round_(day, period=make.period(day, round_count=1, last_round_on=day))
        Period.objects.filter(pk=row.period_id).update(closes_at=row.closes_at)
        made.append(row)
    return made


def promise(measure: str, *, within: int | None = None, **values: object) -> Promise:
    words = {"text_fr": "Nous tenons.", "text_en": "We keep it."}
    standing = {"place": 1, "starts_on": LONG_AGO, "goal": 80}
    return Promise.objects.create(measure=measure, within=within, **words | standing | values)


def last_span(rounds: list[Round]) -> Span:
    row = Period.objects.get(pk=rounds[-1].period_id)
    assert row.closes_at is not None
    return Span(rounds[-2].closes_at, row.closes_at, row)


def found(measure: str, rounds: list[Round], within: int = 0) -> list[Occasion] | None:
    return MEASURES[measure].occasions(last_span(rounds), within)


def count(rounds: list[Round]) -> str:
    return promises.count_due(now=rounds[-1].closes_at)


def loads(row: Round, people: list[User], *, above: int = 0, twice: int = 0) -> LoadPass:
    """Loads of that round, the first ones above their zone or with two in a row."""
    done = LoadPass.objects.create(round=row, formula_version=1, made_at=row.closes_at)
    for n, person in enumerate(people):
        Load.objects.create(
            load_pass=done, person=person, load=1, share=50, demanding_rounds=1,
            exposed_rounds=9, compared=True, above_zone=n < above, two_in_a_row=n < twice,
        )  # fmt: skip
    return done


# --- what stands -----------------------------------------------------------------------------


def draft() -> Promise:
    return Promise(text_fr="Oui.", text_en="Yes.", measure=Measure.LOAD_FAIR)


def test_an_eighth_promise_is_refused_and_retiring_one_makes_room(world: World) -> None:
    made = [promises.make(promise=draft(), by=world.referent, now=NOON) for _ in range(7)]
    with pytest.raises(ValidationError, match="Sept promesses"):
        promises.make(promise=draft(), by=world.referent, now=NOON)
    promises.retire(promise=made[3], by=world.referent, now=NOON)
    assert promises.make(promise=draft(), by=world.referent, now=NOON).place == 4
    assert Promise.objects.current().count() == 7


def test_the_database_itself_knows_seven_places() -> None:
    promise(Measure.LOAD_FAIR, place=7)
    with pytest.raises(IntegrityError):
        promise(Measure.LOAD_FAIR, place=8)


def test_two_at_once_do_not_take_one_place() -> None:
    promise(Measure.LOAD_FAIR)
    with pytest.raises(IntegrityError):
        promise(Measure.NOT_TWICE)


def test_somebody_who_was_faster_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both saw place 1 free; the constraint stops the second."""
    monkeypatch.setattr(Promise.objects, "current", Promise.objects.none)
    promises.make(promise=draft(), by=world.referent, now=NOON)
    with pytest.raises(ValidationError, match="réessayez"):
        promises.make(promise=draft(), by=world.referent, now=NOON)


def test_what_was_overtaken_changes_nothing(world: World) -> None:
    row = promise(Measure.LOAD_FAIR)
    promises.reword(promise=row, by=world.referent, now=NOON)
    for move in (promises.reword, promises.retire):
        with pytest.raises(OvertakenError):
            move(promise=row, by=world.referent, now=NOON)
    assert AuditEntry.objects.filter(object_kind="promise").count() == 1


# --- what is counted -------------------------------------------------------------------------


def test_loads_are_read_at_the_end_of_the_period() -> None:
    rounds, people = periods(), [make.person() for _ in range(4)]
    assert found(Measure.LOAD_FAIR, rounds) is None
    assert found(Measure.NOT_TWICE, rounds) is None
    loads(rounds[-1], people, above=1, twice=2)
    loads(rounds[-2], people, above=4, twice=4)
    fair, twice = found(Measure.LOAD_FAIR, rounds), found(Measure.NOT_TWICE, rounds)
    assert [one.kept for one in fair or ()] == [False, True, True, True]
    assert [one.kept for one in twice or ()] == [False, False, True, True]


def test_who_is_not_compared_is_no_occasion_of_a_fair_share() -> None:
    rounds, people = periods(), [make.person() for _ in range(2)]
    Load.objects.filter(load_pass=loads(rounds[-1], people), person=people[0]).update(
        compared=False
    )
    assert len(found(Measure.LOAD_FAIR, rounds) or ()) == 1
    assert len(found(Measure.NOT_TWICE, rounds) or ()) == 2


def test_a_rotation_talked_over_in_time_keeps_the_promise() -> None:
    rounds = periods(4)
    talk = Talk(opened=False)
    ines, karim = talk.people
    other = make.person()
    for person in (ines, karim, other):
        alert(person=person, opened_round=rounds[-2], opened_at=rounds[-2].closes_at)
    talk.rotation.talked_at = rounds[-1].closes_at
    talk.rotation.save()
    kept = {one.person: one.kept for one in found(Measure.ROTATION, rounds, 1) or ()}
    assert kept == {ines.pk: True, karim.pk: True, other.pk: False}
    talk.rotation.talked_at += timedelta(seconds=1)
    talk.rotation.save()
    assert not any(one.kept for one in found(Measure.ROTATION, rounds, 1) or ())
    # With a longer term it is not over yet.
    assert found(Measure.ROTATION, rounds, 2) == []


def test_an_alert_that_went_away_by_itself_is_no_occasion() -> None:
    rounds = periods()
    gone = {"state": "closed", "closing_code": CAUSE_GONE}
    before, closes = rounds[-2].closes_at, rounds[-1].closes_at
    alert(
        person=make.person(), opened_round=rounds[-2], opened_at=before, closed_at=closes, **gone
    )
    assert found(Measure.ROTATION, rounds, 1) == []
    Alert.objects.update(closed_at=closes + DAY)
    assert len(found(Measure.ROTATION, rounds, 1) or ()) == 1


def about_client(seen: datetime, decided: datetime | None = None, by: User | None = None) -> Alert:
    rule = Alert.Rule.CLIENT_BELOW
    row = alert(rule=rule, client=make.client(), reason=FIGURES, managers_from=seen)
    if decided:
        AlertMove.objects.create(alert=row, at=decided, actor=by, kind=AlertMove.Kind.DECIDED)
    return row


def test_an_alert_is_decided_within_its_days(world: World) -> None:
    rounds = periods()
    start = rounds[-2].closes_at
    about_client(start + DAY, start + 8 * DAY, world.manager)
    about_client(start + DAY, start + 8 * DAY + timedelta(seconds=1), world.manager)
    # A job's move is no decision, and an alert that nobody could see yet is no occasion.
    about_client(start + DAY, start + 2 * DAY)
    about_client(rounds[-1].closes_at)
    gone = about_client(start + DAY)
    Alert.objects.filter(pk=gone.pk).update(
        state="closed", closing_code=CAUSE_GONE, closed_at=start + 2 * DAY
    )
    assert [one.kept for one in found(Measure.ALERT, rounds, 7) or ()] == [True, False, False]


def decided(row: Alert, due: date, by: User, *, at: datetime) -> Alert:
    step = decisions.Decision("", "Un point avec eux.", by, due)
    return decisions.take(alert=row, decision=step, by=by, now=at)


def test_an_action_is_done_by_the_day_first_set(world: World) -> None:
    rounds = periods()
    start, due = rounds[-2].closes_at, (rounds[-2].closes_at + 5 * DAY).date()
    ends = datetime.combine(due + DAY, time.min, rounds[-1].closes_at.tzinfo)
    rows = [about_client(start) for _ in range(6)]
    for row in rows[:4]:
        decided(row, due, world.manager, at=start)
    in_time, late, put_off, _open = [Alert.objects.get(pk=row.pk) for row in rows[:4]]
    decisions.close(alert=in_time, sentence="Fait.", by=world.manager, now=start + 5 * DAY)
    decisions.close(alert=late, sentence="Fait.", by=world.manager, now=ends + DAY)
    decided(put_off, due + 20 * DAY, world.manager, at=start + 4 * DAY)
    # Its day is still to come; and nothing was decided on the last one.
    decided(rows[4], rounds[-1].closes_at.date() + DAY, world.manager, at=start)
    kept = [one.kept for one in found(Measure.DONE, rounds) or ()]
    assert kept == [True, False, False, False]


def test_a_contested_fact_is_answered_within_its_days(world: World) -> None:
    rounds = periods()
    start = rounds[-2].closes_at - 7 * DAY
    for days, state in ((5, "kept"), (9, "kept"), (None, "open"), (1, "withdrawn")):
        answered = days is not None
        FactContest.objects.create(
            mission=make.mission(), fact=make.fact(), declared=True, person=world.consultant,
            sentence="Non.", made_at=start, state=state, answer="Si." if answered else "",
            answered_by=world.manager if answered else None,
            answered_at=start + timedelta(days=days or 0) if answered else None,
        )  # fmt: skip
    assert found(Measure.CONTEST, rounds, 7) == []
    FactContest.objects.update(made_at=start + timedelta(seconds=1))
    kept = [one.kept for one in found(Measure.CONTEST, rounds, 7) or ()]
    assert kept == [True, False, False]


def test_figures_are_published_within_their_days() -> None:
    rounds = periods()
    before = rounds[-2].period_id
    closes = rounds[-2].closes_at
    assert [one.kept for one in found(Measure.FIGURES, rounds, 2) or ()] == [False]
    Release.objects.create(period_id=before, published_at=closes + 2 * DAY, formula_version=1)
    assert [one.kept for one in found(Measure.FIGURES, rounds, 2) or ()] == [True]
    Release.objects.update(published_at=closes + 3 * DAY)
    assert [one.kept for one in found(Measure.FIGURES, rounds, 2) or ()] == [False]


def test_of_fewer_than_five_cases_nothing_is_told_of_publications_either() -> None:
    rounds = periods(7)
    made = Period.objects.order_by("starts_on")
    for period in made:
        published_at = period.closes_at + DAY
        Release.objects.create(period=period, published_at=published_at, formula_version=1)
    row = promise(Measure.FIGURES, within=2)
    count(rounds)
    shown = {one.period_id: one.shown for one in row.kept.all()}
    # The last five periods whose term ended by the close: the sixth close knows five.
    assert [shown[period.pk] for period in made[1:]] == ["", "", "", "", "90+", "90+"]
    Release.objects.filter(period=made[1]).delete()
    PromiseKept.objects.all().delete()
    count(rounds)
    assert row.kept.get(period=rounds[-1].period).shown == "80"
    late = made[3].closes_at.date()
    Promise.objects.update(starts_on=late)
    PromiseKept.objects.all().delete()
    count(rounds)
    assert row.kept.get(period=rounds[-1].period).shown == ""


# --- the shares ------------------------------------------------------------------------------


def test_a_period_is_counted_once_it_can_be_and_once_only() -> None:
    rounds = periods()
    row = promise(Measure.LOAD_FAIR)
    assert count(rounds) == ""
    loads(rounds[-1], [make.person() for _ in range(12)], above=3)
    assert count(rounds) == "1 promise(s) counted"
    assert [(one.unit_id, one.shown) for one in row.kept.all()] == [(None, "80")]
    Load.objects.update(above_zone=True)
    assert count(rounds) == ""
    assert PromiseKept.objects.get().shown == "80"


def test_a_promise_counts_neither_before_it_was_made_nor_once_retired() -> None:
    rounds = periods()
    loads(rounds[-1], [make.person() for _ in range(12)])
    ends = rounds[-1].closes_at.date()
    promise(Measure.LOAD_FAIR, place=1, starts_on=ends + DAY)
    promise(Measure.LOAD_FAIR, place=2, retired_on=ends)
    assert count(rounds) == ""
    promise(Measure.LOAD_FAIR, place=3, starts_on=ends)
    assert count(rounds) == "1 promise(s) counted"


def test_what_fell_due_before_the_promise_was_made_does_not_count(world: World) -> None:
    rounds = periods()
    start = rounds[-2].closes_at
    for _ in range(5):
        about_client(start + DAY)
        about_client(start + 5 * DAY, start + 6 * DAY, world.manager)
    row = promise(Measure.ALERT, within=2, starts_on=(start + 4 * DAY).date())
    count(rounds)
    assert row.kept.get(period=rounds[-1].period).shown == "90+"


@pytest.mark.parametrize(("people", "shown"), [(4, ""), (5, "90+")])
def test_fewer_than_five_people_are_not_told_of(people: int, shown: str) -> None:
    rounds = periods()
    loads(rounds[-1], [make.person() for _ in range(people)])
    row = promise(Measure.LOAD_FAIR)
    count(rounds)
    assert row.kept.get(period=rounds[-1].period).shown == shown


def test_five_cases_of_one_person_are_one_person(world: World) -> None:
    rounds = periods()
    for _ in range(5):
        FactContest.objects.create(
            mission=make.mission(), fact=make.fact(), declared=True, person=world.consultant,
            sentence="Non.", made_at=rounds[-2].closes_at + DAY,
        )  # fmt: skip
    row = promise(Measure.CONTEST, within=2)
    count(rounds)
    assert row.kept.get(period=rounds[-1].period).shown == ""


def test_a_unit_is_told_where_ten_people_are_left_without_it() -> None:
    rounds = periods()
    north, south = make.unit(), make.unit()
    people = [make.person(unit=north) for _ in range(12)]
    rest = [make.person(unit=south) for _ in range(9)]
    loads(rounds[-1], [*people, *rest], above=6)
    row = promise(Measure.LOAD_FAIR)
    count(rounds)
    assert [one.unit_id for one in row.kept.all()] == [None]
    PromiseKept.objects.all().delete()
    Load.objects.create(
        load_pass=LoadPass.objects.get(), person=make.person(unit=south), load=1, share=50,
        demanding_rounds=1, exposed_rounds=9, compared=True,
    )  # fmt: skip
    count(rounds)
    shown = {one.unit_id: one.shown for one in row.kept.all()}
    assert shown == {None: "75", north.pk: "50", south.pk: "90+"}


@pytest.mark.parametrize(
    ("shown", "enough"),
    [("", False), ("under_30", False), ("75", False), ("80", True), ("90+", True)],
)
def test_kept_is_what_reaches_the_goal(shown: str, enough: bool) -> None:
    row = PromiseKept(promise=Promise(goal=80), shown=shown)
    assert row.is_enough is enough


# --- pages -----------------------------------------------------------------------------------


def words(**values: object) -> dict[str, object]:
    sent = {"text_fr": "Oui.", "text_en": "Yes.", "measure": "alert", "within": 7, "goal": 80}
    return sent | values


@pytest.mark.parametrize(
    ("measure", "within", "error"),
    [("alert", "", "Dites"), ("load_fair", "3", "laissez"), ("alert", "0", "supérieure"),
     ("alert", "61", "inférieure")],
)  # fmt: skip
def test_a_term_stands_where_there_is_one(
    world: World, browser: Browser, measure: str, within: str, error: str
) -> None:
    browser.force_login(world.referent)
    sent = words(measure=measure, within=within)
    page = browser.post(reverse("followup:promise_create"), sent)
    assert error in str(page.context["form"].errors["within"])
    assert b'value="Oui."' in page.content
    assert not Promise.objects.exists()


def test_a_promise_from_its_form_to_everybody(world: World, browser: Browser) -> None:
    browser.force_login(world.referent)
    browser.post(reverse("followup:promise_create"), words())
    row = Promise.objects.get()
    edit = reverse("followup:promise_edit", args=[row.pk])
    assert b'value="Oui."' in browser.get(edit).content
    sent = {"text_fr": "Promis.", "text_en": "Promised.", "version": row.version}
    browser.post(edit, sent)
    late = browser.post(edit, sent | {"text_fr": "Autre."})
    assert "Quelqu’un d’autre" in late.content.decode()
    assert 'value="Autre."' in late.content.decode()
    browser.force_login(world.consultant)
    page = browser.get(reverse("followup:promise_list")).content.decode()
    assert "Promis." in page
    assert counted(row) in page
    assert "promise_retire" not in page
    assert reverse("followup:promise_retire", args=[row.pk]) not in page


def test_retired_twice_is_retired_once(world: World, browser: Browser) -> None:
    row = promise(Measure.LOAD_FAIR)
    browser.force_login(world.referent)
    for _ in range(2):
        browser.post(reverse("followup:promise_retire", args=[row.pk]))
    row.refresh_from_db()
    assert row.retired_on is not None
    assert row.version == 1
    assert "Promis auparavant" in browser.get(reverse("followup:promise_list")).content.decode()


def test_the_page_takes_as_many_queries_for_three_promises_as_for_one(
    world: World, browser: Browser, django_assert_num_queries: object
) -> None:
    rounds = periods()
    loads(rounds[-1], [make.person(unit=world.unit) for _ in range(12)], above=12)
    promise(Measure.LOAD_FAIR)
    count(rounds)
    browser.force_login(world.consultant)
    address = reverse("followup:promise_list")
    browser.get(address)
    with django_assert_num_queries(QUERIES):  # type: ignore[operator]  # -- a fixture
        one = browser.get(address).content.decode()
    assert "Non tenue" in one
    promise(Measure.NOT_TWICE, place=2)
    promise(Measure.LOAD_FAIR, place=3)
    count(rounds)
    with django_assert_num_queries(QUERIES):  # type: ignore[operator]  # -- a fixture
        assert "Tenue" in browser.get(address).content.decode()


def test_bad_input_E01_the_file_holds_what_the_page_shows(world: World, browser: Browser) -> None:
    rounds = periods()
    loads(rounds[-1], [make.person() for _ in range(4)])
    promise(Measure.LOAD_FAIR, text_fr="=1+1")
    count(rounds)
    browser.force_login(world.consultant)
    address = reverse("followup:promise_export")
    text = browser.get(address).content.decode().removeprefix(MARK)
    _head, line = list(csv.reader(io.StringIO(text)))
    assert line[0] == "'=1+1"
    assert line[-1] == "trop peu de cas pour le dire"
    book = load_workbook(io.BytesIO(browser.get(f"{address}?format=xlsx").content))
    cells = [cell for row in book.active for cell in row]
    assert "'=1+1" in [cell.value for cell in cells]
    assert "f" not in {cell.data_type for cell in cells}
    assert browser.get(f"{address}?format=exe").status_code == 404


# --- ideas -----------------------------------------------------------------------------------


def idea(author: User, **values: object) -> PromiseIdea:
    row = {"sentence": "Un jour de repos après une astreinte.", "made_on": date(2026, 11, 2)}
    return PromiseIdea.objects.create(author=author, **row | values)


def test_only_referents_see_who_had_an_idea_and_only_if_they_may(
    world: World, browser: Browser
) -> None:
    address = reverse("followup:promise_list")
    browser.force_login(world.consultant)
    sent = {"sentence": "Plus de repos.", "named": ""}
    browser.post(reverse("followup:idea_create"), sent)
    browser.force_login(world.referent)
    page = browser.get(address).content.decode()
    assert "Plus de repos." in page
    assert world.consultant.last_name not in page
    PromiseIdea.objects.update(named=True)
    assert world.consultant.last_name in browser.get(address).content.decode()
    browser.force_login(world.manager)
    assert world.consultant.last_name not in browser.get(address).content.decode()


def test_no_line_of_the_audit_log_names_an_author(world: World, browser: Browser) -> None:
    browser.force_login(world.consultant)
    browser.post(reverse("followup:idea_create"), {"sentence": "Plus de repos."})
    browser.post(reverse("followup:idea_withdraw", args=[PromiseIdea.objects.get().pk]))
    assert not AuditEntry.objects.filter(actor=world.consultant).exists()


@pytest.mark.parametrize(
    ("state", "place"), [("adopted", "promise_create"), ("declined", "promise_list")]
)
def test_an_idea_is_answered_once_in_words_that_everybody_reads(
    world: World, browser: Browser, state: str, place: str
) -> None:
    row = idea(world.consultant)
    browser.force_login(world.referent)
    address = reverse("followup:idea_answer", args=[row.pk])
    assert browser.post(address, {"state": state, "words": " "}).status_code == 200
    answer = browser.post(address, {"state": state, "words": "Voici pourquoi."})
    assert answer["Location"] == reverse(f"followup:{place}")
    assert browser.post(address, {"state": state, "words": "Encore."}).status_code == 404
    browser.force_login(world.other_consultant)
    assert "Voici pourquoi." in browser.get(reverse("followup:promise_list")).content.decode()
    with pytest.raises(OvertakenError):
        promises.answer(idea=row, state=state, words="Trop tard.", by=world.referent, now=NOON)
    with pytest.raises(OvertakenError):
        promises.withdraw(idea=row)


def test_a_withdrawn_idea_is_read_no_more(world: World, browser: Browser) -> None:
    row = idea(world.consultant)
    browser.force_login(world.consultant)
    for _ in range(2):
        browser.post(reverse("followup:idea_withdraw", args=[row.pk]))
    assert row.sentence not in browser.get(reverse("followup:promise_list")).content.decode()


def test_answered_meanwhile(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = idea(world.consultant)
    browser.force_login(world.referent)

    def late(**_values: object) -> None:
        raise OvertakenError

    monkeypatch.setattr(promises, "answer", late)
    sent = {"state": "declined", "words": "Non."}
    page = browser.post(reverse("followup:idea_answer", args=[row.pk]), sent, follow=True)
    assert "plus rapide" in page.content.decode()


@pytest.mark.parametrize(
    ("shown", "words"),
    [("", "trop peu de cas pour le dire"), ("under_30", "moins de 30\xa0%"), ("75", "75\xa0%"),
     ("90+", "90\xa0% et plus")],
)  # fmt: skip
def test_a_share_in_words(shown: str, words: str) -> None:
    assert PromiseKept(shown=shown).in_words == words
