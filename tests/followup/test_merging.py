"""Two alerts on one subject that ask for one decision are one thing to handle."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.timezone import localdate

from clients.models import Client
from core.moving import OvertakenError
from followup import alerts, decisions, merging, reading, reconciling, wording
from followup.causes import Finding
from followup.decisions import Decision
from followup.models import Alert
from missions.models import Mission
from scoring.models import Decline
from surveys.models import Round
from tests import make
from tests.balancing import staffed
from tests.balancing.staffed import Staffed
from tests.followup.raised import below, run
from tests.followup.rows import FIGURES
from tests.world import World

pytestmark = pytest.mark.django_db
State, Rule = Alert.State, Alert.Rule
BELOW, DECLINING = Rule.CLIENT_BELOW, Rule.CLIENT_DECLINING
BIT = {"round_on": "2026-10-13"}


def kinds(alert: Alert) -> list[str]:
    return list(alert.moves.order_by("pk").values_list("kind", flat=True))


def reasons(client: Client, *rules: str) -> dict[str, list[Finding]]:
    """What is found for this client, and for no other."""
    given = {BELOW: FIGURES, DECLINING: BIT}
    return {
        rule: [Finding(given[rule], client=client.pk)] if rule in rules else []
        for rule in (BELOW, DECLINING)
    }


class Life:
    """A client over time: what is found, hour after hour, in one round."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.round = Round.objects.first() or make.round_()
        self.now = self.round.closes_at

    def pass_(self, *rules: str) -> dict[str, int]:
        self.now += timedelta(hours=1)
        moment = reconciling.Moment(self.round, self.now)
        done = reconciling.reconcile(reasons(self.client, *rules), moment)
        return {name: count for name, count in done.items() if count}

    def of(self, rule: str) -> Alert:
        return Alert.objects.filter(client=self.client, rule=rule).latest("pk")


@pytest.fixture
def life(world: World) -> Life:
    return Life(world.client)


@pytest.fixture
def both(life: Life) -> tuple[Alert, Alert]:
    """Below the firm first; then a sign of decline joins it."""
    life.pass_(BELOW)
    life.pass_(BELOW, DECLINING)
    return life.of(BELOW), life.of(DECLINING)


# --- joined ----------------------------------------------------------------------------------


def test_the_second_joins_the_first(life: Life) -> None:
    assert life.pass_(BELOW) == {"opened": 1}
    first = life.of(BELOW)
    assert life.pass_(BELOW, DECLINING) == {"opened": 1, "merged": 1}
    second = life.of(DECLINING)
    assert second.merged_into == first
    assert kinds(first) == ["opened", "joined"]
    assert kinds(second) == ["opened", "merged"]
    assert first.moves.get(kind="joined").code == DECLINING
    assert life.pass_(BELOW, DECLINING) == {}


def test_both_at_once_are_one(life: Life) -> None:
    assert life.pass_(BELOW, DECLINING) == {"opened": 2, "merged": 1}
    assert Alert.objects.filter(merged_into=None).count() == 1


def test_another_client_is_another_thing(life: Life, world: World) -> None:
    life.pass_(BELOW)
    other = Life(world.other_client)
    found = reasons(life.client, BELOW)
    found[DECLINING] = reasons(other.client, DECLINING)[DECLINING]
    reconciling.reconcile(found, reconciling.Moment(life.round, life.now))
    assert Alert.objects.filter(merged_into=None).count() == 2


def test_people_are_never_joined() -> None:
    assert Rule.PERSON_OVER_SHARE not in merging.FAMILY
    on_a_client = {BELOW, DECLINING, Rule.CLIENT_AT_RISK, Rule.STALE_PATH}
    assert merging.with_kin([BELOW]) == on_a_client
    assert merging.with_kin([Rule.FIRM_IMBALANCE]) == {Rule.FIRM_IMBALANCE}


def test_a_new_reason_brings_a_postponed_one_back(life: Life, world: World) -> None:
    life.pass_(BELOW)
    until = localdate(life.now) + timedelta(days=30)
    decisions.postpone(
        alert=life.of(BELOW), until=until, why="Congés", by=world.manager, now=life.now
    )
    assert life.pass_(BELOW) == {}
    life.pass_(BELOW, DECLINING)
    first = life.of(BELOW)
    assert (first.state, first.postponed_until) == (State.OPEN, None)
    assert kinds(first)[-2:] == ["joined", "resumed"]


def test_who_decides_must_have_seen_both(life: Life, world: World) -> None:
    life.pass_(BELOW)
    seen = life.of(BELOW)
    life.pass_(BELOW, DECLINING)
    with pytest.raises(OvertakenError):
        decisions.close(alert=seen, sentence="Vu.", by=world.manager, now=life.now)
    assert not Alert.objects.filter(state=State.CLOSED).exists()


def test_one_that_is_taken_leads(life: Life, world: World) -> None:
    """As two alerts stood before there was any joining."""
    life.pass_(BELOW, DECLINING)
    Alert.objects.update(merged_into=None)
    second = life.of(DECLINING)
    take(second, world, life.now)
    life.pass_(BELOW, DECLINING)
    assert life.of(BELOW).merged_into == second


def take(alert: Alert, world: World, now: datetime, step: str = "team") -> Alert:
    decision = Decision(step, "", world.manager, localdate(now) + timedelta(days=14))
    return decisions.take(alert=alert, decision=decision, by=world.manager, now=now)


# --- a cause goes ----------------------------------------------------------------------------


def test_the_second_cause_goes_and_the_first_stays(life: Life, both: tuple[Alert, Alert]) -> None:
    assert life.pass_(BELOW) == {"closed": 1}
    first, second = life.of(BELOW), life.of(DECLINING)
    assert (first.state, second.state) == (State.OPEN, State.CLOSED)
    assert kinds(first)[-1] == "parted"
    assert first.moves.get(kind="parted").code == DECLINING
    assert reading.joined_with(first) == []


def test_the_first_cause_goes_and_the_second_goes_on_with_what_was_decided(
    life: Life, both: tuple[Alert, Alert], world: World
) -> None:
    taken = take(life.of(BELOW), world, life.now)
    assert life.pass_(DECLINING) == {"closed": 1}
    first, second = life.of(BELOW), life.of(DECLINING)
    assert first.state == State.CLOSED
    assert second.merged_into is None
    decided = (second.state, second.owner, second.due_on, second.next_step_code)
    assert decided == (State.TAKEN, world.manager, taken.due_on, "team")
    assert kinds(second)[-1] == "carries_on"
    # A step of the other rule, told all the same.
    with translation.override("en"):
        assert reading.cards([second], set())[0].next_step == "Gather the team’s ideas"
    assert [row.pk for row in mine(world)] == [second.pk]


def test_both_causes_go(life: Life, both: tuple[Alert, Alert]) -> None:
    assert life.pass_() == {"closed": 2}
    assert not Alert.objects.exclude(state=State.CLOSED).exists()
    assert all(kinds(alert)[-1] == "closed" for alert in both)


def test_one_goes_while_the_other_comes(life: Life, world: World) -> None:
    life.pass_(BELOW)
    take(life.of(BELOW), world, life.now)
    assert life.pass_(DECLINING) == {"opened": 1, "merged": 1, "closed": 1}
    second = life.of(DECLINING)
    assert (second.state, second.owner, second.merged_into) == (State.TAKEN, world.manager, None)


# --- people decide ---------------------------------------------------------------------------


def test_closed_and_opened_again_together(
    life: Life, both: tuple[Alert, Alert], world: World
) -> None:
    decisions.close(alert=life.of(BELOW), sentence="Vu.", by=world.manager, now=life.now)
    first, second = life.of(BELOW), life.of(DECLINING)
    assert first.state == second.state == State.CLOSED
    assert second.closed_by == world.manager
    assert kinds(second)[-1] == "closed"
    # Neither comes back: both are left in peace.
    assert life.pass_(BELOW, DECLINING) == {}
    decisions.reopen(alert=first, by=world.manager, now=life.now)
    first, second = life.of(BELOW), life.of(DECLINING)
    assert first.state == second.state == State.OPEN
    assert (second.closed_by, second.closed_at, second.closing) == (None, None, "")
    assert reading.joined_with(first) == [second]


def test_opened_again_beside_a_newer_one(
    life: Life, both: tuple[Alert, Alert], world: World
) -> None:
    """The sign of decline has opened anew meanwhile: that one counts, and joins again."""
    closed = decisions.close(alert=life.of(BELOW), sentence="Vu.", by=world.manager, now=life.now)
    Alert.objects.create(
        rule=DECLINING, client=life.client, reason=BIT, opened_at=life.now,
        opened_round=life.round, seen_round=life.round, managers_from=life.now,
    )  # fmt: skip
    decisions.reopen(alert=closed, by=world.manager, now=life.now)
    assert Alert.objects.exclude(state=State.CLOSED).count() == 2
    life.pass_(BELOW, DECLINING)
    assert len(mine(world)) == 1


def test_what_was_closed_by_itself_is_not_opened_again(
    life: Life, both: tuple[Alert, Alert], world: World
) -> None:
    life.pass_(BELOW)
    closed = decisions.close(alert=life.of(BELOW), sentence="Vu.", by=world.manager, now=life.now)
    decisions.reopen(alert=closed, by=world.manager, now=life.now)
    assert life.of(DECLINING).state == State.CLOSED


# --- as it is shown --------------------------------------------------------------------------


def mine(world: World) -> list[reading.Card]:
    return reading.to_handle(world.manager, timezone.now())


def test_lists_show_one_card_with_both_reasons(
    both: tuple[Alert, Alert], world: World, browser: Browser
) -> None:
    first, second = both
    with translation.override("en"):
        [card] = mine(world)
    assert card.pk == first.pk
    assert [one.title for one in card.more] == [f"Sign of decline: {world.client.name}"]
    assert reading.to_handle_count(world.manager, timezone.now()) == 1
    board = reading.board(world.manager, timezone.now())
    assert [one.pk for one in board.to_handle] == [first.pk]
    assert [row.pk for row in reading.pressing(world.manager, timezone.now())] == [first.pk]
    story, _closed = reading.story_of(world.manager, world.client, timezone.now(), {})
    assert [(row.pk, row.acts, len(row.more)) for row in story] == [(first.pk, True, 1)]
    browser.force_login(world.manager)
    for name in ("followup:alert_list", "dashboards:overview"):
        page = browser.get(reverse(name)).content.decode()
        assert "Et aussi" in page
        assert reverse("followup:alert_detail", args=[second.pk]) not in page


def test_its_page_has_both_reasons_and_the_other_leads_there(
    both: tuple[Alert, Alert], world: World, browser: Browser
) -> None:
    first, second = both
    world.manager.language = "en"
    world.manager.save()
    browser.force_login(world.manager)
    url = reverse("followup:alert_detail", args=[first.pk])
    page = browser.get(url).content.decode()
    assert "What the published figures say" in page
    assert "Since the round of 13" in page.replace("\xa0", " ")
    assert "Another reason was added: Sign of decline at a client" in page
    other = browser.get(reverse("followup:alert_detail", args=[second.pk]))
    assert other.headers["Location"] == url
    assert browser.get(reverse("followup:alert_detail", args=[first.pk])).status_code == 200


def test_the_steps_of_both_reasons_can_be_chosen(
    both: tuple[Alert, Alert], world: World, browser: Browser
) -> None:
    """“Gather the team’s ideas” is offered for figures, “look again” for a sign."""
    first = Alert.objects.get(pk=both[0].pk)
    browser.force_login(world.manager)
    for step in ("team", "wait", "client"):
        typed = {
            "version": first.version, "step": step, "owner": world.manager.pk,
            "due_on": localdate(timezone.now()) + timedelta(days=9),
        }  # fmt: skip
        response = browser.post(reverse("followup:alert_take", args=[first.pk]), typed)
        assert response.status_code == 302
        first.refresh_from_db()
        assert first.next_step_code == step
    page = browser.get(reverse("followup:alert_detail", args=[first.pk])).content.decode()
    assert page.count('value="client"') == 1


def test_a_form_opened_before_the_joining_keeps_what_was_typed(
    life: Life, world: World, browser: Browser
) -> None:
    """Its alert has joined another one: shown there, nothing done, nothing lost."""
    life.pass_(DECLINING)
    own = life.of(DECLINING)
    Alert.objects.filter(pk=own.pk).update(opened_at=life.now + timedelta(hours=9))
    life.pass_(BELOW, DECLINING)
    first = life.of(BELOW)
    assert life.of(DECLINING).merged_into == first
    browser.force_login(world.manager)
    typed = {"version": first.version, "sentence": "Astreinte à deux."}
    response = browser.post(reverse("followup:alert_close", args=[own.pk]), typed)
    assert response.status_code == 200
    page = response.content.decode()
    assert "Astreinte à deux." in page
    assert reverse("followup:alert_close", args=[first.pk]) in page
    assert not Alert.objects.filter(state=State.CLOSED).exists()
    again = browser.post(reverse("followup:alert_close", args=[first.pk]), typed)
    assert again.status_code == 302


def test_its_closing_sentence_is_read_once(
    life: Life, both: tuple[Alert, Alert], world: World
) -> None:
    decisions.close(alert=life.of(BELOW), sentence="À deux.", by=world.manager, now=life.now)
    said = reading.closed_for(world.consultant, timezone.now())
    assert [one.sentence for one in said] == ["À deux."]
    closed = reading.board(world.manager, timezone.now()).closed
    assert [card.pk for card in closed] == [both[0].pk]


def test_as_many_queries_whatever_joins(world: World) -> None:
    asked = []
    for count in (1, 3, 15):
        clients = [make.client() for _ in range(count)]
        round_ = Round.objects.first() or make.round_()
        found = {
            BELOW: [Finding(FIGURES, client=one.pk) for one in clients],
            DECLINING: [Finding(BIT, client=one.pk) for one in clients],
        }
        for then in (
            found,
            {BELOW: [], DECLINING: found[DECLINING]},
            {rule: [] for rule in found},
        ):
            moment = reconciling.Moment(round_, timezone.now())
            with CaptureQueriesContext(connection) as captured:
                reconciling.reconcile(then, moment)
            asked.append(len(captured))
    assert asked[:3] == asked[3:6] == asked[6:]


def test_a_code_of_a_step_says_the_same_in_every_rule() -> None:
    for steps in wording.STEPS.values():
        for code, step in steps.items():
            assert str(step.title) == str(wording.EVERY_STEP[code].title), code


# --- through the jobs ------------------------------------------------------------------------


@pytest.fixture
def leaving() -> tuple[Staffed, Mission]:
    """A firm in which one demanding mission goes on after its last assignments."""
    made = staffed.firm(2)
    mission = made.hard[0]
    Mission.objects.filter(pk=mission.pk).update(ends_on=None)
    run(made.last.closes_at)
    return made, mission


def test_a_mission_from_nobody_left_to_nobody_there(leaving: tuple[Staffed, Mission]) -> None:
    made, mission = leaving
    left = Alert.objects.get(mission=mission)
    assert left.rule == Rule.NOBODY_LEFT
    now = made.last.closes_at + timedelta(hours=1)
    decision = Decision("next", "", made.manager, localdate(now) + timedelta(days=14))
    decisions.take(alert=left, decision=decision, by=made.manager, now=now)
    # Day after day, without another round: the end passes, and a week more.
    said = [run(now + timedelta(days=days)) for days in range(30)]
    assert [one for one in said if one] == ["1 opened, 1 merged, 1 closed"]
    past = Alert.objects.get(mission=mission, rule=Rule.PAST_END)
    assert (past.state, past.owner, past.merged_into) == (State.TAKEN, made.manager, None)
    assert Alert.objects.get(pk=left.pk).state == State.CLOSED


def test_it_closes_by_itself_the_day_after_somebody_is_assigned(
    leaving: tuple[Staffed, Mission],
) -> None:
    made, mission = leaving
    make.assignment(
        mission=mission, person=made.people[9],
        starts_on=localdate(made.last.closes_at) + timedelta(days=60),
    )  # fmt: skip
    assert run(made.last.closes_at + timedelta(hours=1)) == ""
    assert run(made.last.closes_at + timedelta(days=1)) == "1 closed"
    alert = Alert.objects.get(mission=mission)
    assert (alert.state, alert.closing_code) == (State.CLOSED, reconciling.CAUSE_GONE)
    assert run(made.last.closes_at + timedelta(days=1, hours=1)) == ""


def test_a_closed_one_leaves_in_peace_for_three_rounds(
    leaving: tuple[Staffed, Mission],
) -> None:
    made, mission = leaving
    now = made.last.closes_at + timedelta(hours=1)
    decisions.close(
        alert=Alert.objects.get(mission=mission), sentence="Vu.", by=made.manager, now=now
    )
    assert [run(now + timedelta(days=days)) for days in (1, 2, 10)] == ["", "", ""]
    assert Alert.objects.filter(mission=mission).count() == 1


def test_a_day_without_a_close_asks_nothing_twice(leaving: tuple[Staffed, Mission]) -> None:
    made, _mission = leaving
    later = made.last.closes_at + timedelta(days=1)
    run(later)
    with CaptureQueriesContext(connection) as captured:
        alerts.alert_due(now=later + timedelta(minutes=1))
    # Three of them ask which reviews and statuses were taken back since.
    assert len(captured) <= 12
    assert all(query["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))
               for query in captured.captured_queries)  # fmt: skip


def test_a_client_below_and_declining_through_the_jobs() -> None:
    made = staffed.firm(2)
    client = made.hard[0].client
    staffed.release(made.rounds[0].period, below(client.ref))
    Decline.objects.create(round=made.rounds[1], ref=client.ref)
    run(made.last.closes_at)
    assert Alert.objects.filter(client=client).count() == 2
    assert [c.rule for c in reading.to_handle(made.above, made.last.closes_at)] == [BELOW]
