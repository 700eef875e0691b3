"""Every page of the product, as the matrix of rights knows it, on the demo firm's own rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts import stopping
from accounts.models import OrgUnit, TalkContact, User
from balancing.models import Rotation
from clients import charter_links
from clients.models import (
    CharterException,
    CharterLink,
    CharterValue,
    Client,
    Contact,
    Objection,
    Path,
    PathRequest,
    Prospect,
)
from followup.models import Alert, Promise, PromiseIdea
from missions.models import Absence, Assignment, DemandFact, FactContest, MissionProfile, Skill
from surveys import links
from surveys.client_links import token_of
from surveys.models import Asking, Pause, Question, ReviewedClient, Round
from surveys.models.answers import CheckIn
from tests.browser.firm import Firm, todo
from tests.followup.rows import FEW_ANSWERS
from tests.matrix import Row
from tests.test_matrix import all_rows

ROLES = ("anonymous", "consultant", "manager", "referent", "administrator")
# Files, and answers to machines.
NO_PAGES = (
    "healthz", "readyz", "manifest", "operations:import_sample", "operations:export_table",
    "dashboards:figures_export", "dashboards:client_export", "dashboards:history_export",
    "dashboards:figures_export", "dashboards:enough_export", "dashboards:history_export",
    "dashboards:figures_export", "dashboards:enough_export", "dashboards:portfolio_export",
    "dashboards:history_export",
    "followup:quality_export", "followup:promise_export",
    # A part of a page, for the page itself.
    "dashboards:rotation_run",
)  # fmt: skip
# Other states of an alert whose page is walked already.
SAME_PAGES = ("about_a_person_since_today", "passed_on")

Found = tuple[dict[str, Any], User | None]


@dataclass(frozen=True, slots=True)
class Place:
    """A page: its row of the matrix, and the roles that see it."""

    row: Row
    roles: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"{self.row.name}-{self.row.args.__name__}".removesuffix("-<lambda>")

    def address(self, firm: Firm) -> tuple[str, dict[str, User | None]]:
        """Where it is, and who stands for each role there."""
        kwargs, concerned = subject(self.row, firm)
        people = {role: None if role == "anonymous" else firm.person(role) for role in self.roles}
        if concerned and "consultant" in people:
            people["consultant"] = concerned
        return reverse(self.row.name, kwargs=kwargs), people


def places() -> list[Place]:
    """All that answer 200 to a GET of somebody, once each."""
    found = {}
    for row in all_rows():
        roles = tuple(role for role in ROLES if row.expected(role) == 200)
        is_page = row.method == "get" and row.name not in NO_PAGES
        if is_page and roles and row.args.__name__ not in SAME_PAGES:
            found.setdefault((row.name, row.args.__name__), Place(row, roles))
    return list(found.values())


def subject(row: Row, firm: Firm) -> Found:
    """Arguments of the address for the demo firm, and the consultant whom it is about."""
    name = row.args.__name__
    if name == "<lambda>":
        return row.args(None), None  # type: ignore[arg-type]  # -- fixed words, no row of a world
    if name not in SUBJECTS:
        raise LookupError(f"say in tests/browser/places.py what stands for {name!r}")
    return SUBJECTS[name](firm)


def _of(row: Any, concerned: User | None = None) -> Found:
    return {"pk": row.pk}, concerned


def _client_contact(firm: Firm) -> Found:
    row = Contact.objects.filter(client=firm.client("ORSEL")).earliest("pk")
    return {"pk": row.client_id, "contact_pk": row.pk}, None


def _held_client(firm: Firm) -> Found:
    """The demo's manager leaves accounts to others; for this page they hold one."""
    row = firm.client("KERMADEC")
    Client.objects.filter(pk=row.pk).update(account_manager=firm.person("manager"))
    return _of(row)


def _client_link(firm: Firm) -> Found:
    asked = Asking.objects.filter(survey__round__closes_at__gt=timezone.now()).earliest("pk")
    return {"token": token_of(asked)}, None


def _absence(firm: Firm) -> Found:
    person = firm.person("consultant")
    days = {"starts_on": date(2090, 7, 3), "ends_on": date(2090, 7, 7)}
    return _of(Absence.objects.get_or_create(person=person, **days)[0])


def _checkin(firm: Firm) -> Found:
    line = todo(firm.person("consultant"))
    return {"round_pk": line.round.pk, "mission_pk": line.mission.pk}, None


def _sent(firm: Firm) -> Found:
    row = CheckIn.objects.latest("pk")
    return {"round_pk": row.round_id, "mission_pk": row.mission_id}, row.person


def _about_a_person(firm: Firm) -> Found:
    alert = Alert.objects.filter(person=firm.person("L002")).latest("opened_at")
    return _of(alert, alert.person)


def _about_a_client(firm: Firm) -> Found:
    return _of(_latest(Alert.Rule.CLIENT_BELOW))


def _about_a_decline(firm: Firm) -> Found:
    return _of(_latest(Alert.Rule.CLIENT_DECLINING))


def _latest(rule: Alert.Rule) -> Alert:
    """One that has a page of its own."""
    return Alert.objects.filter(rule=rule, merged_into=None).latest("opened_at")


def _about_the_firm(firm: Firm) -> Found:
    """The demo firm is not unfair enough for one."""
    closed = Round.objects.closed(timezone.now()).latest("starts_on")
    values = {
        "opened_at": closed.closes_at,
        "managers_from": closed.closes_at,
        "opened_round": closed,
        "seen_round": closed,
        "reason": {"index": 0.2, "reference": 0.1, "above_zone": 3, "compared": 40},
    }
    rule = Alert.Rule.FIRM_IMBALANCE
    return _of(Alert.objects.get_or_create(rule=rule, firm=True, defaults=values)[0])


def _rotation(state: str) -> Rotation:
    return Rotation.objects.filter(state=state).order_by("pk")[0]


def _own_part(firm: Firm) -> Found:
    move = _rotation("talking").moves.order_by("pk")[0]
    return _of(move, move.person)


def _about_a_mission(firm: Firm) -> Found:
    return _of(_latest(Alert.Rule.NOBODY_LEFT))


def _few_answers(**about: Any) -> Found:
    """In the demo firm people check in."""
    closed = Round.objects.closed(timezone.now()).latest("starts_on")
    values = {
        "opened_at": closed.closes_at,
        "managers_from": closed.closes_at,
        "opened_round": closed,
        "seen_round": closed,
        "reason": FEW_ANSWERS,
    }
    rule = Alert.Rule.LOW_PARTICIPATION
    return _of(Alert.objects.get_or_create(rule=rule, **about, defaults=values)[0])


def _open_link(firm: Firm) -> Found:
    today = timezone.localdate()
    link = next(row for row in CharterLink.objects.all() if row.is_open(today))
    return {"token": charter_links.token_of(link)}, None


def _pause() -> Pause:
    """Long over, so that it moves nothing of the demo firm."""
    days = {"starts_on": date(2020, 8, 1), "ends_on": date(2020, 8, 31)}
    return Pause.objects.get_or_create(**days)[0]


def _reset_key(firm: Firm) -> Found:
    return {"uidb36": "1", "key": "not-a-key"}, None


def _own_link(firm: Firm) -> Found:
    person = firm.person("consultant")
    line = todo(person)
    return {"token": links.token_of(person, line.round, line.mission.pk)}, None


def _prospect(_firm: Firm) -> Found:
    row = Prospect.objects.get(state="open", result="on_the_way")
    return _of(row, row.met_by)


def _sheet(firm: Firm) -> Found:
    """A client judged on a joint sheet, and somebody who works there."""
    client, today = firm.client("NAUTILIS"), timezone.localdate()
    there = Assignment.objects.filter(mission__client=client).during(today, today)
    return _of(client, there.select_related("person")[0].person)


def _written_sheet(firm: Firm) -> Found:
    """The newest one of that client."""
    found, person = _sheet(firm)
    sheet = firm.client("NAUTILIS").sheets.standing()[0]
    return found | {"sheet_pk": sheet.pk}, person


def _path(firm: Firm) -> Found:
    """A path that is open, and somebody who works at its client."""
    row, today = Path.objects.open().get(client__ref="KERMADEC"), timezone.localdate()
    there = Assignment.objects.filter(mission__client=row.client).during(today, today)
    return _of(row, there.select_related("person")[0].person)


def _review(firm: Firm) -> Found:
    """A client of the review that is open, and somebody who works there."""
    row = ReviewedClient.objects.filter(review__round__closes_at__gt=timezone.now())
    one, today = row.select_related("review").earliest("pk"), timezone.localdate()
    there = Assignment.objects.filter(mission__client=one.client_id).during(today, today)
    person = there.select_related("person")[0].person
    return {"review_pk": one.review_id, "client_pk": one.client_id}, person


SUBJECTS: dict[str, Callable[[Firm], Found]] = {
    "a_portfolio": lambda _firm: ({}, None),
    "consultant": lambda firm: _of(firm.person("consultant")),
    "unit": lambda firm: _of(OrgUnit.objects.get(ref="LILLE")),
    "contact": lambda firm: _of(TalkContact.objects.earliest("position")),
    "a_client_link": _client_link,
    "held_client": _held_client,
    "a_client_contact": _client_contact,
    "client": lambda firm: _of(firm.client("ORSEL")),
    "mission": lambda firm: _of(own_assignment(firm).mission),
    "profile": lambda firm: _of(MissionProfile.objects.get(ref="ASTREINTE")),
    "assignment": lambda firm: _of(own_assignment(firm)),
    "fact": lambda firm: _of(DemandFact.objects.get(code="on_call")),
    "absence": _absence,
    "own_check_in": _checkin,
    "sent_check_in": _sent,
    "a_pause": lambda firm: _of(_pause()),
    "an_open_round": lambda firm: _of(Round.objects.open(timezone.now()).get()),
    "a_question": lambda firm: _of(Question.objects.get(code="travel")),
    "about_a_person": _about_a_person,
    "about_a_client": _about_a_client,
    "about_a_decline": _about_a_decline,
    "about_the_firm": _about_the_firm,
    "a_rotation": lambda firm: _of(_rotation("proposed")),
    "a_rotation_talked_over": lambda firm: _of(_rotation("talking")),
    "a_run": lambda firm: _of(_rotation("proposed").run),
    "own_part": _own_part,
    "promise": lambda firm: _of(Promise.objects.earliest("place")),
    "idea": lambda firm: _of(PromiseIdea.objects.get(state="open")),
    "a_contest": lambda firm: _of(FactContest.objects.filter(state="open").earliest("pk")),
    "about_a_mission": _about_a_mission,
    "a_skill": lambda firm: _of(Skill.objects.get(code="network")),
    "about_few_answers_of_a_unit": lambda firm: _few_answers(
        unit=OrgUnit.objects.get(ref="LILLE")
    ),
    "about_few_answers_of_the_firm": lambda firm: _few_answers(firm=True),
    "reset_key": _reset_key,
    "own_link": _own_link,
    "stop_link": lambda firm: (
        {"token": stopping.token_of(firm.person("consultant"), stopping.CHECK_IN)},
        None,
    ),
    "a_unit": lambda firm: _of(OrgUnit.objects.get(ref="LILLE")),
    # The demo firm is choosing its second version.
    "a_choice": lambda firm: ({}, None),
    "a_public_version": lambda firm: ({}, None),
    "a_version": lambda firm: ({"number": 1}, None),
    "a_proposal": lambda firm: _of(CharterValue.objects.filter(charter__is_live=True)[0]),
    "an_objection": lambda firm: _of(Objection.objects.get(value__charter__is_live=True)),
    "an_open_link": _open_link,
    "a_prospect": _prospect,
    "an_exception": lambda firm: _of(CharterException.objects.get(client__ref="ORSEL")),
    "a_sheet": _sheet,
    "a_written_sheet": _written_sheet,
    "own_review": _review,
    "a_path": _path,
    "a_request": lambda firm: _of(PathRequest.objects.get(path__client__ref="KERMADEC")),
}


def own_assignment(firm: Firm) -> Assignment:
    today = timezone.localdate()
    held = Assignment.objects.filter(person=firm.person("consultant")).during(today, today)
    return held.select_related("mission")[0]
