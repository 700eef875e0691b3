"""Pages of figures: queries, CPU against a bare page, and the same once check-ins are many."""

import time
from collections.abc import Callable
from functools import partial

from django.db import connection
from django.db.models import Count
from django.urls import reverse

from accounts.models import User
from bench import bare, crowd
from bench.equality import OVERVIEW, PART
from bench.figures import Figure
from bench.measure import Clock, Job, Samples, counting, interleave
from bench.web import Visitor
from clients.models import Client
from missions.models import MissionProfile

# Requests of a batch: a page of figures costs some twenty bare ones.
PAGES, BARES = 3, 20


def addresses() -> dict[str, str]:
    """Name → address of the pages that a manager reads; those with the most behind them."""
    client = Client.objects.annotate(size=Count("missions__assignments")).order_by("-size").first()
    profile = MissionProfile.objects.first()
    assert client is not None
    assert profile is not None
    return {
        OVERVIEW: reverse("dashboards:overview"),
        "client page": reverse("dashboards:client", args=[client.pk]),
        "profile page": reverse("dashboards:profile", args=[profile.pk]),
        "load page": reverse("dashboards:load"),
        "client list": reverse("dashboards:client_list"),
    }


def queries() -> dict[str, tuple[int, int]]:
    """Page → queries, and those of them that ask the very same again."""
    reader = Visitor(User.objects.get(ref="manager"))
    found = {}
    for name, address in addresses().items():
        reader.get(address)
        with counting() as asked:
            reader.get(address)
        found[name] = (asked.count, asked.repeated)
    return found


def measure(*, rounds: int) -> list[Figure]:
    """CPU of each page, and against the bare page of the same run."""
    samples = _sample(rounds)
    figures = []
    for name in addresses():
        ratio = samples.ratio(name, "bare")
        figures.append(Figure(PART, f"{name}, against a bare page", ratio, "×"))
    cost = samples.median(OVERVIEW)
    figures.append(Figure(PART, f"Python CPU of the {OVERVIEW}", 1000 * cost.python, "ms", 15))
    if connection.vendor == "postgresql":
        database = 1000 * cost.database
        figures.append(Figure(PART, f"PostgreSQL CPU of the {OVERVIEW}", database, "ms", 10))
    return figures


def _sample(rounds: int) -> Samples:
    manager = User.objects.get(ref="manager")
    reader, plain = Visitor(manager), Visitor(manager, bare.application())
    jobs = [Job("bare", partial(several, partial(plain.get, bare.ADDRESS), BARES))]
    jobs += [
        Job(name, partial(several, partial(reader.get, address), PAGES))
        for name, address in addresses().items()
    ]
    return interleave(jobs, Clock(), rounds)


def several(operation: Callable[[], object], count: int) -> int:
    for _ in range(count):
        operation()
    return count


def grow(*, few: int, many: int, seconds: float, rounds: int) -> list[Figure]:
    """The same pages of the same figures, with few check-ins in the database, then with many."""
    crowd.shrink(few)
    before = _sample(rounds)
    began = time.monotonic()
    crowd.grow(many, seconds=seconds)
    filled_in = time.monotonic() - began
    crowd.tidy()
    after, stored = _sample(rounds), crowd.stored()
    note = f"{few} check-ins, then {stored} (asked for {many}; filled in {filled_in:.0f} s)"
    figures = [
        Figure(
            PART, f"{name}: its cost with many check-ins, against few",
            after.ratio(name, "bare") / before.ratio(name, "bare"), "×", 1.3, note=note,
        )
        for name in addresses()
    ]  # fmt: skip
    return [*figures, *crowd.disk()]
