"""An alert in words, in the reader's language: rendered from its codes and numbers, never stored.

The person concerned and their manager read the same sentences.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.wording import between_text, day_month, number, percent
from followup.models import Alert, AlertMove
from scoring.publication import OVERALL

Rule = Alert.Rule
Names = Mapping[str, str]  # code of a dimension → its name in the reader's language


@dataclass(frozen=True, slots=True)
class Step:
    """A next step that can be chosen: what, and a word on how."""

    title: Any
    hint: Any


STEPS: dict[str, dict[str, Step]] = {
    Rule.PERSON_OVER_SHARE: {
        "talk": Step(
            gettext_lazy("Talk about what comes next"),
            gettext_lazy("Stay, change or by when: the person’s own wish comes first"),
        ),
        "easier_next": Step(
            gettext_lazy("Plan a less demanding mission next"),
            gettext_lazy("The load page shows what makes a mission demanding"),
        ),
        "second_person": Step(
            gettext_lazy("Put a second person on the mission"),
            gettext_lazy("So that on-call work and deadlines are shared"),
        ),
    },
    Rule.FIRM_IMBALANCE: {
        "review_staffing": Step(
            gettext_lazy("Look at the next demanding missions together"),
            gettext_lazy("Managers around one table, before they are staffed"),
        ),
        "review_facts": Step(
            gettext_lazy("Check the declared facts of the missions"),
            gettext_lazy("What is not declared weighs on nobody’s load"),
        ),
    },
    Rule.CLIENT_BELOW: {
        "team": Step(
            gettext_lazy("Gather the team’s ideas"),
            gettext_lazy("Those who work there know what would help"),
        ),
        "client": Step(
            gettext_lazy("Talk with the client about ways of working"),
            gettext_lazy("Hours, deadlines, who decides what"),
        ),
        "staffing": Step(
            gettext_lazy("Review who works there, and for how long"),
            gettext_lazy("An end date in sight helps"),
        ),
    },
}
ICONS = {
    Rule.PERSON_OVER_SHARE: "scales",
    Rule.FIRM_IMBALANCE: "scales",
    Rule.CLIENT_BELOW: "trend",
}
SUBJECTS = {
    Rule.PERSON_OVER_SHARE: gettext_lazy("One person"),
    Rule.FIRM_IMBALANCE: gettext_lazy("Firm"),
    Rule.CLIENT_BELOW: gettext_lazy("Client"),
}
EXACT_RULES = {
    Rule.PERSON_OVER_SHARE: gettext_lazy(
        "At each close, the load of everybody present in at least 6 of the last 13 rounds is"
        " compared with 500 random deals of the same missions among the people there at the same"
        " dates. An alert needs a load above 95 of 100 deals, and two demanding missions in a row"
        " or 6 demanding rounds. Over the whole firm, on average at most one alert in ten is due"
        " to chance."
    ),
    Rule.FIRM_IMBALANCE: gettext_lazy(
        "The unevenness of loads (Gini’s index) is above what 95 of 100 random deals of the same"
        " missions give, two rounds running."
    ),
    Rule.CLIENT_BELOW: gettext_lazy(
        "In the latest published period, the whole interval of the client’s figure, rounded as it"
        " is published, lies below the firm’s figure. The alert closes by itself once a later"
        " period no longer says so."
    ),
}
CLOSINGS = {"cause_gone": gettext_lazy("The cause has gone: closed by itself.")}


# --- titles and lines ------------------------------------------------------------------------


def title(alert: Alert) -> str:
    """What an alert is called, without the name of a person."""
    if alert.client is not None:
        return _("%(client)s clearly below the firm") % {"client": alert.client.name}
    if alert.firm:
        return _("Demanding missions shared unevenly")
    rounds = demanding_text(alert.reason)
    if alert.reason["two_in_a_row"]:
        return _("Two demanding missions in a row, %(rounds)s") % {"rounds": rounds}
    return rounds[:1].upper() + rounds[1:]


def demanding_text(reason: Mapping[str, Any]) -> str:
    """``10 demanding rounds of 13``."""
    return ngettext(
        "%(count)s demanding round of %(rounds)s",
        "%(count)s demanding rounds of %(rounds)s",
        reason["demanding_rounds"],
    ) % {"count": reason["demanding_rounds"], "rounds": reason["rounds"]}


def subject(alert: Alert) -> str:
    """Whom or what it is about."""
    if alert.person is not None:
        return alert.person.full_name
    return alert.client.name if alert.client is not None else ""


def line(alert: Alert, names: Names) -> str:
    """The reason in a sentence or two, with its numbers."""
    if alert.client is not None:
        return _client_line(alert, names)
    if alert.firm:
        return why(alert)[0]
    words = {
        "name": alert.person.full_name if alert.person else "",
        "share": percent(alert.reason["share"]),
        "zone": zone_text(*alert.reason["zone"]),
        "first": alert.person.first_name if alert.person else "",
        "day": day_month(alert.opened_at),
    }
    return (
        _(
            "%(name)s: %(share)s of days on demanding missions; zone of chance, %(zone)s. "
            "Schedule and published figures, never one person’s answers. "
            "%(first)s has known since %(day)s."
        )
        % words
    )


def zone_text(low: float, high: float) -> str:
    """``8 to 54%``."""
    return _("%(low)s to %(high)s") % {"low": number(low, 0), "high": percent(high)}


def _client_line(alert: Alert, names: Names) -> str:
    whole, *themes = alert.reason["figures"]
    said = _("Published figures: %(score)s (%(range)s), below the firm (%(firm)s).") % {
        "score": number(whole["score"]),
        "range": between_text(whole["low"], whole["high"]),
        "firm": number(whole["firm"]),
    }
    if not themes:
        return said
    listed = ", ".join(names.get(one["dimension"], one["dimension"]).lower() for one in themes)
    return said + " " + _("Themes below the firm: %(themes)s.") % {"themes": listed}


# --- why -------------------------------------------------------------------------------------


def why(alert: Alert) -> list[str]:
    """The reasons, one a line. Those of a client are its figures, shown as such."""
    if alert.client is not None:
        return []
    return _firm_why(alert.reason) if alert.firm else _person_why(alert.reason)


def _firm_why(reason: Mapping[str, Any]) -> list[str]:
    people = ngettext(
        "%(above)s person of %(compared)s stands above their zone of chance.",
        "%(above)s people of %(compared)s stand above their zone of chance.",
        reason["above_zone"],
    ) % {"above": number(reason["above_zone"]), "compared": number(reason["compared"])}
    index = _(
        "Unevenness of loads: %(index)s; 95 of 100 random deals stay under %(reference)s."
        " It is so two rounds running."
    ) % {"index": number(reason["index"], 3), "reference": number(reason["reference"], 3)}
    return [people, index]


def _person_why(reason: Mapping[str, Any]) -> list[str]:
    words = {"share": percent(reason["share"]), "zone": zone_text(*reason["zone"])}
    if reason["above_zone"]:
        share = _("%(share)s of days on demanding missions, above the zone of chance (%(zone)s)")
    else:
        share = _("%(share)s of days on demanding missions; zone of chance, %(zone)s")
    rounds = demanding_text(reason)
    if reason["two_in_a_row"]:
        rounds = _("Two demanding missions in a row, %(rounds)s") % {"rounds": rounds}
    load = _(
        "Weighted load, recent rounds counting more: %(load)s; 95 of 100 random deals stay under"
        " %(upper)s"
    ) % {"load": number(reason["load"], 1), "upper": number(reason["upper95"], 1)}
    return [share % words, rounds[:1].upper() + rounds[1:], load]


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A published figure behind an alert on a client, beside the firm's."""

    label: str
    score: int
    low: int
    high: int
    level: int
    band: str


def figure_lines(alert: Alert, names: Names) -> list[FigureLine]:
    """The overall figure, then the themes below the firm."""
    return [
        FigureLine(
            _("%(theme)s, below the firm (%(firm)s)")
            % {"theme": _theme(one["dimension"], names), "firm": number(one["firm"])},
            *(one[key] for key in ("score", "low", "high", "level", "band")),
        )
        for one in alert.reason.get("figures", ())
    ]


def _theme(dimension: str, names: Names) -> str:
    return _("Well-being at this client") if dimension == OVERALL else names.get(
        dimension, dimension
    )  # fmt: skip


# --- what is done about it -------------------------------------------------------------------


def steps(rule: str) -> dict[str, Step]:
    """Next steps that can be chosen, by code."""
    return STEPS[rule]


def next_step(alert: Alert) -> str:
    """The step decided, in the reader's language where it was one of the proposed."""
    return _step_text(alert.rule, alert.next_step_code, alert.next_step)


def _step_text(rule: str, code: str, text: str) -> str:
    known = STEPS[rule].get(code)
    return str(known.title) if known else text


def closing(alert: Alert) -> str:
    """The sentence that closed it."""
    return alert.closing or str(CLOSINGS.get(alert.closing_code, ""))


def move_text(alert: Alert, move: AlertMove) -> str:
    """What a line of the journal says after its kind."""
    if move.code in CLOSINGS:
        return str(CLOSINGS[move.code])
    return _step_text(alert.rule, move.code, move.text)
