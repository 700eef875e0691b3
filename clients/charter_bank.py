"""The starter bank: a dozen values with actions on both sides, to edit, add to, or leave."""

from dataclasses import asdict, dataclass
from datetime import datetime

from clients.models import Charter, CharterValue

# What a value of one version brings into the next.
TEXTS = (
    "name_fr", "name_en", "asked_fr", "asked_en", "owed_fr", "owed_en", "red_line_fr",
    "red_line_en",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Starter:
    """A value in both languages; actions one a line."""

    name_fr: str
    name_en: str
    asked_fr: str
    asked_en: str
    owed_fr: str
    owed_en: str
    red_line_fr: str = ""
    red_line_en: str = ""

    def proposal(self, charter: Charter, now: datetime) -> CharterValue:
        """The value as a proposal of nobody's."""
        return CharterValue(charter=charter, proposed_at=now, **asdict(self))


def carried(value: CharterValue, charter: Charter, now: datetime) -> CharterValue:
    """A value of the version before, proposed for the next one."""
    texts = {name: getattr(value, name) for name in TEXTS}
    return CharterValue(charter=charter, proposed_at=now, **texts)


BANK: dict[str, Starter] = {
    "respect": Starter(
        "Respect dans les échanges", "Respect in exchanges",
        "On se parle sans crier ni humilier\nUn désaccord se règle entre les personnes concernées",
        "People speak without shouting or humiliating\n"
        "A disagreement is settled between those concerned",
        "Nous répondons le jour même, même pour dire « pas encore »\n"
        "Nous disons d’abord au client ce que nous disons de lui",
        "We answer the same day, if only to say “not yet”\n"
        "What we say of a client, we say to the client first",
        "Insultes, menaces ou humiliations sans réaction du client",
        "Insults, threats or humiliation without the client reacting",
    ),
    "hours": Starter(
        "Horaires et repos", "Hours and rest",
        "Les heures prévues sont les heures faites\nL’astreinte est payée et partagée",
        "Planned hours are the hours worked\nOn-call duty is paid and shared",
        "Nous prévenons trois semaines avant une absence\n"
        "Nous disons tôt quand un délai ne tiendra pas",
        "We announce absences three weeks ahead\nWe say early when a deadline will not hold",
        "Nuits ou week-ends imposés sans accord ni récupération",
        "Nights or week-ends imposed without agreement or rest afterwards",
    ),
    "payment": Starter(
        "Paiement à l’heure", "Payment on time",
        "Les factures sont payées à leur date\nUn litige se dit avant l’échéance",
        "Invoices are paid on their date\nA dispute is raised before they fall due",
        "Nos factures sont justes et détaillées\nNous chiffrons avant de commencer",
        "Our invoices are right and detailed\nWe give a price before we begin",
    ),
    "feedback": Starter(
        "Retours réguliers", "Regular feedback",
        "Un point par mois avec qui décide\nCe qui va bien est dit aussi",
        "A talk each month with whoever decides\nWhat goes well is said too",
        "Nous montrons l’avancement chaque semaine\n"
        "Nous demandons l’avis du client et y répondons",
        "We show progress every week\nWe ask for the client’s opinion and answer it",
    ),
    "learning": Starter(
        "Place pour apprendre", "Room to learn",
        "Une demi-journée par mois pour se former\nLes questions sont les bienvenues",
        "Half a day a month to learn\nQuestions are welcome",
        "Nous transmettons ce que nous savons aux équipes du client\n"
        "Nous laissons une trace écrite",
        "We pass on what we know to the client’s teams\nWe leave it in writing",
    ),
    "frame": Starter(
        "Un cadre clair", "A clear frame",
        "Une personne décide et on sait qui\nUn changement de demande change le délai",
        "One person decides and everybody knows who\nA change of the request changes the date",
        "Nous écrivons ce qui est compris et ce qui ne l’est pas\nNous tenons ce qui est écrit",
        "We write down what is included and what is not\nWe keep to what is written",
    ),
    "candour": Starter(
        "Franchise", "Candour",
        "Les difficultés sont dites à temps\nPersonne n’est puni pour une mauvaise nouvelle",
        "Difficulties are told in time\nNobody is punished for bad news",
        "Nous disons nos erreurs le jour où nous les voyons\nNous disons non quand il le faut",
        "We tell our mistakes on the day we see them\nWe say no when it is needed",
    ),
    "equality": Starter(
        "Égalité de traitement", "Equal treatment",
        "Nos équipes ont les mêmes accès et le même accueil que celles du client\n"
        "On choisit les personnes pour leur savoir-faire",
        "Our teams have the same access and welcome as the client’s own\n"
        "People are chosen for their skills",
        "Nous traitons de même toutes les personnes du client\n"
        "Nous ne remplaçons personne dans son dos",
        "We treat everybody at the client alike\nWe replace nobody behind their back",
        "Demande de choisir ou d’écarter selon l’origine, le sexe, l’âge ou la santé",
        "A request to choose or reject people by origin, sex, age or health",
    ),
    "use": Starter(
        "Un travail utile", "Useful work",
        "On nous dit à quoi sert ce que nous faisons\nCe qui est livré est mis en service",
        "We are told what our work is for\nWhat is delivered is put to use",
        "Nous proposons plus simple quand c’est possible\nNous arrêtons ce qui ne sert plus",
        "We propose something simpler where possible\nWe stop what is no longer of use",
    ),
    "trust": Starter(
        "Confiance et autonomie", "Trust and autonomy",
        "Les jours à distance convenus sont tenus\nOn juge le résultat, pas la présence",
        "The agreed remote days are kept\nResults are judged, not presence",
        "Nous sommes joignables aux heures convenues\nNous prévenons avant de décider seuls",
        "We can be reached at the agreed hours\nWe tell before we decide alone",
    ),
    "health": Starter(
        "Santé et sécurité", "Health and safety",
        "Poste de travail, chauffage et lumière convenables\nPersonne ne travaille seul la nuit",
        "A decent desk, heating and light\nNobody works alone at night",
        "Nous suivons les règles de sécurité du site\nNous signalons ce qui est dangereux",
        "We follow the safety rules of the site\nWe report what is dangerous",
        "Un danger signalé et laissé en l’état",
        "A danger reported and left as it is",
    ),
    "planet": Starter(
        "Sobriété", "Sparing use",
        "On ne se déplace que si cela sert\nLe matériel est gardé tant qu’il fonctionne",
        "Travel only where it serves\nEquipment is kept as long as it works",
        "Nous écrivons des programmes économes\nNous venons en train",
        "We write programs that use little\nWe come by train",
    ),
}  # fmt: skip
