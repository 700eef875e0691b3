"""A scenario as a file: what its page shows, whole."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from core.tables import Table, escape
from dashboards.filing import Filed, leave
from dashboards.portfolio import OF_FIRM, OWN, POOL, Line, Today
from dashboards.what_if import (
    KEEP,
    KINDS,
    MIX,
    Choice,
    Part,
    Result,
    Scenario,
    Well,
    result,
)
from dashboards.what_if_revenue import Revenue

Row = list[str | int]
SOURCES = {
    OWN: gettext_lazy("its own figure"),
    POOL: gettext_lazy("other clients"),
    OF_FIRM: gettext_lazy("the firm"),
}


def export(
    *,
    viewer: User,
    today: Today,
    scenario: Scenario,
    file_type: str,
    now: datetime,
) -> bytes:
    """The file, and a line about it in the audit log."""
    rows = [*_clients(today, scenario), *_results(today, scenario)]
    edition = today.edition
    ref = edition.chosen.starts_on.isoformat()
    what = Filed("portfolio", ref, _("portfolio"))
    when: Row = [edition.label, localdate(edition.chosen.published_at).isoformat()]
    table: Table = [headers(), *([*row, *when] for row in rows)]
    return leave(table, what, viewer=viewer, file_type=file_type, now=now)


def headers() -> list[str]:
    return [
        _("Kind"), _("Name"), _("Hypothesis"), _("Last day"), _("Status"),
        _("Values seen"), _("Values judged"),
        _("Days over 12 months"), _("Share of days, in percent"), _("At worst, in percent"),
        _("At best, in percent"), _("Revenue over 12 months, in euros"),
        _("Score"), _("Margin from"), _("Margin to"), _("Figure of"),
        _("Period"), _("Published on"),
    ]  # fmt: skip


def _clients(today: Today, scenario: Scenario) -> Iterator[Row]:
    for line in today.lines:
        choice = scenario.choices.get(line.pk, Choice(KEEP))
        by = choice.by.isoformat() if choice.by else ""
        yield [
            _("Client"), escape(line.named.name), _word(KINDS, choice.kind), by,
            line.word, line.status.seen, line.status.judged,
            round(line.days), line.percent, "", "", _amount(line.pays), *_figure(line),
        ]  # fmt: skip


def _figure(line: Line) -> Row:
    """A withheld client's is its pool's, and says so; one word where not even that is out."""
    cell = line.cell
    if cell.withheld:
        return [_("Withheld"), "", "", ""]
    return [cell.score, cell.low, cell.high, str(SOURCES[line.source])]


def _results(today: Today, scenario: Scenario) -> Iterator[Row]:
    told = result(today, scenario)
    for part in told.parts:
        yield _shares(_("Share of days by status"), part.word, part)
    for row, part in zip(today.profiles, told.mix, strict=False):
        word = _word(MIX, scenario.mix.get(row.ref, ""))
        yield _shares(_("Share of days by profile"), escape(row.name), part, word)
    for cross in told.crosses:
        name = cross.name or _("Another client")
        days = _("%(least)s to %(most)s days") % {"least": cross.least, "most": cross.most}
        status = cross.to_come.said if cross.to_come else ""
        yield [
            _("Client and profile"), escape(f"{name}, {cross.profile}"), days, "", status, "", "",
            cross.before, "", "", "", "", *_well(cross.well),
        ]  # fmt: skip
    yield from _asks(told)


def _asks(told: Result) -> Iterator[Row]:
    kind = _("What it asks")
    said: list[tuple[str, Row]] = [
        (_("Days given up"), [told.given_up, told.percent_given_up, "", ""]),
        (_("Days to find elsewhere"), ["", "", *reversed(told.percents_to_find)]),
        (_("Days sold over 12 months, change"), ["", "", *told.total_change]),
        (_("People to reposition"), [told.people, "", "", ""]),
    ]
    for name, numbers in said:
        yield [kind, name, "", "", "", "", "", *numbers, "", "", "", "", ""]
    for name, well in (
        (_("Well-being today"), told.well_now),
        (_("Well-being expected"), told.well),
    ):
        yield [kind, name, "", "", "", "", "", "", "", "", "", "", *_well(well)]
    for name, said_of, amount in _revenue(told.revenue):
        row: Row = [kind, name, escape(said_of), "", "", "", "", "", "", "", ""]
        yield [*row, _amount(amount), "", "", "", ""]


def _revenue(told: Revenue) -> Iterator[tuple[str, str, int | None]]:
    """What the page says of it; an amount that is not known is an empty cell."""
    words = {"known": told.known, "clients": told.clients}
    yield _("Revenue over 12 months"), _known(told) % words, told.before
    if not told.known:
        return
    lacking = _("Not known: %(names)s") % {"names": told.lacking}
    yield _("Revenue given up"), lacking if told.lacking else "", told.given_up
    if told.kept is not None:
        yield _("Revenue kept"), "", told.kept
    if told.to_find:
        yield _("Revenue to find elsewhere"), _("at best"), told.to_find[0]
        yield _("Revenue to find elsewhere"), _("at worst"), told.to_find[1]


def _known(told: Revenue) -> str:
    if not told.known:
        return _("Not known: none is imported for this period")
    return ngettext(
        "Known for %(known)s of %(clients)s client",
        "Known for %(known)s of %(clients)s clients",
        told.clients,
    )


def _amount(amount: int | None) -> str | int:
    return "" if amount is None else amount


def _shares(kind: str, name: str, part: Part, hypothesis: str = "") -> Row:
    numbers: Row = ["", part.now, part.worst, part.best, ""]
    return [kind, name, hypothesis, "", "", "", "", *numbers, "", "", "", ""]


def _well(well: Well | None) -> Row:
    return [well.score, well.low, well.high, ""] if well else [_("Withheld"), "", "", ""]


def _word(words: tuple[tuple[str, object], ...], value: str) -> str:
    """The word of a choice; what stands for nothing tried is the first."""
    return str(dict(words).get(value, words[0][1]))
