"""The five topics that clients are asked about, five words each, worst to best.

They are the product's own, so that a client's satisfaction means the same from one survey to the
next; a change of meaning would be a new code.
"""

from surveys.models.questions import Item


def _topic(code: str, text: tuple[str, str], french: str, english: str) -> Item:
    """French and English words, from the least to the most favourable, parted by commas."""
    return Item(
        code=code,
        dimension=code,
        role="core",
        version=1,
        text={"fr": text[0], "en": text[1]},
        labels={"fr": french.split(", "), "en": english.split(", ")},
    )


TOPICS = (
    _topic(
        "overall",
        ("Dans l’ensemble, notre prestation est…", "Overall, our work is…"),
        "Mauvaise, Faible, Correcte, Bonne, Très bonne",
        "Poor, Weak, Fair, Good, Very good",
    ),
    _topic(
        "welcome",
        ("L’écoute et l’accueil de notre équipe sont…", "Our team’s welcome and contact are…"),
        "Mauvais, Faibles, Corrects, Bons, Très bons",
        "Poor, Weak, Fair, Good, Very good",
    ),
    _topic(
        "availability",
        ("Notre équipe est disponible…", "Our team is available…"),
        "Jamais, Rarement, Parfois, Souvent, Toujours",
        "Never, Rarely, Sometimes, Often, Always",
    ),
    _topic(
        "skill",
        ("La compétence de notre équipe est…", "Our team’s skill is…"),
        "Très faible, Faible, Correcte, Bonne, Très bonne",
        "Very weak, Weak, Fair, Good, Very good",
    ),
    _topic(
        "recommend",
        ("Nous recommanderiez-vous à un pair ?", "Would you recommend us to a peer?"),
        "Non, Plutôt non, Peut-être, Plutôt oui, Oui",
        "No, Rather not, Maybe, Rather yes, Yes",
    ),
)
CODES = tuple(item.code for item in TOPICS)
