"""What the demo's managers decided on the way, through the same verbs as on the pages."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils.timezone import localdate

from accounts.models import FirmSettings, User
from balancing import agreeing, planning
from balancing.outlook import outlook
from clients.models import Client
from followup import decisions, promises
from followup.models import Alert, Promise, PromiseIdea
from missions import contests, lifecycle, preferences, restrictions
from missions.models import Assignment, DemandFact, PersonSkill, Restriction
from missions.points import newest_number
from operations.demo import first_contact, judged, values

CLOSING = (
    "Plus d’astreinte seul le week-end : une deuxième personne est prévue depuis le mois dernier."
)

# Measure, term, goal, in French, in English.
PROMISES = (
    ("load_fair", None, 80, "Les missions exigeantes ne tombent pas toujours sur les mêmes.",
     "Demanding missions do not always fall on the same people."),
    ("contest", 7, 80, "Un fait que vous contestez reçoit une réponse sous sept jours.",
     "A fact that you contest is answered within seven days."),
    ("figures", 2, 90, "Vos chiffres sont publiés deux jours après la clôture, bons ou mauvais.",
     "Your figures are published two days after the close, good or bad."),
)  # fmt: skip
IDEA = "Un jour de repos après chaque semaine d’astreinte."
LATER = "Prévenir d’un changement de mission un mois avant."
NOT_YET = "Bonne idée, mais rien ne le compte encore : nous y revenons en janvier."
FORMER_EMPLOYER = "Ancien employeur, jusqu’à la fin de la clause."
ALONE = "Mon collègue de l’équipe est parti fin octobre."
NOT_ALONE = "Une deuxième personne est arrivée le 16 novembre."
NEW_TOOLS = "Les outils ont été remplacés au printemps."
STILL_THERE = "Vérifié avec le client : l’ancien système tourne encore une nuit sur deux."
# People who contested a fact in one round, and days until each got an answer: the promise broken.
ANSWERED_AFTER = (3, 5, 18, 19, 20, 21)
TRAVEL = "Deux allers-retours par semaine depuis octobre."


def after_round(number: int, *, now: datetime) -> None:
    """Play the act of that round, if there is one and its alert is there."""
    act = ACTS.get(number)
    if act is not None:
        act(now + timedelta(days=2))
    values.after_round(number, now + timedelta(days=2))
    first_contact.after_round(number, now + timedelta(days=2))
    judged.after_round(number, now + timedelta(days=2))


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


def _contest_tools(now: datetime) -> None:
    """Six people contest the same fact; most of them wait for three weeks."""
    legacy, camille = DemandFact.objects.get(code="legacy"), User.objects.get(ref="camille")
    day = localdate(now)
    seen: dict[int, Assignment] = {}
    for row in Assignment.objects.during(day, day).select_related("person").order_by("-pk"):
        seen.setdefault(row.mission_id, row)
    for row, days in zip(seen.values(), ANSWERED_AFTER, strict=False):
        made = contests.contest(
            mission=row.mission, fact=legacy, sentence=NEW_TOOLS, by=row.person, now=now
        )
        answered = now + timedelta(days=days)
        contests.keep(contest=made, answer=STILL_THERE, by=camille, now=answered)


ACTS: dict[int, Callable[[datetime], None]] = {
    10: _raise_on_call,
    16: _take_orsel,
    20: _close_orsel,
    23: _contest_tools,
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


def promise(*, now: datetime) -> None:
    """What the firm promised its people when it began, and what two of them would like."""
    nadia = User.objects.get(ref="nadia")
    for measure, within, goal, french, english in PROMISES:
        row = Promise(measure=measure, within=within, goal=goal, text_fr=french, text_en=english)
        promises.make(promise=row, by=nadia, now=now)


def suggest_promises(*, now: datetime) -> None:
    """One idea waits, another has its answer."""
    first, second = User.objects.get(ref="L006"), User.objects.get(ref="L009")
    before = now - timedelta(days=12)
    promises.suggest(idea=PromiseIdea(sentence=IDEA, named=True), by=first, now=now)
    late = promises.suggest(idea=PromiseIdea(sentence=LATER), by=second, now=before)
    promises.answer(
        idea=late, state=PromiseIdea.State.DECLINED, words=NOT_YET,
        by=User.objects.get(ref="nadia"), now=now,
    )  # fmt: skip


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
