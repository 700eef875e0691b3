"""The twelve kinds of file: their columns, in order, and what makes two lines the same thing."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from operations.imports import cells

LANGUAGES = ("fr", "en")
ROLES = ("consultant", "manager", "referent", "administrator")
# Whoever reads figures may not configure; the database says so too.
READING_ROLES = frozenset({"manager", "referent"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how a cell is read, and what an empty cell stands for.

    ``needed``: the file must have the column, and no cell of it may be empty.
    """

    name: str
    read: cells.Reader
    needed: bool = False
    empty: Any = None


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file."""

    kind: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    private: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.needed)

    @property
    def optional(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if not column.needed)


REF = Column("ref", cells.reference, needed=True)
NAME = Column("name", cells.text(120), needed=True)

UNITS = Format(
    "units",
    (REF, NAME, Column("parent", cells.reference), Column("manager", cells.reference)),
    key=("ref",),
)
PEOPLE = Format(
    "people",
    (
        REF,
        Column("email", cells.email, needed=True),
        Column("first_name", cells.text(120), needed=True),
        Column("last_name", cells.text(120), needed=True),
        Column("unit", cells.reference),
        Column("manager", cells.reference),
        Column("roles", cells.some_of(*ROLES), empty=frozenset()),
        Column("language", cells.one_of(*LANGUAGES), empty="fr"),
        Column("starts_on", cells.day),
        Column("ends_on", cells.day),
    ),
    key=("ref",),
)
CLIENTS = Format(
    "clients",
    (
        REF,
        NAME,
        Column("sector", cells.text(80), empty=""),
        Column("kind", cells.one_of("external", "internal"), empty="external"),
        Column("unit", cells.reference, needed=True),
        Column("account_manager", cells.reference),
    ),
    key=("ref",),
)
CONTACTS = Format(
    "contacts",
    (
        Column("client", cells.reference, needed=True),
        Column("email", cells.email, needed=True),
        NAME,
        Column("language", cells.one_of(*LANGUAGES), empty="fr"),
    ),
    key=("client", "email"),
)
REVENUE = Format(
    "revenue",
    (
        Column("client", cells.reference, needed=True),
        Column("month", cells.month, needed=True),
        Column("amount", cells.amount),
    ),
    key=("client", "month"),
)
PROFILES = Format(
    "profiles",
    (
        REF,
        Column("name_fr", cells.text(120), needed=True),
        Column("name_en", cells.text(120), needed=True),
    ),
    key=("ref",),
)
SKILLS = Format(
    "skills",
    (
        Column("code", cells.code, needed=True),
        Column("name_fr", cells.text(120), needed=True),
        Column("name_en", cells.text(120), needed=True),
    ),
    key=("code",),
)
LEVELS = Format(
    "levels",
    (
        Column("person", cells.reference, needed=True),
        Column("skill", cells.code, needed=True),
        Column("level", cells.level, needed=True),
    ),
    key=("person", "skill"),
)
MISSIONS = Format(
    "missions",
    (
        REF,
        Column("client", cells.reference, needed=True),
        Column("profile", cells.reference, needed=True),
        Column("title", cells.text(160), needed=True),
        Column("place", cells.text(120), empty=""),
        Column("starts_on", cells.day, needed=True),
        Column("ends_on", cells.day),
        Column("demand", cells.codes, empty=frozenset()),
        Column("skills", cells.asked, empty=frozenset()),
    ),
    key=("ref",),
)
ASSIGNMENTS = Format(
    "assignments",
    (
        Column("person", cells.reference, needed=True),
        Column("mission", cells.reference, needed=True),
        Column("starts_on", cells.day, needed=True),
        Column("ends_on", cells.day),
        Column("share", cells.percent, empty=100),
    ),
    key=("person", "mission", "starts_on"),
)
ABSENCES = Format(
    "absences",
    (
        Column("person", cells.reference, needed=True),
        Column("starts_on", cells.day, needed=True),
        Column("ends_on", cells.day, needed=True),
    ),
    key=("person", "starts_on"),
)
CHECKINS = Format(
    "checkins",
    (
        Column("person", cells.reference, needed=True),
        Column("mission", cells.reference, needed=True),
        Column("round", cells.day, needed=True),
        Column("answered_on", cells.day, needed=True),
        Column("dimension", cells.reference, needed=True),
        Column("value", cells.number, needed=True),
        Column("min", cells.number, needed=True),
        Column("max", cells.number, needed=True),
    ),
    key=("person", "mission", "round", "dimension"),
    private=True,
)

# In the order in which a firm's files build on each other.
FORMATS = {
    table.kind: table
    for table in (
        UNITS, PEOPLE, CLIENTS, CONTACTS, PROFILES, SKILLS, LEVELS, MISSIONS, ASSIGNMENTS,
        ABSENCES, REVENUE, CHECKINS,
    )
}  # fmt: skip
PAGE_KINDS = tuple(kind for kind, table in FORMATS.items() if not table.private)


def roles_of(person: User) -> frozenset[str]:
    """The roles of a person as a file writes them."""
    return frozenset(role for role in ROLES if getattr(person, f"is_{role}"))
