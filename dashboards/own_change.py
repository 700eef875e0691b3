"""Whether one's own answers have gone down, told to oneself alone.

Worked out while the page is read: no row, no mail, no log. It is told whatever the number of
people at the client, since telling it only to some would say how many others answered there.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from scoring.publication import have_gone_down
from surveys.own import OwnCheckIn

# A mission that one has left, or not answered on for so long, is no news.
RECENT = timedelta(days=84)


def gone_down(check_ins: Sequence[OwnCheckIn], now: datetime) -> list[OwnCheckIn]:
    """The latest check-in on each mission on which one's answers have gone down.

    ``check_ins``: all of one's own, the latest round first.
    """
    missions: dict[int, list[OwnCheckIn]] = defaultdict(list)
    for one in reversed(check_ins):
        missions[one.mission_id].append(one)
    recent = {pk: some for pk, some in missions.items() if some[-1].sent_at > now - RECENT}
    found = have_gone_down({pk: _values(some) for pk, some in recent.items()})
    return [some[-1] for pk, some in recent.items() if pk in found]


def _values(series: Sequence[OwnCheckIn]) -> list[float]:
    """Since the questions are what they are now: others would move the figure by themselves."""
    told = [one for one in series if one.overall is not None]
    alike = takewhile(lambda one: one.overall_basis == told[-1].overall_basis, reversed(told))
    return [one.overall for one in alike if one.overall is not None][::-1]
