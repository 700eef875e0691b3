"""What is forgotten, with a clock that moves: each line of the promise at its day."""

from datetime import datetime, timedelta

import pytest

from clients import charter_links, stances
from clients.contacts import KEPT_AFTER_END, end_contact
from clients.models import Charter, SectorWish, Stance
from clients.screening import EVIDENCE_KEPT, crossed
from clients.stances import KEPT_AFTER_LEAVING, Said
from scoring.charter_facts import charter_facts
from scoring.models import ReleasedComment
from scoring.publication import SystemViewer
from surveys import drafts
from surveys.comments import sealed
from surveys.models import Round
from surveys.models.answers import CheckIn, Draft
from surveys.models.opinions import Opinion
from surveys.named_opinions import named
from surveys.opinions import submit
from surveys.retention import CHECK_INS, COMMENTS, DRAFTS, forget_due
from tests.clients import chartered
from tests.dashboards.published import figures_out
from tests.simulated import firm as simulated
from tests.surveys.asking import NOW, open_round, send
from tests.surveys.opinions import asked as asked_client
from tests.world import World

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def asked(world: World) -> Round:
    row = open_round()
    send(world.consultant, world.mission, row, load=25)
    kept = CheckIn.objects.get()
    kept.comment, kept.comment_shown = sealed("Un mot.", kept), True
    kept.save()
    return row


def draft(world: World, row: Round, now: datetime = NOW) -> None:
    place = drafts.Place(world.consultant.pk, world.mission.pk, row)
    words = drafts.Words({"load": "25"}, comment="Un mot.")
    assert drafts.keep(place=place, words=words, seen=drafts.version(place), now=now)


def test_a_comment_is_kept_for_twelve_months(asked: Round) -> None:
    due = asked.closes_at + COMMENTS
    assert forget_due(now=due - MINUTE) == ""
    assert CheckIn.objects.get().comment_shown
    assert forget_due(now=due + MINUTE) == "comments past their time forgotten"
    kept = CheckIn.objects.get()
    assert (kept.comment, kept.comment_shown, kept.answers) == (None, False, {"load": 25})
    assert forget_due(now=due + MINUTE) == ""


def test_a_check_in_is_kept_for_twenty_four_months(asked: Round) -> None:
    due = asked.closes_at + CHECK_INS
    forget_due(now=due - MINUTE)
    assert CheckIn.objects.exists()
    assert forget_due(now=due + MINUTE) == "check-ins past their time forgotten"
    assert not CheckIn.objects.exists()
    assert Round.objects.filter(pk=asked.pk).exists()


def test_what_clients_wrote_and_answered_goes_at_the_same_ages(world: World) -> None:
    row = asked_client(world.client)
    submit(asking=row, answers={"overall": 75}, comment="Un mot.", now=NOW)
    closes = row.survey.round.closes_at
    assert forget_due(now=closes + COMMENTS - MINUTE) == ""
    said = forget_due(now=closes + COMMENTS + MINUTE)
    assert said == "comments of clients past their time forgotten"
    assert list(Opinion.objects.values_list("answers", "comment")) == [({"overall": 75}, None)]
    assert forget_due(now=closes + CHECK_INS - MINUTE) == ""
    said = forget_due(now=closes + CHECK_INS + MINUTE)
    assert said == "answers of clients past their time forgotten"
    assert not Opinion.objects.exists()


def test_a_draft_is_kept_for_thirty_days(world: World, asked: Round) -> None:
    draft(world, asked)
    assert forget_due(now=NOW + DRAFTS) == ""
    assert forget_due(now=NOW + DRAFTS + MINUTE) == "drafts past their time forgotten"
    assert not Draft.objects.exists()


def test_a_tap_gives_a_draft_thirty_days_more(world: World, asked: Round) -> None:
    draft(world, asked)
    draft(world, asked, now=NOW + 5 * DAY)
    forget_due(now=NOW + DRAFTS + DAY)
    assert Draft.objects.exists()


def test_a_former_contact_keeps_their_answers_and_not_their_name(world: World) -> None:
    row = asked_client(world.client)
    submit(asking=row, answers={"overall": 75}, reader=world.manager, now=NOW)
    end_contact(contact=row.contact, actor=world.manager, now=NOW)
    assert forget_due(now=NOW + KEPT_AFTER_END) == ""
    later = NOW + KEPT_AFTER_END + DAY
    assert forget_due(now=later) == "names of former contacts past their time forgotten"
    assert forget_due(now=later) == ""
    told = named(client=world.client, surveys={row.survey_id}, reader=world.manager, now=later)
    assert [one.name for one in told] == ["Ancien contact"]


def test_what_somebody_who_left_said_of_clients_goes(world: World) -> None:
    for person in (world.consultant, world.other_consultant):
        said = Said(word="against", shared=True)
        stances.say(person=person, client=world.client, said=said, now=NOW)
        wish = {"sector": "Banque", "wish": "against", "shared": True}
        stances.wish_for_sector(person=person, now=NOW, **wish)
    world.consultant.ends_on = NOW.date()
    world.consultant.save()
    assert forget_due(now=NOW + KEPT_AFTER_LEAVING) == ""
    later = NOW + KEPT_AFTER_LEAVING + DAY
    assert forget_due(now=later) == "stances of people who left past their time forgotten"
    for model in (Stance, SectorWish):
        assert [row.person for row in model.objects.all()] == [world.other_consultant]


@pytest.mark.parametrize("is_ended", [False, True])
def test_names_on_a_link_to_the_charter_go_a_year_after_it(world: World, is_ended: bool) -> None:
    version = chartered.published(world.referent)
    link = chartered.sent(world.manager, now=NOW)
    charter_links.acknowledge(link=link, charter=version, name="Claire Aubin", now=NOW)
    last = NOW if is_ended else NOW + charter_links.LASTS
    if is_ended:
        charter_links.end_link(link=link, by=world.manager, now=NOW)
    assert forget_due(now=last + KEPT_AFTER_END) == ""
    later = last + KEPT_AFTER_END + DAY
    assert forget_due(now=later) == "names on links to the charter past their time forgotten"
    link.refresh_from_db()
    assert (link.recipient, link.label) == ("", "Ancien contact")
    assert [row.label for row in link.acknowledgements.all()] == ["Ancien contact"]


def test_who_was_against_a_value_goes_once_one_chooses_no_more(world: World) -> None:
    charter = chartered.choosing_now(world.referent)
    row = chartered.objection(charter)
    assert forget_due(now=NOW) == ""
    row.refresh_from_db()
    assert row.person is not None
    Charter.objects.update(state=Charter.State.WRITING)
    said = forget_due(now=NOW)
    assert said == "authors of sentences against values past their time forgotten"
    row.refresh_from_db()
    assert (row.person, row.sentence) == (None, "Trop vague.")


def test_evidence_on_a_joint_sheet_goes_after_twenty_four_months(world: World) -> None:
    row = chartered.sheet(world.client, world.referent, "sr", now=NOW)
    due = NOW + EVIDENCE_KEPT
    assert forget_due(now=due) == ""
    assert [line.evidence for line in row.lines.all()] == ["Vu sur place."] * 2
    before = charter_facts(viewer=SystemViewer("test"), at=NOW)
    said = forget_due(now=due + MINUTE)
    assert said == "evidence on joint sheets past their time forgotten"
    lines = [(one.evidence, one.ours_evidence, one.verdict) for one in row.lines.all()]
    assert lines == [("", "", "seen"), ("", "", "contrary")]
    assert charter_facts(viewer=SystemViewer("test"), at=NOW) == before
    assert forget_due(now=due + MINUTE) == ""


def test_evidence_of_a_first_contact_goes_after_twenty_four_months(world: World) -> None:
    row = chartered.screened(world.consultant, "sns", red=True)
    made = row.screenings.get()
    made.lines.filter(red_line=False, verdict="seen").update(changed="Ils ont signé.")
    due = made.made_at + EVIDENCE_KEPT
    assert forget_due(now=due) == ""
    assert all(line.evidence for line in made.lines.exclude(verdict="not_seen"))
    said = forget_due(now=due + MINUTE)
    assert said == "evidence of first contacts past their time forgotten"
    lines = [(one.evidence, one.changed, one.verdict) for one in made.lines.all()]
    assert lines == [("", "", "seen"), ("", "", "not_seen"), ("", "", "seen")]
    # What was found still stands: a red line is answered before anything is screened anew.
    assert len(crossed(row)) == 1
    row.refresh_from_db()
    assert row.result == made.result == "at_risk"
    assert forget_due(now=due + MINUTE) == ""


def test_the_lengths_are_those_of_the_promise() -> None:
    assert EVIDENCE_KEPT == CHECK_INS
    assert (COMMENTS.days, CHECK_INS.days, DRAFTS.days) == (366, 731, 30)
    assert KEPT_AFTER_END.days == 366
    assert KEPT_AFTER_LEAVING.days == 30


def test_many_go_some_at_a_time_and_published_figures_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("surveys.retention.AT_ONCE", 7)
    made = simulated(people=30, clients=3, periods=1, rounds=2)
    for row in CheckIn.objects.all():
        row.comment, row.comment_shown = sealed("Un mot.", row), True
        row.save()
    figures_out(made)
    assert ReleasedComment.objects.exists()
    said = forget_due(now=made.after + CHECK_INS)
    assert said == "comments, check-ins past their time forgotten"
    assert not CheckIn.objects.exists()
    assert not ReleasedComment.objects.exists()
