"""How the demo firm's people judge their clients on the charter: all of it invented.

Where few people work, one sheet written with the referent; the others each answer alone.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from accounts.models import User
from clients import charter, sheets
from clients.charter_bank import BANK
from clients.models import Charter, Client, Seen, SheetLine
from clients.screening import Finding
from surveys import reviewing
from surveys.models import ClientReview, Round

SEEN, NOT, CONTRARY = Seen.Verdict.SEEN, Seen.Verdict.NOT_SEEN, Seen.Verdict.CONTRARY
KEPT, BROKEN, UNKNOWN = SheetLine.Ours.KEPT, SheetLine.Ours.NOT_KEPT, SheetLine.Ours.UNKNOWN

# Of each value: do we keep what we owe, what shows it; what the client does, what shows that.
Said = tuple[str, str, str, str]
SHEETS: dict[str, dict[str, Said]] = {
    "NAUTILIS": {
        "respect": (KEPT, "Nous répondons le jour même.", SEEN, "On se parle franchement."),
        "hours": (BROKEN, "Deux absences dites la veille.", NOT, "Rien de réglé en escale."),
        "payment": (KEPT, "Comptes rendus chaque vendredi.", SEEN, "Payé à trente jours."),
        "feedback": (UNKNOWN, "", NOT, ""),
        "learning": (KEPT, "Un jour de formation par trimestre.", SEEN, "Le jour est tenu."),
    },
    "SAVON": {
        "respect": (KEPT, "Nous répondons le jour même.", SEEN, "Les désaccords se disent."),
        "hours": (KEPT, "Rien de promis au-delà du jour.", SEEN, "Journées finies à l’heure."),
        "payment": (KEPT, "Factures justes du premier coup.", SEEN, "Payé à vingt jours."),
        "feedback": (BROKEN, "Pas de point depuis juin.", SEEN, "Un mot après chaque livraison."),
        "learning": (KEPT, "Un jour de formation par trimestre.", NOT, ""),
    },
    "KERMADEC": {
        "respect": (KEPT, "Nous répondons le jour même.", SEEN, "Le ton est toujours correct."),
        "hours": (KEPT, "Absences dites à temps.", CONTRARY, "Les demandes tombent le 30."),
        "payment": (KEPT, "Comptes rendus chaque mois.", SEEN, "Payé à trente jours."),
        "feedback": (BROKEN, "Nos retours viennent tard.", NOT, ""),
        "learning": (UNKNOWN, "", NOT, ""),
    },
}  # fmt: skip
WRITTEN_AFTER = (14, 22)


def after_round(number: int, now: datetime) -> None:
    """The referent writes the sheets down, twice."""
    newest = Charter.objects.newest()
    if number not in WRITTEN_AFTER or newest is None:
        return
    codes = {starter.name_fr: code for code, starter in BANK.items()}
    values = [(value, codes[value.name_fr]) for value in charter.chosen(newest)]
    nadia = User.objects.get(ref="nadia")
    for ref, said in SHEETS.items():
        client = Client.objects.get(ref=ref)
        lines = []
        for value, code in values:
            ours, ours_evidence, verdict, evidence = said[code]
            lines.append(sheets.Line(Finding(value, verdict, evidence), ours, ours_evidence))
        sheets.write_sheet(client=client, charter=newest, lines=lines, by=nadia, now=now)


# --- each alone ------------------------------------------------------------------------------

# Of each value: what nearly everybody says; ``!`` is a red line crossed.
ALONE: dict[str, dict[str, tuple[str, str]]] = {
    "AERIS": {
        "respect": (KEPT, SEEN), "hours": (KEPT, SEEN), "payment": (KEPT, SEEN),
        "feedback": (KEPT, SEEN), "learning": (KEPT, SEEN),
    },
    "VERDANE": {
        "respect": (KEPT, SEEN), "hours": (KEPT, SEEN), "payment": (KEPT, SEEN),
        "feedback": (BROKEN, SEEN), "learning": (KEPT, SEEN),
    },
    "MUTELIA": {
        "respect": (KEPT, SEEN), "hours": (KEPT, SEEN), "payment": (KEPT, SEEN),
        "feedback": (KEPT, NOT), "learning": (BROKEN, NOT),
    },
    "LOGIPHARM": {
        "respect": (KEPT, SEEN), "hours": (KEPT, SEEN), "payment": (KEPT, NOT),
        "feedback": (KEPT, SEEN), "learning": (KEPT, NOT),
    },
    "ORSEL": {
        "respect": (KEPT, SEEN), "hours": (BROKEN, "!"), "payment": (KEPT, SEEN),
        "feedback": (KEPT, SEEN), "learning": (KEPT, NOT),
    },
    "FERROTIS": {
        "respect": (KEPT, SEEN), "hours": (BROKEN, CONTRARY), "payment": (KEPT, SEEN),
        "feedback": (BROKEN, NOT), "learning": (KEPT, NOT),
    },
}  # fmt: skip
EVERY = 4
AGREES, WILLING = 0.94, 0.97
# How often an action is ticked beside a word; the second one of a value less than the first.
TICKED: dict[str, tuple[float, float]] = {
    KEPT: (0.9, 0.6), BROKEN: (0.35, 0.1), SEEN: (0.9, 0.7), NOT: (0.3, 0.1), CONTRARY: (0.1, 0.0),
}  # fmt: skip


def ask_in_the_past(round_: Round, *, place: int, count: int) -> None:
    """One review every fourth round, so that one falls on the round that is open today."""
    opened = round_.opens_at + timedelta(hours=1)
    if (count - place) % EVERY or not reviewing.open_review(round_=round_, now=opened):
        return
    review = ClientReview.objects.select_related("round", "charter").get(round=round_)
    codes = {starter.name_fr: code for code, starter in BANK.items()}
    values = [(value.pk, codes[value.name_fr]) for value in charter.chosen(review.charter)]
    rng = Random(place)  # noqa: S311 -- an invented story, not a secret
    ticking = Random(f"actions {place}")  # noqa: S311 -- the same
    sent = opened + timedelta(days=2)
    for person in User.objects.filter(is_consultant=True).order_by("pk"):
        for client in reviewing.clients_of(review, person, sent):
            said = ALONE.get(client.ref.split("~")[0])
            if said is not None and rng.random() < WILLING:
                judged = _ticked(_judged(said, values, rng), ticking)
                reviewing.submit(
                    review=review, client=client, person=person, judged=judged, now=sent
                )


def _judged(
    said: dict[str, tuple[str, str]], values: list[tuple[int, str]], rng: Random
) -> reviewing.Judged:
    """What one person says: what nearly everybody does, but for a value here and there."""
    ours, verdicts, red_lines = {}, {}, []
    for value, code in values:
        own, theirs = said[code]
        agrees = rng.random() < AGREES
        ours[value] = own if agrees else KEPT
        verdicts[value] = (CONTRARY if theirs == "!" else theirs) if agrees else NOT
        if theirs == "!" and agrees:
            red_lines.append(value)
    return reviewing.Judged(verdicts, ours, tuple(red_lines))


def _ticked(judged: reviewing.Judged, rng: Random) -> reviewing.Judged:
    """With the actions that go with the words."""
    return replace(
        judged,
        seen_actions={value: _places(word, rng) for value, word in judged.verdicts.items()},
        kept_actions={value: _places(word, rng) for value, word in judged.ours.items()},
    )


def _places(word: str, rng: Random) -> list[int]:
    return [place for place, often in enumerate(TICKED[word]) if rng.random() < often]
