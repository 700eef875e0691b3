"""What a client's page says beside its figures: profiles there, the path, decisions, alerts and
what was done, who works there. The page and its file are made of the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import F, prefetch_related_objects
from django.utils.timezone import localdate

from accounts.models import User
from balancing.portfolio import days_of, judged_by, statuses, taken_back
from balancing.revenue import client_share, revenue_of
from clients import perms_prospects, perms_sheets, sheets
from clients.models import CharterException, Client, Path, PathRequest, Prospect
from clients.perms import reads_staffing
from dashboards import perms
from dashboards.client_sides import standing_of
from dashboards.clients_table import Standing
from dashboards.edition import Edition, Reading, span
from dashboards.effects import Done, Effect, effects
from dashboards.subject import MissionLine, mission_lines
from followup.models import Alert
from followup.reading import Card, Said, closed_for, story_of
from followup.texts import Names as ThemeNames
from missions.models import Assignment, MissionProfile
from missions.perms import missions_visible_to
from scoring.charter_facts import SHEET, Facts, Judged, charter_facts, judged
from scoring.charter_facts import taken_back as review_taken_back
from scoring.publication import WITHHELD, Cell, PublishedPeriod, Scope

PATHS, EXCEPTIONS, NAMED = 5, 10, 60
# Rules that published figures raised: what became of it is the client's figure afterwards.
BY_FIGURES = (
    Alert.Rule.CLIENT_BELOW,
    Alert.Rule.CLIENT_DECLINING,
    Alert.Rule.CLIENT_AT_RISK,
)


# --- the status ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stands:
    """The status in the period shown, and the one just before where it was another."""

    now: Standing
    seen: int
    judged: int
    before: Standing | None
    since: str
    # Of the firm's days with clients, for those who read all of them.
    percent: float | None = None


def stands(person: User, client: Client, edition: Edition) -> Stands | None:
    """None where no status was kept with that period."""
    chosen, before = edition.chosen, edition.before
    periods = [row.id for row in (chosen, before) if row]
    found = statuses(viewer=person, periods=periods, clients=[client.pk])
    now = found.get((chosen.id, client.pk))
    told = standing_of(now)
    if now is None or told is None:
        return None
    old = standing_of(found.get((before.id, client.pk))) if before else None
    moved = old if old and old.word != told.word and _compares(edition) else None
    every = days_of(chosen.id) if perms.can_plan_portfolio(person) else 0
    percent = 100 * now.days / every if every else None
    return Stands(told, now.seen, now.judged, moved, edition.before_label, percent)


def _compares(edition: Edition) -> bool:
    """Is the period published before the one just before, judged by the same rule and charter?"""
    chosen, before = edition.chosen, edition.before
    if before is None or before.id != chosen.follows:
        return False
    found = judged_by([before.id, chosen.id])
    old, new = found.get(before.id), found.get(chosen.id)
    return bool(old and new and not new.differs_from(old))


def are_taken_back(edition: Edition) -> bool:
    """Were the statuses of the period shown withdrawn, with a review that they rested on?"""
    return edition.chosen.id in taken_back()


# --- what it pays ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pays:
    """In euros over the last 12 whole months, and in percent of the period's revenue."""

    year: float | None
    percent: float | None


def pays(person: User, client: Client, edition: Edition | None, day: date) -> Pays | None:
    """For those who read amounts; None where nothing of it is known, and of an own product."""
    if not perms.can_read_amounts(person) or client.kind == Client.Kind.INTERNAL:
        return None
    if not client.revenue.exists():
        return None
    last = day.replace(day=1) - timedelta(days=1)
    year = revenue_of(day.replace(year=day.year - 1, day=1), last, [client.pk]).get(client.pk)
    share = None
    if edition:
        first, ends = span(edition.chosen)
        chosen = edition.chosen.id
        share = client_share(client=client.pk, period=chosen, first=first, last=ends)
    return None if year is None and share is None else Pays(year, share)


# --- profiles there --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProfileThere:
    """A profile of missions there, its published figure whoever the client, and the missions."""

    profile: MissionProfile
    cell: Cell
    missions: list[MissionLine]


def missions_there(person: User, client: Client, day: date) -> list[MissionLine]:
    """Missions of that day: all for those who read staffing, else one's own."""
    return mission_lines(missions_visible_to(person).filter(client=client), day)


def profile_scopes(lines: Sequence[MissionLine]) -> list[Scope]:
    """The figures that go with these missions' profiles."""
    return [Scope("profile", ref) for ref in {line.mission.profile.ref for line in lines}]


def profiles_there(
    lines: Sequence[MissionLine], reading: Reading | None = None
) -> list[ProfileThere]:
    """The profile with the most demanding mission first."""
    found: dict[str, ProfileThere] = {}
    for line in lines:
        profile = line.mission.profile
        if profile.ref not in found:
            cell = reading.cell(Scope("profile", profile.ref)) if reading else WITHHELD
            found[profile.ref] = ProfileThere(profile, cell, [])
        found[profile.ref].missions.append(line)
    return list(found.values())


# --- the charter -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Charted:
    """How the client was last judged on the charter, value by value; None where nobody has.

    ``taken_back``: since when words were out that were withdrawn, where nothing newer is known.
    """

    facts: Facts | None
    values: list[Judged]
    can_write: bool
    taken_back: datetime | None = None

    @property
    def is_sheet(self) -> bool:
        return self.facts is not None and self.facts.source == SHEET


def charted(person: User, client: Client, now: datetime) -> Charted:
    """From the door of such facts; ``can_write``: may the reader write the joint sheet?"""
    facts = charter_facts(viewer=person, at=now, clients=[client.pk]).get(client.pk)
    writes = perms_sheets.can_write_sheets(person)
    withdrawn = review_taken_back(viewer=person, client=client.pk)
    is_newest = withdrawn and (facts is None or facts.judged_at < withdrawn)
    return Charted(
        facts,
        judged(facts) if facts else [],
        can_write=writes and not sheets.refusal(client, localdate(now)),
        taken_back=withdrawn if is_newest else None,
    )


# --- the path --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Walked:
    """A path, its requests, and what a finished one changed."""

    path: Path
    requests: list[PathRequest]
    stale: bool
    effect: Effect | None = None

    @property
    def waiting(self) -> int:
        """Requests without an answer."""
        return sum(row.answer == PathRequest.Answer.WAITING for row in self.requests)


@dataclass(frozen=True, slots=True)
class Walk:
    """The open path, those that ended, and whether one may be opened."""

    open: Walked | None
    ended: list[Walked]
    can_open: bool


def walk_of(person: User, client: Client, day: date) -> Walk:
    """The newest paths with this client, for those who meet clients."""
    rows = perms_prospects.paths_visible_to(person).filter(client=client)
    newest = rows.prefetch_related("requests").order_by("-opened_at", "-pk")[:PATHS]
    walked = [Walked(row, list(row.requests.all()), row.is_stale(day)) for row in newest]
    under_way = next((one for one in walked if one.path.is_open), None)
    mine = perms_prospects.clients_to_walk_with(person).current(day)
    return Walk(
        open=under_way,
        ended=[one for one in walked if not one.path.is_open],
        can_open=mine.filter(pk=client.pk).exists(),
    )


# --- decisions -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Exceptional:
    """An exception to the charter, and whether its day to look again has passed."""

    row: CharterException
    is_overdue: bool
    can_look: bool


@dataclass(frozen=True, slots=True)
class Decisions:
    """How the client was taken on, exceptions, and whether one may be written.

    ``more``: exceptions that are not shown.
    """

    first: Prospect | None
    exceptions: list[Exceptional]
    more: int
    can_except: bool


def decisions_of(person: User, client: Client, day: date) -> Decisions:
    """Read by everybody who reads the client: exceptions are a list that all read. Those that
    still run come first, the newest of each."""
    first = Prospect.objects.filter(client=client).select_related("decided_by").first()
    rows = CharterException.objects.filter(client=client).select_related("client", "decided_by")
    led = perms_prospects.led_if_manager(person)
    looks = person.is_referent or client.unit_id in led
    every = list(rows.order_by(F("closed_at").desc(nulls_first=True), "-decided_at", "-pk"))
    shown = every[:EXCEPTIONS]
    prefetch_related_objects(shown, "looks__by")
    return Decisions(
        first=first,
        exceptions=[
            Exceptional(row, row.is_overdue(day), can_look=looks and row.closed_at is None)
            for row in shown
        ],
        more=len(every) - len(shown),
        can_except=perms_prospects.exceptable_clients(person)
        .current(day)
        .filter(pk=client.pk)
        .exists(),
    )


# --- alerts and what was done ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Handled:
    """A closed alert, and the client's figure before it and after."""

    card: Card
    effect: Effect | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """Alerts for those who read them; for people who work there, what was said at the end."""

    open: list[Card]
    closed: list[Handled]
    said: list[Said]


def story(person: User, client: Client, now: datetime, themes: ThemeNames) -> Story:
    """What asks for a decision, what was decided."""
    if not perms.can_read_overview(person):
        return Story([], [], closed_for(person, now, client))
    live, closed = story_of(person, client, now, themes)
    return Story(live, [Handled(card) for card in closed], [])


def with_effects(
    *,
    viewer: User,
    client: Client,
    walk: Walk,
    told: Story,
    periods: Sequence[PublishedPeriod],
) -> tuple[Walk, Story]:
    """The same with what was lived before and after: one look through the gate for all."""
    walked = [one for one in walk.ended if one.path.state == Path.State.FINISHED]
    handled = [one for one in told.closed if one.card.rule in BY_FIGURES]
    done = [_of_path(one.path) for one in walked] + [_of_card(one.card) for one in handled]
    found = effects(viewer=viewer, ref=client.ref, done=done, periods=periods)
    of_path = {one.path.pk: effect for one, effect in zip(walked, found, strict=False)}
    of_alert = dict(zip((one.card.pk for one in handled), found[len(walked) :], strict=True))
    ended = [replace(one, effect=of_path.get(one.path.pk)) for one in walk.ended]
    closed = [replace(one, effect=of_alert.get(one.card.pk)) for one in told.closed]
    return replace(walk, ended=ended), replace(told, closed=closed)


def _of_path(path: Path) -> Done:
    return Done(localdate(path.opened_at), localdate(path.ended_at))


def _of_card(card: Card) -> Done:
    return Done(localdate(card.opened_at), localdate(card.closed_at))


# --- who is there ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Team:
    """Names from staffing, beside no figure; ``more``: people whom the page does not name."""

    rows: list[Assignment]
    more: int


def team_of(person: User, client: Client, day: date) -> Team | None:
    """Who works there that day, for those who read staffing."""
    if not reads_staffing(person):
        return None
    rows = Assignment.objects.filter(mission__client=client, person__is_active=True)
    there = rows.during(day, day).select_related("person", "mission")
    every = list(there.order_by("person__last_name", "person__first_name", "pk"))
    return Team(every[:NAMED], max(0, len(every) - NAMED))
