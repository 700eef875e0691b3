"""What every page of figures starts from: who asks, the names, and the published period."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.perms import signed_in
from balancing.perms import can_read_loads
from dashboards import perms
from dashboards.edition import Edition, label
from dashboards.forms import ExportForm, PeriodForm
from dashboards.names import Names, load_names
from dashboards.navigation import shared
from dashboards.standing import late_sentence
from scoring.publication import (
    LEAST_PEOPLE,
    WITHDRAWN,
    announced_periods,
    published_periods,
)
from surveys.calendar import next_close

# What a file of figures may be, and the word of its link.
EXPORT_TYPES = (("csv", "CSV"), ("xlsx", "XLSX"))


@dataclass(frozen=True, slots=True)
class Page:
    """What every page of figures starts from."""

    request: HttpRequest
    person: User
    now: datetime
    names: Names
    edition: Edition | None
    notices: list[str]

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    @property
    def late(self) -> str:
        """Why the newest period is missing; an older one that was asked for says nothing of it."""
        if self.edition is None:
            return late_sentence(self.now, None)
        if not self.edition.is_latest:
            return ""
        return late_sentence(self.now, self.edition.chosen, self.edition.latest_label)

    def render(self, template: str, context: dict[str, Any]) -> HttpResponse:
        common = {
            "edition": self.edition,
            "tail": self.edition.tail if self.edition else "",
            "names": self.names,
            "notices": self.notices,
            # What a figure of that period needed: its release keeps the number.
            "client_need": self.edition.need if self.edition else LEAST_PEOPLE,
            "profile_need": self.edition.profile_need if self.edition else LEAST_PEOPLE,
            "late": self.late,
            "reads_all": perms.can_read_overview(self.person),
            "export_types": EXPORT_TYPES,
            "reads_loads": can_read_loads(self.person),
            # What is to come, where nothing is out yet.
            "next_period": None if self.edition else next_close(now=self.now),
        }
        frame = shared(self.person, self.names)
        return render(self.request, template, frame | common | context)


def page_of(request: HttpRequest) -> Page:
    """Names, and the period that the address asks for: two queries."""
    form = PeriodForm(request.GET, periods=published_periods())
    return Page(
        request=request,
        person=signed_in(request),
        now=timezone.now(),
        names=load_names(),
        edition=form.edition(),
        notices=_ignored(form, request.GET.get("period", "")),
    )


def file_of(request: HttpRequest) -> tuple[Edition, str]:
    """The period and the format that a link to a file asks for; nothing else stands in for them,
    so 404 for any other."""
    form = ExportForm(request.GET, periods=published_periods())
    edition = form.edition() if form.is_valid() else None
    if edition is None:
        raise Http404
    return edition, form.file_type


def _ignored(form: PeriodForm, asked: str) -> list[str]:
    """A sentence where the address asks for a period that has no figures, and another one has."""
    return [_not_there(asked)] if form.is_ignored and form.periods else []


def _not_there(asked: str) -> str:
    """Why the period of the address is not shown; that one was withdrawn is no secret."""
    for period, state in announced_periods():
        if period.starts_on.isoformat() == asked and state == WITHDRAWN:
            said = _("The figures of %(period)s were withdrawn.")
            return said % {"period": label(period)}
    return _("These figures are not published: here is the latest release.")
