"""What the demo firm's people wrote in the last period. Everything is invented."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from accounts.models import User
from surveys import intake
from surveys.models import Period, Round

# A client at which enough people write, so that its page shows what they wrote.
AERIS = (
    "On nous laisse choisir comment faire, et ça se sent dans le résultat.",
    "Le rythme des démonstrations est bon. La préparation déborde parfois sur le soir.",
    "J’apprends beaucoup depuis que nous travaillons par deux sur les données de vol.",
    "Les demandes de dernière minute du vendredi restent pénibles, même si elles sont rares.",
    "Très bonne entente avec l’équipe du client : on nous écoute en atelier.",
    "Il manque un environnement de test stable. On perd une demi-journée par semaine.",
    "Le télétravail deux jours par semaine change tout.",
    "Mission utile : on voit à quoi servent les tableaux que l’on construit.",
    "Un peu seul sur la partie sécurité. Un relais de chez nous aiderait.",
    "Le client a tenu parole sur les horaires, merci à celles et ceux qui l’ont demandé.",
    "Beaucoup de réunions le lundi ; le reste de la semaine est fluide.",
    "Rien à redire en ce moment, et c’est agréable de pouvoir l’écrire.",
)
# Elsewhere too few write at any one client: these are shown for the whole firm.
ELSEWHERE = (
    "Les astreintes restent lourdes quand deux incidents tombent la même nuit.",
    "Je ne sais pas ce que devient la mission après décembre.",
    "L’outillage est vieux : on corrige plus qu’on ne construit.",
    "Le nouveau planning d’astreinte à deux est un vrai progrès.",
    "Peu de contacts avec la maison quand on est sur site toute la semaine.",
    "J’aimerais faire plus de données et moins de maintenance.",
    "Bonne ambiance, mais les objectifs changent tous les quinze jours.",
    "Trois heures de train par semaine, c’est la limite.",
    "On m’a aidé vite quand j’ai demandé. C’est important.",
    "Le client décide seul des dates de livraison.",
    "La formation de septembre m’a servi dès la semaine suivante.",
    "Des consignes contradictoires entre deux responsables du client.",
    "Enfin une mission où l’on finit ce que l’on commence.",
    "Je préférerais des points plus courts et plus réguliers avec le client.",
)


def write(*, now: datetime) -> None:
    """Add comments to check-ins of the last closed period, before its figures come out."""
    closed = Period.objects.closed(now).order_by("-starts_on").first()
    if closed is None:
        return
    words = {True: iter(AERIS), False: iter(ELSEWHERE)}
    rounds = list(closed.rounds.order_by("-starts_on"))
    for person in User.objects.consultants().order_by("ref"):
        said = next(_said(person, rounds), None)
        if said is None:
            continue
        line, kept = said
        text = next(words[line.mission.client.ref == "AERIS"], None)
        if text is not None:
            intake.submit(
                person=person, mission=line.mission.pk, round_=line.round,
                sending=replace(kept.sending, comment=text, comment_shown=True),
                now=kept.sent_at,
            )  # fmt: skip


def _said(person: User, rounds: list[Round]) -> Iterator[tuple[intake.Asked, intake.Kept]]:
    """The check-ins that a person sent in these rounds: those at Aéris, whose page is to show
    what is written, first; then the latest."""
    lines = [
        line for row in rounds for line in intake.asked_in(row, person=person, now=row.closes_at)
    ]
    for line in sorted(lines, key=lambda line: line.mission.client.ref != "AERIS"):
        kept = intake.sent_before(person=person, mission=line.mission.pk, round_=line.round)
        if kept is not None and line.round.is_open(kept.sent_at):
            yield line, kept
