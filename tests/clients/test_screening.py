"""First contact: the rule, screenings, decisions, exceptions and paths."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from clients import paths, screening
from clients.models import (
    CharterException,
    Client,
    Path,
    PathRequest,
    Prospect,
    Result,
    Screening,
    Seen,
)
from clients.screening_rule import RULE_VERSION, result_of
from tests.clients import chartered
from tests.world import World

TODAY = date(2026, 11, 25)
WORDS = {"s": "seen", "n": "not_seen", "c": "contrary"}


@pytest.mark.parametrize(
    ("verdicts", "red", "result"),
    [
        ("sssss", False, Result.VIRTUOUS),
        ("ssssn", False, Result.VIRTUOUS),
        ("sssnn", False, Result.ON_THE_WAY),
        ("ssssc", False, Result.ON_THE_WAY),
        ("sscnn", False, Result.ON_THE_WAY),
        ("ssscc", False, Result.AT_RISK),
        ("sssss", True, Result.AT_RISK),
        ("nnnnn", True, Result.AT_RISK),
        ("ssnnn", False, Result.TOO_EARLY),
        ("scnnn", False, Result.TOO_EARLY),
        ("nnnnn", False, Result.TOO_EARLY),
        ("s", False, Result.VIRTUOUS),
        ("c", False, Result.AT_RISK),
        ("sc", False, Result.AT_RISK),
        ("ssc", False, Result.ON_THE_WAY),
    ],
)
def test_the_rule_gives_a_word(verdicts: str, red: bool, result: Result) -> None:
    assert result_of([WORDS[one] for one in verdicts], red_line=red) == result


def test_a_screening_is_kept_beside_those_before(world: World) -> None:
    row = chartered.screened(world.consultant, "sns")
    assert row.result == Result.ON_THE_WAY
    made = row.screenings.get()
    assert (made.made_by, made.rule_version) == (world.consultant, RULE_VERSION)
    again = [screening.Finding(line.value, "seen", "Revu.") for line in made.lines.all()]
    screening.screen(
        prospect=row, charter=made.charter, found=again, by=world.manager, now=chartered.NOW
    )
    row.refresh_from_db()
    assert row.result == Result.VIRTUOUS
    assert Screening.objects.count() == 2
    assert Seen.objects.count() == 6


def test_a_red_line_cannot_be_screened_away_in_silence(world: World) -> None:
    row = chartered.screened(world.consultant, "sss", red=True)
    made = row.screenings.get()
    assert [line.value_id for line in screening.crossed(row)]
    first, *rest = [screening.Finding(line.value, "seen", "Revu.") for line in made.lines.all()]

    def again(first: screening.Finding) -> None:
        screening.screen(
            prospect=row,
            charter=made.charter,
            found=[first, *rest],
            by=world.manager,
            now=chartered.NOW + timedelta(days=1),
        )

    with pytest.raises(ValidationError, match="ligne rouge"):
        again(first)
    again(replace(first, red_line=True))
    row.refresh_from_db()
    assert row.result == Result.AT_RISK
    with pytest.raises(ValidationError):
        again(first)
    again(replace(first, changed="Le chef de projet a été remplacé."))
    row.refresh_from_db()
    assert (row.result, screening.crossed(row)) == (Result.VIRTUOUS, [])
    again(first)
    assert row.screenings.count() == 4


def test_a_line_is_crossed_or_has_changed_says_the_database(world: World) -> None:
    row = chartered.screened(world.consultant, "sss", red=True).screenings.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.lines.filter(red_line=True).update(changed="Rien.")


def test_a_verdict_without_evidence_is_refused_by_the_database(world: World) -> None:
    line = chartered.screened(world.consultant, "sns").screenings.get().lines.first()
    assert line is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Seen.objects.filter(pk=line.pk).update(evidence="", verdict="seen")
    with pytest.raises(IntegrityError), transaction.atomic():
        Seen.objects.filter(pk=line.pk).update(evidence="", verdict="not_seen", red_line=True)


def test_sentences_that_are_gone_are_empty_says_the_database(world: World) -> None:
    lines = chartered.screened(world.consultant, "sns").screenings.get().lines
    for left in ({"changed": ""}, {"evidence": "", "changed": "Le chef est parti."}):
        with pytest.raises(IntegrityError), transaction.atomic():
            lines.filter(verdict="seen").update(texts_gone=True, **left)


# --- deciding --------------------------------------------------------------------------------


def client(world: World) -> Client:
    return Client(ref="VAUBAN", name="Cabinet Vauban", unit=world.unit)


def accept(row: Prospect, world: World, going: screening.GoingOn | None = None) -> Client:
    return screening.accept(
        prospect=row,
        client=client(world),
        going_on=going,
        by=world.manager,
        now=chartered.NOW,
    )


def test_a_virtuous_prospect_becomes_a_client(world: World) -> None:
    row = chartered.screened(world.consultant, "sss")
    made = accept(row, world)
    row.refresh_from_db()
    assert (row.state, row.client, row.decided_by) == ("accepted", made, world.manager)
    assert not CharterException.objects.exists()


def test_nobody_becomes_a_client_without_a_screening(world: World) -> None:
    with pytest.raises(ValidationError):
        accept(chartered.met(world.consultant), world)
    assert not Client.objects.filter(ref="VAUBAN").exists()


def test_at_risk_takes_a_written_decision_with_a_name_and_a_day(world: World) -> None:
    row = chartered.screened(world.consultant, "sss", red=True)
    assert [line.value.name_fr for line in screening.crossed(row)]
    with pytest.raises(ValidationError):
        accept(row, world)
    assert not Client.objects.filter(ref="VAUBAN").exists()
    made = accept(row, world, screening.GoingOn("Six mois pour voir.", date(2027, 5, 1)))
    kept = CharterException.objects.get()
    assert (kept.client, kept.prospect, kept.decided_by) == (made, row, world.manager)
    assert kept.look_again_on == date(2027, 5, 1)


def test_on_the_way_takes_an_open_path_on_which_something_is_asked(world: World) -> None:
    row = chartered.screened(world.consultant, "sns")
    with pytest.raises(ValidationError):
        accept(row, world)
    path = chartered.path_of(world.consultant, prospect=row)
    with pytest.raises(ValidationError):
        accept(row, world)
    chartered.asked(path, world.consultant)
    made = accept(row, world)
    path.refresh_from_db()
    assert path.client == made


def test_what_is_decided_is_decided_once_and_can_be_taken_up_again(world: World) -> None:
    row = chartered.screened(world.consultant, "ccc")
    assert screening.crossed(chartered.met(world.consultant)) == []
    screening.refuse(prospect=row, sentence="Non.", by=world.manager, now=chartered.NOW)
    with pytest.raises(ValidationError):
        screening.lose(prospect=row, sentence="Non.", by=world.manager, now=chartered.NOW)
    assert screening.reopen(prospect=row, by=world.manager, now=chartered.NOW)
    assert not screening.reopen(prospect=row, by=world.manager, now=chartered.NOW)
    screening.lose(prospect=row, sentence="Sans suite.", by=world.manager, now=chartered.NOW)
    row.refresh_from_db()
    assert (row.state, row.decision) == ("lost", "Sans suite.")


def test_the_log_says_who_decided_and_never_what_was_typed(world: World) -> None:
    row = chartered.screened(world.consultant, "ccc")
    screening.refuse(prospect=row, sentence="Non merci.", by=world.manager, now=chartered.NOW)
    lines = AuditEntry.objects.filter(object_kind="prospect", object_ref=str(row.pk))
    assert set(lines.values_list("action", flat=True)) == {"create", "review", "end"}
    assert not any("merci" in f"{line.changes}" for line in AuditEntry.objects.all())


# --- exceptions ------------------------------------------------------------------------------


def test_an_exception_goes_on_until_another_day_or_is_over(world: World, now: datetime) -> None:
    row = chartered.excepted(world.client, world.manager, days=10)
    late = TODAY + timedelta(days=11)
    assert not row.is_overdue(TODAY + timedelta(days=10))
    assert row.is_overdue(late)
    assert list(CharterException.objects.overdue(late)) == [row]
    say = {"exception": row, "by": world.manager, "now": now}
    assert screening.look_again(sentence="Mieux.", until=date(2027, 3, 1), **say)  # type: ignore[arg-type]  # -- named above
    assert not CharterException.objects.overdue(late).exists()
    assert screening.look_again(sentence="Fini.", until=None, **say)  # type: ignore[arg-type]  # -- named above
    assert not screening.look_again(sentence="Encore.", until=None, **say)  # type: ignore[arg-type]  # -- named above
    assert not CharterException.objects.running().exists()
    assert [look.sentence for look in row.looks.order_by("pk")] == ["Mieux.", "Fini."]


# --- paths -----------------------------------------------------------------------------------


def test_one_open_path_at_a_time(world: World) -> None:
    chartered.path_of(world.manager, client=world.client)
    with pytest.raises(ValidationError):
        chartered.path_of(world.manager, client=world.client)
    chartered.path_of(world.manager, client=world.other_client)
    assert Path.objects.open().count() == 2


@pytest.mark.parametrize("meeting", [None, TODAY], ids=["none planned", "planned"])
def test_a_path_is_stale_when_nothing_moves(world: World, meeting: date | None) -> None:
    row = chartered.path_of(world.manager, client=world.client, next_meeting_on=meeting)
    last = TODAY + (timedelta(weeks=6) if meeting is None else timedelta(weeks=2))
    assert not row.is_stale(last)
    assert not Path.objects.stale(last).exists()
    assert row.is_stale(last + timedelta(days=1))
    assert list(Path.objects.stale(last + timedelta(days=1))) == [row]
    later = chartered.NOW + timedelta(weeks=5)
    paths.meet_next(
        path=row, decides_there="DSI", on=date(2027, 1, 20), by=world.manager, now=later
    )
    row.refresh_from_db()
    assert not row.is_stale(last + timedelta(days=1))


def test_a_meeting_far_ahead_keeps_no_path_alive(world: World) -> None:
    far = TODAY + timedelta(weeks=52)
    row = chartered.path_of(world.manager, client=world.client, next_meeting_on=far)
    last = TODAY + timedelta(weeks=6)
    assert not row.is_stale(last)
    assert row.is_stale(last + timedelta(days=1))
    assert list(Path.objects.stale(last + timedelta(days=1))) == [row]
    # Within 13 weeks it counts.
    near = far - timedelta(weeks=13)
    assert not row.is_stale(near)
    assert not Path.objects.stale(near).exists()


def test_a_request_without_an_answer_makes_a_path_stale(world: World) -> None:
    waited, day = timedelta(weeks=13), timedelta(days=1)
    row = chartered.path_of(
        world.manager, client=world.client, next_meeting_on=TODAY + waited + day
    )
    asked = chartered.asked(row, world.manager)
    for late, expected in ((waited, False), (waited + day, True)):
        assert row.is_stale(TODAY + late) == expected
        assert Path.objects.stale(TODAY + late).exists() == expected
    asked.answer, asked.answered_on = PathRequest.Answer.NO, TODAY
    paths.answered(request=asked, by=world.manager, now=chartered.NOW)
    assert not row.is_stale(TODAY + waited + day)
    assert not Path.objects.stale(TODAY + waited + day).exists()


def test_what_moves_since_a_request_is_not_stale(world: World) -> None:
    late = TODAY + timedelta(weeks=14)
    row = chartered.path_of(world.manager, client=world.client, next_meeting_on=late)
    chartered.asked(row, world.manager)
    assert row.is_stale(late)
    moved = chartered.NOW + timedelta(weeks=5)
    paths.meet_next(path=row, decides_there="DSI", on=late, by=world.manager, now=moved)
    row.refresh_from_db()
    assert not row.is_stale(late)
    assert not Path.objects.stale(late).exists()


def test_a_refusal_ends_the_path_of_the_prospect_for_the_same_reason(world: World) -> None:
    row = chartered.screened(world.consultant, "sns")
    path = chartered.path_of(world.consultant, prospect=row)
    screening.refuse(prospect=row, sentence="Non merci.", by=world.manager, now=chartered.NOW)
    path.refresh_from_db()
    assert (path.state, path.outcome, path.ended_at) == ("dropped", "Non merci.", chartered.NOW)
    assert screening.reopen(prospect=row, by=world.manager, now=chartered.NOW)
    chartered.path_of(world.consultant, prospect=row)


def test_a_prospect_is_put_right_while_it_is_open(world: World) -> None:
    row = chartered.met(world.consultant)
    row.name = "Cabinet Vauban & fils"
    screening.correct(prospect=row, by=world.manager, now=chartered.NOW)
    assert Prospect.objects.get().name == "Cabinet Vauban & fils"
    screening.refuse(prospect=row, sentence="Non.", by=world.manager, now=chartered.NOW)
    row.name = "Autre"
    with pytest.raises(ValidationError):
        screening.correct(prospect=row, by=world.manager, now=chartered.NOW)
    lines = AuditEntry.objects.filter(object_kind="prospect").order_by("pk")
    assert [line.action for line in lines] == ["create", "edit", "end"]


def test_an_ended_path_does_not_move(world: World, now: datetime) -> None:
    row = chartered.path_of(world.manager, client=world.client)
    end = {"path": row, "outcome": "Obtenu.", "by": world.manager, "now": now}
    with pytest.raises(ValidationError):
        paths.end_path(state=Path.State.FINISHED, **end)  # type: ignore[arg-type]  # -- named above
    made = chartered.asked(row, world.manager)
    made.answer, made.answered_on = PathRequest.Answer.YES, TODAY
    paths.answered(request=made, by=world.manager, now=now)
    paths.end_path(state=Path.State.FINISHED, **end)  # type: ignore[arg-type]  # -- named above
    row.refresh_from_db()
    assert (row.state, row.outcome, row.is_stale(TODAY + timedelta(days=900))) == (
        "finished", "Obtenu.", False,
    )  # fmt: skip
    for act in (
        lambda: chartered.asked(row, world.manager),
        lambda: paths.answered(request=made, by=world.manager, now=now),
        lambda: paths.correct(request=made, by=world.manager, now=now),
        lambda: paths.meet_next(path=row, decides_there="", on=None, by=world.manager, now=now),
        lambda: paths.end_path(state=Path.State.DROPPED, **end),  # type: ignore[arg-type]  # -- named above
    ):
        with pytest.raises(ValidationError):
            act()
    assert Path.objects.get().requests.count() == 1
