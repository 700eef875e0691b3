"""The questionnaire that the product comes with: seven items a round, about work alone.

Wording and labels are those of the reference: each item has its own five labels, worst first.
An administrator may change all of it afterwards; nothing here overwrites what they did.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps


@dataclass(frozen=True, slots=True)
class DefaultItem:
    """One question as it ships; its code is also its dimension's."""

    code: str
    role: str
    names: tuple[str, str]
    text: tuple[str, str]
    labels: tuple[str, str]
    # Asked between two missions as well: it speaks neither of a mission nor of a client, and the
    # best answer is the best there too (a light load is none).
    everywhere: bool = False


ITEMS = (
    DefaultItem(
        "feeling",
        "outcome",
        ("Ressenti", "Feeling"),
        (
            "Sur cette mission, comment vous sentez-vous en ce moment\u00a0?",
            "How do you feel on this mission right now?",
        ),
        ("Très mal·Mal·Moyen·Bien·Très bien", "Very bad·Bad·So-so·Good·Very good"),
    ),
    DefaultItem(
        "load",
        "core",
        ("Charge", "Load"),
        ("Votre charge de travail est…", "Your workload is…"),
        ("Intenable·Lourde·Élevée·Tenable·Légère", "Crushing·Heavy·High·Manageable·Light"),
    ),
    DefaultItem(
        "relation",
        "core",
        ("Relation", "Relationship"),
        ("Avec le client, la relation est…", "The relationship with the client is…"),
        (
            "Subie·Inégale·Correcte·Équilibrée·Partenaire",
            "Endured·Unequal·Fair·Balanced·Partners",
        ),
    ),
    DefaultItem(
        "meaning",
        "core",
        ("Utilité", "Meaning"),
        ("Ce que vous faites vous semble…", "What you do feels…"),
        (
            "Inutile·Peu utile·Assez utile·Utile·Très utile",
            "Useless·Not very useful·Fairly useful·Useful·Very useful",
        ),
        everywhere=True,
    ),
    DefaultItem(
        "autonomy",
        "core",
        ("Autonomie", "Autonomy"),
        ("Vous décidez de votre façon de travailler…", "You decide how you work…"),
        ("Jamais·Rarement·Parfois·Souvent·Toujours", "Never·Rarely·At times·Often·Always"),
        everywhere=True,
    ),
    DefaultItem(
        "support",
        "core",
        ("Soutien", "Support"),
        ("Le soutien de notre entreprise est…", "Support from our company is…"),
        ("Absent·Faible·Moyen·Bon·Très bon", "Absent·Weak·So-so·Good·Very good"),
        everywhere=True,
    ),
    DefaultItem(
        "growth",
        "rotating",
        ("Progrès", "Growth"),
        ("Vous apprenez…", "You are learning…"),
        ("Rien·Peu·Un peu·Pas mal·Beaucoup", "Nothing·Little·Some·A fair bit·A lot"),
        everywhere=True,
    ),
    DefaultItem(
        "values",
        "rotating",
        ("Valeurs", "Values"),
        (
            "On vous demande des choses contraires à vos valeurs…",
            "You are asked for things that go against your values…",
        ),
        ("Toujours·Souvent·Parfois·Rarement·Jamais", "Always·Often·At times·Rarely·Never"),
    ),
    DefaultItem(
        "travel",
        "rotating",
        ("Trajets", "Travel"),
        ("Les trajets et la distance vous pèsent…", "Journeys and distance weigh on you…"),
        ("Trop·Beaucoup·Assez·Peu·Pas", "Too much·A lot·Somewhat·A little·Not"),
    ),
    DefaultItem(
        "outlook",
        "rotating",
        ("Suite", "Outlook"),
        (
            "La suite de cette mission vous semble…",
            "What comes next on this mission looks…",
        ),
        ("Bouchée·Floue·Incertaine·Claire·Ouverte", "Blocked·Vague·Uncertain·Clear·Open"),
    ),
)


def install_questions(*, get_model: Callable[[str, str], Any] = apps.get_model) -> int:
    """Put in place what is missing of the default questionnaire; return how many items.

    ``get_model`` lets a migration pass its own state of the models.
    """
    return sum(_install(item, place, get_model) for place, item in enumerate(ITEMS, start=1))


def _install(item: DefaultItem, place: int, get_model: Callable[[str, str], Any]) -> bool:
    dimension, _made = get_model("surveys", "Dimension").objects.get_or_create(
        code=item.code,
        defaults={"name_fr": item.names[0], "name_en": item.names[1], "position": place},
    )
    question, made = get_model("surveys", "Question").objects.get_or_create(
        code=item.code,
        defaults={"dimension": dimension, "role": item.role, "position": place},
    )
    if made:
        get_model("surveys", "QuestionVersion").objects.create(
            question=question,
            text=dict(zip(("fr", "en"), item.text, strict=True)),
            labels={
                language: words.split("·")
                for language, words in zip(("fr", "en"), item.labels, strict=True)
            },
        )
    return bool(made)


def ask_everywhere(*, get_model: Callable[[str, str], Any] = apps.get_model) -> int:
    """Ask between two missions too what makes sense there, where its words are those above."""
    return sum(_ask_everywhere(item, get_model) for item in ITEMS if item.everywhere)


def _ask_everywhere(item: DefaultItem, get_model: Callable[[str, str], Any]) -> bool:
    question = get_model("surveys", "Question").objects.filter(code=item.code).first()
    if question is None or question.audience != "missions" or question.profile_id is not None:
        return False
    words = get_model("surveys", "QuestionVersion").objects.filter(question=question)
    if words.order_by("number").last().text != dict(zip(("fr", "en"), item.text, strict=True)):
        return False
    question.audience = "everyone"
    question.save(update_fields=["audience"])
    return True
