"""What other points would have done: computed beside the frozen past, which stays."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import FirmSettings
from balancing import compute
from balancing.models import Load, LoadPass, MissionDemand
from balancing.preview import Preview, preview
from missions import points
from missions.models import Assignment, DemandFact
from tests import make
from tests.balancing import staffed
from tests.balancing.staffed import Staffed

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Staffed:
    firm = staffed.firm(12)
    now = firm.last.closes_at + timedelta(days=8)
    points.keep_version(now=now)
    compute.load_due(now=now)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    return firm


def table(**changed: int) -> tuple[dict[int, int], int]:
    maximum = changed.pop("maximum", FirmSettings.current().demand_maximum)
    return {row.pk: changed.get(row.code, row.points) for row in DemandFact.objects.all()}, maximum


def look(made: Staffed, **changed: int) -> Preview:
    now = made.last.closes_at + timedelta(days=8)
    found = preview(now=now, today=table(), changed=table(**changed))
    assert found is not None
    return found


def test_the_same_points_change_nothing(made: Staffed) -> None:
    found = look(made)
    assert found.gap == 0
    assert found.above[0] == found.above[1]
    assert (found.becoming, found.ceasing) == ([], [])
    newest = LoadPass.objects.latest("round__starts_on")
    assert found.above[0] == newest.above_zone
    assert found.over[0] == Load.objects.filter(load_pass=newest, over_share=True).count() == 1
    assert found.compared == newest.compared


def test_points_that_make_all_missions_alike_leave_nobody_above(made: Staffed) -> None:
    """On-call duty is what makes the hard missions hard."""
    found = look(made, on_call=0)
    assert found.above[1] == found.over[1] == 0
    staffed_now = {row.pk for row in made.hard}
    assert set(found.ceasing) <= staffed_now
    assert found.ceasing
    assert found.gap < 0


def test_a_larger_maximum_changes_no_order(made: Staffed) -> None:
    found = look(made, maximum=FirmSettings.current().demand_maximum * 2)
    assert (found.becoming, found.ceasing) == ([], [])
    assert found.above[0] == found.above[1]


def test_the_past_stays_as_it_was(made: Staffed) -> None:
    before = list(Load.objects.order_by("pk").values())
    with CaptureQueriesContext(connection) as queries:
        look(made, on_call=0)
    assert list(Load.objects.order_by("pk").values()) == before
    assert not [row for row in queries if "surveys_checkin" in row["sql"]]
    assert not [row for row in queries if row["sql"].startswith(("INSERT", "UPDATE"))]


def test_what_was_published_counts_as_it_was_frozen(made: Staffed) -> None:
    """Where the hard missions are lived as hard, they stay hard without their points."""
    assert look(made, on_call=0).gap == pytest.approx(-1)
    hard = [row.pk for row in made.hard]
    MissionDemand.objects.update(lived=2.0)
    MissionDemand.objects.filter(mission__in=hard).update(lived=9.0)
    found = look(made, on_call=0)
    assert found.gap > -0.9
    assert found.ceasing == []


def test_a_mission_that_nobody_works_on_any_more_is_left_out(made: Staffed) -> None:
    gone = made.hard[0]
    MissionDemand.objects.filter(mission=gone).update(lived=9.0)
    Assignment.objects.filter(mission=gone).delete()
    type(gone).objects.filter(pk=gone.pk).update(ends_on=made.last.starts_on)
    assert gone.pk not in look(made, on_call=0).ceasing


def test_nothing_before_the_first_loads(made: Staffed) -> None:
    early = made.rounds[0].starts_on
    assert early
    now = made.rounds[0].closes_at
    assert preview(now=now, today=table(), changed=table()) is None


def test_loads_name_the_version_of_their_points(made: Staffed) -> None:
    assert set(LoadPass.objects.values_list("points_version", flat=True)) == {1}


# --- the page --------------------------------------------------------------------------------


def test_a_link_shows_counts_and_names_missions_to_readers_of_figures(
    made: Staffed, browser: Browser
) -> None:
    address = reverse("dashboards:points_preview")
    asked = {f"fact-{row.code}": row.points for row in DemandFact.objects.all()}
    asked |= {"fact-on_call": 0, "maximum": FirmSettings.current().demand_maximum}
    browser.force_login(made.manager)
    page = browser.get(address, asked)
    assert page.context["found"].above[1] == 0
    assert page.context["ceasing"]
    assert page.context["ceasing"][0] in page.content.decode()
    administrator = make.person(is_administrator=True, is_consultant=False)
    browser.force_login(administrator)
    page = browser.get(address, asked)
    assert page.context["found"].above[1] == 0
    assert page.context["ceasing"] == []
    assert browser.get(address).context["is_asked"] is False


@pytest.mark.parametrize(
    "change",
    [{"fact-on_call": -1}, {"fact-on_call": "x"}, {"fact-alone": 101}, {"maximum": 0},
     {"maximum": ""}],
)  # fmt: skip
def test_points_that_cannot_be_are_refused_beside_their_field(
    made: Staffed, browser: Browser, change: dict[str, object]
) -> None:
    browser.force_login(made.manager)
    asked = {f"fact-{row.code}": row.points for row in DemandFact.objects.all()}
    page = browser.get(reverse("dashboards:points_preview"), asked | {"maximum": 10} | change)
    assert list(page.context["form"].errors) == list(change)
    assert page.context["is_asked"] is False


def test_before_the_first_loads_the_page_says_so(
    made: Staffed, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: made.rounds[0].closes_at)
    browser.force_login(made.manager)
    asked = {f"fact-{row.code}": row.points for row in DemandFact.objects.all()}
    page = browser.get(reverse("dashboards:points_preview"), asked | {"maximum": 10})
    assert page.context["found"] is None
    assert page.status_code == 200
