"""The page of virtuous clients as a file: what its reader sees there, and nothing more."""

from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.models import User
from core import wording
from core.tables import escape
from dashboards.edition import Edition
from dashboards.enough import Enough, Own, enough_of
from dashboards.filing import Filed, leave
from dashboards.names import Names

Line = list[str | int]


def export(
    *, viewer: User, edition: Edition, names: Names, file_type: str, now: datetime
) -> bytes:
    """The file, and a line about it in the audit log."""
    rows = table(enough_of(viewer=viewer, edition=edition, names=names))
    ref = edition.chosen.starts_on.isoformat()
    what = Filed("figures", ref, _("virtuous-clients"))
    return leave([headers(), *rows], what, viewer=viewer, file_type=file_type, now=now)


def headers() -> list[str]:
    """Column names in the reader's language."""
    return [
        _("Kind"), _("Name"), _("Period"), _("Published on"), _("Status"), _("Percent of days"),
        _("Clients"), _("Why"), _("Values seen"), _("Values judged"),
        _("Well-being"), _("Margin from"), _("Margin to"), _("People"), _("Percent of revenue"),
    ]  # fmt: skip


def table(found: Enough) -> list[Line]:
    """Days by status, the curve, days by profile, clients one may read, and what moved."""
    when: Line = [
        found.edition.label,
        localdate(found.edition.chosen.published_at).isoformat(),
    ]
    rows: list[Line] = [[_("In a sentence"), found.answer, *when]]
    rows += [
        [_("Days"), "", *when, line.word, line.percent, line.clients, line.why]
        for line in found.lines
    ]
    if found.earned and found.earned.says:
        rows += [
            [_("Revenue"), said, *when]
            for said in (found.earned.says, found.earned.rests_on)
            if said
        ]
        rows += [
            [_("Revenue"), "", *when, part.word, *[""] * 9, part.now]
            for part in found.earned.parts
        ]
    for point in found.points:
        share = point.share if point.share is not None else _("not known")
        rows.append([_("Curve"), _("Virtuous clients"), point.label, "", "", share])
    if found.profiles:
        parts = (
            (_("Profiles clearly above the firm"), found.profiles.lifting),
            (_("Profiles clearly below the firm"), found.profiles.wearing),
            (_("Other profiles"), found.profiles.rest),
        )
        rows += [[_("Profiles"), name, *when, "", share] for name, share in parts]
    rows += [_client(own, when) for own in found.own]
    rows += [
        [_("Gained or lost"), "", *when, line.word, line.points, line.more_clients]
        for line in found.points_moved
    ]
    for row in found.moved:
        said = f"{row.before or _('new')} → {row.after or _('no days any more')}"
        told = "" if row.percent is None else row.percent
        rows.append([_("Moved"), escape(row.who), *when, said, told, "", row.why])
    width = len(headers())
    return [row + [""] * (width - len(row)) for row in rows]


def _client(own: Own, when: Line) -> Line:
    told: Line = [_("Withheld"), "", "", ""]
    if not own.cell.withheld:
        band = wording.band_text(own.cell.band)
        told = [own.cell.score, own.cell.low, own.cell.high, band]
    counts: Line = [own.status.seen, own.status.judged]
    return [_("Client"), escape(own.named.name), *when, own.word, "", "", own.why, *counts, *told]
