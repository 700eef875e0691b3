"""Shares of revenue beside those of days, for everybody; amounts are on no page of this kind."""

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from balancing.maths.revenue import COVERAGE
from balancing.maths.status import VIRTUOUS
from balancing.portfolio import Shares
from balancing.revenue import RevenueShares, Untold, revenue_shares
from core import wording
from dashboards.drawing_portfolio import bar
from dashboards.edition import Edition, span
from dashboards.perms import can_read_amounts
from dashboards.what_if import Part


@dataclass(frozen=True, slots=True)
class Earned:
    """``days``: percent of days with virtuous clients, beside which revenue is told."""

    found: RevenueShares
    days: int
    reads_amounts: bool

    @property
    def parts(self) -> list[Part]:
        """None where nothing is told."""
        return [Part(key, share, share, share) for key, share in self.found.percents.items()]

    @property
    def says(self) -> str:
        """The finding, or why there is none; empty where that is nothing to the reader."""
        if self.found.untold == Untold.NO:
            return _(
                "%(days)s of our days and %(revenue)s of our revenue are with virtuous clients"
            ) % {
                "days": wording.percent(self.days),
                "revenue": wording.percent(self.found.percents[VIRTUOUS]),
            }
        if self.found.untold == Untold.NOT_IMPORTED and not self.reads_amounts:
            return ""
        return {
            Untold.NOT_IMPORTED: _(
                "Revenue by client is not imported yet; an administrator can bring it in."
            ),
            Untold.TOO_FEW: _("No share of revenue is told: it is not known of enough clients."),
            Untold.OF_OTHERS: _(
                "No share of revenue is told: it would say too much of a client whose figures you"
                " do not read."
            ),
            Untold.NOTHING_PAID: _("No client paid anything in this period."),
        }[self.found.untold]

    @property
    def rests_on(self) -> str:
        """Of how many clients it is known, and what it takes; empty where that decides nothing."""
        if self.found.untold in (Untold.NOT_IMPORTED, Untold.OF_OTHERS):
            return ""
        return ngettext(
            "Revenue of the period is known for %(known)s of %(clients)s client; shares are told"
            " from %(least)s of the days on, by today’s books.",
            "Revenue of the period is known for %(known)s of %(clients)s clients; shares are told"
            " from %(least)s of the days on, by today’s books.",
            self.found.clients,
        ) % {
            "known": self.found.known,
            "clients": self.found.clients,
            "least": wording.percent(COVERAGE),
        }

    @property
    def drawing(self) -> SafeString:
        return bar(self.parts, "now", _("Share of revenue by status of the client"))


def earned_of(*, viewer: User, edition: Edition, days: Shares | None) -> Earned | None:
    """None where the shares of days are not told: those of revenue would tell them."""
    if days is None or not days.is_known:
        return None
    first, last = span(edition.chosen)
    chosen = edition.chosen.id
    found = revenue_shares(viewer=viewer, period=chosen, first=first, last=last)
    return Earned(found, days.virtuous, can_read_amounts(viewer))
