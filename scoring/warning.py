"""Early warning: one bit per client and round, frozen when the round has closed.

The statistic is computed from the answers, looked at and forgotten: neither stored nor logged.
Each pass replays the rounds before it with the variances of the last release out before its
close; a chart starts again after a frozen bit alone, so that everything a bit rests on is either
an answer or published.
"""

from collections import defaultdict
from datetime import datetime

import numpy as np
from django.db import transaction

from accounts.models import FirmSettings
from clients.models import Client
from core.jobs import each, once
from scoring.gathering import FACTORS, sums
from scoring.maths import warning
from scoring.maths.cells import collapse
from scoring.models import Decline, WarningPass
from scoring.spread import OVERALL, last_spread
from surveys import exports
from surveys.models import Round

NO_CELLS = collapse([], {name: [] for name in FACTORS})


def warn_due(*, now: datetime) -> str:
    """Look at every closed round that has not been looked at, oldest first."""
    seen = WarningPass.objects.values("round")
    waiting = Round.objects.closed(now).exclude(pk__in=seen).order_by("starts_on")
    made = each(waiting, lambda one: _warn_once(one, now))
    bits = sum(len(found) for found in made)
    return f"{bits} client(s) declining" if bits else ""


def _warn_once(asked: Round, now: datetime) -> list[Decline] | None:
    """None where another worker was first."""
    return once(
        lambda: warn(asked=asked, now=now), done=WarningPass.objects.filter(round=asked).exists
    )


@transaction.atomic
def warn(*, asked: Round, now: datetime) -> list[Decline]:
    """Freeze the bits of one round; none where no release has given the variances yet."""
    WarningPass.objects.create(round=asked, made_at=now)
    spread = last_spread(asked.closes_at)
    if spread is None:
        return []
    refs = dict(Client.objects.values_list("pk", "ref"))
    places = {pk: place for place, pk in enumerate(_rounds_until(asked))}
    history = _history(asked, places)
    found = warning.declining(
        history,
        spread,
        _earlier(places, refs),
        at=places[asked.pk],
        people=FirmSettings.current().anonymity_threshold,
    )
    rows = [Decline(round=asked, ref=refs[client]) for client in sorted(found)]
    return Decline.objects.bulk_create(rows)


def _rounds_until(asked: Round) -> list[int]:
    rounds = Round.objects.filter(starts_on__lte=asked.starts_on).order_by("starts_on")
    return list(rounds.values_list("pk", flat=True))


def _history(asked: Round, places: dict[int, int]) -> warning.History:
    """The overall scores of all rounds up to this one, averaged per person, mission and round."""
    cells = sums(exports.answers_until(asked), [OVERALL]).get(OVERALL, NO_CELLS)
    person, client, profile, number = (cells.factors[name] for name in FACTORS)
    rounds, code = np.unique(number, return_inverse=True)
    place = np.array([places[one] for one in rounds.tolist()], dtype=np.int64)[code]
    return warning.History(person, client, profile, place, cells.total / cells.n, cells.n)


def _earlier(places: dict[int, int], refs: dict[int, str]) -> dict[int, set[int]]:
    """Clients that declined before, by place of the round."""
    ids = {ref: pk for pk, ref in refs.items()}
    found: dict[int, set[int]] = defaultdict(set)
    for number, ref in Decline.objects.filter(round__in=places).values_list("round", "ref"):
        found[places[number]].add(ids[ref])
    return found
