"""The facts that every firm starts with. Their points are the firm's to change."""

from dataclasses import dataclass

from missions.models import DemandFact


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact about a mission, before the firm has given it other points."""

    code: str
    name_fr: str
    name_en: str
    points: int


FACTS = (
    Fact("on_call", "Astreinte", "On call", 3),
    Fact("travel", "Déplacements fréquents", "Frequent travel", 2),
    Fact("on_site", "Présence chez le client presque chaque jour", "On site nearly every day", 1),
    Fact("night_weekend", "Travail de nuit ou de week-end", "Night or weekend work", 3),
    Fact("alone", "Sans collègue sur place", "Alone on site", 2),
    Fact("deadline", "Échéances serrées", "Tight deadlines", 2),
    Fact("legacy", "Système ancien", "Legacy system", 1),
)


def install_facts(model: type[DemandFact] = DemandFact) -> None:
    """Add the facts that are missing; those that are there keep the firm's own points."""
    for position, fact in enumerate(FACTS, 1):
        model.objects.get_or_create(
            code=fact.code,
            defaults={
                "name_fr": fact.name_fr,
                "name_en": fact.name_en,
                "points": fact.points,
                "position": position,
            },
        )
