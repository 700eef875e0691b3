"""Alerts about the charter in words: what they are called, and their reason."""

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balancing.maths.status import AT_RISK
from balancing.status_words import reason_words, status_word
from core.wording import day_month, number, percent
from followup.models import Alert

Rule = Alert.Rule
Words = dict[Rule, Callable[[Alert], str]]


def _client(alert: Alert) -> str:
    return alert.client.name if alert.client else ""


def _drift_title(alert: Alert) -> str:
    if alert.reason["piles_up"]:
        return _("Exceptions to the charter pile up")
    return _("More and more values are found contrary")


def _due_title(alert: Alert) -> str:
    return _("An exception to look at again: %(client)s") % {"client": _client(alert)}


def _stale_title(alert: Alert) -> str:
    return _("A path on which nothing moves: %(client)s") % {"client": _client(alert)}


def _at_risk_title(alert: Alert) -> str:
    return _("%(client)s is at risk") % {"client": _client(alert)}


def _drift_line(alert: Alert) -> str:
    reason = alert.reason
    said = []
    if reason["piles_up"]:
        said.append(
            ngettext(
                "%(count)s exception in the last 26 weeks, %(before)s in the 26 before.",
                "%(count)s exceptions in the last 26 weeks, %(before)s in the 26 before.",
                reason["exceptions"],
            )
            % {"count": number(reason["exceptions"]), "before": number(reason["before"])}
        )
    if reason["rises"]:
        said.append(
            _("At first contact %(now)s of values are contrary, %(before)s half a year before.")
            % {"now": percent(reason["contrary"]), "before": percent(reason["contrary_before"])}
        )
    if reason["bench"]:
        said.append(
            _("%(share)s of consultants are between missions: the moment to be careful.")
            % {"share": percent(reason["bench"])}
        )
    return " ".join(said)


def _due_line(alert: Alert) -> str:
    return _(
        "We went on with this client against the charter, and said that we would look again on"
        " %(day)s. Nobody has yet."
    ) % {"day": day_month(date.fromisoformat(alert.reason["since"]))}


def _stale_line(alert: Alert) -> str:
    if alert.reason["meeting"]:
        return _("The meeting of %(day)s has passed and nothing was written since.") % {
            "day": day_month(date.fromisoformat(alert.reason["meeting"]))
        }
    moved = day_month(date.fromisoformat(alert.reason["moved"]))
    # Alerts from before requests were looked at do not say.
    if asked := alert.reason.get("asked"):
        return _(
            "What was asked on %(asked)s has no answer, and nothing was written since %(day)s."
        ) % {"asked": day_month(date.fromisoformat(asked)), "day": moved}
    return _("No meeting is planned soon, and nothing was written since %(day)s.") % {"day": moved}


def _at_risk_line(alert: Alert) -> str:
    before = alert.reason["before"]
    words = {"reasons": reason_words(alert.reason["reasons"]), "before": status_word(before)}
    if not before:
        return _("At risk: %(reasons)s.") % words
    if before == AT_RISK:
        return _("At risk, as in the period before: %(reasons)s.") % words
    return _("“%(before)s” in the period before, at risk now: %(reasons)s.") % words


CHARTER_TITLES: Words = {
    Rule.CHARTER_DRIFT: _drift_title,
    Rule.EXCEPTION_DUE: _due_title,
    Rule.STALE_PATH: _stale_title,
    Rule.CLIENT_AT_RISK: _at_risk_title,
}
CHARTER_LINES: Words = {
    Rule.CHARTER_DRIFT: _drift_line,
    Rule.EXCEPTION_DUE: _due_line,
    Rule.STALE_PATH: _stale_line,
    Rule.CLIENT_AT_RISK: _at_risk_line,
}
