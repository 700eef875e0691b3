"""Clients that were judged, for tests of statuses."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest

from accounts.models import User
from balancing import statuses
from clients.models import Charter, CharterValue, Client
from scoring.charter_facts import Facts
from tests import make

VALUES = 5


@dataclass
class Judged:
    """Facts by client, given to the step instead of those that reviews and sheets hold."""

    charter: Charter
    facts: dict[int, Facts] = field(default_factory=dict)

    @property
    def values(self) -> list[int]:
        return list(self.charter.proposals.values_list("pk", flat=True))

    def judge(self, client: Client, words: str, *, red: bool = False) -> None:
        """``words``: s(een), n(ot), c(ontrary), - (withheld), one a value."""
        long = {"s": "seen", "n": "not_seen", "c": "contrary"}
        pairs = zip(self.values, words, strict=True)
        self.facts[client.pk] = Facts(
            client=client.pk,
            judged_at=datetime(2026, 1, 1, tzinfo=UTC),
            source="sheet",
            charter=self.charter.pk,
            verdicts={pk: long[letter] for pk, letter in pairs if letter != "-"},
            ours={},
            red_lines=(self.values[0],) if red else (),
        )


def judged(monkeypatch: pytest.MonkeyPatch, author: User | None = None) -> Judged:
    """A charter of five values, and a place for facts."""
    moment = datetime(2025, 9, 30, 9, tzinfo=UTC)
    by = author or make.person(is_referent=True)
    charter = Charter.objects.create(
        state="published", is_live=False, places=VALUES, closes_on=date(2025, 9, 1),
        opened_by=by, opened_at=moment, number=1, published_by=by, published_at=moment,
    )  # fmt: skip
    for place in range(1, VALUES + 1):
        CharterValue.objects.create(
            charter=charter, chosen=True, position=place, proposed_at=moment,
            name_fr=f"Valeur {place}", name_en=f"Value {place}",
            red_line_fr="Non" if place == 1 else "", red_line_en="No" if place == 1 else "",
        )  # fmt: skip
    found = Judged(charter)
    known = lambda **_asked: found.facts  # noqa: E731 -- one line, given to the step
    monkeypatch.setattr(statuses, "charter_facts", known)
    return found
