"""An alert in words, in the reader's language: rendered from its codes and numbers, never stored.

The person concerned and their manager read the same sentences.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.wording import between_text, day_month, full_day, number, percent
from followup.models import Alert, AlertMove
from followup.texts_charter import CHARTER_LINES, CHARTER_TITLES
from followup.wording import ANSWERS, CLOSINGS, EVERY_STEP, MOVES, STEPS, Step
from scoring.publication import OVERALL, reliability

Rule = Alert.Rule
Names = Mapping[str, str]  # code of a dimension → its name in the reader's language


# --- titles and lines ------------------------------------------------------------------------


def title(alert: Alert) -> str:
    """What an alert is called, without the name of a person."""
    if alert.reason.get("withdrawn"):
        return str(WITHDRAWN_TITLES[Rule(alert.rule)]) % {"client": subject(alert)}
    return TITLES[Rule(alert.rule)](alert)


def _decline_title(alert: Alert) -> str:
    return _("Sign of decline: %(client)s") % {"client": subject(alert)}


def _client_title(alert: Alert) -> str:
    return _("%(client)s clearly below the firm") % {"client": subject(alert)}


def _firm_title(alert: Alert) -> str:
    return _("Demanding missions shared unevenly")


def _person_title(alert: Alert) -> str:
    rounds = demanding_text(alert.reason)
    if alert.reason["two_in_a_row"]:
        return _("Two demanding missions in a row, %(rounds)s") % {"rounds": rounds}
    return rounds[:1].upper() + rounds[1:]


def _past_end_title(alert: Alert) -> str:
    words = {"mission": subject(alert), "day": _day(alert.reason["ended_on"])}
    return _("Nobody assigned since %(day)s: %(mission)s") % words


def _nobody_left_title(alert: Alert) -> str:
    words = {"mission": subject(alert), "day": _day(alert.reason["until"])}
    return _("Nobody assigned after %(day)s: %(mission)s") % words


def _participation_title(alert: Alert) -> str:
    if alert.unit is None:
        return _("Few people check in")
    return _("Few people check in: %(unit)s") % {"unit": alert.unit.name}


def _day(text: str) -> str:
    return day_month(date.fromisoformat(text))


WITHDRAWN_TITLES = {
    Rule.CLIENT_BELOW: gettext_lazy("%(client)s: an alert whose figures were withdrawn"),
    Rule.CLIENT_AT_RISK: gettext_lazy("%(client)s: an alert whose reasons were withdrawn"),
}
WITHDRAWN_LINES = {
    Rule.CLIENT_BELOW: gettext_lazy(
        "The published figures behind it were withdrawn, and are no longer shown."
    ),
    Rule.CLIENT_AT_RISK: gettext_lazy("What it rested on was withdrawn, and is no longer shown."),
}
TITLES: dict[Rule, Callable[[Alert], str]] = {
    Rule.PERSON_OVER_SHARE: _person_title,
    Rule.FIRM_IMBALANCE: _firm_title,
    Rule.CLIENT_BELOW: _client_title,
    Rule.CLIENT_DECLINING: _decline_title,
    Rule.PAST_END: _past_end_title,
    Rule.NOBODY_LEFT: _nobody_left_title,
    Rule.LOW_PARTICIPATION: _participation_title,
    **CHARTER_TITLES,
}


def demanding_text(reason: Mapping[str, Any]) -> str:
    """``10 demanding rounds of 13``."""
    return ngettext(
        "%(count)s demanding round of %(rounds)s",
        "%(count)s demanding rounds of %(rounds)s",
        reason["demanding_rounds"],
    ) % {"count": reason["demanding_rounds"], "rounds": reason["rounds"]}


def subject(alert: Alert) -> str:
    """Whom or what it is about; empty for the firm."""
    if alert.person is not None:
        return alert.person.full_name
    if alert.mission is not None:
        words = {"mission": alert.mission.title, "client": alert.mission.client.name}
        return _("%(mission)s, %(client)s") % words
    named = alert.client or alert.unit
    return named.name if named is not None else ""


def line(alert: Alert, names: Names) -> str:
    """The reason in a sentence or two, with its numbers."""
    if alert.reason.get("withdrawn"):
        return str(WITHDRAWN_LINES[Rule(alert.rule)])
    if alert.rule == Rule.CLIENT_BELOW:
        return _client_line(alert, names)
    return LINES[Rule(alert.rule)](alert)


def _firm_line(alert: Alert) -> str:
    return why(alert)[0]


def _person_line(alert: Alert) -> str:
    words = {
        "name": subject(alert),
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


def _decline_line(alert: Alert) -> str:
    return _(
        "Since the round of %(day)s, those who answer there answer lower than they used to,"
        " compared with the rest of the firm. A sign, without a figure: figures come with"
        " releases."
    ) % {"day": _day(alert.reason["round_on"])}


def _past_end_line(alert: Alert) -> str:
    return _(
        "The last assignment ended on %(day)s, and the mission goes on: staff it, or give it its"
        " last day."
    ) % {"day": _day(alert.reason["ended_on"])}


def _nobody_left_line(alert: Alert) -> str:
    said = _(
        "The last assignments on this demanding mission end on %(day)s. Nobody is assigned for"
        " later, and the mission goes on."
    ) % {"day": _day(alert.reason["until"])}
    if not alert.reason.get("nobody_able"):
        return said
    return f"{said} {_('Nobody who has the skills asked for is free by then.')}"


def _participation_line(alert: Alert) -> str:
    now, before = alert.reason["rounds"]
    return _(
        "%(now)s in the round of %(day)s, %(before)s in the one before: less than %(floor)s two"
        " rounds running. Rounded; who answered is never shown."
    ) % {
        "now": share_text(now["shown"]),
        "before": share_text(before["shown"]),
        "day": _day(now["on"]),
        "floor": percent(alert.reason["floor"]),
    }


def share_text(shown: str) -> str:
    """A published share of participation: ``45%``, ``under 30%``."""
    if shown == "under_30":
        return _("under %(share)s") % {"share": percent(30)}
    return percent(int(shown.rstrip("+")))


LINES: dict[Rule, Callable[[Alert], str]] = {
    Rule.PERSON_OVER_SHARE: _person_line,
    Rule.FIRM_IMBALANCE: _firm_line,
    Rule.CLIENT_DECLINING: _decline_line,
    Rule.PAST_END: _past_end_line,
    Rule.NOBODY_LEFT: _nobody_left_line,
    Rule.LOW_PARTICIPATION: _participation_line,
    **CHARTER_LINES,
}


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
    """The reasons, one a line, where a sentence does not say them all."""
    if alert.rule == Rule.FIRM_IMBALANCE:
        return _firm_why(alert.reason)
    return _person_why(alert.reason) if alert.rule == Rule.PERSON_OVER_SHARE else []


def _firm_why(reason: Mapping[str, Any]) -> list[str]:
    people = ngettext(
        "%(above)s person of %(compared)s stands above their zone of chance.",
        "%(above)s people of %(compared)s stand above their zone of chance.",
        reason["above_zone"],
    ) % {"above": number(reason["above_zone"]), "compared": number(reason["compared"])}
    index = unevenness(reason["index"], reason["reference"])
    return [people, index + " " + _("It is so two rounds running.")]


def unevenness(index: float, reference: float) -> str:
    """How unevenly the firm's loads are shared, beside what chance would give."""
    return _(
        "Unevenness of loads: %(index)s; 95 of 100 random deals stay under %(reference)s."
    ) % {"index": number(index, 3), "reference": number(reference, 3)}


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

    @property
    def reliability(self) -> str:
        return reliability(self.low, self.high)


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


def steps(alerts: Iterable[Alert]) -> dict[str, Step]:
    """Next steps that can be chosen, by code: those that answer any reason shown here."""
    return {code: step for alert in alerts for code, step in _answering(alert).items()}


def _answering(alert: Alert) -> dict[str, Step]:
    """All that the rule offers; of a client at risk, what answers the reasons it is so for."""
    every = STEPS[alert.rule]
    fit = {code for reason in alert.reason.get("reasons", ()) for code in ANSWERS.get(reason, ())}
    return {code: step for code, step in every.items() if code in fit} if fit else every


def next_step(alert: Alert) -> str:
    """The step decided, in the reader's language where it was one of the proposed."""
    return _step_text(alert.rule, alert.next_step_code, alert.next_step)


def _step_text(rule: str, code: str, text: str) -> str:
    """What was decided for an alert may go on with another one, whose rule offers other steps."""
    known = STEPS[rule].get(code) or EVERY_STEP.get(code)
    return str(known.title) if known else text


def closing(alert: Alert) -> str:
    """The sentence that closed it."""
    return alert.closing or str(CLOSINGS.get(alert.closing_code, ""))


def move_text(alert: Alert, move: AlertMove) -> str:
    """What a line of the journal says after its kind."""
    if move.kind in (AlertMove.Kind.JOINED, AlertMove.Kind.PARTED):
        return str(Rule(move.code).label)
    if move.code in MOVES:
        return str(MOVES[move.code])
    step = _step_text(alert.rule, move.code, move.text)
    return " · ".join(filter(None, [step, *_set_then(move)]))


def _set_then(move: AlertMove) -> Iterable[str]:
    """By whom it was to be followed, and until when."""
    if move.owner:
        yield _("followed by %(name)s") % {"name": move.owner.full_name}
    if move.due_on:
        postponed = move.kind == AlertMove.Kind.POSTPONED
        day = {"day": full_day(move.due_on)}
        yield _("back on %(day)s") % day if postponed else _("by %(day)s") % day
