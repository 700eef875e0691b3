"""What the weekly mail says: at most five lines, each a link.

A mail lies on other people's machines, so it holds neither a figure nor anybody's name: what
there is to handle, and that figures are out. The pages say the rest to those who may read it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.stopping import WEEKLY, stop_url
from core.letters import Letter, absolute, headers
from core.wording import day_month, months_text
from followup import reading, texts
from followup.models import Alert, Digest
from scoring.publication import published_periods

MOST_LINES = 5
PERIODS_LOOKED_AT = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A thing to handle, or figures that are out."""

    title: str
    hint: str
    url: str


def weekly(digest: Digest, *, now: datetime, since: datetime) -> Letter | None:
    """The mail, in the reader's language; None where there is nothing to say.

    ``since``: figures that came out before are no news.
    """
    person = digest.person
    with override(person.language):
        alerts = reading.pressing(person, now)
        releases = _releases(since)
        if not alerts and not releases:
            return None
        shown = alerts[: MOST_LINES - len(releases)]
        lines = [*(_line(row, localdate(now)) for row in shown), *releases]
        context = {
            "person": person,
            "lines": lines,
            "others": len(alerts) - len(shown),
            "all_url": absolute("followup:alert_list"),
            "stop_url": stop_url(person, WEEKLY),
            "product_name": settings.PRODUCT_NAME,
            "subject": _subject(len(alerts), bool(releases)),
        }
        return _written(digest, context)


def _subject(things: int, figures: bool) -> str:
    if not things:
        return _("New figures are out")
    said = ngettext(
        "%(count)s thing to handle this week", "%(count)s things to handle this week", things
    ) % {"count": things}
    return _("%(things)s, and new figures") % {"things": said} if figures else said


def _line(alert: Alert, today: date) -> Line:
    url = absolute("followup:alert_detail", pk=alert.pk)
    return Line(_title(alert), _hint(alert, today), url)


def _title(alert: Alert) -> str:
    if alert.person_id is not None:
        return _("%(rule)s: one person") % {"rule": Alert.Rule(alert.rule).label}
    return texts.title(alert)


def _hint(alert: Alert, today: date) -> str:
    if alert.due_on is None or alert.state == Alert.State.OPEN:
        return _("To be decided, since %(day)s") % {"day": day_month(alert.managers_from)}
    words = {"day": day_month(alert.due_on)}
    said = _("Yours: it was due on %(day)s") if alert.due_on < today else _("Yours: by %(day)s")
    return said % words


def _releases(since: datetime) -> list[Line]:
    """The newest figures, where they came out since."""
    url = absolute("dashboards:overview")
    rows = published_periods(limit=PERIODS_LOOKED_AT)
    fresh = [row for row in rows if row.published_at > since]
    return [
        Line(_("New figures: %(period)s") % {"period": months_text(row.starts_on, row.last_on)},
             "", url)
        for row in fresh[:1]
    ]  # fmt: skip


def _written(digest: Digest, context: dict[str, object]) -> Letter:
    return Letter(
        to=digest.person.email,
        subject=str(context["subject"]),
        text=render_to_string("followup/mail/digest.txt", context),
        html=render_to_string("followup/mail/digest.html", context),
        headers=headers(
            f"digest.{digest.day:%Y%m%d}.{digest.person_id}",
            to=digest.person.email,
            stop_url=str(context["stop_url"]),
        ),
    )
