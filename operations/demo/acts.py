"""What the demo's managers decided on the way, through the same verbs as on the pages."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils.timezone import localdate

from accounts.models import FirmSettings, User
from balancing import agreeing, planning
from balancing.outlook import outlook
from clients.models import Client
from followup import decisions
from followup.models import Alert
from missions import contests, lifecycle, preferences, restrictions
from missions.models import Assignment, DemandFact, PersonSkill, Restriction
from missions.points import newest_number

CLOSING = (
    "Plus d’astreinte seul le week-end : une deuxième personne est prévue depuis le mois dernier."
)

FORMER_EMPLOYER = "Ancien employeur, jusqu’à la fin de la clause."
ALONE = "Mon collègue de l’équipe est parti fin octobre."
NOT_ALONE = "Une deuxième personne est arrivée le 16 novembre."
TRAVEL = "Deux allers-retours par semaine depuis octobre."


def after_round(number: int, *, now: datetime) -> None:
    """Play the act of that round, if there is one and its alert is there."""
    act = ACTS.get(number)
    if act is not None:
        act(now + timedelta(days=2))


def _raise_on_call(now: datetime) -> None:
    """The second version of the points; all rounds that today's loads rest on come after it."""
    facts = DemandFact.objects.current()
    lifecycle.set_points(
        points={row.pk: 3 if row.code == "on_call" else row.points for row in facts},
        maximum=FirmSettings.current().demand_maximum,
        seen=newest_number(),
        actor=User.objects.get(ref="olivier"),
        now=now,
    )


def _take_orsel(now: datetime) -> None:
    _take("ORSEL", "client", "helene", now)


def _close_orsel(now: datetime) -> None:
    for alert in _open("ORSEL"):
        decisions.close(alert=alert, sentence=CLOSING, by=User.objects.get(ref="helene"), now=now)


def _take_ferrotis(now: datetime) -> None:
    _take("FERROTIS", "team", "camille", now)


def _take(client: str, step: str, owner: str, now: datetime) -> None:
    person = User.objects.get(ref=owner)
    decision = decisions.Decision(
        next_step_code=step, next_step="", owner=person, due_on=(now + timedelta(days=42)).date()
    )
    for alert in _open(client):
        decisions.take(alert=alert, decision=decision, by=person, now=now)


def _open(client: str) -> list[Alert]:
    rows = Alert.objects.filter(rule=Alert.Rule.CLIENT_BELOW, client__ref=client)
    return list(rows.exclude(state=Alert.State.CLOSED))


ACTS: dict[int, Callable[[datetime], None]] = {
    10: _raise_on_call,
    16: _take_orsel,
    20: _close_orsel,
    24: _take_ferrotis,
}


def ask_for_rotations(*, now: datetime) -> None:
    """Camille asks which rotations would help, and talks about the first one found."""
    camille = User.objects.get(ref="camille")
    look = outlook(now)
    if look is None:
        return
    day = next(day for day in look.coming[1:] if day > localdate(now))
    _prefer(now)
    wish = planning.Wish(rounds=6, moves=6, together=2, starts_on=day)
    run = planning.ask(wish=wish, by=camille, now=now)
    planning.plan_due(now=now)
    first = run.rotations.first()
    if first is not None:
        agreeing.talk(rotation=first, starts_on=day, by=camille, now=now)


def contest_facts(*, now: datetime) -> None:
    """Two people say that a fact is missing: one is answered, the other waits."""
    rows = Assignment.objects.during(localdate(now), localdate(now)).order_by("pk")
    alone, travel = (DemandFact.objects.get(code=code) for code in ("alone", "travel"))
    orsel = rows.filter(mission__client__ref="ORSEL").first()
    ferrotis = rows.filter(mission__client__ref="FERROTIS").first()
    before = now - timedelta(days=20)
    if orsel is not None:
        made = contests.contest(
            mission=orsel.mission, fact=alone, sentence=ALONE, by=orsel.person, now=before
        )
        camille = User.objects.get(ref="camille")
        contests.keep(contest=made, answer=NOT_ALONE, by=camille, now=before + timedelta(days=2))
    if ferrotis is not None:
        contests.contest(
            mission=ferrotis.mission, fact=travel, sentence=TRAVEL, by=ferrotis.person, now=now
        )


def _wish(person: User) -> None:
    """Less of one skill, shared: what she leaves asks for it."""
    rows = PersonSkill.objects.filter(person=person, skill__code="network")
    rows.update(wish=PersonSkill.Wish.LESS, shared=True)


def restrict(*, now: datetime) -> None:
    """Somebody does not go back to a former employer; everybody concerned reads it."""
    camille = User.objects.get(ref="camille")
    row = Restriction(
        person=User.objects.get(ref="L001"),
        client=Client.objects.get(ref="KERMADEC"),
        sentence=FORMER_EMPLOYER,
    )
    restrictions.restrict(restriction=row, by=camille, now=now - timedelta(days=90))


def _prefer(now: datetime) -> None:
    """Inès shares that she would rather move; somebody at another client keeps it to themself."""
    rows = Assignment.objects.during(localdate(now), localdate(now)).order_by("pk")
    ines = rows.filter(person__ref="L001").first()
    other = rows.exclude(person__ref="L001").first()
    if ines is not None:
        said = preferences.Said("move", None, "Après deux ans d’astreinte.", shared=True)
        preferences.say(person=ines.person, mission=ines.mission, said=said, now=now)
        _wish(ines.person)
    if other is not None:
        said = preferences.Said("stay", None, "", shared=False)
        preferences.say(person=other.person, mission=other.mission, said=said, now=now)
