"""The page of one client, in the order in which a manager decides; and its file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.perms import person_required, signed_in
from clients.models import Client
from core.tables import attachment
from dashboards import client_export, client_page, clients_table, perms, themes
from dashboards.comments import comments_of
from dashboards.edition import Edition
from dashboards.figures_page import Page, page_of
from dashboards.forms import ExportForm
from dashboards.satisfaction import client_view, loyalty
from dashboards.subject import MissionLine, read_subject
from scoring.publication import Scope, published_periods


@require_safe
@person_required(perms.can_read_firm)
def client(request: HttpRequest, pk: int) -> HttpResponse:
    """Is this client good for people, since when, why, and what is being done about it?"""
    found = perms.client_for(signed_in(request), pk)
    page = page_of(request)
    return page.render("dashboards/client.html", _told(page, found) | _frame(page, found))


@require_safe
@person_required(perms.can_read_firm)
def client_export_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one client as a file; it is written down."""
    found = perms.client_for(signed_in(request), pk)
    form = ExportForm(request.GET, periods=published_periods())
    # Facts of the charter and what the client thinks are there before any figure.
    if not form.is_valid():
        raise Http404
    page = page_of(request)
    told = _told(page, found)
    content = client_export.export(
        viewer=page.person,
        told=client_export.Told(
            client=found,
            reading=told["reading"],
            opinion=told["opinion"],
            stands=told["stands"],
            pays=told["pays"],
            charted=told["charted"],
            walk=told["walk"],
            decisions=told["decisions"],
            profiles=told["profiles"],
            story=told["story"],
        ),
        names=page.names,
        file_type=form.file_type,
        now=page.now,
    )
    return attachment(content, form.file_type, f"{_('client')}-{found.pk}.{form.file_type}")


def _frame(page: Page, found: Client) -> dict[str, Any]:
    """Who works there and since when, and what the reader may do."""
    return {
        "client": found,
        "people": Client.objects.filter(pk=found.pk).working(page.today).get(found.pk, 0),
        "loyal": loyalty([found.ref]).get(found.ref),
        "can_edit": perms.can_edit_client(page.person, found),
        "can_plan": perms.can_plan_portfolio(page.person),
        "holds_account": perms.holds_account(page.person, found),
    }


def _told(page: Page, found: Client) -> dict[str, Any]:
    """Everything that the page tells."""
    person, edition = page.person, page.edition
    periods = edition.periods if edition else ()
    lines = client_page.missions_there(person, found, page.today)
    named = {code: row.name for code, row in page.names.dimensions.items()}
    walk, story = client_page.with_effects(
        viewer=person,
        client=found,
        walk=client_page.walk_of(person, found, page.today),
        told=client_page.story(person, found, page.now, named),
        periods=periods,
    )
    context: dict[str, Any] = {
        "subject": None,
        "reading": None,
        "stands": None,
        "are_taken_back": False,
        "pays": client_page.pays(person, found, edition, page.today),
        "comments": None,
        "opinion": client_view(viewer=person, ref=found.ref, periods=periods, now=page.now),
        "charted": client_page.charted(person, found, page.now),
        "walk": walk,
        "decisions": client_page.decisions_of(person, found, page.today),
        "story": story,
        "team": client_page.team_of(person, found, page.today),
    }
    if edition:
        context |= _figures(page, edition, found, lines)
        context["stands"] = client_page.stands(person, found, edition)
        if context["stands"] is None:
            context["are_taken_back"] = client_page.are_taken_back(edition)
        context["comments"] = comments_of(person, edition, "client", found.ref)
    return context | {"profiles": client_page.profiles_there(lines, context["reading"])}


def _figures(
    page: Page, edition: Edition, found: Client, lines: list[MissionLine]
) -> dict[str, Any]:
    pools = [Scope("pool", found.unit.ref), Scope("pool", "")]
    subject, reading = read_subject(
        viewer=page.person,
        edition=edition,
        scope=Scope("client", found.ref),
        names=page.names,
        beside=[*pools, *client_page.profile_scopes(lines)],
    )
    pool = next((scope for scope in pools if not reading.cell(scope).withheld), None)
    return {
        "subject": subject,
        "reading": reading,
        "themes_finding": themes.finding(subject.themes),
        "pool_name": clients_table.pool_name(page.names, pool.ref) if pool else "",
        "pool_url": reverse("dashboards:client_list") + edition.tail if pool else "",
    }
