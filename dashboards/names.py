"""The names behind the references of figures: five tables, one query for a page."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast

from accounts.models import FirmSettings, OrgUnit
from clients.models import Client
from core import wording
from core.search import fold
from missions.models import MissionProfile
from surveys.models import Dimension, Question

INTERNAL = Client.Kind.INTERNAL.value
# Published per profile and for the firm only: a line of their own, never a column of a table.
NARROW = (Question.Role.ROTATING.value, Question.Role.EXTRA.value)
TURNING = NARROW[0]
TEXT = CharField()


class Line(NamedTuple):
    """One row of the query; ``french`` and ``english`` are equal where a name has one language.

    ``kind``: a client's, or ``rotating`` for a theme; ``beside``: a client's owning unit, the
    firm's address for help. ``place``: a theme's position.
    """

    what: str
    pk: int
    ref: str
    french: str
    english: str
    kind: str
    beside: str
    ended_on: date | None
    place: int


@dataclass(frozen=True, slots=True)
class Named:
    """Something that figures are about. ``unit``: reference of a client's owning unit."""

    pk: int
    ref: str
    name: str
    unit: str = ""
    is_internal: bool = False
    is_rotating: bool = False
    ended_on: date | None = None

    def is_current(self, day: date) -> bool:
        return self.ended_on is None or self.ended_on >= day


@dataclass(slots=True)
class Names:
    """Everything that has a name, by reference, in the order in which it is listed."""

    firm: str = ""
    help_email: str = ""
    units: dict[str, Named] = field(default_factory=dict)
    clients: dict[str, Named] = field(default_factory=dict)
    profiles: dict[str, Named] = field(default_factory=dict)
    dimensions: dict[str, Named] = field(default_factory=dict)

    @property
    def themes(self) -> list[Named]:
        """Dimensions that are asked in every round."""
        return [row for row in self.dimensions.values() if not row.is_rotating]

    def theme(self, code: str) -> str:
        """A dimension's name; its code, should it have none."""
        found = self.dimensions.get(code)
        return found.name if found else code


def load_names() -> Names:
    """All names, in the language in force."""
    french = wording.language() == "fr"
    lines = [Line(*row) for row in _everything()]
    names = Names()
    spoken = [(one.french if french else one.english, one) for one in lines]
    for name, line in sorted(spoken, key=lambda pair: (pair[1].place, fold(pair[0]), pair[1].pk)):
        if line.what == "firm":
            names.firm, names.help_email = name, line.beside
            continue
        getattr(names, line.what)[line.ref] = Named(
            pk=line.pk,
            ref=line.ref,
            name=name,
            unit=line.beside,
            is_internal=line.kind == INTERNAL,
            is_rotating=line.kind == TURNING,
            ended_on=line.ended_on,
        )
    return names


def _everything() -> QuerySet[Any, tuple[Any, ...]]:
    """Five tables under one another; each gives its columns the same types."""
    firm = FirmSettings.objects.filter(pk=1)
    return _lines(OrgUnit.objects.all(), "units", ended_on=F("ended_on")).union(
        _lines(firm, "firm", ref=Value(""), beside=F("help_email")),
        _lines(
            Client.objects.all(),
            "clients",
            kind=F("kind"),
            beside=F("unit__ref"),
            ended_on=F("ended_on"),
        ),
        _lines(MissionProfile.everything.all(), "profiles", **BILINGUAL, ended_on=F("ended_on")),
        _dimensions(),
        all=True,
    )


BILINGUAL = {"french": F("name_fr"), "english": F("name_en")}


def _dimensions() -> QuerySet[Any, tuple[Any, ...]]:
    """Themes; rotating ones are those whose questions all take turns, or are for some alone."""
    questions = Question.objects.filter(dimension=OuterRef("pk"))
    narrow = questions.filter(role__in=NARROW)
    turning = Exists(narrow) & ~Exists(questions.exclude(role__in=NARROW))
    kind = Case(When(turning, then=Value(TURNING)), default=Value(""), output_field=TEXT)
    return _lines(
        Dimension.objects.all(),
        "dimensions",
        **BILINGUAL,
        ref=F("code"),
        kind=kind,
        place=F("position"),
    )


def _lines(rows: QuerySet[Any], what: str, **given: Any) -> QuerySet[Any, tuple[Any, ...]]:
    columns: dict[str, Any] = {
        "ref": F("ref"),
        "french": F("name"),
        "english": F("name"),
        "kind": Value(""),
        "beside": Value(""),
        "ended_on": Value(None, output_field=DateField()),
        "place": Value(0),
    } | given
    types: dict[str, Any] = {"ended_on": DateField(), "place": IntegerField()}
    return rows.order_by().values_list(
        Value(what, output_field=TEXT),
        "pk",
        *(Cast(column, types.get(name, TEXT)) for name, column in columns.items()),
    )
