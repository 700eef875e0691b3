"""Ready questions, by theme, each with its source and licence.

Only what may be used in a product that firms pay for: questions whose licence says so, and ones
in our own words. What was left out and why stands in ``docs/decisions/0016-question-editor.md``:
WHO-5, COPSOQ III, UWES and JSS are free for some uses, and not for this one.

Labels go from the least to the most favourable, whatever the wording; all of them fit a phone.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from surveys.models import Question

Pair = tuple[str, str]
OWN, CFR = "own", "5cfr250"

AGREE = (
    (
        "Pas du tout d’accord·Plutôt pas d’accord·Ni l’un ni l’autre·Plutôt d’accord·"
        "Tout à fait d’accord"
    ),
    "Strongly disagree·Disagree·Neither agree nor disagree·Agree·Strongly agree",
)
SATISFIED = (
    "Pas du tout·Plutôt non·Ni l’un ni l’autre·Plutôt oui·Tout à fait",
    "Very dissatisfied·Dissatisfied·Neither·Satisfied·Very satisfied",
)
OFTEN = ("Jamais·Rarement·Parfois·Souvent·Toujours", "Never·Rarely·At times·Often·Always")
SELDOM = ("Toujours·Souvent·Parfois·Rarement·Jamais", "Always·Often·At times·Rarely·Never")
MUCH = ("Pas du tout·Peu·Moyen·Plutôt·Tout à fait", "Not at all·A little·So-so·Rather·Fully")


@dataclass(frozen=True, slots=True)
class Source:
    """Where wording comes from, and what one may do with it."""

    name: str | Promise
    licence: str | Promise
    address: str = ""


SOURCES = {
    OWN: Source(
        name=_("Own wording"),
        licence=_("Apache-2.0, as this product: use, change and sell it freely."),
    ),
    CFR: Source(
        name=_("United States, 5 CFR § 250.302, employee survey questions"),
        licence=_(
            "Public domain: a federal regulation (17 U.S.C. § 105). The French is our own "
            "translation, not validated."
        ),
        address="https://www.ecfr.gov/current/title-5/section-250.302",
    ),
}


@dataclass(frozen=True, slots=True)
class Ready:
    """One question of the bank: theme, wording and labels, each in French and English."""

    code: str
    theme: Pair
    text: Pair
    labels: Pair
    source: str = OWN
    role: str = Question.Role.ROTATING.value
    moment: str = Question.Moment.ALWAYS.value
    audience: str = Question.Audience.MISSIONS.value

    @property
    def origin(self) -> Source:
        return SOURCES[self.source]

    def words(self) -> dict[str, str]:
        """Wording by language."""
        return dict(zip(("fr", "en"), self.text, strict=True))

    def answers(self) -> dict[str, list[str]]:
        """The five labels by language."""
        return {
            language: row.split("·")
            for language, row in zip(("fr", "en"), self.labels, strict=True)
        }


LOAD, GROWTH = ("Charge", "Load"), ("Progrès", "Growth")
MEANING, SUPPORT = ("Utilité", "Meaning"), ("Soutien", "Support")
AUTONOMY, RELATION = ("Autonomie", "Autonomy"), ("Relation", "Relationship")
TEAM, RECOGNITION = ("Équipe", "Team"), ("Reconnaissance", "Recognition")
CLARITY, REST = ("Clarté", "Clarity"), ("Repos", "Rest")
ON_CALL, TOOLS = ("Astreinte", "On call"), ("Outils", "Tools")
ARRIVAL, LEAVING = ("Arrivée", "Arrival"), ("Départ", "Departure")
BETWEEN = ("Entre deux missions", "Between missions")

BANK = (
    Ready(
        "cfr-workload", LOAD,
        ("Ma charge de travail est raisonnable.", "My workload is reasonable."),
        AGREE, CFR,
    ),
    Ready(
        "own-unfinished", LOAD,
        ("Vos journées suffisent à ce qui vous est demandé…",
         "Your days are enough for what is asked of you…"),
        OFTEN,
    ),
    Ready(
        "own-overtime", LOAD,
        ("Vous travaillez au-delà de vos horaires…", "You work beyond your hours…"),
        SELDOM,
    ),
    Ready(
        "cfr-skills", GROWTH,
        ("On me donne une vraie possibilité de développer mes compétences.",
         "I am given a real opportunity to improve my skills in my organization."),
        AGREE, CFR,
    ),
    Ready(
        "cfr-talents", GROWTH,
        ("Mes talents sont bien employés à mon travail.",
         "My talents are used well in the workplace."),
        AGREE, CFR,
    ),
    Ready(
        "cfr-accomplishment", MEANING,
        ("Mon travail me donne le sentiment d’accomplir quelque chose.",
         "My work gives me a feeling of personal accomplishment."),
        AGREE, CFR,
    ),
    Ready(
        "cfr-like", MEANING,
        ("J’aime le genre de travail que je fais.", "I like the kind of work I do."),
        AGREE, CFR,
    ),
    Ready(
        "cfr-supervisor", SUPPORT,
        ("J’ai confiance en mon ou ma responsable.",
         "I have trust and confidence in my supervisor."),
        AGREE, CFR,
    ),
    Ready(
        "own-someone-to-ask", SUPPORT,
        ("En cas de blocage, quelqu’un vous aide…", "When you are stuck, somebody helps…"),
        OFTEN,
    ),
    Ready(
        "cfr-decisions", AUTONOMY,
        ("Votre part dans les décisions qui touchent votre travail vous satisfait-elle\u00a0?",
         "How satisfied are you with your involvement in decisions that affect your work?"),
        SATISFIED, CFR,
    ),
    Ready(
        "own-pace", AUTONOMY,
        ("Vous choisissez votre rythme…", "You choose your own pace…"),
        OFTEN,
    ),
    Ready(
        "own-say-no", RELATION,
        ("Dire non au client est possible…", "Saying no to the client is possible…"),
        OFTEN,
    ),
    Ready(
        "own-respect", RELATION,
        ("Au client, on vous parle avec respect…",
         "At the client you are spoken to with respect…"),
        OFTEN,
    ),
    Ready(
        "cfr-cooperate", TEAM,
        ("Les personnes avec qui je travaille coopèrent pour que le travail soit fait.",
         "The people I work with cooperate to get the job done."),
        AGREE, CFR,
    ),
    Ready(
        "own-belong", TEAM,
        ("Dans l’équipe du client, vous avez votre place…",
         "In the client’s team you have your place…"),
        MUCH,
    ),
    Ready(
        "cfr-recognition", RECOGNITION,
        ("La reconnaissance reçue pour un bon travail vous satisfait-elle\u00a0?",
         "How satisfied are you with the recognition you receive for doing a good job?"),
        SATISFIED, CFR,
    ),
    Ready(
        "own-expected", CLARITY,
        ("Ce qu’on attend de vous est clair…", "What is expected of you is clear…"),
        MUCH,
    ),
    Ready(
        "own-switch-off", REST,
        ("Le soir, vous coupez du travail…", "In the evening you switch off from work…"),
        OFTEN,
    ),
    Ready(
        "own-tools", TOOLS,
        ("Vos outils et vos accès vous permettent d’avancer…",
         "Your tools and accesses let you get on…"),
        OFTEN,
    ),
    Ready(
        "own-on-call", ON_CALL,
        ("Après une astreinte, vous récupérez…", "After being on call, you recover…"),
        MUCH, role="extra",
    ),
    Ready(
        "own-arrival", ARRIVAL,
        ("Votre arrivée sur cette mission s’est passée…", "Your start on this mission went…"),
        ("Très mal·Mal·Moyen·Bien·Très bien", "Very badly·Badly·So-so·Well·Very well"),
        role="extra", moment="start",
    ),
    Ready(
        "own-told-before", ("Promesse", "Promise"),
        ("La mission ressemble à ce qu’on vous en avait dit…",
         "The mission is like what you had been told…"),
        MUCH, role="extra", moment="start",
    ),
    Ready(
        "own-again", LEAVING,
        ("Referiez-vous cette mission\u00a0?", "Would you take this mission again?"),
        ("Surtout pas·Plutôt non·Peut-être·Plutôt oui·Volontiers",
         "Never·Rather not·Perhaps·Rather yes·Gladly"),
        role="extra", moment="end",
    ),
    Ready(
        "own-between", BETWEEN,
        ("Entre deux missions, comment vous sentez-vous\u00a0?",
         "Between two missions, how do you feel?"),
        ("Très mal·Mal·Moyen·Bien·Très bien", "Very bad·Bad·So-so·Good·Very good"),
        role="extra", audience="between",
    ),
)  # fmt: skip
READY = {one.code: one for one in BANK}


def by_theme(language: str) -> list[tuple[str, list[Ready]]]:
    """The bank as it is shown: the name of each theme, and its questions."""
    place = 0 if language == "fr" else 1
    found: dict[str, list[Ready]] = {}
    for one in BANK:
        found.setdefault(one.theme[place], []).append(one)
    return list(found.items())
