"""The story that the demo firm tells: who there is, and what is lived where.

Everything is invented. Effects are points on the 0–100 scale, added to the house's level.
"""

from dataclasses import dataclass

HOUSE = 62
FIRM_NAME = "Atelier Lumen"


@dataclass(frozen=True, slots=True)
class DemoClient:
    """A client, how many people it keeps busy, and what working there adds or takes."""

    ref: str
    name: str
    sector: str
    unit: str
    seats: int
    effect: int
    kind: str = "external"
    # Points lost over the two years: a client that wears people out.
    decline: int = 0
    # Points won from a round on: a path has led somewhere.
    won: int = 0
    won_from: int = 0


@dataclass(frozen=True, slots=True)
class DemoProfile:
    """A kind of work, its effect by theme, and its declared facts."""

    ref: str
    name_fr: str
    name_en: str
    effect: int
    facts: tuple[str, ...]
    load: int = 0
    autonomy: int = 0
    # Skill and least level that its missions ask for.
    asks: str = ""


UNITS = (
    ("DIR", "Direction", "", "camille"),
    ("LILLE", "Agence de Lille", "DIR", "helene"),
    ("LYON", "Agence de Lyon", "DIR", "marc"),
)

CLIENTS = (
    DemoClient("ORSEL", "Banque Orsel", "Banque", "LILLE", 9, -15, decline=8),
    DemoClient("MUTELIA", "Groupe Mutelia", "Assurance", "LILLE", 7, 2),
    DemoClient("FERROTIS", "Ferrotis Rail", "Transport", "LILLE", 6, -22),
    DemoClient("NAUTILIS", "Nautilis", "Maritime", "LILLE", 2, 3),
    DemoClient("BREVANNES", "Ville de Brévannes", "Public", "LILLE", 3, 5),
    DemoClient("AERIS", "Aéris Systèmes", "Aéronautique", "LYON", 8, 15),
    DemoClient("VERDANE", "Coop Verdane", "Distribution", "LYON", 7, 20),
    DemoClient("LOGIPHARM", "LogiPharm", "Santé", "LYON", 6, -18, won=32, won_from=11),
    DemoClient("KERMADEC", "Kermadec Énergie", "Énergie", "LYON", 2, 6),
    DemoClient("SAVON", "Savonnerie de la Lune", "Industrie", "LYON", 2, 8),
    DemoClient("OUTILS", "Lumen Outils", "Produit maison", "LYON", 3, 7, kind="internal"),
)

SKILLS = (
    ("advice", "Conseil et cadrage", "Advice and scoping"),
    ("data", "Données", "Data"),
    ("dev", "Développement", "Development"),
    ("network", "Réseaux et exploitation", "Networks and operations"),
)
# Whoever worked on that many stays with a skill is sure of it.
SURE_AFTER = 3

PROFILES = (
    DemoProfile(
        "CONSEIL", "Conseil court", "Short advisory", 15, ("travel",), autonomy=8, asks="advice:2"
    ),
    DemoProfile(
        "FORFAIT", "Produit au forfait", "Fixed-price product", 5, ("deadline",), asks="dev:2"
    ),
    DemoProfile("DONNEES", "Plateforme données", "Data platform", 6, (), asks="data:2"),
    DemoProfile(
        "REGIE", "Régie longue", "Long placement", -3, ("on_site",), autonomy=-8, asks="dev:2"
    ),
    DemoProfile(
        "ASTREINTE",
        "Astreinte et exploitation",
        "On-call and operations",
        -10,
        ("on_call", "night_weekend", "legacy"),
        load=-16,
        autonomy=-8,
        asks="network:2",
    ),
    DemoProfile(
        "RENFORT",
        "Renfort urgent",
        "Urgent reinforcement",
        -8,
        ("deadline", "alone", "travel", "on_site"),
        load=-10,
    ),
)

# Which kinds of work each client asks for, most frequent first.
WORK = {
    "ORSEL": ("ASTREINTE", "REGIE"),
    "MUTELIA": ("FORFAIT", "DONNEES", "FORFAIT", "ASTREINTE"),
    "FERROTIS": ("RENFORT", "ASTREINTE", "RENFORT"),
    "NAUTILIS": ("REGIE", "RENFORT"),
    "BREVANNES": ("FORFAIT", "REGIE"),
    "AERIS": ("DONNEES", "CONSEIL", "DONNEES"),
    "VERDANE": ("CONSEIL", "CONSEIL", "FORFAIT"),
    "LOGIPHARM": ("REGIE", "FORFAIT", "DONNEES"),
    "KERMADEC": ("CONSEIL", "REGIE"),
    "SAVON": ("FORFAIT", "CONSEIL"),
    "OUTILS": ("FORFAIT", "DONNEES"),
}

TITLES = {
    "CONSEIL": "Conseil données",
    "FORFAIT": "Refonte de l’espace client",
    "DONNEES": "Plateforme de données",
    "REGIE": "Maintenance applicative",
    "ASTREINTE": "Astreinte de production",
    "RENFORT": "Renfort de reprise",
}

# key, first name, last name, unit, roles
STAFF = (
    ("camille", "Camille", "Roux", "DIR", "manager"),
    ("helene", "Hélène", "Girard", "LILLE", "manager"),
    ("marc", "Marc", "Vidal", "LYON", "manager"),
    ("nadia", "Nadia", "Benali", "DIR", "referent"),
    ("olivier", "Olivier", "Masson", "DIR", "administrator"),
)

# The first consultant is the demo's log-in; the second carries too much.
CONSULTANTS = (
    "Inès Morel", "Samia Lambert", "Hugo Petit", "Marc Delcourt", "Aïcha Diallo", "Yann Kervella",
    "Julie Meyer", "Paul Nguyen", "Léa Costa", "Tom Garnier", "Sofia Reis", "Élise Roy",
    "Karim Haddad", "Chloé Fontaine", "Bastien Lemoine", "Fatou Ndiaye", "Victor Perrin",
    "Manon Schmitt", "Idriss Belkacem", "Clara Dumont", "Nicolas Aubry", "Awa Traoré",
    "Jules Marchand", "Inaya Cherif", "Romain Leroux", "Sarah Cohen", "Théo Blanchard",
    "Mina Park", "Antoine Faure", "Lucie Renard", "Rachid Amrani", "Emma Caron", "Gaël Le Goff",
    "Noémie Vasseur", "Malik Sow", "Pauline Brun", "Simon Weber", "Inès N’Guessan-Kouamé",
    "Adrien Colin", "Zoé Lacroix",
)  # fmt: skip
OVERLOADED = "Samia Lambert"
# What on-call duty counted in the first year, before the firm found it too little.
ON_CALL_AT_FIRST = 2
# A demanding mission that goes on, whose only assignment ends so many days after today's round.
LEFT_ALONE = "NAUTILIS-RENFORT"
LEFT_AFTER = 26
