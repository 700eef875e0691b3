"""Editing questions: what was asked stays, order and versions are kept, each change is logged."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, User
from surveys import editing, ordering, retiring
from surveys.calendar import freeze, make_ahead, open_due, words_in_force
from surveys.editing import ChangedMeanwhileError, Edit, Manner, NewQuestion, Words
from surveys.models import Dimension, Period, Question, Questionnaire, QuestionVersion, Round
from surveys.questionnaire import lines, next_words, timeline, turns
from tests import make
from tests.surveys.asking import NOW
from tests.surveys.editor import NEW, question

pytestmark = pytest.mark.django_db


def change(code: str, actor: User, **rest: object) -> QuestionVersion:
    row = question(code)
    values = {"words": NEW, "seen": editing.token_of(editing.newest(row))} | rest
    return editing.reword(question=row, edit=Edit(**values), actor=actor, now=NOW)


def asked_on(day: date) -> list[tuple[str, int]]:
    return [(one.question.code, one.number) for one in words_in_force(day)]


def last_entry() -> AuditEntry:
    return AuditEntry.objects.order_by("-pk")[0]


# --- rewording -------------------------------------------------------------------------------


def test_a_new_meaning_is_a_version_of_the_next_period(
    asked: Round, coming: Period, actor: User
) -> None:
    version = change("load", actor)
    assert (version.number, version.starts_on) == (2, coming.starts_on)
    assert ("load", 1) in asked_on(asked.period.starts_on)
    assert ("load", 2) in asked_on(coming.starts_on)
    old = question("load").versions.get(number=1)
    assert old.text["fr"] == "Votre charge de travail est…"
    entry = last_entry()
    assert (entry.actor, entry.object_kind, entry.object_ref) == (actor, "question", "load")
    assert entry.changes["version"] == ["1", "2"]
    assert entry.changes["text_en"] == ["Your workload is…", "Your pace is…"]


def test_no_edit_touches_a_frozen_questionnaire(asked: Round, coming: Period, actor: User) -> None:
    before = list(Questionnaire.objects.values_list("pk", "digest", "content"))
    change("load", actor)
    change("relation", actor, is_new_meaning=False)
    ordering.move(question=question("support"), is_up=True, actor=actor, now=NOW)
    retiring.retire(question=question("meaning"), actor=actor, now=NOW)
    assert list(Questionnaire.objects.values_list("pk", "digest", "content")) == before
    asked.refresh_from_db()
    assert [item.code for item in asked.questionnaire.items][:6] == [
        "feeling", "load", "relation", "meaning", "autonomy", "support",
    ]  # fmt: skip


def test_the_rest_of_the_period_keeps_the_old_meaning(asked: Round, actor: User) -> None:
    change("load", actor)
    second = asked.period.rounds.order_by("starts_on")[1]
    open_due(now=second.opens_at)
    second.refresh_from_db()
    load = next(item for item in second.questionnaire.items if item.code == "load")
    assert (load.version, load.text["fr"]) == (1, "Votre charge de travail est…")


def test_the_next_period_asks_the_new_meaning(asked: Round, coming: Period, actor: User) -> None:
    change("load", actor)
    first = coming.rounds.order_by("starts_on")[0]
    open_due(now=first.opens_at)
    first.refresh_from_db()
    load = next(item for item in first.questionnaire.items if item.code == "load")
    assert (load.version, load.labels["en"]) == (2, list("vwxyz"))


def test_a_correction_of_form_keeps_the_version(asked: Round, actor: User) -> None:
    version = change("load", actor, is_new_meaning=False)
    assert (version.number, version.starts_on) == (1, None)
    assert question("load").versions.count() == 1
    assert last_entry().changes["text_fr"] == ["Votre charge de travail est…", "Votre rythme est…"]
    assert "version" not in last_entry().changes


def test_words_never_asked_are_overwritten(asked: Round, actor: User) -> None:
    draft = change("load", actor)
    again = Words(text={"fr": "Encore", "en": "Again"}, labels=NEW.labels)
    version = change("load", actor, words=again)
    assert (version.pk, version.number, version.text["en"]) == (draft.pk, 2, "Again")


def test_before_any_round_nothing_has_a_meaning_to_keep(actor: User) -> None:
    version = change("load", actor)
    assert (version.number, version.starts_on) == (1, None)


def test_a_draft_is_given_up(asked: Round, coming: Period, actor: User) -> None:
    change("load", actor)
    assert editing.discard_draft(question=question("load"), actor=actor, now=NOW)
    assert ("load", 1) in asked_on(coming.starts_on)
    assert not editing.discard_draft(question=question("load"), actor=actor, now=NOW)
    assert question("load").versions.count() == 1


def test_the_same_words_leave_no_trace(asked: Round, actor: User) -> None:
    stored = editing.newest(question("load"))
    same = Words(text=stored.text, labels=stored.labels)
    before = AuditEntry.objects.count()
    assert change("load", actor, words=same, seen="old").pk == stored.pk
    assert AuditEntry.objects.count() == before


def test_words_saved_meanwhile_are_not_lost(asked: Round, actor: User) -> None:
    seen = editing.token_of(editing.newest(question("load")))
    first = change("load", actor, seen=seen)
    theirs = Words(text={"fr": "Autre", "en": "Other"}, labels=NEW.labels)
    with pytest.raises(ChangedMeanwhileError) as conflict:
        change("load", actor, words=theirs, seen=seen)
    assert conflict.value.stored.pk == first.pk
    assert editing.newest(question("load")).text == NEW.text


def test_an_asked_question_keeps_its_role(asked: Round, actor: User) -> None:
    with pytest.raises(ValidationError):
        change("load", actor, manner=Manner("rotating"))
    assert question("load").role == "core"


def test_a_role_may_change_before_any_round(actor: User) -> None:
    change("feeling", actor, manner=Manner("core"))
    assert question("feeling").role == "core"


# --- adding ----------------------------------------------------------------------------------


def add(actor: User, **rest: object) -> Question:
    values = {"words": NEW, "manner": Manner("core"), "names": ("Rythme", "Pace")} | rest
    return editing.add_question(new=NewQuestion(**values), actor=actor, now=NOW)


def test_a_new_question_comes_with_the_next_period(
    asked: Round, coming: Period, actor: User
) -> None:
    row = add(actor)
    assert (row.code, row.dimension.code, row.dimension.name_fr) == (
        "your-pace-is", "pace", "Rythme",
    )  # fmt: skip
    assert row.code not in dict(asked_on(asked.period.starts_on))
    assert asked_on(coming.starts_on)[-1] == (row.code, 1)
    assert AuditEntry.objects.filter(action="create", object_ref=row.code).count() == 1


def test_a_new_question_before_any_round_counts_from_the_beginning(actor: User) -> None:
    assert editing.newest(add(actor)).starts_on is None


def test_codes_do_not_meet(actor: User) -> None:
    add(actor)
    second = add(actor, names=("Cadence", "Cadence"))
    assert second.code == "your-pace-is-2"
    with pytest.raises(ValidationError):
        add(actor, names=("Autre", "Other"), code="load")
    assert not Dimension.objects.filter(name_fr="Autre").exists()


def test_a_theme_is_never_called_as_the_overall_score(actor: User) -> None:
    assert add(actor, names=("Ensemble", "Overall")).dimension.code == "overall-2"


def test_one_question_a_theme(actor: User) -> None:
    load = Dimension.objects.get(code="load")
    with pytest.raises(ValidationError):
        add(actor, dimension=load)
    retiring.retire(question=question("load"), actor=actor, now=NOW)
    row = add(actor, dimension=load)
    with pytest.raises(ValidationError):
        retiring.restore(question=question("load"), actor=actor, now=NOW)
    assert row.dimension == load


def test_the_same_form_twice_adds_one_question(actor: User) -> None:
    add(actor)
    with pytest.raises(ValidationError):
        add(actor)
    assert Question.objects.filter(dimension__name_en="Pace").count() == 1


def test_a_code_that_an_import_has_asked_goes_on_counting(actor: User) -> None:
    """Otherwise the new words would pass for those that the imported rounds asked."""
    past = NOW - timedelta(days=300)
    make.round_(past.date(), questionnaire=make.questionnaire(("cohesion",)))
    row = add(actor, code="cohesion", dimension=Dimension.objects.get(code="cohesion"))
    assert editing.newest(row).number == 2


# --- order -----------------------------------------------------------------------------------


def order(*, is_rotating: bool) -> list[str]:
    return [row.code for row in ordering.in_order("rotating" if is_rotating else "fixed")]


def test_a_question_moves_within_its_own_list(actor: User) -> None:
    assert ordering.move(question=question("relation"), is_up=True, actor=actor, now=NOW)
    assert order(is_rotating=False) == [
        "feeling", "relation", "load", "meaning", "autonomy", "support",
    ]  # fmt: skip
    assert order(is_rotating=True) == ["growth", "values", "travel", "outlook"]
    assert last_entry().changes == {"position": ["3", "2"]}
    assert ordering.move(question=question("growth"), is_up=False, actor=actor, now=NOW)
    assert order(is_rotating=True) == ["values", "growth", "travel", "outlook"]
    questionnaire = freeze(now=NOW, day=NOW.date())
    assert [item.code for item in questionnaire.items] == [
        "feeling", "relation", "load", "meaning", "autonomy", "support", "values",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "is_up"), [("feeling", True), ("support", False), ("growth", True)]
)
def test_at_the_end_of_its_list_nothing_moves(actor: User, code: str, is_up: bool) -> None:
    before = [*order(is_rotating=False), *order(is_rotating=True)]
    assert not ordering.move(question=question(code), is_up=is_up, actor=actor, now=NOW)
    assert [*order(is_rotating=False), *order(is_rotating=True)] == before
    assert not AuditEntry.objects.exists()


def test_equal_places_are_dealt_again(actor: User) -> None:
    Question.objects.update(position=0)
    ordering.move(question=question("support"), is_up=True, actor=actor, now=NOW)
    assert order(is_rotating=False)[-2:] == ["support", "autonomy"]
    assert Question.objects.values("position").distinct().count() == 10


# --- retiring --------------------------------------------------------------------------------


def test_a_retired_question_is_asked_until_the_next_period(
    asked: Round, coming: Period, actor: User
) -> None:
    retiring.retire(question=question("load"), actor=actor, now=NOW)
    assert ("load", 1) in asked_on(asked.period.starts_on)
    assert "load" not in dict(asked_on(coming.starts_on))
    retiring.restore(question=question("load"), actor=actor, now=NOW)
    assert ("load", 1) in asked_on(coming.starts_on)
    acts = AuditEntry.objects.filter(object_ref="load").order_by("pk")
    assert [entry.action for entry in acts] == ["end", "reopen"]


def test_retiring_twice_or_putting_back_twice_changes_nothing(actor: User) -> None:
    first = retiring.retire(question=question("travel"), actor=actor, now=NOW)
    later = retiring.retire(question=first, actor=actor, now=NOW + timedelta(days=9))
    assert later.retired_on == first.retired_on
    retiring.restore(question=first, actor=actor, now=NOW)
    retiring.restore(question=first, actor=actor, now=NOW)
    assert AuditEntry.objects.count() == 2


def test_before_any_round_a_retired_question_is_never_asked(actor: User) -> None:
    make.firm(first_round_on=NOW.date())
    retiring.retire(question=question("load"), actor=actor, now=NOW - timedelta(days=30))
    make_ahead(now=NOW)
    open_due(now=NOW + timedelta(hours=5))
    assert "load" not in [
        item.code
        for item in Round.objects.open(NOW + timedelta(hours=5)).get().questionnaire.items
    ]


def test_three_core_questions_must_stay(actor: User) -> None:
    for code in ("load", "relation"):
        retiring.retire(question=question(code), actor=actor, now=NOW)
    with pytest.raises(ValidationError):
        retiring.retire(question=question("meaning"), actor=actor, now=NOW)
    with pytest.raises(ValidationError):
        retiring.remove(question=question("meaning"), actor=actor, now=NOW)
    with pytest.raises(ValidationError):
        change("meaning", actor, manner=Manner("rotating"))
    retiring.retire(question=question("feeling"), actor=actor, now=NOW)
    assert question("meaning").retired_on is None


def test_only_what_was_never_asked_is_deleted(asked: Round, actor: User) -> None:
    with pytest.raises(ValidationError):
        retiring.remove(question=question("load"), actor=actor, now=NOW)
    retiring.remove(question=question("outlook"), actor=actor, now=NOW)
    assert not Question.objects.filter(code="outlook").exists()
    assert QuestionVersion.objects.filter(question__code="load").count() == 1


# --- what the editor shows -------------------------------------------------------------------


def test_the_turns_are_those_that_the_rounds_take(asked: Round) -> None:
    """The forecast of the list and the opening of rounds must not drift apart."""
    said = {code: row.pk for code, row in turns(now=NOW).items()}
    assert len(said) == 4
    for row in Round.objects.order_by("starts_on"):
        open_due(now=row.opens_at)
    first: dict[str, int] = {}
    for row in Round.objects.order_by("starts_on"):
        code = row.questionnaire.items[-1].code
        first.setdefault(code, row.pk)
    assert said == first


def test_lines_say_since_when_and_how_often(asked: Round, coming: Period, actor: User) -> None:
    change("load", actor)
    retiring.retire(question=question("meaning"), actor=actor, now=NOW)
    shown = lines(now=NOW)
    assert [line.question.code for line in shown.fixed] == [
        "feeling", "load", "relation", "autonomy", "support",
    ]  # fmt: skip
    load = shown.fixed[1]
    assert (load.words.number, load.comes_with, load.rounds_asked) == (2, coming, 1)
    assert [(line.question.code, line.is_gone) for line in shown.retired] == [("meaning", False)]
    assert [line.rounds_asked for line in shown.rotating] == [1, 0, 0, 0]
    assert (shown.item_count, shown.seconds) == (6, 30)


def test_the_timeline_names_the_period_of_each_version(
    asked: Round, coming: Period, actor: User
) -> None:
    change("load", actor)
    steps = timeline(question("load"))
    assert [(step.version.number, step.period, step.rounds_asked) for step in steps] == [
        (2, coming, 0),
        (1, None, 1),
    ]


def test_the_preview_is_what_the_next_period_asks(
    asked: Round, coming: Period, actor: User
) -> None:
    change("load", actor)
    said = [(one.question.code, one.number) for one in next_words(now=NOW)]
    assert said[1] == ("load", 2)
    assert said[-1] == ("values", 1)


def test_the_number_of_queries_does_not_grow(asked: Round, actor: User) -> None:
    with CaptureQueriesContext(connection) as few:
        lines(now=NOW)
    for place in range(12):
        add(actor, names=(f"Thème {place}", f"Theme {place}"))
    with CaptureQueriesContext(connection) as many:
        assert len(lines(now=NOW).fixed) == 18
    assert len(many) == len(few) == 12
