"""How the demo firm chose its values, and what it lives by, through the verbs of the pages."""

from datetime import datetime, timedelta
from random import Random

from django.utils.timezone import localdate

from accounts.models import User
from balancing import status_rules
from balancing.models import StatusRule
from clients import charter, charter_links, choosing
from clients.charter_bank import BANK
from clients.models import Charter, CharterLink, CharterValue, Client, Objection

OPENED_AFTER, PUBLISHED_AFTER = 5, 7
# What people care for in this firm; the others of the bank are marked now and then.
DEAR = ("respect", "hours", "payment", "feedback", "learning")
PLACES = 5
NOT_OURS = "Les factures, ce n’est pas aux équipes de les suivre."
STILL_OURS = "D’accord : la direction les suit. Un client qui paie tard pèse pourtant sur tous."
TIRED = "Le train prend la journée ; pour deux heures de réunion, c’est trop."
CALM = {
    "name_fr": "Des réunions courtes",
    "asked_fr": "Une réunion a un ordre du jour\nPas de réunion avant 9 h ni après 17 h",
    "owed_fr": "Nous arrivons préparés\nLe compte rendu part le jour même",
}


def after_round(number: int, now: datetime) -> None:
    """The first version: opened, marked by nearly everybody, then written and published."""
    if number == OPENED_AFTER:
        _open_first(now)
    elif number == PUBLISHED_AFTER:
        _publish_first(now)


def _open_first(now: datetime) -> None:
    nadia = User.objects.get(ref="nadia")
    day = localdate(now) + timedelta(weeks=3)
    opening = choosing.Opening(PLACES, day, list(BANK))
    version = choosing.open_choosing(opening=opening, by=nadia, now=now)
    values = {value.name_fr: value for value in version.proposals.all()}
    dear = [values[BANK[code].name_fr].pk for code in DEAR]
    _mark(version, dear, [value.pk for value in values.values()], now)
    payment = values[BANK["payment"].name_fr]
    person = User.objects.get(ref="L009")
    choosing.against(value=payment, sentence=NOT_OURS, by=person, now=now)


def _mark(version: Charter, dear: list[int], others: list[int], now: datetime) -> None:
    rng = Random(11)  # noqa: S311 -- an invented story, not a secret
    for person in User.objects.filter(is_active=True).order_by("pk"):
        if rng.random() < 0.85:
            marked = {*rng.sample(dear, 4), rng.choice(others)}
            choosing.mark(charter=version, values=marked, by=person, now=now)


def _publish_first(now: datetime) -> None:
    nadia = User.objects.get(ref="nadia")
    version = Charter.objects.live()
    if version is None or not version.is_writing:
        return
    for row in Objection.objects.filter(value__charter=version):
        charter.answer(objection=row, sentence=STILL_OURS, by=nadia, now=now)
    charter.publish(charter=version, by=nadia, now=now)
    charter.set_public(charter=version, public=True, by=nadia, now=now)
    aim = StatusRule(virtuous_from=80, at_risk_under=60, target=50)
    status_rules.write(rule=aim, seen=0, by=nadia, now=now)
    link = _send("VERDANE", "Claire Aubin", "fr", now)
    charter_links.acknowledge(link=link, charter=version, name=link.recipient, now=now)


def _send(ref: str, recipient: str, language: str, now: datetime) -> CharterLink:
    client = Client.objects.get(ref=ref)
    link = CharterLink(recipient=recipient, client=client, language=language)
    return charter_links.make_link(link=link, by=User.objects.get(ref="marc"), now=now)


def choose_again(*, now: datetime) -> None:
    """The second version is being chosen: a proposal, marks, and somebody who is against."""
    before = now - timedelta(days=9)
    nadia, ines = User.objects.get(ref="nadia"), User.objects.get(ref="L001")
    newest = Charter.objects.newest()
    if newest is None:
        return
    kept = [value.pk for value in charter.chosen(newest)]
    opening = choosing.Opening(
        PLACES, localdate(now) + timedelta(days=12), ["trust", "planet", "frame"], kept
    )
    version = choosing.open_choosing(opening=opening, by=nadia, now=before)
    _send("AERIS", "Paul Stone", "en", before)
    choosing.propose(value=CharterValue(charter=version, **CALM), by=ines, now=before)
    values = list(version.proposals.order_by("pk"))
    _mark(version, [value.pk for value in values[:5]], [value.pk for value in values], before)
    trains = version.proposals.get(name_fr=BANK["planet"].name_fr)
    choosing.against(value=trains, sentence=TIRED, by=User.objects.get(ref="L012"), now=before)
