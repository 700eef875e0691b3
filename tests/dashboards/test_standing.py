"""Releases that are late, withheld or withdrawn: what readers and the administrator are told."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import AuditEntry, User
from dashboards.standing import late_sentence, told
from followup.models import Alert, AlertMove
from followup.rules import _client_reason
from scoring.models import Release, ReleasedCell
from scoring.publication import late_release, published_periods
from surveys.models import Period
from tests.dashboards import published
from tests.dashboards.published import Firm

WITHDRAW = "withdraw_release"
PAGES = ("overview", "client_list", "profile_list", "firm")


@pytest.fixture
def firm(db: None) -> Firm:
    found = published.firm(people=24, clients=3, periods=3, rounds=1)
    User.objects.update(language="en")
    return found


def page(browser: Browser, person: User, name: str, *args: int, query: str = "") -> str:
    browser.force_login(person)
    return browser.get(reverse(name, args=args) + query, follow=True).content.decode()


def state(period: int, value: str) -> None:
    Release.objects.filter(period=period).update(state=value)


def test_nothing_is_said_while_figures_come_out_in_time(firm: Firm) -> None:
    assert late_release(firm.made.after) is None
    assert late_sentence(firm.made.after, published_periods()[0]) == ""
    assert late_release(firm.made.rounds[0].opens_at) is None
    assert told(firm.made.after) == []


@pytest.mark.parametrize("name", PAGES)
def test_readers_are_told_that_a_release_is_late(firm: Firm, browser: Browser, name: str) -> None:
    latest = published_periods()[0]
    state(latest.id, "withheld")
    text = page(browser, firm.manager, f"dashboards:{name}")
    assert re.search(r"The release of .* is late\. The figures of .* stay\.", text)
    # An older period that was asked for says nothing of the newest.
    older = published_periods()[-1].starts_on
    text = page(browser, firm.manager, f"dashboards:{name}", query=f"?period={older}")
    assert "is late" not in text


def test_not_made_and_withheld_look_the_same(firm: Firm) -> None:
    latest = published_periods()[0]
    state(latest.id, "withheld")
    withheld = late_release(firm.made.after)
    ReleasedCell.objects.filter(release__period=latest.id).delete()
    Release.objects.filter(period=latest.id).delete()
    assert late_release(firm.made.after) == withheld
    assert withheld is not None
    assert not withheld.withdrawn
    with translation.override("en"):
        assert late_sentence(firm.made.after, None).endswith(" is late.")


def test_the_administrator_is_told_that_it_was_withheld_and_no_more(
    firm: Firm, browser: Browser
) -> None:
    latest = published_periods()[0]
    state(latest.id, "withheld")
    Release.objects.filter(period=latest.id).update(made={"audit": {"how": "planted cause"}})
    for name in ("accounts:settings_edit", "operations:job_list"):
        text = page(browser, firm.administrator, name)
        assert re.search(r"The figures of .* were withheld\. The reason is kept for an", text)
        assert "planted" not in text
    # Readers are not told why, and somebody who is no administrator is not told so.
    assert "were withheld" not in page(browser, firm.manager, "dashboards:overview")


# --- withdrawn -----------------------------------------------------------------------------------


def withdraw(period: Period | object, *flags: str, reason: str = "wrong staffing") -> str:
    out = StringIO()
    day = str(getattr(period, "starts_on", period))
    call_command(WITHDRAW, "--period", day, "--reason", reason, *flags, stdout=out)
    return out.getvalue()


def test_it_takes_two_steps(firm: Firm) -> None:
    latest = published_periods()[0]
    with pytest.raises(CommandError, match="Nothing was done"):
        withdraw(latest)
    assert published_periods()[0] == latest
    assert "withdrawn; 0 alert(s)" in withdraw(latest, "--yes")
    assert latest not in published_periods()
    line = AuditEntry.objects.get(action="withdraw")
    assert (line.object_kind, line.object_ref) == ("release", str(latest.starts_on))
    assert "staffing" not in str(line.changes)
    with pytest.raises(CommandError, match="No figures are published for a period of"):
        withdraw(latest, "--yes")


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301], ids=["empty", "blank", "too long"])
def test_it_asks_for_a_reason(firm: Firm, reason: str) -> None:
    with pytest.raises(CommandError, match="Give a reason"):
        withdraw(published_periods()[0], "--yes", reason=reason)
    assert len(published_periods()) == 3


def test_without_any_release_it_says_so(db: None) -> None:
    with pytest.raises(CommandError, match="by first day: none"):
        withdraw("2026-01-06", "--yes")


def test_somebody_else_was_faster(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scoring.jobs.withdraw", lambda **given: False)
    with pytest.raises(CommandError, match="Somebody else"):
        withdraw(published_periods()[0], "--yes")


def below(firm: Firm, period: int) -> Alert:
    """A closed alert on a client, with figures of that period that nothing else shows."""
    latest = firm.made.rounds[-1]
    reason = _client_reason(firm.cells, period, firm.made.clients[0].ref)
    for number in reason["figures"]:
        number |= {"score": 37, "low": 31, "high": 43, "firm": 73, "level": 1, "band": "5-7"}
    return Alert.objects.create(
        rule=Alert.Rule.CLIENT_BELOW,
        client=firm.made.clients[0],
        state=Alert.State.CLOSED,
        opened_at=latest.closes_at,
        opened_round=latest,
        seen_round=latest,
        managers_from=latest.closes_at,
        closed_at=timezone.now(),
        closed_by=firm.manager,
        closing="Two more people join the team.",
        reason=reason,
    )


def test_withdrawn_figures_leave_pages_export_and_alerts(firm: Firm, browser: Browser) -> None:
    latest, before, _first = published_periods()
    row = ReleasedCell.objects.get(release__period=latest.id, kind="firm", dimension="overall")
    ReleasedCell.objects.filter(pk=row.pk).update(score=99, low=98, high=100, band="20+")
    alert, kept = below(firm, latest.id), below(firm, before.id)
    assert '<p class="big">99 ' in page(browser, firm.manager, "dashboards:overview")
    shown = page(browser, firm.manager, "followup:alert_detail", alert.pk)
    assert "between 31 and 43" in shown
    withdraw(latest, "--yes")

    for name in PAGES:
        text = page(browser, firm.manager, f"dashboards:{name}")
        assert re.search(r"The figures of .* were withdrawn\. Those of .* stay\.", text), name
        assert ">99<" not in text
        assert '"big">99 ' not in text
    asked = f"?period={latest.starts_on}"
    assert "were withdrawn." in page(browser, firm.manager, "dashboards:firm", query=asked)
    out = StringIO()
    call_command("export_release", stdout=out)
    assert '"score": 99' not in out.getvalue()
    with pytest.raises(CommandError, match="No figures are published"):
        call_command("export_release", "--period", str(latest.starts_on))

    for name, args in (("followup:alert_detail", (alert.pk,)), ("followup:alert_list", ())):
        text = page(browser, firm.manager, name, *args)
        assert "are no longer shown" in text
        assert "an alert whose figures were withdrawn" in text
        assert "Two more people join the team." in text
    text = page(browser, firm.manager, "followup:alert_detail", alert.pk)
    for number in ("between 31 and 43", ">37<", "(73)"):
        assert number not in text
    assert "its published figures were withdrawn" in text
    assert AlertMove.objects.filter(alert=alert, code="figures_withdrawn").count() == 1
    # Another period's alert keeps its figures; the home of people says what stands.
    assert "between 31 and 43" in page(browser, firm.manager, "followup:alert_detail", kept.pk)


def test_the_job_finds_what_the_command_left(firm: Firm) -> None:
    """Figures written by a worker while they were being withdrawn."""
    latest = published_periods()[0]
    alert = below(firm, latest.id)
    state(latest.id, "withdrawn")
    for _time in range(2):
        call_command("run_due", "--at", (firm.made.after + timedelta(minutes=1)).isoformat())
    alert.refresh_from_db()
    assert alert.reason == {"period": latest.id, "withdrawn": True}
    assert alert.moves.filter(code="figures_withdrawn").count() == 1


def test_the_oldest_period_may_be_withdrawn_too(firm: Firm, browser: Browser) -> None:
    first = published_periods()[-1]
    withdraw(first, "--yes")
    text = page(browser, firm.manager, "dashboards:firm")
    assert "were withdrawn" not in text
    assert f'value="{first.starts_on}"' not in text
    text = page(browser, firm.manager, "dashboards:firm", query=f"?period={first.starts_on}")
    assert "were withdrawn." in text
    text = page(browser, firm.manager, "dashboards:firm", query="?period=1999-01-01")
    assert "These figures are not published" in text
