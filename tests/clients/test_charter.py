"""The charter is chosen together, counted, written, and published for good."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts.models import AuditEntry
from clients import charter as charters
from clients import choosing
from clients.charter_bank import BANK
from clients.models import MOST_VALUES, Charter, CharterValue, Mark, Objection
from tests.clients import chartered
from tests.world import World


def proposal(row: Charter, name: str = "Du silence") -> CharterValue:
    return CharterValue(charter=row, name_fr=name, asked_fr="a", owed_fr="b")


def _dated(row: Charter, name: str, now: datetime) -> CharterValue:
    value = proposal(row, name)
    value.proposed_at = now
    return value


# --- choosing --------------------------------------------------------------------------------


def test_the_bank_holds_a_dozen_whole_values_in_both_languages() -> None:
    assert len(BANK) == 12
    for one in BANK.values():
        row = one.proposal(Charter(), chartered.NOW)
        assert row.is_complete
        assert len(row.asked_fr.splitlines()) == len(row.asked_en.splitlines()) == 2
        assert len(row.owed_fr.splitlines()) == len(row.owed_en.splitlines()) == 2


def test_one_version_at_a_time(world: World) -> None:
    chartered.choosing_now(world.referent)
    with pytest.raises(ValidationError):
        chartered.choosing_now(world.referent)
    assert Charter.objects.count() == 1
    assert CharterValue.objects.count() == len(chartered.STARTERS)


def test_a_new_version_begins_with_the_values_of_the_last(world: World) -> None:
    before = chartered.published(world.referent)
    kept = [value.pk for value in charters.chosen(before)]
    loose = before.proposals.get(chosen=False).pk
    opening = choosing.Opening(3, chartered.NOW.date(), ["trust"], [*kept, loose])
    row = choosing.open_choosing(opening=opening, by=world.referent, now=chartered.NOW)
    names = {value.name_fr for value in row.proposals.all()}
    chosen = {value.name_fr for value in charters.chosen(before)}
    assert names == chosen | {BANK["trust"].name_fr}
    assert all(value.proposed_by is None for value in row.proposals.all())


def test_anybody_proposes_until_the_list_is_full(world: World, now: datetime) -> None:
    row = chartered.choosing_now(world.referent)
    made = choosing.propose(value=proposal(row), by=world.consultant, now=now)
    assert made.proposed_by == world.consultant
    CharterValue.objects.bulk_create(
        _dated(row, f"n° {n}", now) for n in range(choosing.MOST_PROPOSALS - row.proposals.count())
    )
    with pytest.raises(ValidationError, match=str(choosing.MOST_PROPOSALS)):
        choosing.propose(value=proposal(row), by=world.consultant, now=now)


def test_marks_replace_each_other_and_are_no_more_than_there_will_be(
    world: World, now: datetime
) -> None:
    row = chartered.choosing_now(world.referent)
    first, second, third = (value.pk for value in row.proposals.order_by("pk"))
    person = world.consultant
    choosing.mark(charter=row, values=[first, second], by=person, now=now)
    choosing.mark(charter=row, values=[second, third], by=person, now=now)
    assert choosing.marked_by(person, row) == {second, third}
    with pytest.raises(ValidationError):
        choosing.mark(charter=row, values=[first, second, third], by=person, now=now)
    assert choosing.marked_by(person, row) == {second, third}
    choosing.mark(charter=row, values=[], by=person, now=now)
    assert choosing.marked_by(person, row) == set()


def test_a_value_of_another_version_is_not_marked(world: World, now: datetime) -> None:
    old = charters.chosen(chartered.published(world.referent))[0]
    row = chartered.choosing_now(world.referent)
    choosing.mark(charter=row, values=[old.pk], by=world.consultant, now=now)
    assert not Mark.objects.exists()


def test_after_its_day_nothing_moves(world: World, now: datetime) -> None:
    row = chartered.choosing_now(world.referent)
    value = chartered.value_of(row)
    late = now + timedelta(days=8)
    for act in (
        lambda: choosing.propose(value=proposal(row), by=world.consultant, now=late),
        lambda: choosing.take_back(value=value, now=late),
        lambda: choosing.mark(charter=row, values=[value.pk], by=world.consultant, now=late),
        lambda: choosing.against(value=value, sentence="Non", by=world.consultant, now=late),
    ):
        with pytest.raises(ValidationError):
            act()
    assert row.proposals.count() == len(chartered.STARTERS)
    assert not Mark.objects.exists()
    assert not Objection.objects.exists()


def test_a_proposal_goes_with_its_marks(world: World, now: datetime) -> None:
    row = chartered.choosing_now(world.referent)
    value = chartered.value_of(row)
    choosing.mark(charter=row, values=[value.pk], by=world.consultant, now=now)
    choosing.take_back(value=value, now=now)
    assert not Mark.objects.exists()


def test_a_proposal_stays_once_somebody_else_wrote_against_it(world: World, now: datetime) -> None:
    row = chartered.choosing_now(world.referent)
    value = choosing.propose(value=proposal(row), by=world.consultant, now=now)
    choosing.against(value=value, sentence="J’hésite.", by=world.consultant, now=now)
    choosing.against(value=value, sentence="Trop vague.", by=world.manager, now=now)
    with pytest.raises(ValidationError, match="reste"):
        choosing.take_back(value=value, now=now)
    assert value.objections.count() == 2
    choosing.against(value=value, sentence="", by=world.manager, now=now)
    choosing.take_back(value=value, now=now)
    assert not Objection.objects.exists()


def test_a_sentence_against_is_one_a_person_and_can_be_taken_back(
    world: World, now: datetime
) -> None:
    value = chartered.value_of(chartered.choosing_now(world.referent))
    for sentence in ("Trop vague.", "Trop cher."):
        choosing.against(value=value, sentence=sentence, by=world.consultant, now=now)
    assert [row.sentence for row in value.objections.all()] == ["Trop cher."]
    choosing.against(value=value, sentence="", by=world.consultant, now=now)
    assert not value.objections.exists()


# --- the count -------------------------------------------------------------------------------


def test_the_count_leaves_numbers_and_nobody(world: World, now: datetime) -> None:
    row = chartered.choosing_now(world.referent)
    respect, hours, payment = (value.pk for value in row.proposals.order_by("pk"))
    choosing.mark(charter=row, values=[payment, hours], by=world.consultant, now=now)
    choosing.mark(charter=row, values=[payment], by=world.other_consultant, now=now)
    assert choosing.count_due(now=now) == ""
    assert choosing.count_due(now=now + timedelta(days=8)) == "2 people marked"
    assert choosing.count_due(now=now + timedelta(days=8)) == ""
    row.refresh_from_db()
    assert (row.state, row.people) == (Charter.State.WRITING, 2)
    assert not Mark.objects.exists()
    order = list(row.proposals.values_list("pk", "marks", "chosen"))
    assert order == [(payment, 2, True), (hours, 1, True), (respect, 0, False)]


def test_a_version_counted_meanwhile_is_left_alone(world: World, now: datetime) -> None:
    stale = chartered.writing_now(world.referent)
    assert choosing._count(stale) is None


def test_no_line_of_the_log_tells_a_mark_or_who_is_against(world: World, now: datetime) -> None:
    row = chartered.choosing_now(world.referent)
    value = chartered.value_of(row)
    before = AuditEntry.objects.count()
    choosing.mark(charter=row, values=[value.pk], by=world.consultant, now=now)
    choosing.against(value=value, sentence="Non.", by=world.consultant, now=now)
    assert AuditEntry.objects.count() == before
    one, other = Mark.objects.get(), value.objections.get()
    assert f"{one} {other}" == f"mark {one.pk} objection {other.pk}"


# --- writing and publishing ------------------------------------------------------------------


def test_a_version_is_published_with_its_number_and_its_date(world: World, now: datetime) -> None:
    row = chartered.published(world.referent)
    assert (row.number, row.published_at, row.published_by) == (1, now, world.referent)
    assert not row.is_public
    assert AuditEntry.objects.filter(action="publish", object_kind="charter").count() == 1
    second = chartered.published(world.referent, now=now + timedelta(weeks=10))
    assert second.number == 2
    assert Charter.objects.newest() == second


def test_a_published_version_does_not_move(world: World, now: datetime) -> None:
    row = chartered.published(world.referent)
    value = charters.chosen(row)[0]
    value.name_fr = "Autre"
    against = chartered.objection(row)
    for act in (
        lambda: charters.rewrite(value=value, by=world.referent, now=now),
        lambda: charters.choose(charter=row, values=[], by=world.referent, now=now),
        lambda: charters.publish(charter=row, by=world.referent, now=now),
        lambda: charters.answer(objection=against, sentence="x", by=world.referent, now=now),
    ):
        with pytest.raises(ValidationError):
            act()
    assert not charters.drop(charter=row, by=world.referent, now=now)
    value.refresh_from_db()
    assert value.name_fr != "Autre"


def test_what_is_missing_is_said_before_it_comes_out(world: World, now: datetime) -> None:
    row = chartered.writing_now(world.referent)
    value = charters.chosen(row)[0]
    against = chartered.objection(row)
    # Nothing, or an action less than in French: what people tick must exist in both.
    for owed in ("", "We answer."):
        CharterValue.objects.filter(pk=value.pk).update(owed_en=owed)
        with pytest.raises(ValidationError) as refusal:
            charters.publish(charter=row, by=world.referent, now=now)
        assert len(refusal.value.messages) == 2
    value.refresh_from_db()
    assert value.owed_actions == []
    value.owed_en = "We answer.\nWe write."
    charters.rewrite(value=value, by=world.referent, now=now)
    charters.answer(objection=against, sentence="Voici pourquoi.", by=world.referent, now=now)
    assert charters.publish(charter=row, by=world.referent, now=now).number == 1
    against.refresh_from_db()
    assert (against.answer, against.answered_by) == ("Voici pourquoi.", world.referent)


def test_a_version_without_a_value_does_not_come_out(world: World, now: datetime) -> None:
    row = chartered.writing_now(world.referent)
    charters.choose(charter=row, values=[], by=world.referent, now=now)
    with pytest.raises(ValidationError):
        charters.publish(charter=row, by=world.referent, now=now)


def test_the_referent_chooses_and_orders(world: World, now: datetime) -> None:
    row = chartered.writing_now(world.referent)
    first, _second, third = (value.pk for value in row.proposals.order_by("pk"))
    charters.choose(charter=row, values=[third, first], by=world.referent, now=now)
    assert [value.pk for value in charters.chosen(row)] == [third, first]
    with pytest.raises(ValidationError, match=str(MOST_VALUES)):
        charters.choose(
            charter=row, values=list(range(MOST_VALUES + 1)), by=world.referent, now=now
        )


def test_a_version_given_up_takes_its_marks_with_it(world: World, now: datetime) -> None:
    row = chartered.choosing_now(world.referent)
    value = chartered.value_of(row)
    choosing.mark(charter=row, values=[value.pk], by=world.consultant, now=now)
    assert charters.drop(charter=row, by=world.referent, now=now)
    assert not Mark.objects.exists()
    assert not charters.drop(charter=row, by=world.referent, now=now)
    assert chartered.choosing_now(world.referent).is_live


def test_the_next_version_is_as_public_as_the_one_before(world: World, now: datetime) -> None:
    row = chartered.public(world.referent)
    assert not charters.set_public(charter=row, public=True, by=world.referent, now=now)
    line = AuditEntry.objects.first()
    assert line is not None
    assert line.changes == {"is_public": ["False", "True"]}
    assert chartered.published(world.referent, now=now + timedelta(weeks=10)).is_public


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "published", "is_live": False},
        {"is_live": False},
        {"places": 0},
        {"places": 8},
        {"is_public": True},
    ],
    ids="-".join,
)
def test_the_database_refuses_what_makes_no_sense(world: World, broken: dict[str, object]) -> None:
    row = chartered.choosing_now(world.referent)
    with pytest.raises(IntegrityError), transaction.atomic():
        Charter.objects.filter(pk=row.pk).update(**broken)


def test_a_text_is_read_in_the_language_there_is(world: World) -> None:
    row = chartered.choosing_now(world.referent)
    value = proposal(row)
    with translation.override("en"):
        assert (value.name, value.asked, value.owed, value.red_line) == (
            "Du silence", ["a"], ["b"], "",
        )  # fmt: skip
        assert BANK["respect"].proposal(row, chartered.NOW).name == "Respect in exchanges"
    assert not value.is_complete
