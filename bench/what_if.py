"""What if on the portfolio of a firm with many clients: the page, and a scenario on it."""

import gzip
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from balancing.compute import load_due
from balancing.models import ClientStatus
from balancing.statuses import status_due
from bench import bare
from bench.figures import Figure
from bench.measure import Clock, Job, counting, interleave
from bench.pages import BARES, PAGES, several
from bench.web import Visitor
from bench.world import BATCH, settle_all_but_last_period
from clients.models import Client
from missions.models import MissionProfile
from scoring.models import Release, ReleasedCell
from surveys.models import Period

PART = "what_if"
# Milliseconds of a dashboard, and kilobytes of its page as sent.
GOAL, PAGE = 300, 30
TRIED = ("develop", "renegotiate")
EACH = 6
KB = 1024


def measure(*, clients: int, rounds: int) -> list[Figure]:
    """The portfolio as it is, then with a dozen hypotheses, against a bare page."""
    now = timezone.now()
    _tell(settle_all_but_last_period(now=now), now)
    load_due(now=now)
    status_due(now=now)
    manager = User.objects.get(ref="manager")
    reader, plain = Visitor(manager), Visitor(manager, bare.application())
    page = reverse("dashboards:portfolio")
    jobs = [Job("bare", partial(several, partial(plain.get, bare.ADDRESS), BARES))]
    asked = {"portfolio": page, "what if": f"{page}?{urlencode(_hypotheses())}"}
    jobs += [
        Job(name, partial(several, partial(reader.get, address), PAGES))
        for name, address in asked.items()
    ]
    samples = interleave(jobs, Clock(), rounds)
    figures = []
    for name, address in asked.items():
        with counting() as queries:
            body = reader.get(address).body
        size = len(gzip.compress(body)) / KB
        said, cost = f"{name}, {clients} clients", samples.median(name)
        note = f"{connection.vendor}; {queries.count} queries; by the clock {1000 * cost.wall:.0f}"
        figures += [
            Figure(PART, f"{said}: CPU", 1000 * cost.cpu, "ms", GOAL, note=note),
            Figure(PART, f"{said}: against a bare page", samples.ratio(name, "bare"), "×"),
            Figure(PART, f"{said}: its page as sent", size, "kB", PAGE),
        ]
    return figures


def _tell(period: Period, now: datetime) -> None:
    """Figures of that period, a third of the clients without one: no answer is needed."""
    release = Release.objects.create(
        period=period, published_at=period.closes_at or now, formula_version=1
    )
    told: list[tuple[str, str]] = [("firm", ""), ("pool", "")]
    told += [("profile", ref) for ref in MissionProfile.objects.values_list("ref", flat=True)]
    refs = Client.objects.order_by("ref").values_list("ref", flat=True)
    told += [("client", ref) for place, ref in enumerate(refs) if place % 3]
    ReleasedCell.objects.bulk_create(
        (
            ReleasedCell(
                release=release, kind=kind, ref=ref, dimension="overall", withheld=False,
                score=50 + place % 30, low=42 + place % 30, high=58 + place % 30, band="8-12",
            )
            for place, (kind, ref) in enumerate(told)
        ),
        batch_size=BATCH,
    )  # fmt: skip


def _hypotheses() -> dict[str, str]:
    """Half of them on clients of the first page, half on others."""
    places = list(ClientStatus.objects.order_by("-days").values_list("client", flat=True))
    return {
        f"h{pk}": TRIED[place % len(TRIED)]
        for place, pk in enumerate([*places[:EACH], *places[-EACH:]])
    }
