"""Pages of published figures: the overview, clients, profiles, the firm."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import FirmSettings
from accounts.perms import person_required, signed_in
from balancing.reading import latest_pass
from clients import sheets
from clients.models import Charter, Client
from core.listing import listing
from core.tables import attachment
from dashboards import charts_symmetry, clients_table, perms, profiles_table, themes
from dashboards.changes import moved
from dashboards.charts import finding as curve_finding
from dashboards.client_sides import with_sides
from dashboards.comments import comments_of
from dashboards.edition import FIRM, Edition, Reading, read, read_curve
from dashboards.export import export
from dashboards.figures_page import Page, file_of, page_of
from dashboards.names import Named, load_names
from dashboards.navigation import menu
from dashboards.satisfaction import symmetry
from dashboards.subject import Subject, mission_lines, read_subject
from followup.reading import to_handle
from missions.models import Mission
from scoring.publication import (
    Scope,
    firm_participation,
)
from surveys.models import ReviewPlan
from surveys.plans import MONTH_DAYS

# --- the overview ----------------------------------------------------------------------------


@require_safe
@person_required(perms.can_read_overview)
def overview(request: HttpRequest) -> HttpResponse:
    """What to handle, then the state of the firm, then the detail."""
    page = page_of(request)
    themes_named = {ref: row.name for ref, row in page.names.dimensions.items()}
    cards = to_handle(page.person, page.now, themes_named)
    clients = page.names.clients.values()
    context = {
        "cards": [(card, timesince(card.opened_at, page.now, depth=1)) for card in cards],
        "navigation": menu(request, page.person, count=len(cards)),
        "client_count": sum(row.is_current(page.today) for row in clients),
        "loads": latest_pass(page.now),
        **_charter(page),
        **_participation(page),
        **(_state(page, page.edition) if page.edition else {}),
    }
    return page.render("dashboards/overview.html", context)


def _charter(page: Page) -> dict[str, Any]:
    """The version that is being chosen; for the referent what is theirs to write, sheets too."""
    live = Charter.objects.live()
    is_referent = page.person.is_referent
    return {
        "choosing": live if live and live.is_open(page.today) else None,
        "to_write": bool(live and live.is_writing and is_referent),
        "sheets_due": _sheets_due(page) if is_referent else 0,
    }


def _sheets_due(page: Page) -> int:
    """Clients of few people never judged, or not for as long as between two reviews."""
    if not Charter.objects.published().exists():
        return 0
    since = page.now - timedelta(days=ReviewPlan.current().months * MONTH_DAYS)
    need = FirmSettings.current().anonymity_threshold
    few = sheets.with_few_people(Client.objects.all(), page.today, need=need)
    return few.filter(Q(judged_at=None) | Q(judged_at__lt=since)).count()


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
        "groups": _groups(page, edition, shown, past),
        "heat": profiles_table.heat_of(reading, page.names, page.today),
    }


def _groups(
    page: Page, edition: Edition, rows: list[clients_table.Row], past: Reading
) -> list[clients_table.Group]:
    """Lines under their headings, with their past, their status and what the client last said."""
    curved = clients_table.with_curves(rows, past)
    return clients_table.grouped(
        with_sides(curved, viewer=page.person, edition=edition, now=page.now)
    )


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
        "groups": _groups(page, page.edition, shown, past),
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


# --- symmetry, one profile, the firm ---------------------------------------------------------


def _told(subject: Subject) -> dict[str, Any]:
    return {"subject": subject, "themes_finding": themes.finding(subject.themes)}


@require_safe
@person_required(perms.can_read_overview)
def symmetry_page(request: HttpRequest) -> HttpResponse:
    """What clients think beside what our people live there, client by client."""
    page = page_of(request)
    periods = page.edition.periods if page.edition else ()
    view = symmetry(viewer=page.person, names=page.names, periods=periods, now=page.now)
    context: dict[str, Any] = {"view": view}
    if view:
        found = listing(request, None, view.rows)
        context |= {"page": found.page, "notices": page.notices + found.notices}
    if view and view.shown:
        context |= {
            "figure": charts_symmetry.symmetry_figure(view),
            "drawing": charts_symmetry.symmetry_svg(view),
            "says": charts_symmetry.says(view),
        }
    return page.render("dashboards/symmetry.html", context)


@require_safe
@person_required(perms.can_read_firm)
def profile(request: HttpRequest, pk: int) -> HttpResponse:
    """How is this kind of work lived, and since when?"""
    found = perms.profile_for(signed_in(request), pk)
    page = page_of(request)
    context: dict[str, Any] = {"profile": found, "subject": None, "missions": [], "comments": None}
    if perms.can_read_missions(page.person):
        rows = Mission.objects.filter(profile=found)
        context["missions"] = mission_lines(rows, page.today)
    if page.edition:
        scope = Scope("profile", found.ref)
        subject, _reading = read_subject(
            viewer=page.person, edition=page.edition, scope=scope, names=page.names
        )
        context |= _told(subject)
        context["comments"] = comments_of(page.person, page.edition, *scope[:2])
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
        "groups": _groups(page, edition, _own(reading, own), reading),
    }


def _own(reading: Reading, own: list[Named]) -> list[clients_table.Row]:
    return clients_table.ordered(clients_table.row_of(reading, row) for row in own)


@require_safe
@person_required(perms.can_read_firm)
def figures_export(request: HttpRequest) -> HttpResponse:
    """The figures of one period that the reader may see, as a file; it is written down."""
    edition, file_type = file_of(request)
    content = export(
        viewer=signed_in(request),
        edition=edition,
        names=load_names(),
        file_type=file_type,
        now=timezone.now(),
    )
    name = f"{_('figures')}-{edition.chosen.starts_on}.{file_type}"
    return attachment(content, file_type, name)
