"""What the weekly mail says: five lines at most, links, no figure and nobody's name."""

import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import AuditEntry, User
from core.letters import key_of
from followup import letters
from followup.models import Alert, Digest
from operations.due import run_due
from operations.mails import message, send_due
from scoring.models import Release
from surveys.models import Period
from tests import make
from tests.balancing import staffed
from tests.followup.rows import DRIFT, FEW_ANSWERS, alert
from tests.followup.weekly import NOON, TUESDAY, Week, sent, week

__all__ = ["week"]
pytestmark = pytest.mark.django_db
State, Rule = Alert.State, Alert.Rule
SITE = "https://symetrie.example.org"


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = SITE + "/"


def write(week: Week, language: str = "en", now: datetime = NOON) -> Any:
    """This week's mail, as a manager gets it."""
    User.objects.filter(pk=week.manager.pk).update(language=language)
    digest = Digest(person=User.objects.get(pk=week.manager.pk), day=TUESDAY)
    letter = letters.weekly(digest, now=now, since=now - timedelta(days=7))
    return message(letter) if letter else None


def html(letter: Any) -> str:
    [(content, kind)] = letter.alternatives
    assert kind == "text/html"
    return str(content)


def said(letter: Any) -> str:
    """Text and page together, without tags and addresses."""
    plain = re.sub(r"<[^>]+>", " ", html(letter))
    return re.sub(r"https?://\S+", "", f"{letter.body} {plain}").replace("\xa0", " ")


class Links(HTMLParser):
    """Addresses of a page, in their order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("href", "src")]


def release(closes: date, published: datetime) -> Period:
    period = make.period(closes - timedelta(days=70), last_round_on=closes - timedelta(days=14))
    Release.objects.create(period=period, published_at=published, formula_version=1)
    return period


# --- lines -----------------------------------------------------------------------------------


def test_a_line_is_a_link_to_the_thing(week: Week) -> None:
    letter = write(week)
    url = SITE + reverse("followup:alert_detail", args=[week.alert.pk])
    assert letter.subject == "1 thing to handle this week"
    assert f"- {week.world.client.name} clearly below the firm" in letter.body
    assert "To be decided, since 20 November" in said(letter)
    assert url in letter.body
    *found, stop = Links(html(letter)).found
    assert found == [url, SITE + reverse("followup:alert_list")]
    assert stop.startswith(f"{SITE}/mails/stop/")


def test_in_french(week: Week) -> None:
    letter = write(week, "fr")
    assert letter.subject == "1 chose à traiter cette semaine"
    assert "nettement sous la maison" in said(letter)
    assert "À décider, depuis le 20 novembre" in said(letter)
    assert '<html lang="fr">' in html(letter)


def test_in_the_readers_language_whoever_asks(week: Week) -> None:
    User.objects.filter(pk=week.manager.pk).update(language="en")
    send_due(now=NOON)
    assert sent()[0].subject == "1 thing to handle this week"


def test_five_lines_at_the_most(week: Week) -> None:
    week.more(7)
    letter = write(week)
    assert letter.subject == "8 things to handle this week"
    assert letter.body.count("\n- ") == html(letter).count("<li>") == 5
    assert "And 3 others, on this page:" in letter.body
    release(TUESDAY, NOON - timedelta(hours=1))
    letter = write(week)
    assert letter.body.count("\n- ") == 5
    assert "And 4 others" in letter.body
    assert letter.subject == "8 things to handle this week, and new figures"


def test_the_most_urgent_first(week: Week) -> None:
    late, soon, later, theirs, postponed, fresh = week.more(6)
    Alert.objects.filter(pk=fresh.pk).update(managers_from=NOON - timedelta(days=1))
    taken = {"state": State.TAKEN, "owner": week.manager}
    Alert.objects.filter(pk=late.pk).update(due_on=TUESDAY - timedelta(days=2), **taken)
    Alert.objects.filter(pk=soon.pk).update(due_on=TUESDAY + timedelta(days=7), **taken)
    Alert.objects.filter(pk=later.pk).update(due_on=TUESDAY + timedelta(days=8), **taken)
    taken["owner"] = week.world.referent
    Alert.objects.filter(pk=theirs.pk).update(due_on=TUESDAY, **taken)
    Alert.objects.filter(pk=postponed.pk).update(
        state=State.POSTPONED, postponed_until=TUESDAY + timedelta(days=3)
    )
    letter = write(week)
    order = [f"/alerts/{one.pk}/" for one in (late, week.alert, fresh, soon)]
    assert re.findall(r"/alerts/\d+/", letter.body) == order
    assert "Yours: it was due on 22 November" in said(letter)
    assert "Yours: by 1 December" in said(letter)
    assert letter.subject == "4 things to handle this week"


def test_nothing_to_say_is_no_mail(week: Week) -> None:
    Alert.objects.update(
        state=State.TAKEN, owner=week.manager, due_on=TUESDAY + timedelta(days=30)
    )
    assert write(week) is None


def test_only_what_the_reader_may_act_on(week: Week) -> None:
    """Neither somebody else's client, nor a person before their week is over."""
    alert(rule=Rule.CLIENT_BELOW, client=week.world.other_client, reason=week.alert.reason)
    alert(person=week.world.consultant, managers_from=NOON + timedelta(days=1))
    assert write(week).subject == "1 thing to handle this week"
    Alert.objects.update(managers_from=NOON)
    assert write(week).subject == "2 things to handle this week"


# --- figures that are out --------------------------------------------------------------------


def test_new_figures_are_told_once(week: Week) -> None:
    Alert.objects.all().delete()
    release(date(2026, 11, 24), NOON - timedelta(hours=1))
    assert send_due(now=NOON) == "1 weekly mail(s) sent"
    [letter] = sent()
    assert letter.subject == "De nouveaux chiffres sont publiés"
    assert "Nouveaux chiffres : sept.–nov. 2026" in said(letter)
    assert SITE + reverse("dashboards:overview") in letter.body
    assert send_due(now=NOON + timedelta(days=7)) == ""


def test_figures_that_came_out_during_a_leave_are_still_news(week: Week) -> None:
    send_due(now=NOON)
    release(date(2026, 11, 24), NOON + timedelta(days=1))
    later = NOON + timedelta(days=21)
    send_due(now=later)
    assert "nouveaux chiffres" in sent()[-1].subject


def test_old_and_withdrawn_figures_are_no_news(week: Week) -> None:
    Alert.objects.all().delete()
    release(date(2026, 8, 25), NOON - timedelta(days=8))
    assert write(week) is None
    release(date(2026, 11, 24), NOON - timedelta(hours=1))
    Release.objects.update(state=Release.State.WITHDRAWN)
    assert write(week) is None


# --- what it never says ----------------------------------------------------------------------


def every_kind(week: Week) -> dict[str, Alert]:
    """One alert of each rule, all of them the manager's."""
    world = week.world
    world.root.manager = week.manager
    world.root.save()
    imbalance = {"index": 0.237, "reference": 0.141, "above_zone": 3, "compared": 47}
    # In the days before the mail, whatever the day on which the tests run.
    known = {"opened_at": NOON - timedelta(days=10), "managers_from": NOON - timedelta(days=3)}
    mission = make.mission(client=world.client)
    low, declining = Rule.LOW_PARTICIPATION, make.client(unit=world.unit)
    made = [
        week.alert,
        alert(person=world.consultant, **known),
        alert(rule=Rule.FIRM_IMBALANCE, firm=True, reason=imbalance, **known),
        alert(rule=Rule.CLIENT_DECLINING, client=declining, reason={"round_on": "2026-10-13"},
              **known),
        alert(rule=Rule.PAST_END, mission=world.mission, reason={"ended_on": "2026-11-02"},
              **known),
        alert(rule=Rule.NOBODY_LEFT, mission=mission, reason={"until": "2026-12-11"}, **known),
        alert(rule=low, unit=world.unit, reason=FEW_ANSWERS, **known),
        alert(rule=Rule.CHARTER_DRIFT, firm=True, reason=DRIFT, **known),
        alert(rule=Rule.EXCEPTION_DUE, client=declining, reason={"since": "2026-11-01"}, **known),
        alert(rule=Rule.STALE_PATH, client=declining,
              reason={"meeting": "", "moved": "2026-09-01"}, **known),
        alert(rule=Rule.CLIENT_AT_RISK, client=declining,
              reason={"period": 0, "before": "virtuous", "reasons": ["few_seen"]}, **known),
    ]  # fmt: skip
    return {one.rule: one for one in made}


def test_no_figure_and_no_name_in_any_mail(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "MOST_LINES", 20)
    alerts = every_kind(week)
    assert set(alerts) == set(Rule.values)
    release(TUESDAY, NOON - timedelta(hours=1))
    for language in ("fr", "en"):
        letter = write(week, language)
        text = said(letter)
        assert letter.body.count("\n- ") == len(alerts) + 1
        # What is left of numbers: days, and how many things there are.
        words = re.sub(r"\b\d{1,2}(er)? \w+\b", "", text)
        known = "|".join(
            re.escape(name)
            for name in (
                *(one.client.name for one in alerts.values() if one.client),
                *(one.mission.title for one in alerts.values() if one.mission),
                week.world.unit.name,
            )
        )
        assert re.findall(r"\d+", re.sub(known, "", words).replace("2026", "")) == [], text
        for person in User.objects.exclude(pk=week.manager.pk):
            assert person.last_name not in f"{text} {letter.subject}"
        assert week.world.consultant.first_name not in text
        assert week.manager.first_name not in letter.subject
        assert week.world.client.name not in letter.subject


def test_neither_picture_nor_script_nor_style(week: Week) -> None:
    page = html(write(week))
    assert not re.search(r"<(img|script|style|link)|style=|\bon\w+=", page)


def test_a_name_that_is_markup_is_text(week: Week) -> None:
    client = week.world.client
    client.name = "<script>alert(1)</script> & Fils"
    client.save()
    letter = write(week)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Fils" in html(letter)
    assert "<script>alert(1)</script> & Fils" in letter.body


def test_headers(week: Week) -> None:
    sealed = write(week).message()
    host = "symetrie.example.org"
    assert key_of(sealed["Message-ID"]) == f"digest.20261124.{week.manager.pk}"
    assert sealed["Message-ID"].endswith(f"@{host}>")
    assert sealed["List-Unsubscribe"].startswith(f"<{SITE}/mails/stop/")
    assert sealed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sealed["Auto-Submitted"] == "auto-generated"
    assert sealed["To"] == week.manager.email


# --- the two switches ------------------------------------------------------------------------


def test_a_manager_can_stop_it_on_their_own_page(week: Week, browser: Browser) -> None:
    browser.force_login(week.manager)
    url = reverse("accounts:profile_edit")
    assert "weekly_digest" in browser.get(url).content.decode()
    typed = {"language": "fr", "time_zone": "Europe/Paris"}
    assert browser.post(url, typed).status_code == 302
    assert not User.objects.get(pk=week.manager.pk).weekly_digest
    assert AuditEntry.objects.get().changes == {"weekly_digest": ["True", "False"]}
    assert send_due(now=NOON) == ""
    browser.post(url, typed | {"weekly_digest": "on"})
    assert send_due(now=NOON) == "1 weekly mail(s) sent"


def test_nobody_else_has_that_switch(week: Week, browser: Browser) -> None:
    browser.force_login(week.world.consultant)
    url = reverse("accounts:profile_edit")
    assert "weekly_digest" not in browser.get(url).content.decode()
    browser.post(url, {"language": "fr", "time_zone": "Europe/Paris", "weekly_digest": "on"})
    assert not User.objects.get(pk=week.world.consultant.pk).weekly_digest


def test_the_days_alerts_and_figures_are_in_the_mail() -> None:
    """Through the jobs: a round closes on Tuesday at ten, the mail leaves at eleven."""
    made = staffed.firm(2)
    run_due(now=made.last.closes_at)
    # Nobody has answered in two rounds, and the figures of their periods are out.
    assert Alert.objects.get(firm=True).rule == Rule.LOW_PARTICIPATION
    assert not sent()
    at_eleven = made.last.closes_at + timedelta(hours=1)
    assert (at_eleven.weekday(), at_eleven.astimezone(UTC).hour) == (1, 10)
    assert "weekly mails: 2 weekly mail(s) sent" in run_due(now=at_eleven)
    subjects = {one.to[0]: one.subject for one in sent()}
    assert subjects == {
        made.above.email: "1 chose à traiter cette semaine, et de nouveaux chiffres",
        made.manager.email: "De nouveaux chiffres sont publiés",
    }
