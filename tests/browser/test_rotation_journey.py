"""From the managers' weekly mail to a conversation opened about a rotation: its taps are held, its
seconds told (``-s``), never asserted.

The pace is the Keystroke-Level Model's (Card, Moran & Newell 1980): 1.35 s to make up one's mind
and 1.3 s to point and press, for each tap; and what has to be read on the way, the part of the
page that the tap is in or about, at four words a second. What the machine takes is added as it is.
"""

import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from accounts.models import User
from balancing import planning
from balancing.models import Rotation, RotationNotice
from followup.digests import Digest
from followup.letters import weekly
from followup.models import Alert
from tests.browser.firm import Firm
from tests.browser.visits import Taste, Visits
from tests.followup.rows import alert

DECIDES, PRESSES, WORDS_A_SECOND = 1.35, 1.3, 4.0


@pytest.fixture
def quiet(firm: Firm) -> Iterator[None]:
    """Nobody is in a conversation; the demo's own one stands again afterwards, and what the
    journey opened is over: other journeys meet the same people."""
    talking = Rotation.objects.filter(state=Rotation.State.TALKING)
    kept = list(talking.values_list("pk", flat=True))
    talking.update(state=Rotation.State.SET_ASIDE)
    yield
    Rotation.objects.filter(state=Rotation.State.TALKING).update(state=Rotation.State.SET_ASIDE)
    Rotation.objects.filter(pk__in=kept).update(state=Rotation.State.TALKING)


@dataclass
class Journey:
    """Taps so far, and what they would take somebody."""

    taps: int = 0
    words: int = 0
    waited: float = 0.0
    began: float = field(default_factory=time.perf_counter)

    def tap(self, go: Callable[[], object], *, reads: str) -> None:
        self.taps += 1
        self.words += len(reads.split())
        began = time.perf_counter()
        go()
        self.waited += time.perf_counter() - began

    @property
    def seconds(self) -> float:
        return self.taps * (DECIDES + PRESSES) + self.words / WORDS_A_SECOND + self.waited

    def told(self) -> str:
        return (
            f"from the weekly mail to a conversation: {self.taps} taps, {self.words} words,"
            f" {self.seconds:.0f} s, of which the machine {self.waited:.1f} s"
        )


def led_by(manager: User) -> User:
    """Somebody without an alert, so that no other journey meets this one."""
    busy = Alert.objects.exclude(person=None).values("person")
    return User.objects.filter(manager=manager, is_consultant=True).exclude(pk__in=busy)[0]


@pytest.mark.usefixtures("quiet")
def test_from_the_weekly_mail_to_a_conversation(visits: Visits, firm: Firm) -> None:
    camille, now = firm.person("manager"), timezone.now()
    # Older than any of the demo's own, whose number changes with the day: a mail names five.
    raised = alert(person=led_by(camille), opened_at=now - timedelta(days=1000),
                   managers_from=now - timedelta(days=993))  # fmt: skip
    page = visits.page(camille, Taste(language="en"))
    letter = weekly(Digest(person=camille, day=now.date()), now=now, since=now)
    assert letter is not None
    [link] = re.findall(rf"https?://\S+(/alerts/{raised.pk}/)", letter.text)

    def settled(target: Locator) -> None:
        target.click()
        page.wait_for_load_state()

    journey = Journey()
    journey.tap(lambda: page.goto(link), reads=f"{letter.subject} {letter.text.split(link)[0]}")
    why = page.get_by_role("region", name="Why this alert")
    look = why.get_by_role("link", name="Look for rotations")
    journey.tap(lambda: settled(look), reads=why.inner_text())

    form = page.locator("form", has=page.get_by_role("button", name="Look for rotations"))
    asks = form.get_by_role("button", name="Look for rotations")
    before = Rotation.objects.latest("pk").pk
    journey.tap(lambda: settled(asks), reads=form.inner_text())
    began = time.perf_counter()
    assert planning.plan_due(now=timezone.now()) == "1 rotation plan(s) made"
    there = page.get_by_role("link", name="Show the proposals")
    # The page asks for itself how far the search is.
    expect(there).to_be_visible()
    journey.waited += time.perf_counter() - began
    journey.tap(lambda: settled(there), reads=page.locator("#run").inner_text())

    proposed = page.get_by_role("region", name="Something to discuss").locator("section").first
    talk = proposed.get_by_role("link", name=re.compile("^Talk about it with"))
    journey.tap(lambda: settled(talk), reads=proposed.inner_text())
    part = page.get_by_role("region", name="Talk about it")
    opens = part.get_by_role("button", name="Open the conversation")
    journey.tap(lambda: settled(opens), reads=part.inner_text())

    expect(page.get_by_text("They see their own part on their home page now.")).to_be_visible()
    rotation = Rotation.objects.get(pk__gt=before, state=Rotation.State.TALKING)
    notices = RotationNotice.objects.filter(move__rotation=rotation)
    assert notices.count() == rotation.moves.count() >= 2
    assert journey.taps == 6
    sys.stdout.write(f"{journey.told()}\n")
    raised.delete()
