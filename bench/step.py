"""Steps of a part in a process of their own: ``python -m bench.step JSON``; prints JSON."""

import json
import sys
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.utils import timezone  # noqa: E402 -- Django must be set up first

from bench import (  # noqa: E402 -- likewise
    checkin,
    crowd,
    estimator,
    ledger,
    pages,
    period,
    privacy,
    streaming,
    what_if,
    world,
)


def build(people: int, clients: int) -> list[Any]:
    world.make(world.Size(people, clients), now=timezone.now())
    crowd.tidy()
    return []


def staff(people: int, clients: int) -> list[Any]:
    """The same without a single answer."""
    world.make(world.Size(people, clients), now=timezone.now(), answered=False)
    crowd.tidy()
    return []


def close(people: int, clients: int) -> list[Any]:
    found = period.measure(world.Size(people, clients))
    world.tell_the_past()
    crowd.tidy()
    return found


STEPS: dict[str, Callable[..., Any]] = {
    "build": build,
    "staff": staff,
    "close": close,
    "ledger": ledger.measure,
    "checkin": checkin.measure,
    "queries": pages.queries,
    "pages": pages.measure,
    "grow": pages.grow,
    "streaming": streaming.measure,
    "estimator": estimator.measure,
    "privacy": privacy.measure,
    "what_if": what_if.measure,
}


def plain(found: Any) -> Any:
    """Figures as JSON has them; an answer to another step as it is."""
    return found if isinstance(found, dict) else [figure.plain for figure in found]


def main(steps: str) -> None:
    """``[[name, options], …]`` in; what each found, in the same order, out."""
    print(json.dumps([plain(STEPS[name](**options)) for name, options in json.loads(steps)]))


if __name__ == "__main__":
    main(sys.argv[1])
