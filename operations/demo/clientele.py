"""The demo firm's contacts at its clients, and what they think: all of it invented."""

from datetime import datetime, timedelta
from itertools import cycle
from random import Random

from clients import contacts as verbs
from clients.models import Contact
from operations.demo.story import DemoClient
from surveys import asking, opinions
from surveys.models import Asking, AskingMail, ClientSurvey, Round, SatisfactionPlan
from surveys.topics import TOPICS

Table = list[dict[str, str]]
NAMES = (
    "Hélène Vasseur", "Tom Baker", "Aïcha Diallo", "Rémi Lacaze", "Sophie Arnaud", "Ivan Petit",
    "Laure Chauvet", "Samuel Weber", "Nora Haddad", "Paul Guérin", "Emma Collins", "Luc Ferrand",
    "Alice Moreau", "Karim Bensaïd", "Julie Caron", "Mark Evans", "Odile Perrin", "Hugo Blanc",
    "Claire Maillard", "Yann Le Goff", "Fanny Roche", "Denis Aubry", "Inge Larsen", "Bruno Costa",
)  # fmt: skip
ENGLISH = frozenset({"Tom Baker", "Emma Collins", "Mark Evans", "Inge Larsen"})
# Small clients have one or two people to ask, the others four.
MANY, FEW, SMALL = 4, 2, 3


def contacts(clients: tuple[DemoClient, ...]) -> Table:
    """Who may be asked at each external client."""
    names, rows = cycle(NAMES), []
    for client in clients:
        if client.kind != "external":
            continue
        for place in range(FEW if client.seats <= SMALL else MANY):
            name = next(names)
            host = client.ref.lower().replace("~", "-")
            rows.append(
                {
                    "client": client.ref,
                    "email": f"contact{place + 1}@{host}.example",
                    "name": name,
                    "language": "en" if name in ENGLISH else "fr",
                }
            )
    return rows


# --- what they think -----------------------------------------------------------------------------

# Level of the first survey and what it gains or loses until today. Orsel wears people out and is
# delighted (asymmetric); Aéris is good on both sides (symmetric); Verdane, where people are best,
# finds them ever less available.
PLEASED = {
    "ORSEL": (82, 6), "MUTELIA": (66, 2), "FERROTIS": (42, -6), "NAUTILIS": (70, 0),
    "BREVANNES": (64, 8), "AERIS": (80, 4), "VERDANE": (72, -22), "LOGIPHARM": (60, 2),
    "KERMADEC": (74, 0), "SAVON": (68, 4),
}  # fmt: skip
USUAL = (68, 0)
WILLING = 0.8
WORDS = (
    "", "", "", "Prévenir plus tôt des absences.", "Un point par mois avec votre direction.",
    "Rien : ne changez pas l’équipe.",
)  # fmt: skip
WORD = 25
EVERY = 4
LEFT_OUT = ("BREVANNES", "Arrivée ce mois-ci : nous ne nous connaissons pas encore.")
DECLINED = "LOGIPHARM"


def ask_in_the_past(round_: Round, *, place: int, count: int) -> None:
    """One survey every fourth round, so that one falls on the round that is open today."""
    if (count - place) % EVERY:
        return
    now = round_.opens_at + timedelta(hours=1)
    asking.open_survey(round_=round_, plan=SatisfactionPlan.current(), now=now)
    made = ClientSurvey.objects.filter(round=round_).first()
    if made is not None:
        AskingMail.objects.filter(asking__survey=made).update(
            state=AskingMail.State.SENT, finished_at=now
        )
        _answer(made, place / count, now=now + timedelta(hours=5))


def answer_today(*, now: datetime) -> None:
    """Some have answered the survey that is open."""
    for made in ClientSurvey.objects.filter(round__closes_at__gt=now):
        _answer(made, 1.0, now=now, willing=WILLING / 2)


def put_aside(*, now: datetime) -> None:
    """One contact is left out with a reason, another has declined by their own link."""
    ref, reason = LEFT_OUT
    new = Contact.objects.filter(client__ref=ref).order_by("-pk").first()
    if new is not None:
        new.left_out_because = reason
        verbs.save_contact(contact=new, actor=new.client.account_manager, now=now)
    tired = Contact.objects.filter(client__ref=DECLINED).order_by("-pk").first()
    if tired is not None:
        verbs.decline(contact=tired, now=now)


def _answer(survey: ClientSurvey, age: float, *, now: datetime, willing: float = WILLING) -> None:
    rows = Asking.objects.filter(survey=survey).select_related(
        "survey__round", "contact__client__account_manager"
    )
    for row in rows.order_by("pk"):
        # The same whoever is drawn beside them, and whatever their number in the table.
        rng = Random(f"{row.contact.email} {survey.round.starts_on}")  # noqa: S311 -- a story
        if rng.random() > willing:
            continue
        level, gain = PLEASED.get(row.contact.client.ref, USUAL)
        lived = level + gain * age + Random(row.contact.email).gauss(0, 6)  # noqa: S311 -- a story
        answers = {item.code: _word(lived + rng.gauss(0, 9)) for item in TOPICS}
        words = rng.choice(WORDS)
        reader = row.contact.client.account_manager
        opinions.submit(asking=row, answers=answers, comment=words, reader=reader, now=now)


def _word(value: float) -> int:
    return min(max(round(value / WORD), 0), 4) * WORD
