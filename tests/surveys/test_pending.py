"""Changes to come: order, other roles, retirements; each undone until a round has frozen it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry, User
from core.moving import OvertakenError
from surveys import chronicle, editing, ordering, pending, retiring
from surveys.calendar import make_ahead, open_due, words_in_force
from surveys.editing import ChangedMeanwhileError, Edit, Manner, Words
from surveys.models import Dimension, Period, Question, QuestionVersion, Round
from surveys.recasting import Recast, recast
from surveys.versions import asked_in, cuts
from tests import make
from tests.surveys.asking import NOW
from tests.surveys.editor import NEW, question

pytestmark = pytest.mark.django_db


def kinds() -> list[tuple[str, str]]:
    return [(one.kind, one.question.code if one.question else "") for one in pending.pending()]


def reword(code: str, actor: User, *, is_new_meaning: bool) -> QuestionVersion:
    row = question(code)
    edit = Edit(NEW, editing.token_of(editing.newest(row)), is_new_meaning=is_new_meaning)
    return editing.reword(question=row, edit=edit, actor=actor, now=NOW)


def take(code: str, actor: User, *, theme: str = "", role: str = "rotating") -> Question:
    row = question(code)
    wanted = Recast(
        manner=replace(Manner.of(row), role=role),
        seen=editing.token_of(editing.newest(row)),
        dimension=Dimension.objects.get(code=theme) if theme else row.dimension,
    )
    return recast(question=row, wanted=wanted, actor=actor, now=NOW)


def undo(kind: str, code: str, actor: User) -> bool:
    row = question(code) if code else None
    return pending.undo(kind=kind, question=row, actor=actor, now=NOW)


def open_next(coming: Period) -> Round:
    row = coming.rounds.order_by("starts_on")[0]
    open_due(now=row.opens_at)
    row.refresh_from_db()
    return row


def asked_on(period: Period) -> list[str]:
    return [one.question.code for one in words_in_force(period.starts_on)]


# --- order -----------------------------------------------------------------------------------


def test_a_question_goes_to_a_place_of_the_list_that_was_seen(actor: User) -> None:
    seen = ordering.order_token(ordering.in_order("fixed"))
    move = {"question": question("support"), "actor": actor, "now": NOW}
    assert ordering.move_to(place=2, seen=seen, **move) == 2
    order = [row.code for row in ordering.in_order("fixed")]
    assert order == ["feeling", "support", "load", "relation", "meaning", "autonomy"]
    with pytest.raises(OvertakenError):
        ordering.move_to(place=5, seen=seen, **move)
    assert [row.code for row in ordering.in_order("fixed")] == order
    seen = ordering.order_token(ordering.in_order("fixed"))
    assert ordering.move_to(place=2, seen=seen, **move) is None
    assert ordering.move_to(place=1000, seen=seen, **move) == 6


def test_a_retired_question_has_no_place(actor: User, asked: Round) -> None:
    retiring.retire(question=question("travel"), actor=actor, now=NOW)
    seen = ordering.order_token(ordering.in_order("rotating"))
    gone = {"question": question("travel"), "actor": actor, "now": NOW}
    assert ordering.move_to(place=1, seen=seen, **gone) is None
    assert ordering.move(is_up=True, **gone) is None


def test_the_order_of_the_last_round_is_put_back(actor: User, asked: Round) -> None:
    assert not undo("order", "", actor)
    ordering.move(question=question("load"), is_up=True, actor=actor, now=NOW)
    assert kinds() == [("order", "")]
    assert undo("order", "", actor)
    assert kinds() == []
    assert [row.code for row in ordering.in_order("fixed")][:2] == ["feeling", "load"]
    assert AuditEntry.objects.latest("pk").object_kind == "questionnaire"


# --- words -----------------------------------------------------------------------------------


def test_before_the_first_round_nothing_is_a_change_to_come(actor: User) -> None:
    make.firm(first_round_on=NOW.date() + timedelta(days=9))
    make_ahead(now=NOW)
    reword("load", actor, is_new_meaning=True)
    assert kinds() == []


def test_a_new_meaning_is_undone_until_its_period(
    actor: User, asked: Round, coming: Period
) -> None:
    reword("load", actor, is_new_meaning=True)
    (one,) = pending.pending()
    assert (one.kind, one.comes_on) == ("version", coming.starts_on)
    assert undo("version", "load", actor)
    assert kinds() == []
    assert not undo("version", "load", actor)
    reword("load", actor, is_new_meaning=True)
    open_next(coming)
    assert kinds() == []
    assert not undo("version", "load", actor)
    assert editing.newest(question("load")).number == 2


def test_a_correction_is_undone_until_the_next_round(
    actor: User, asked: Round, coming: Period
) -> None:
    before = editing.newest(question("load")).text
    reword("load", actor, is_new_meaning=False)
    assert kinds() == [("correction", "load")]
    assert undo("correction", "load", actor)
    assert editing.newest(question("load")).text == before
    entry = AuditEntry.objects.latest("pk")
    assert entry.changes["text_en"] == ["Your pace is…", before["en"]]
    reword("load", actor, is_new_meaning=False)
    later = asked.period.rounds.order_by("starts_on")[1]
    open_due(now=later.opens_at)
    assert kinds() == []
    assert not undo("correction", "load", actor)


# --- retiring and bringing back --------------------------------------------------------------


def test_a_retirement_is_undone_until_its_period(
    actor: User, asked: Round, coming: Period
) -> None:
    retiring.retire(question=question("meaning"), actor=actor, now=NOW)
    assert kinds() == [("retired", "meaning")]
    assert undo("retired", "meaning", actor)
    assert kinds() == []
    assert "meaning" in asked_on(coming)


def test_what_is_gone_comes_back_with_a_period(actor: User, asked: Round, coming: Period) -> None:
    """Not in the middle of one: its figures rest on the same questions to its last round."""
    retiring.retire(question=question("meaning"), actor=actor, now=NOW)
    first = open_next(coming)
    back = retiring.restore(question=question("meaning"), actor=actor, now=first.opens_at)
    after = Period.objects.filter(starts_on__gt=coming.starts_on).order_by("starts_on")[0]
    assert (back.is_kept, back.resumes_on) == (True, after.starts_on)
    assert ("meaning" in asked_on(coming), "meaning" in asked_on(after)) == (False, True)
    assert kinds() == [("back", "meaning")]
    assert pending.undo(kind="back", question=back, actor=actor, now=first.opens_at)
    row = question("meaning")
    assert (row.is_kept, row.retired_on) == (False, coming.starts_on)
    retiring.restore(question=row, actor=actor, now=first.opens_at)
    later = open_next(after)
    assert "meaning" in [item.code for item in later.questionnaire.items]
    retired = retiring.retire(question=question("meaning"), actor=actor, now=later.opens_at)
    assert retired.resumes_on is None
    assert retired.retired_on > after.starts_on


def test_a_new_question_is_undone_until_its_period(actor: User, asked: Round) -> None:
    new = editing.NewQuestion(NEW, Manner("outcome"), names=("Rythme", "Pace"), source="own-pace")
    row = editing.add_question(new=new, actor=actor, now=NOW)
    assert kinds() == [("added", row.code)]
    assert row.versions.get().source == "own-pace"
    assert undo("added", row.code, actor)
    assert not Question.objects.filter(pk=row.pk).exists()


# --- another role ----------------------------------------------------------------------------


def test_another_question_takes_the_place_of_one_whose_role_changes(
    actor: User, asked: Round, coming: Period
) -> None:
    made = take("support", actor)
    assert (made.code, made.role, made.replaces) == ("support-2", "rotating", question("support"))
    assert editing.newest(made).text == editing.newest(question("support")).text
    assert kinds() == [("recast", "support-2")]
    assert "support" in asked_on(asked.period)
    assert "support-2" not in asked_on(asked.period)
    assert "support" not in asked_on(coming)
    assert "support-2" in asked_on(coming)
    entry = AuditEntry.objects.filter(action="recast").get()
    assert entry.changes == {"code": ["support", "support-2"], "role": ["core", "rotating"]}


def test_it_is_undone_until_its_period(actor: User, asked: Round, coming: Period) -> None:
    take("support", actor)
    with pytest.raises(ValidationError):
        retiring.restore(question=question("support"), actor=actor, now=NOW)
    assert undo("recast", "support-2", actor)
    assert not Question.objects.filter(code="support-2").exists()
    assert question("support").retired_on is None
    assert "support" in asked_on(coming)
    take("support", actor, role="outcome")
    open_next(coming)
    with pytest.raises(ValidationError):
        retiring.remove(question=question("support-2"), actor=actor, now=NOW)


def test_a_change_of_role_or_theme_breaks_curves_and_recomposes_the_overall_score(
    actor: User, asked: Round, coming: Period
) -> None:
    Dimension.objects.create(code="help", name_fr="Aide", name_en="Help")
    take("support", actor, theme="help", role="core")
    open_next(coming)
    told = [asked_in(asked.period), asked_in(coming)]
    assert cuts(told, "overall") == [False, True]
    assert cuts(told, "load") == [False, False]
    assert ("support" in told[1], "help" in told[1]) == (False, True)
    newest, first = chronicle.chapters()
    assert (first.composition, newest.composition, newest.is_recomposed) == (1, 2, True)
    assert {(one.kind, one.item.code) for one in newest.changes} >= {
        ("new", "support-2"), ("gone", "support"),
    }  # fmt: skip


@pytest.mark.parametrize("code", ["load", "travel"], ids=["same", "never-asked"])
def test_what_changes_nothing_or_was_never_asked_is_not_recast(
    actor: User, asked: Round, code: str
) -> None:
    with pytest.raises(ValidationError):
        take(code, actor, role=question(code).role)


def test_three_core_questions_stay_and_a_retired_one_is_put_back_first(
    actor: User, asked: Round
) -> None:
    retiring.retire(question=question("load"), actor=actor, now=NOW)
    with pytest.raises(ValidationError):
        take("load", actor)
    retiring.retire(question=question("relation"), actor=actor, now=NOW)
    with pytest.raises(ValidationError):
        take("meaning", actor)


def test_a_form_that_somebody_overtook_changes_nothing(actor: User, asked: Round) -> None:
    reword("support", actor, is_new_meaning=True)
    wanted = Recast(Manner("rotating"), "old", question("support").dimension)
    with pytest.raises(ChangedMeanwhileError):
        recast(question=question("support"), wanted=wanted, actor=actor, now=NOW)
    assert Question.objects.kept().filter(code="support").exists()


# --- history ---------------------------------------------------------------------------------


def test_the_history_tells_each_change_from_what_was_asked(
    actor: User, asked: Round, coming: Period
) -> None:
    assert [one.changes for one in chronicle.chapters()] == [[]]
    reword("load", actor, is_new_meaning=True)
    correction = Words(NEW.text, NEW.labels)
    row = question("relation")
    edit = Edit(correction, editing.token_of(editing.newest(row)), is_new_meaning=False)
    editing.reword(question=row, edit=edit, actor=actor, now=NOW)
    retiring.retire(question=question("meaning"), actor=actor, now=NOW)
    open_next(coming)
    newest = chronicle.chapters()[0]
    told = {(one.kind, one.item.code) for one in newest.changes}
    assert told >= {("version", "load"), ("words", "relation"), ("gone", "meaning")}
    assert newest.is_recomposed


def test_a_rotating_question_waits_for_its_turn_in_the_history(
    actor: User, asked: Round, coming: Period
) -> None:
    for period in (asked.period, coming):
        for row in period.rounds.order_by("starts_on"):
            open_due(now=row.opens_at)
    newest = chronicle.chapters()[0]
    assert not [one for one in newest.changes if one.kind == "gone"]
