"""« Are there enough virtuous clients? »: what everybody in the firm reads, in plain words.

Shares are the whole firm's. A client is named with its status to those who may read its figure;
what happened to the others is told without a name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from accounts.models import User
from balancing.maths.status import TOO_EARLY, VIRTUOUS
from balancing.portfolio import (
    RESULTS,
    JudgedBy,
    Move,
    Shares,
    Status,
    judged_by,
    moves,
    profile_shares,
    shares,
    statuses,
    taken_back,
)
from balancing.status_words import listed, reason_counts, reason_words, status_word
from core import wording
from dashboards.client_sides import InWords
from dashboards.drawing_shares import SharePoint, curve, has_curve
from dashboards.edition import FIRM, Edition, Reading, days, label, read
from dashboards.enough_meaning import CUT_BEFORE, NOT_COMPARED, Meant, meant_of
from dashboards.enough_revenue import Earned, earned_of
from dashboards.names import Named, Names
from scoring.publication import Cell, Scope

# Lines of a list on this page; the portfolio and the file have them all.
SHOWN = 12
LIFTING, WEARING = "above", "below"


@dataclass(frozen=True, slots=True)
class Line:
    """Days by one status: its words and its share, its clients and why they have it; how many
    points and clients more than in the period before, where that can be told."""

    result: str
    word: str
    meaning: str
    percent: int
    clients: int
    why: str
    points: int = 0
    more_clients: int = 0

    @property
    def clients_apart(self) -> int:
        """As a plural counts them."""
        return abs(self.more_clients)

    @property
    def points_apart(self) -> int:
        return abs(self.points)


@dataclass(frozen=True, slots=True)
class Own(InWords):
    """A client that the reader may read: its status with the reasons, and its figure."""

    named: Named
    status: Status
    cell: Cell


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of a client, or of several without a name, since the period before."""

    who: str
    pk: int | None
    before: str
    after: str
    percent: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Profiles:
    """Shares of days by where the figure of the mission profile stands, and which these are."""

    lifting: int
    wearing: int
    rest: int
    lifting_names: str
    wearing_names: str


@dataclass(frozen=True, slots=True)
class Enough:
    """All of the page, of one published period."""

    edition: Edition
    meant: Meant
    shares: Shares | None
    points: list[SharePoint]
    lines: list[Line]
    earned: Earned | None
    own: list[Own]
    more: int
    moved: list[Moved]
    profiles: Profiles | None
    # Judged by other percents or values than the period before: nothing is compared, and why.
    not_compared: str
    taken_back: bool = False

    @property
    def is_known(self) -> bool:
        return self.shares is not None and self.shares.is_known

    @property
    def answer(self) -> str:
        """The question of the title, answered in a sentence or two."""
        if self.taken_back:
            return _("The statuses of this period were taken back, with a review of clients.")
        if self.shares is None:
            return _("The status of clients in this period is not worked out yet.")
        if not self.shares.is_told:
            return _("The shares would give away a client whose figures you do not read.")
        if not self.shares.is_known:
            return self._too_early(self.shares)
        return _answer(self.shares.virtuous, self.meant.target)

    def _too_early(self, found: Shares) -> str:
        if not any(found.percents.values()):
            return _("Nobody worked for a client in this period.")
        said = _("Too early to say: for %(share)s of our days, nobody has judged the client yet.")
        return said % {"share": wording.percent(found.percents[TOO_EARLY])}

    @property
    def has_curve(self) -> bool:
        return has_curve(self.points)

    @property
    def finding(self) -> str:
        """« From 24 to 35% in 8 periods », since what one judges by last changed."""
        last_cut = max((at for at, point in enumerate(self.points) if point.cut), default=0)
        known = [
            (at, point.share)
            for at, point in enumerate(self.points)
            if point.share is not None and at >= last_cut
        ]
        if len(known) < 2:
            return str(CUT_BEFORE[self.points[last_cut].cut])
        (first, low), (last, high) = known[0], known[-1]
        words = {
            "first": wording.number(low),
            "last": wording.percent(high),
            "count": last - first + 1,
        }
        if low == high:
            return _("Stable at %(last)s over %(count)s periods") % words
        return _("From %(first)s to %(last)s in %(count)s periods") % words

    @property
    def curve(self) -> str:
        known = [point for point in self.points if point.share is not None]
        said = _("Share of days with virtuous clients: %(first)s, %(last)s.") % {
            "first": f"{wording.percent(known[0].share)} ({known[0].label})",
            "last": f"{wording.percent(known[-1].share)} ({known[-1].label})",
        }
        if self.meant.target is not None:
            said += " " + _("Aim %(share)s") % {"share": wording.percent(self.meant.target)}
        return curve(self.points, self.meant.target, said)

    @property
    def days(self) -> list[Line]:
        """The days that the answer does not speak of; all of them where it knows nothing yet."""
        rows = [line for line in self.lines if line.percent or line.clients]
        return [line for line in rows if not self.is_known or line.result != VIRTUOUS]

    @property
    def points_moved(self) -> list[Line]:
        return [line for line in self.lines if line.points or line.more_clients]

    @property
    def has_changes(self) -> bool:
        return bool(self.moved or self.points_moved or self.not_compared)

    @property
    def shown_moves(self) -> list[Moved]:
        named = [row for row in self.moved if row.pk]
        return named[:SHOWN] + [row for row in self.moved if not row.pk]

    @property
    def more_moves(self) -> int:
        return max(sum(row.pk is not None for row in self.moved) - SHOWN, 0)


def _answer(virtuous: int, target: int | None) -> str:
    words = {"share": wording.percent(virtuous), "aim": wording.percent(target)}
    if target is None:
        return (
            _("%(share)s of our days are with a virtuous client. No aim has been chosen yet.")
            % words
        )
    if virtuous >= target:
        return (
            _(
                "Yes: %(share)s of our days are with a virtuous client. The aim chosen together,"
                " %(aim)s, is reached."
            )
            % words
        )
    return (
        _(
            "Not yet: %(share)s of our days are with a virtuous client. The aim chosen together"
            " is %(aim)s."
        )
        % words
    )


def enough_of(*, viewer: User, edition: Edition, names: Names, most: int | None = None) -> Enough:
    """Everything that this reader may see of the period; ``most`` clients with their figures."""
    periods = [row.id for row in edition.curve]
    found = shares(periods=periods, viewer=viewer)
    judged = judged_by(periods)
    own = judged.get(edition.chosen.id, JudgedBy())
    meant = meant_of(own.rule)
    chosen = found.get(edition.chosen.id)
    before = _just_before(edition)
    differs = own.differs_from(judged[before]) if before in judged else ""
    if differs:
        before = None
    mine = _own(viewer, edition, names)
    shown = mine[:most]
    reading = read(
        viewer=viewer,
        edition=edition,
        scopes=[FIRM, *_profiles(names), *(Scope("client", row.ref) for row, _status in shown)],
    )
    return Enough(
        edition=edition,
        meant=meant,
        shares=chosen,
        points=_points(edition, found, judged),
        lines=_lines(chosen, found.get(before) if before else None, meant),
        earned=earned_of(viewer=viewer, edition=edition, days=chosen),
        own=[
            Own(named, status, reading.cell(Scope("client", named.ref))) for named, status in shown
        ],
        more=len(mine) - len(shown),
        moved=_moved(viewer, before, edition, names),
        profiles=_by_profile(reading, names),
        not_compared=str(NOT_COMPARED.get(differs, "")),
        taken_back=chosen is None and edition.chosen.id in taken_back(),
    )


def _just_before(edition: Edition) -> int | None:
    """The period just before, where it is published: across a gap nothing is compared."""
    before = edition.before
    return before.id if before and before.id == edition.chosen.follows else None


def _points(
    edition: Edition, found: Mapping[int, Shares], judged: Mapping[int, JudgedBy]
) -> list[SharePoint]:
    """One a period, from the first that is known on."""
    rows = edition.curve
    points: list[SharePoint] = []
    last: JudgedBy | None = None
    for row, day in zip(rows, days(rows), strict=True):
        told = found.get(row.id)
        share = told.virtuous if told and told.is_known else None
        if share is None and not points:
            continue
        own = judged.get(row.id)
        cut = own.differs_from(last) if own and last else ""
        points.append(SharePoint(label(row), day, share, cut))
        last = own.since(last) if own and last else own or last
    return points


def _lines(chosen: Shares | None, before: Shares | None, meant: Meant) -> list[Line]:
    """The four statuses in their order; none where nothing is told."""
    if chosen is None or not chosen.is_told or not any(chosen.percents.values()):
        return []
    rows = [
        Line(
            result,
            status_word(result),
            meant.of(result),
            chosen.percents[result],
            chosen.clients[result],
            reason_counts(chosen.reasons[result].items()),
        )
        for result in RESULTS
    ]
    if before is None or not before.is_known or not chosen.is_known:
        return rows
    return [
        replace(
            line,
            points=line.percent - before.percents[line.result],
            more_clients=line.clients - before.clients[line.result],
        )
        for line in rows
    ]


def _own(viewer: User, edition: Edition, names: Names) -> list[tuple[Named, Status]]:
    """The clients that one may read, most days first; the references of names are the figures'."""
    by_id = {row.pk: row for row in names.clients.values()}
    found = statuses(viewer=viewer, periods=[edition.chosen.id])
    rows = [(by_id[client], row) for (_period, client), row in found.items() if client in by_id]
    return sorted(rows, key=lambda pair: (-pair[1].days, pair[0].name))


def _moved(viewer: User, before: int | None, edition: Edition, names: Names) -> list[Moved]:
    if before is None:
        return []
    by_id = {row.pk: row.name for row in names.clients.values()}
    found = moves(viewer=viewer, before=before, after=edition.chosen.id)
    return [_told(row, by_id) for row in found if row.client is None or row.client in by_id]


def _told(row: Move, names: Mapping[int, str]) -> Moved:
    return Moved(
        who=names[row.client] if row.client else _unnamed(row.clients),
        pk=row.client,
        before=status_word(row.before),
        after=status_word(row.after),
        percent=row.percent,
        why=reason_words(row.reasons),
    )


def _unnamed(count: int) -> str:
    """« A client », « 3 clients »."""
    return _("A client") if count == 1 else _("%(count)s clients") % {"count": count}


def _profiles(names: Names) -> list[Scope]:
    return [Scope("profile", ref) for ref in names.profiles]


def _by_profile(reading: Reading, names: Names) -> Profiles | None:
    """Days on profiles whose published figure stands clearly apart from the firm's; a profile
    without a figure is in the rest."""
    groups = {
        ref: cell.group
        for ref in names.profiles
        if (cell := reading.cell(Scope("profile", ref))).group in (LIFTING, WEARING)
    }
    found = profile_shares(period=reading.edition.chosen.id, groups=groups)
    if found is None or not any(found.values()):
        return None
    called = {
        word: [names.profiles[ref].name for ref in groups if groups[ref] == word]
        for word in (LIFTING, WEARING)
    }
    return Profiles(
        found.get(LIFTING, 0),
        found.get(WEARING, 0),
        found.get("", 0),
        listed(called[LIFTING]),
        listed(called[WEARING]),
    )
