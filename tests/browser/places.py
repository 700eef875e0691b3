"""Every page of the product, as the matrix of rights knows it, on the demo firm's own rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import OrgUnit, TalkContact, User
from balancing.models import Rotation
from followup.models import Alert
from missions.models import Absence, Assignment, DemandFact, FactContest, MissionProfile, Skill
from surveys.models import Question, Round
from surveys.models.answers import CheckIn
from tests.browser.firm import Firm, todo
from tests.followup.rows import FEW_ANSWERS
from tests.matrix import Row
from tests.test_matrix import all_rows

ROLES = ("anonymous", "consultant", "manager", "referent", "administrator")
# Files, and answers to machines.
NO_PAGES = (
    "healthz", "readyz", "operations:import_sample", "operations:export_table",
    "dashboards:figures_export", "followup:quality_export",
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


def _reset_key(firm: Firm) -> Found:
    return {"uidb36": "1", "key": "not-a-key"}, None


SUBJECTS: dict[str, Callable[[Firm], Found]] = {
    "consultant": lambda firm: _of(firm.person("consultant")),
    "unit": lambda firm: _of(OrgUnit.objects.get(ref="LILLE")),
    "contact": lambda firm: _of(TalkContact.objects.earliest("position")),
    "client": lambda firm: _of(firm.client("ORSEL")),
    "mission": lambda firm: _of(own_assignment(firm).mission),
    "profile": lambda firm: _of(MissionProfile.objects.get(ref="ASTREINTE")),
    "assignment": lambda firm: _of(own_assignment(firm)),
    "fact": lambda firm: _of(DemandFact.objects.get(code="on_call")),
    "absence": _absence,
    "own_check_in": _checkin,
    "sent_check_in": _sent,
    "a_question": lambda firm: _of(Question.objects.get(code="travel")),
    "about_a_person": _about_a_person,
    "about_a_client": _about_a_client,
    "about_a_decline": _about_a_decline,
    "about_the_firm": _about_the_firm,
    "a_rotation": lambda firm: _of(_rotation("proposed")),
    "a_rotation_talked_over": lambda firm: _of(_rotation("talking")),
    "a_run": lambda firm: _of(_rotation("proposed").run),
    "own_part": _own_part,
    "a_contest": lambda firm: _of(FactContest.objects.filter(state="open").earliest("pk")),
    "about_a_mission": _about_a_mission,
    "a_skill": lambda firm: _of(Skill.objects.get(code="network")),
    "about_few_answers_of_a_unit": lambda firm: _few_answers(
        unit=OrgUnit.objects.get(ref="LILLE")
    ),
    "about_few_answers_of_the_firm": lambda firm: _few_answers(firm=True),
    "reset_key": _reset_key,
}


def own_assignment(firm: Firm) -> Assignment:
    today = timezone.localdate()
    held = Assignment.objects.filter(person=firm.person("consultant")).during(today, today)
    return held.select_related("mission")[0]
