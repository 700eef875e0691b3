"""A client to come, in a form that is an address: what is known of it, value by value."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from clients.models import CharterValue
from dashboards.first_contact import CONTRARY, CROSSED, NOT_SEEN, SEEN, Expected, FirstContact

# New clients that one scenario may hold.
PLACES = 2
VALUE = re.compile(r"v\d{1,2}-\d{1,9}")
KNOWN = (
    ("", _("not known")),
    (SEEN, _("seen")),
    (NOT_SEEN, _("not seen")),
    (CONTRARY, _("contrary")),
)
BEYOND = (CROSSED, _("red line crossed"))


@dataclass(frozen=True, slots=True)
class Place:
    """One client to come: its fields, those of the charter, whose screening filled these, and the
    status that they make."""

    number: int
    fields: list[Any]
    values: list[Any]
    of: str
    expected: Expected

    @property
    def is_described(self) -> bool:
        return any(field.value() or field.errors for field in self.values)

    @property
    def is_used(self) -> bool:
        return self.is_described or any(field.value() or field.errors for field in self.fields)


def name_of(place: int, value: CharterValue) -> str:
    """The field of a value, short: it stands in the address."""
    return f"v{place}-{value.pk}"


def choices_of(value: CharterValue) -> list[tuple[str, Any]]:
    """What may be known of it; a line that it does not draw is crossed by nobody."""
    return [*KNOWN, BEYOND] if value.red_line else list(KNOWN)


def said(data: Mapping[str, Any], place: int, values: Iterable[CharterValue]) -> dict[int, str]:
    """What an address says of the values; nothing where it says "not known"."""
    found = {value.pk: data.get(name_of(place, value), "") for value in values}
    return {pk: code for pk, code in found.items() if code}


def fill(data: QueryDict, contact: FirstContact) -> None:
    """Put in what the last screening of the prospect chosen has found.

    Where the form was filled for another prospect, what it says of that one goes.
    """
    for place in range(1, PLACES + 1):
        chosen = data.get(f"prospect{place}", "")
        before = data.get(f"of{place}", chosen)
        is_other = chosen != before and bool({chosen, before} & contact.screened.keys())
        if is_other or not said(data, place, contact.values):
            found = contact.screened.get(chosen, {})
            for value in contact.values:
                data[name_of(place, value)] = found.get(value.pk, "")
