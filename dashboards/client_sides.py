"""Beside the figure of each client in a list: its status, and what the client last said."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from accounts.models import User
from balancing.portfolio import Status, statuses
from balancing.status_words import CHIPS, reason_words, status_word
from dashboards.clients_table import Row, Standing, View
from dashboards.edition import Edition
from dashboards.satisfaction import word_of
from scoring.satisfaction import Said, latest_opinions


def with_sides(rows: Iterable[Row], *, viewer: User, edition: Edition, now: datetime) -> list[Row]:
    """The same lines; one look through each door for all of them."""
    lines = list(rows)
    refs = [row.scope.ref for row in lines if row.pk is not None]
    ids = [row.pk for row in lines if row.pk is not None]
    if not refs:
        return lines
    told = latest_opinions(viewer=viewer, now=now, refs=refs)
    period = edition.chosen.id
    found = statuses(viewer=viewer, periods=[period], clients=ids)
    return [
        row
        if row.pk is None
        else replace(
            row,
            standing=standing_of(found.get((period, row.pk))),
            view=_view(told.get(row.scope.ref)),
        )
        for row in lines
    ]


class InWords:
    """A line that has a status, told everywhere in the same words."""

    status: Status

    @property
    def word(self) -> str:
        return status_word(self.status.result)

    @property
    def chip(self) -> str:
        return CHIPS[self.status.result]

    @property
    def why(self) -> str:
        return reason_words(self.status.reasons)


def standing_of(status: Status | None) -> Standing | None:
    """None where no status was kept."""
    if status is None:
        return None
    result = status.result
    return Standing(status_word(result), reason_words(status.reasons), CHIPS[result])


def _view(said: Said | None) -> View | None:
    if said is None:
        return None
    return View(said.index, said.answered, word_of("overall", said.index))
