"""Pages of published figures: the overview, clients, profiles, the firm."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.perms import person_required, signed_in
from balancing.perms import can_read_loads
from balancing.reading import latest_pass
from clients.models import Client
from core.listing import listing
from core.tables import attachment
from dashboards import clients_table, perms, profiles_table, themes
from dashboards.changes import moved
from dashboards.charts import finding as curve_finding
from dashboards.edition import FIRM, Edition, Reading, label, read, read_curve
from dashboards.export import export
from dashboards.forms import ExportForm, PeriodForm
from dashboards.names import Named, Names, load_names
from dashboards.navigation import menu, shared
from dashboards.standing import late_sentence
from dashboards.subject import Subject, mission_lines, read_subject
from followup.reading import to_handle
from missions.models import Mission
from scoring.publication import (
    LEAST_PEOPLE,
    WITHDRAWN,
    Scope,
    announced_periods,
    firm_participation,
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


# --- the overview ----------------------------------------------------------------------------


@require_safe
@person_required(perms.can_read_overview)
def overview(request: HttpRequest) -> HttpResponse:
    """What to handle this week, then the state of the firm, then the detail."""
    page = page_of(request)
    themes_named = {ref: row.name for ref, row in page.names.dimensions.items()}
    cards = to_handle(page.person, page.now, themes_named)
    clients = page.names.clients.values()
    context = {
        "cards": [(card, timesince(card.opened_at, page.now, depth=1)) for card in cards],
        "navigation": menu(request, page.person, count=len(cards)),
        "client_count": sum(row.is_current(page.today) for row in clients),
        "loads": latest_pass(page.now),
        **_participation(page),
        **(_state(page, page.edition) if page.edition else {}),
    }
    return page.render("dashboards/overview.html", context)


def _participation(page: Page) -> dict[str, Any]:
    """The last close: of the period looked at, or of all where that is the latest."""
    edition = page.edition
    older = edition.chosen.id if edition and not edition.is_latest else None
    return {"participation": firm_participation(viewer=page.person, now=page.now, period=older)}


def _state(page: Page, edition: Edition) -> dict[str, Any]:
    """The firm, its clients, units and profiles: two looks through the gate."""
    wanted = [
        *clients_table.scopes_of(page.names),
        *profiles_table.scopes_of(page.names),
        *(Scope("unit", ref) for ref in page.names.units),
    ]
    reading = read(viewer=page.person, edition=edition, scopes=wanted)
    table = clients_table.table_of(reading, page.names, page.today)
    shown = [*table.first, *clients_table.units_of(reading, page.names)]
    past = read_curve(viewer=page.person, edition=edition, scopes=clients_table.curved(shown))
    return {
        "firm": reading.cell(FIRM),
        "firm_finding": curve_finding(past.curve(FIRM)),
        "firm_moved": moved(past, FIRM),
        "table": table,
        "groups": clients_table.grouped(clients_table.with_curves(shown, past)),
        "heat": profiles_table.heat_of(reading, page.names, page.today),
    }


# --- lists -----------------------------------------------------------------------------------


@require_safe
@person_required(perms.can_read_overview)
def client_list(request: HttpRequest) -> HttpResponse:
    """Every client, grouped; those without a figure of their own by name."""
    page = page_of(request)
    if page.edition is None:
        return page.render("dashboards/client_list.html", {})
    wanted = [FIRM, *clients_table.scopes_of(page.names)]
    reading = read(viewer=page.person, edition=page.edition, scopes=wanted)
    table = clients_table.table_of(reading, page.names, page.today)
    found = listing(request, None, [*table.rows, *table.withheld])
    shown = list(found.page)
    past = read_curve(viewer=page.person, edition=page.edition, scopes=clients_table.curved(shown))
    context = {
        "firm": reading.cell(FIRM),
        "table": table,
        "groups": clients_table.grouped(clients_table.with_curves(shown, past)),
        "page": found.page,
        "notices": page.notices + found.notices,
    }
    return page.render("dashboards/client_list.html", context)


@require_safe
@person_required(perms.can_read_firm)
def profile_list(request: HttpRequest) -> HttpResponse:
    """Every profile by theme."""
    page = page_of(request)
    if page.edition is None:
        return page.render("dashboards/profile_list.html", {})
    wanted = profiles_table.scopes_of(page.names)
    reading = read(viewer=page.person, edition=page.edition, scopes=wanted)
    heat = profiles_table.heat_of(reading, page.names, page.today)
    return page.render("dashboards/profile_list.html", {"heat": heat})


# --- one client, one profile, the firm -------------------------------------------------------


@require_safe
@person_required(perms.can_read_firm)
def client(request: HttpRequest, pk: int) -> HttpResponse:
    """Is this client good for people, since when, which themes stand apart from the firm?"""
    found = perms.client_for(signed_in(request), pk)
    page = page_of(request)
    context: dict[str, Any] = {
        "client": found,
        "people": Client.objects.filter(pk=found.pk).working(page.today).get(found.pk, 0),
        "can_edit": perms.can_edit_client(page.person, found),
        "subject": None,
        "missions": [],
        "alerts": [],
    }
    if perms.can_read_missions(page.person):
        rows = Mission.objects.filter(client=found)
        context["missions"] = mission_lines(rows, page.today)
        context["alerts"] = perms.open_alerts_on(page.person, found, page.now)
    if page.edition:
        context |= _client_figures(page, page.edition, found)
    return page.render("dashboards/client.html", context)


def _client_figures(page: Page, edition: Edition, found: Client) -> dict[str, Any]:
    pools = [Scope("pool", found.unit.ref), Scope("pool", "")]
    subject, reading = read_subject(
        viewer=page.person,
        edition=edition,
        scope=Scope("client", found.ref),
        names=page.names,
        beside=pools,
    )
    pool = next((scope for scope in pools if not reading.cell(scope).withheld), None)
    if pool is None:
        return _told(subject) | {"pool_name": "", "pool_url": ""}
    return _told(subject) | {
        "pool_name": clients_table.pool_name(page.names, pool.ref),
        "pool_url": reverse("dashboards:client_list") + edition.tail,
    }


def _told(subject: Subject) -> dict[str, Any]:
    return {"subject": subject, "themes_finding": themes.finding(subject.themes)}


@require_safe
@person_required(perms.can_read_firm)
def profile(request: HttpRequest, pk: int) -> HttpResponse:
    """How is this kind of work lived, and since when?"""
    found = perms.profile_for(signed_in(request), pk)
    page = page_of(request)
    context: dict[str, Any] = {"profile": found, "subject": None, "missions": []}
    if perms.can_read_missions(page.person):
        rows = Mission.objects.filter(profile=found)
        context["missions"] = mission_lines(rows, page.today)
    if page.edition:
        scope = Scope("profile", found.ref)
        subject, _reading = read_subject(
            viewer=page.person, edition=page.edition, scope=scope, names=page.names
        )
        context |= _told(subject)
    return page.render("dashboards/profile.html", context)


@require_safe
@person_required(perms.can_read_firm)
def firm(request: HttpRequest) -> HttpResponse:
    """What everybody may read: the firm, the profiles, and one's own clients."""
    page = page_of(request)
    found = firm_participation(viewer=page.person, now=page.now)
    context: dict[str, Any] = {"participation": found}
    if page.edition:
        context |= _firm_figures(page, page.edition)
    return page.render("dashboards/firm.html", context)


def _firm_figures(page: Page, edition: Edition) -> dict[str, Any]:
    refs = perms.own_client_refs(page.person)
    own = [row for ref, row in page.names.clients.items() if ref in refs]
    subject, reading = read_subject(
        viewer=page.person,
        edition=edition,
        scope=FIRM,
        names=page.names,
        beside=[*profiles_table.scopes_of(page.names), *clients_table.clients_of(own)],
    )
    return _told(subject) | {
        "firm_moved": moved(reading, FIRM),
        "heat": profiles_table.heat_of(reading, page.names, page.today),
        "groups": _own_groups(reading, own),
    }


def _own_groups(reading: Reading, own: list[Named]) -> list[clients_table.Group]:
    rows = clients_table.ordered(clients_table.row_of(reading, row) for row in own)
    return clients_table.grouped(clients_table.with_curves(rows, reading))


@require_safe
@person_required(perms.can_read_firm)
def figures_export(request: HttpRequest) -> HttpResponse:
    """The figures of one period that the reader may see, as a file; it is written down."""
    form = ExportForm(request.GET, periods=published_periods())
    edition = form.edition() if form.is_valid() else None
    if edition is None:
        raise Http404
    content = export(
        viewer=signed_in(request),
        edition=edition,
        names=load_names(),
        file_type=form.file_type,
        now=timezone.now(),
    )
    name = f"{_('figures')}-{edition.chosen.starts_on}.{form.file_type}"
    return attachment(content, form.file_type, name)
