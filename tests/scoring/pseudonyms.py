"""Whose pseudonym is whose: for those who hold the key alone, as the tests do."""

from collections.abc import Iterable

from accounts.models import User
from scoring.design import pseudonym


def pseudonyms(people: Iterable[User]) -> dict[str, int]:
    """Pseudonym → id."""
    return {pseudonym(person.pk): person.pk for person in people}
