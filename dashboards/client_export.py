"""One client's page as a file: the same figures through the gate, facts of the charter, the path,
exceptions. Made of what the page shows to the same reader; nobody who works there is named."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from clients.models import CharterException, Client
from core import wording
from core.tables import Table, escape
from dashboards.changes import moved
from dashboards.client_page import (
    Charted,
    Decisions,
    Pays,
    ProfileThere,
    Stands,
    Story,
    Walk,
    Walked,
)
from dashboards.edition import Reading
from dashboards.effects import Effect
from dashboards.export import columns
from dashboards.filing import Filed, leave
from dashboards.names import Names
from dashboards.satisfaction import ClientView
from dashboards.themes import asked_in
from scoring.publication import Cell, Scope
from scoring.satisfaction import Opinion

Line = list[str | int]
NOTHING: Line = ["", "", "", "", "", ""]


def headers() -> list[str]:
    """Column names in the reader's language."""
    return [
        _("Section"), _("Topic"), _("In words"),
        _("Score"), _("Margin from"), _("Margin to"), _("People"), _("Reliability"),
        _("Beside the firm"), _("Since the period before"), _("Period or day"),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What the page of one client tells its reader."""

    client: Client
    reading: Reading | None
    opinion: ClientView | None
    stands: Stands | None
    pays: Pays | None
    charted: Charted
    walk: Walk
    decisions: Decisions
    profiles: list[ProfileThere]
    story: Story


def export(*, viewer: User, told: Told, names: Names, file_type: str, now: datetime) -> bytes:
    """The file, and a line about it in the audit log."""
    what = Filed("figures", told.client.ref, _("client"))
    table: Table = [headers(), *lines(told, names)]
    return leave(table, what, viewer=viewer, file_type=file_type, now=now)


def lines(told: Told, names: Names) -> Iterator[Line]:
    """Section by section, in the order of the page."""
    if told.reading:
        yield from _lived(told.reading, Scope("client", told.client.ref), names)
        yield from _status(told.stands, told.reading.edition.label)
    if told.pays:
        yield from _paid(told.pays, told.reading.edition.label if told.reading else "")
    yield from _profiles(told)
    if told.opinion:
        yield from _thought(told.opinion)
    yield from _judged(told.charted)
    yield from _asked(told.walk)
    yield from _decided(told.decisions)
    yield from _handled(told.story)


def _row(what: tuple[str, str, str], when: str, figures: Line = NOTHING, since: str = "") -> Line:
    """``what``: the section, what the line is about, what is said of it."""
    return [*(escape(text) for text in what), *figures, since, when]


# --- what is lived ---------------------------------------------------------------------------


def _lived(reading: Reading, scope: Scope, names: Names) -> Iterator[Line]:
    """The figure, its themes, then the periods before; of a withheld one its sentence alone."""
    lived, when = _("Well-being"), reading.edition.label
    yield _figure(lived, _("Overall"), reading.cell(scope), _since(reading, scope), when)
    if reading.cell(scope).withheld:
        return
    for one in asked_in(reading.edition.chosen.id):
        if not one.item.is_narrow:
            theme = scope._replace(dimension=one.item.dimension)
            name = names.theme(one.item.dimension)
            yield _figure(lived, name, reading.cell(theme), _since(reading, theme), when)
    for point in reading.curve(scope)[:-1]:
        yield _figure(_("Trend"), _("Overall"), point.cell, "", point.label)


def _profiles(told: Told) -> Iterator[Line]:
    """Kinds of missions there today, with their published figure, as on the page."""
    section, reading = _("Mission profiles there"), told.reading
    shows = reading is not None and not reading.cell(Scope("client", told.client.ref)).withheld
    for there in told.profiles:
        missions = ", ".join(line.mission.title for line in there.missions)
        if reading is None or not shows or there.cell.withheld:
            words = _("Withheld") if shows else missions
            yield _row((section, there.profile.name, words), "")
        else:
            when = reading.edition.label
            yield _row((section, there.profile.name, missions), when, columns(there.cell))


def _status(stands: Stands | None, when: str) -> Iterator[Line]:
    """The word and why; the one before, where it was another."""
    if stands is None:
        return
    section = _("Status")
    yield _row((section, stands.now.word, stands.now.reasons), when)
    if stands.before:
        yield _row((section, stands.before.word, stands.before.reasons), stands.since)


def _paid(pays: Pays, when: str) -> Iterator[Line]:
    """What the head of the page says."""
    section = _("Revenue")
    if pays.year is not None:
        yield _row((section, _("Over the last 12 whole months"), wording.money(pays.year)), "")
    if pays.percent is not None:
        yield _row((section, _("Share of revenue"), wording.percent(pays.percent)), when)


def _since(reading: Reading, scope: Scope) -> str:
    change = moved(reading, scope)
    return change.says if change else ""


def _figure(section: str, subject: str, cell: Cell, since: str, when: str) -> Line:
    if cell.withheld:
        return _row((section, subject, _("Withheld")), when)
    return _row((section, subject, ""), when, columns(cell), since)


# --- what the client thinks ------------------------------------------------------------------


def _thought(view: ClientView) -> Iterator[Line]:
    """The last survey by topic, then those before it."""
    thought, day = _("What the client thinks"), localdate(view.said.closed_at).isoformat()
    yield _opinion(thought, _("Overall"), view.said.index, view.word, day)
    for topic in view.topics:
        yield _opinion(thought, topic.words, topic.opinion, topic.word, day)
    for moment in view.moments[:-1]:
        yield _opinion(thought, _("Overall"), moment.client, "", moment.day.isoformat())


def _opinion(section: str, subject: str, opinion: Opinion, word: str, when: str) -> Line:
    if opinion.withheld:
        return _row((section, subject, _("no figure yet")), when)
    reliability = wording.reliability_word(opinion.reliability)
    figures: Line = [opinion.score, opinion.low, opinion.high, "", reliability, ""]
    return _row((section, subject, word), when, figures)


# --- the charter -----------------------------------------------------------------------------


def _judged(charted: Charted) -> Iterator[Line]:
    """What we owe first, then what the client does; what is withheld says so, as on the page."""
    if charted.facts is None:
        return
    when = localdate(charted.facts.judged_at).isoformat()
    for one in charted.values:
        unknown = _("cannot say yet") if charted.is_sheet else _("Withheld")
        yield _row((_("What we owe"), one.value.name, one.ours_label or unknown), when)
        for action in one.ours_actions:
            yield _row((_("What we owe"), action, _("kept, say more than half")), when)
    for one in charted.values:
        words = one.verdict_label or _("Withheld")
        if one.red_line:
            words = ", ".join([words, _("red line crossed")])
        yield _row((_("What the client does"), one.value.name, words), when)
        for action in one.verdict_actions:
            yield _row((_("What the client does"), action, _("seen, say more than half")), when)


# --- what is asked, what was decided ---------------------------------------------------------


def _asked(walk: Walk) -> Iterator[Line]:
    """Requests and answers of each path, its state, and what a finished one changed."""
    for one in [*([walk.open] if walk.open else []), *walk.ended]:
        yield from _path(one)


def _path(one: Walked) -> Iterator[Line]:
    section, path = _("Path"), one.path
    for row in one.requests:
        said = " · ".join(part for part in (row.get_answer_display(), row.words) if part)
        when = (row.answered_on or row.asked_on).isoformat()
        yield _row((section, row.sentence, said), when)
    if path.is_open and path.next_meeting_on:
        yield _row((section, _("Next meeting"), ""), path.next_meeting_on.isoformat())
    if path.ended_at:
        day = localdate(path.ended_at).isoformat()
        yield _row((section, path.get_state_display(), path.outcome), day)
    yield from _effect(section, one.effect)


def _effect(section: str, effect: Effect | None) -> Iterator[Line]:
    if effect is None:
        return
    yield _figure(section, _("before"), effect.before, "", effect.before_label)
    if effect.after_label:
        yield _figure(section, _("after"), effect.after, effect.says, effect.after_label)


def _decided(decisions: Decisions) -> Iterator[Line]:
    """How the client was taken on, then its exceptions."""
    if met := decisions.first:
        day = localdate(met.decided_at).isoformat() if met.decided_at else ""
        yield _row((_("First contact"), met.get_result_display(), met.decision), day)
    for one in decisions.exceptions:
        day = localdate(one.row.decided_at).isoformat()
        yield _row((_("Exception"), one.row.sentence, _until(one.row)), day)
    if more := decisions.more:
        said = ngettext("And %(more)s more.", "And %(more)s more.", more) % {"more": more}
        yield _row((_("Exception"), "", said), "")


def _handled(story: Story) -> Iterator[Line]:
    """Alerts and what is done about them; for people who work there, what was said at the end."""
    section = _("Alerts and actions")
    for card in story.open:
        said = " · ".join(part for part in (card.reason, card.next_step) if part)
        day = card.due_on or localdate(card.opened_at)
        yield _row((section, card.title, said), day.isoformat())
    for one in story.closed:
        closed = localdate(one.card.closed_at).isoformat() if one.card.closed_at else ""
        yield _row((section, one.card.title, one.card.closing), closed)
        yield from _effect(section, one.effect)
    decided = _("What was decided")
    for told in story.said:
        yield _row((decided, told.subject, told.sentence), localdate(told.on).isoformat())


def _until(row: CharterException) -> str:
    if row.closed_at:
        return _("over")
    return _("until %(day)s") % {"day": wording.full_day(row.look_again_on)}
