"""Rotations asked for by a manager, worked out by a job, talked over and made."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, User
from accounts.perms import Refused
from balancing import agreeing, compute, perms, planning, rotating
from balancing.maths.load import rolling_load
from balancing.models import Rotation, RotationMove, RotationRun
from balancing.outlook import outlook
from balancing.planning import Wish
from core.moving import OvertakenError
from missions import preferences
from missions.models import Assignment, Mission
from tests import make
from tests.balancing import staffed

pytestmark = pytest.mark.django_db
State = Rotation.State


class Firm:
    """A staffed firm with everybody on a mission from the round after the last one on."""

    def __init__(self) -> None:
        self.made = staffed.firm(12)
        compute.load_due(now=self.made.last.closes_at + timedelta(hours=1))
        self.first = self.made.last.starts_on + staffed.CADENCE
        self.now: datetime = self.made.last.closes_at + timedelta(days=8)
        # They go on, and people stay on them.
        Mission.objects.update(ends_on=None)
        for place, person in enumerate(self.made.people):
            hard, easy = self.made.hard, self.made.easy
            mission = hard[place] if place < len(hard) else easy[place % len(easy)]
            if place < staffed.PEOPLE - 1:
                Assignment.objects.create(person=person, mission=mission, starts_on=self.first)

    @property
    def manager(self) -> User:
        return self.made.manager

    def wish(self, **rest: Any) -> Wish:
        values = {"rounds": 6, "moves": 6, "together": 2, "starts_on": self.coming} | rest
        return Wish(**values)

    @property
    def coming(self) -> date:
        return self.first + staffed.CADENCE

    def plan(self, **rest: Any) -> RotationRun:
        run = planning.ask(wish=self.wish(**rest), by=self.manager, now=self.now)
        planning.plan_due(now=self.now)
        run.refresh_from_db()
        return run

    def rotation(self) -> Rotation:
        return self.plan().rotations.first()

    def talking(self) -> Rotation:
        rotation = self.rotation()
        agreeing.talk(rotation=rotation, starts_on=self.coming, by=self.manager, now=self.now)
        return fresh(rotation)


@pytest.fixture
def firm() -> Firm:
    return Firm()


def fresh(rotation: Rotation) -> Rotation:
    return Rotation.objects.get(pk=rotation.pk)


# --- the job ---------------------------------------------------------------------------------


def test_a_manager_asks_and_the_job_answers(firm: Firm) -> None:
    run = firm.plan()
    assert (run.state, run.outcome) == ("done", "found")
    assert run.plans >= 1
    assert run.finished_at == firm.now
    rotations = list(run.rotations.all())
    assert 1 <= len(rotations) <= 4
    assert [row.number for row in rotations] == list(range(1, len(rotations) + 1))
    assert sum(row.moves.filter(leaves__isnull=False).count() for row in rotations) <= 6
    for row in rotations:
        assert row.gap < 0
        assert row.state == State.PROPOSED
        assert row.moves.count() == 2
    first = rotations[0].moves.first()
    assert first is not None
    assert first.person == firm.made.loaded
    assert first.leaves in firm.made.hard
    assert first.takes not in firm.made.hard
    assert not run.is_live
    assert (str(run), str(rotations[0])) == (
        f"rotation run {run.pk}",
        f"rotation {rotations[0].pk}",
    )


def test_shares_are_those_that_would_be_computed(firm: Firm) -> None:
    """Made by hand, the change gives at the end of its rounds the share that was announced."""
    rotation = firm.rotation()
    for move in rotation.moves.all():
        if move.leaves:
            Assignment.objects.filter(person=move.person, mission=move.leaves).update(
                ends_on=firm.coming - timedelta(days=1)
            )
        if move.takes:
            Assignment.objects.create(
                person=move.person, mission=move.takes, starts_on=firm.coming, share=move.time
            )
    look = outlook(firm.now, rounds=6)
    assert look is not None
    for move in rotation.moves.all():
        place = look.person(move.person_id)
        assert 100 * look.unchanged.share[place] == pytest.approx(move.share_with)


def test_running_twice_or_by_two_workers_makes_one_answer(firm: Firm) -> None:
    run = firm.plan()
    count = Rotation.objects.count()
    assert planning.plan_due(now=firm.now) == ""
    waiting = planning.ask(wish=firm.wish(), by=firm.manager, now=firm.now)
    assert waiting.is_live
    planning.cancel(run=waiting, now=firm.now)
    assert not planning._work(waiting, firm.now)
    assert not planning._finish(run, [], "nothing", firm.now)
    assert Rotation.objects.count() == count


def test_a_run_whose_worker_died_is_taken_over(firm: Firm) -> None:
    run = planning.ask(wish=firm.wish(), by=firm.manager, now=firm.now)
    with (
        mock.patch.object(planning, "_finish", side_effect=RuntimeError("killed")),
        pytest.raises(RuntimeError),
    ):
        planning.plan_due(now=firm.now)
    assert Rotation.objects.count() == 0
    assert planning.plan_due(now=firm.now + timedelta(minutes=14)) == ""
    assert planning.plan_due(now=firm.now + timedelta(minutes=16)) == "1 rotation plan(s) made"
    run.refresh_from_db()
    assert run.state == "done"


def test_stopping_keeps_what_was_found(firm: Firm) -> None:
    run = planning.ask(wish=firm.wish(), by=firm.manager, now=firm.now)
    whole = planning._goes_on
    calls = 0

    def stopped(row: RotationRun) -> bool:
        nonlocal calls
        calls += 1
        if RotationMove.objects.exists() or calls > 3:
            planning.cancel(run=row, now=firm.now)
        return whole(row)

    with mock.patch.object(planning, "_goes_on", stopped):
        planning.plan_due(now=firm.now)
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert run.outcome == ("found" if run.rotations.exists() else "nothing")
    assert not planning.cancel(run=run, now=firm.now)


def test_one_question_at_a_time(firm: Firm) -> None:
    run = planning.ask(wish=firm.wish(), by=firm.manager, now=firm.now)
    with pytest.raises(planning.AlreadyAskedError):
        planning.ask(wish=firm.wish(), by=firm.manager, now=firm.now)
    planning.ask(wish=firm.wish(), by=firm.made.above, now=firm.now)
    assert planning.cancel(run=run, now=firm.now)
    planning.ask(wish=firm.wish(), by=firm.manager, now=firm.now)
    assert planning.plan_due(now=firm.now) == "2 rotation plan(s) made"
    run.refresh_from_db()
    assert (run.state, run.outcome) == ("cancelled", "")


def test_no_loads_or_nobody_to_move_is_said(firm: Firm) -> None:
    assert firm.plan(locked=firm.made.people).outcome == "nobody"
    early = firm.made.rounds[0].closes_at
    planning.ask(wish=firm.wish(), by=firm.manager, now=early)
    planning.plan_due(now=early)
    assert RotationRun.objects.filter(outcome="no_loads").exists()


def test_nothing_helps_where_all_carry_the_same(firm: Firm) -> None:
    for mission in Mission.objects.all():
        mission.facts.clear()
    assert firm.plan().outcome == "nothing"


# --- who could move --------------------------------------------------------------------------


def spells(firm: Firm, **rest: Any) -> dict[int, Any]:
    run = planning.ask(wish=firm.wish(**rest), by=firm.manager, now=firm.now)
    look = outlook(firm.now, rounds=6)
    assert look is not None
    ground, _ = planning.ground_of(run, look, firm.now)
    run.delete()
    return dict(ground.spells)


def test_one_mission_that_goes_on_or_none(firm: Firm) -> None:
    people = firm.made.people
    assert spells(firm)[people[0].pk] == planning.Spell(firm.made.hard[0].pk, 100)
    assert spells(firm)[people[-1].pk] == planning.Spell(None)
    # Another mission beside it, another plan after it, a near departure, a lock.
    Assignment.objects.create(person=people[1], mission=firm.made.easy[0], starts_on=firm.first)
    Assignment.objects.filter(person=people[2], starts_on=firm.first).update(
        ends_on=firm.coming + timedelta(days=30)
    )
    Assignment.objects.create(
        person=people[2], mission=firm.made.easy[1], starts_on=firm.coming + timedelta(days=60)
    )
    User.objects.filter(pk=people[3].pk).update(ends_on=firm.coming + timedelta(days=60))
    Assignment.objects.filter(person=people[5], starts_on=firm.first).update(
        starts_on=firm.coming + timedelta(days=20)
    )
    found = spells(firm, locked=[people[4]])
    gone = {people[place].pk for place in (1, 2, 3, 4, 5)}
    assert gone.isdisjoint(found)
    assert len(found) == staffed.PEOPLE - len(gone)


def test_who_shares_that_they_would_stay_is_not_asked_to_move(firm: Firm) -> None:
    person, mission = firm.made.people[0], firm.made.hard[0]
    for kind, shared, may in (("stay", False, True), ("stay", True, False), ("move", True, True)):
        said = preferences.Said(kind, None, "", shared=shared)
        preferences.say(person=person, mission=mission, said=said, now=firm.now)
        assert (person.pk in spells(firm)) is may
    rotation = firm.rotation()
    move = rotation.moves.get(person=person)
    assert ["wishes_move", ""] in move.reasons
    preferences.say(
        person=person, mission=mission, now=firm.now,
        said=preferences.Said("move", date(2027, 3, 1), "", shared=True),
    )  # fmt: skip
    move = firm.rotation().moves.get(person=person)
    assert ["wishes_move", "2027-03-01"] in move.reasons


def test_who_is_in_a_conversation_is_not_asked_again(firm: Firm) -> None:
    rotation = firm.talking()
    talking = {move.person_id for move in rotation.moves.all()}
    assert talking
    assert talking.isdisjoint(spells(firm))
    Rotation.objects.filter(pk=rotation.pk).update(state=State.REFUSED, decided_at=firm.now)
    assert talking <= set(spells(firm))


def test_only_consultants_whom_one_leads(firm: Firm) -> None:
    stranger = make.person(unit=make.unit())
    gone = make.person(unit=firm.made.unit, is_active=False)
    assert gone in perms.people_to_rotate(firm.manager)
    assert {stranger.pk, gone.pk}.isdisjoint(spells(firm))
    assert list(perms.people_to_rotate(stranger)) == []
    assert not perms.rotations_of(stranger).exists()


def test_a_later_day_moves_the_change(firm: Firm) -> None:
    run = planning.ask(wish=firm.wish(starts_on=date(2030, 1, 1)), by=firm.manager, now=firm.now)
    look = outlook(firm.now, rounds=6)
    assert look is not None
    assert planning.ground_of(run, look, firm.now)[0].since == 5


def test_in_a_crowd_the_ends_are_looked_at(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    run = planning.ask(wish=firm.wish(), by=firm.manager, now=firm.now)
    look = outlook(firm.now, rounds=6)
    assert look is not None
    ground, _ = planning.ground_of(run, look, firm.now)
    loads = rolling_load(look.horizon.then)
    order = sorted(ground.spells, key=lambda pk: loads[look.person(pk)])
    assert set(rotating._nearest_the_ends(ground)) == set(order)
    monkeypatch.setattr(rotating, "CROWD", 2)
    assert set(rotating._nearest_the_ends(ground)) == {*order[:2], *order[-2:]}
    assert list(rotating.proposals(ground))


def test_without_anybody_to_compare_nothing_changes(firm: Firm) -> None:
    look = outlook(firm.now, rounds=6)
    assert look is not None
    nobody = replace(look.unchanged, indices=None)
    assert rotating.gap_between(nobody, look.unchanged) == 0
    assert rotating.gap_between(look.unchanged, nobody) == 0
    assert rotating.gap_between(look.unchanged, look.unchanged) == 0


def test_what_was_refused_by_somebody_gone_does_not_matter(firm: Firm) -> None:
    stranger = make.person(is_active=False)
    other = make.client()
    ended = make.mission(client=other, starts_on=date(2025, 1, 6), ends_on=date(2025, 1, 7))
    run = RotationRun.objects.create(
        asked_by=firm.manager, asked_at=firm.now, rounds=6, moves=2,
        starts_on=firm.coming, state="done", outcome="found",
    )  # fmt: skip
    for number, (person, mission) in enumerate(
        [(stranger, firm.made.hard[0]), (firm.made.loaded, ended)], 1
    ):
        rotation = Rotation.objects.create(
            run=run, number=number, starts_on=firm.coming, gap=-0.1, above_without=1,
            above_with=0, overlap_days=10, caution="overlap", state=State.SET_ASIDE,
            decided_at=firm.now,
        )  # fmt: skip
        move = RotationMove.objects.create(
            rotation=rotation, person=person, takes=mission, time=100,
            share_now=1, share_without=1, share_with=0,
        )  # fmt: skip
        assert str(move) == f"rotation move {move.pk}"
    look = outlook(firm.now, rounds=6)
    assert look is not None
    assert planning.ground_of(run, look, firm.now)[0].able.all()
    RotationMove.objects.filter(person=stranger).update(person=firm.made.loaded)
    assert not planning.ground_of(run, look, firm.now)[0].able.all()


def test_a_client_that_people_like_is_told_early(firm: Firm) -> None:
    period = firm.made.rounds[5].period
    ref = firm.made.hard[0].client.ref
    staffed.release(
        period,
        {
            ("firm", "", "overall"): (60, 55, 65),
            ("client", ref, "overall"): (90, 85, 95),
            ("client", ref, "load"): None,
            ("client", "OTHER", "overall"): (60, 50, 70),
        },
    )
    look = outlook(firm.now, rounds=6)
    assert look is not None
    assert planning._clearly_above(look) == set()
    type(look.load_pass).objects.update(release_period_on=period.starts_on)
    look = outlook(firm.now, rounds=6)
    assert look is not None
    assert planning._clearly_above(look) == {ref}


# --- what is told ----------------------------------------------------------------------------


def test_reasons_cost_and_one_caution(firm: Firm) -> None:
    Mission.objects.update(place="Lille", ends_on=date(2027, 1, 4))
    rotation = firm.rotation()
    codes = {code for move in rotation.moves.all() for code, *_ in move.reasons}
    assert "mission_ends" in codes
    assert rotation.overlap_days == 10 * rotation.moves.filter(takes__isnull=False).count()
    assert rotation.caution in {"short_stay", "bench", "overlap"}


def told(firm: Firm, parts: list[Any], begun: date | None) -> planning._Told:
    missions = {row.pk: row for row in Mission.objects.select_related("client")}
    stays = {(part.person, part.leaves): begun for part in parts} if begun else {}
    return planning._Told(parts, missions, stays, firm.coming)


def test_the_caution_that_weighs_most_comes_first(firm: Firm) -> None:
    hard, easy = firm.made.hard[0], firm.made.easy[0]
    swap = [
        planning.Part(1, hard.pk, easy.pk, 100, 0.9, 0.9, 0.5),
        planning.Part(2, easy.pk, hard.pk, 50, 0.1, 0.1, 0.4),
    ]
    rest = [planning.Part(1, hard.pk, None, 100, 0.9, 0.9, 0.5)]
    long_ago = firm.coming - timedelta(weeks=40)
    assert told(firm, swap, long_ago).caution({hard.client.ref}) == "client_above"
    assert told(firm, swap, None).caution(set()) == "short_stay"
    assert told(firm, rest, long_ago).caution(set()) == "bench"
    assert told(firm, swap, long_ago).caution(set()) == "overlap"
    assert told(firm, swap, long_ago).overlap_days == 15
    Mission.objects.filter(pk=hard.pk).update(place="Lille")
    assert told(firm, swap, long_ago).caution(set()) == "overlap"
    Mission.objects.filter(pk=easy.pk).update(place="Lyon")
    assert told(firm, swap, long_ago).caution(set()) == "other_place"
    assert told(firm, swap, None).caution(set()) == "short_stay"
    Mission.objects.update(place="")
    codes = [code for code, _ in told(firm, swap, long_ago).move(swap[0]).reasons]
    assert codes == ["long_stay"]
    Mission.objects.update(place="Lille")
    codes = [code for code, _ in told(firm, swap, None).move(swap[0]).reasons]
    assert codes == ["same_place"]
    newcomer = planning.Part(3, None, hard.pk, 100, 0, 0, 0.3)
    assert told(firm, [newcomer], None).move(newcomer).reasons == [["free", ""]]


# --- talked over -----------------------------------------------------------------------------


def test_nobody_hears_of_a_mere_proposal(firm: Firm) -> None:
    rotation = firm.rotation()
    move = rotation.moves.first()
    assert move is not None
    assert not perms.moves_about(move.person).exists()
    with pytest.raises(Refused):
        perms.move_for(move.person, move.pk)
    agreeing.set_aside(rotation=rotation, reason="Trop tôt", by=firm.manager, now=firm.now)
    assert not perms.moves_about(move.person).exists()
    assert not AuditEntry.objects.filter(object_kind="rotation").exists()


def test_people_agree_then_the_manager_and_staffing_changes(firm: Firm) -> None:
    rotation = firm.talking()
    moves = list(rotation.moves.select_related("person"))
    assert all(perms.move_for(move.person, move.pk) == move for move in moves)
    with pytest.raises(OvertakenError):
        agreeing.agree(rotation=rotation, starts_on=firm.coming, by=firm.manager, now=firm.now)
    for move in moves:
        agreeing.answer(move=move, said=agreeing.Said("yes", "Volontiers"), now=firm.now)
    agreeing.agree(rotation=fresh(rotation), starts_on=firm.coming, by=firm.manager, now=firm.now)
    assert fresh(rotation).state == State.AGREED
    for move in moves:
        rows = Assignment.objects.filter(person=move.person)
        if move.leaves_id:
            left = rows.get(mission=move.leaves_id, ends_on=firm.coming - timedelta(days=1))
            assert left.starts_on == firm.first
        if move.takes_id:
            assert rows.get(mission=move.takes_id, starts_on=firm.coming).share == move.time
        lines = AuditEntry.objects.filter(object_kind="rotation", about=move.person)
        assert [row.action for row in lines] == ["confirm", "confirm", "propose"]


def test_one_no_ends_it_and_teaches(firm: Firm) -> None:
    rotation = firm.talking()
    move = rotation.moves.filter(takes__isnull=False).select_related("person").first()
    assert move is not None
    agreeing.answer(move=move, said=agreeing.Said("no", "Trop loin"), now=firm.now)
    rotation = fresh(rotation)
    assert (rotation.state, rotation.reason) == (State.REFUSED, "Trop loin")
    assert rotation.decided_by == move.person
    with pytest.raises(OvertakenError):
        agreeing.answer(move=move, said=agreeing.Said("yes"), now=firm.now)
    with pytest.raises(OvertakenError):
        agreeing.agree(rotation=rotation, starts_on=firm.coming, by=firm.manager, now=firm.now)
    again = firm.plan()
    pairs = RotationMove.objects.filter(rotation__run=again).values_list("person", "takes")
    assert (move.person_id, move.takes_id) not in set(pairs)
    much_later = firm.now + timedelta(weeks=13)
    assert (move.person_id, move.takes_id) not in planning._in_peace(much_later)


def test_a_change_that_staffing_refuses_leaves_nothing_half_done(firm: Firm) -> None:
    rotation = firm.talking()
    for move in rotation.moves.all():
        agreeing.answer(move=move, said=agreeing.Said("yes"), now=firm.now)
    move = rotation.moves.filter(leaves__isnull=False).last()
    assert move is not None
    Assignment.objects.filter(person=move.person, starts_on=firm.first).update(ends_on=firm.first)
    before = list(Assignment.objects.order_by("pk").values())
    with pytest.raises(ValidationError, match=move.person.full_name):
        agreeing.agree(
            rotation=fresh(rotation), starts_on=firm.coming, by=firm.manager, now=firm.now
        )
    assert list(Assignment.objects.order_by("pk").values()) == before
    assert fresh(rotation).state == State.TALKING


def test_two_managers_at_once_do_not_clobber_each_other(firm: Firm) -> None:
    rotation = firm.rotation()
    stale = fresh(rotation)
    agreeing.talk(rotation=rotation, starts_on=firm.coming, by=firm.manager, now=firm.now)
    with pytest.raises(OvertakenError):
        agreeing.set_aside(rotation=stale, reason="x", by=firm.manager, now=firm.now)
    agreeing.set_aside(
        rotation=fresh(rotation), reason="Client parti", by=firm.manager, now=firm.now
    )
    lines = AuditEntry.objects.filter(object_kind="rotation", action="withdraw")
    assert lines.count() == rotation.moves.count()


def test_one_conversation_at_a_time_for_a_person(firm: Firm) -> None:
    first = firm.talking()
    move = first.moves.first()
    assert move is not None
    run = firm.plan()
    other = Rotation.objects.create(
        run=run, number=99, starts_on=firm.coming, gap=-0.1, above_without=1, above_with=0,
        overlap_days=10, caution="overlap",
    )  # fmt: skip
    RotationMove.objects.create(
        rotation=other, person=move.person, takes=firm.made.easy[0], time=100,
        share_now=1, share_without=1, share_with=0,
    )  # fmt: skip
    with pytest.raises(OvertakenError):
        agreeing.talk(rotation=other, starts_on=firm.coming, by=firm.manager, now=firm.now)


# --- rights ----------------------------------------------------------------------------------


def test_only_whoever_asked_decides_and_only_while_they_lead(firm: Firm) -> None:
    rotation = firm.rotation()
    assert perms.rotation_to_decide_for(firm.manager, rotation.pk) == rotation
    assert perms.run_for(firm.manager, rotation.run_id) == rotation.run
    with pytest.raises(Refused):
        perms.rotation_to_decide_for(firm.made.above, rotation.pk)
    with pytest.raises(Refused):
        perms.run_for(firm.made.above, rotation.run_id)
    with pytest.raises(Refused):
        perms.run_for(firm.made.loaded, rotation.run_id)
    User.objects.filter(pk__in=rotation.moves.values("person")).update(unit=None, manager=None)
    with pytest.raises(PermissionDenied):
        perms.rotation_to_decide_for(firm.manager, rotation.pk)


def test_no_answer_is_read(firm: Firm) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert firm.plan().outcome == "found"
    assert not [row for row in queries if "surveys_checkin" in row["sql"]]
