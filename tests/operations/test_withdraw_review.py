"""``manage.py withdraw_review``: what a review said leaves pages and alerts, for good."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from balancing.models import ClientStatus
from followup.models import Alert, AlertMove
from followup.wording import REASONS_WITHDRAWN
from scoring.models import ReviewRelease
from scoring.reviewing import release_reviews_due
from surveys.models import ClientReview
from tests.balancing.portfolio import kept, period_out
from tests.followup.rows import alert
from tests.surveys import reviews
from tests.world import World

pytestmark = pytest.mark.django_db


def command(day: date, *flags: str, reason: str = "Mauvaise liste.") -> str:
    out = StringIO()
    call_command("withdraw_review", "--round", str(day), "--reason", reason, *flags, stdout=out)
    return out.getvalue()


@pytest.fixture
def review(world: World) -> ClientReview:
    """A review whose words about the world's client are out."""
    people = reviews.staffed(world, 5)
    row = reviews.review(world)
    reviews.answer(row, world, people, ["cc"] * 5)
    release_reviews_due(now=row.round.closes_at)
    # Out for whoever looks, whatever the day on which the tests run.
    ReviewRelease.objects.update(published_at=timezone.now() - timedelta(hours=1))
    return row


def test_it_takes_two_steps_a_reason_and_a_review_that_is_out(review: ClientReview) -> None:
    day = review.round.starts_on
    with pytest.raises(CommandError, match=r"Nothing was done.*1 clients.*add --yes"):
        command(day)
    for bad in (" ", "x" * 301):
        with pytest.raises(CommandError, match="Give a reason"):
            command(day, "--yes", reason=bad)
    with pytest.raises(CommandError, match=f"Out, by first day of the round: {day}"):
        command(day - timedelta(days=1), "--yes")
    assert "withdrawn; 0 alert(s)" in command(day, "--yes")
    with pytest.raises(CommandError, match="first day of the round: none"):
        command(day, "--yes")


def test_pages_say_that_it_was_taken_back_and_alerts_forget_it(
    review: ClientReview, world: World, browser: Browser
) -> None:
    period = period_out()
    kept(period, {world.client: ("at_risk", 9.0)}, **{world.client.ref: ["few_seen"]})
    ClientStatus.objects.update(review=review)
    row = alert(
        rule=Alert.Rule.CLIENT_AT_RISK, client=world.client,
        reason={"period": period.pk, "before": "", "reasons": ["few_seen"]},
    )  # fmt: skip
    world.manager.language = "en"
    world.manager.save()
    browser.force_login(world.manager)
    addresses = {
        name: reverse(name, args=args)
        for name, args in (
            ("dashboards:client", [world.client.pk]),
            ("dashboards:enough", []),
            ("followup:alert_detail", [row.pk]),
        )
    }

    def pages() -> dict[str, str]:
        return {name: browser.get(url).content.decode() for name, url in addresses.items()}

    before = pages()
    assert ">contrary<" in before["dashboards:client"]
    assert "too few of the values are seen" in before["followup:alert_detail"]
    assert "1 alert(s)" in command(review.round.starts_on, "--yes")
    after = pages()
    assert ">contrary<" not in after["dashboards:client"]
    assert "was taken back" in after["dashboards:client"]
    assert "The statuses of this period were taken back" in after["dashboards:client"]
    assert "The statuses of this period were taken back" in after["dashboards:enough"]
    assert "too few of the values are seen" not in " ".join(after.values())
    assert AlertMove.objects.filter(alert=row, code=REASONS_WITHDRAWN).count() == 1
