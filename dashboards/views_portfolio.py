"""What if, on the portfolio: hypotheses in a form, in the address, and nothing written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page as Listed
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.perms import person_required, signed_in
from balancing.maths.portfolio import STATUSES, VIRTUOUS
from balancing.portfolio import JudgedBy, judged_by, rule_in_force
from balancing.status_words import meaning
from clients.models import Prospect, Result
from core.listing import listing
from core.tables import attachment
from dashboards import drawing_portfolio, perms, portfolio, portfolio_export, what_if
from dashboards.edition import Edition
from dashboards.figures_page import Page
from dashboards.first_contact import first_contact
from dashboards.forms_portfolio import PortfolioExportForm, PortfolioForm, tried_clients
from dashboards.names import load_names
from dashboards.portfolio import Line, Today
from scoring.publication import published_periods


@dataclass(frozen=True, slots=True)
class Start:
    """The newest figures, if they are out, and the clients that there are to try things with."""

    page: Page
    today: Today | None


def _start(request: HttpRequest) -> Start:
    viewer, now = signed_in(request), timezone.now()
    newest = published_periods(limit=1)
    edition = Edition(tuple(newest), newest[0]) if newest else None
    page = Page(request, viewer, now, load_names(), edition, [])
    found = None
    if edition:
        found = portfolio.today(viewer=viewer, edition=edition, names=page.names, day=page.today)
    return Start(page, found)


def _form(request: HttpRequest, today: Today, shown: Sequence[Line]) -> PortfolioForm:
    rule = rule_in_force()
    return PortfolioForm(
        request.GET,
        today=today,
        shown=shown,
        contact=first_contact(),
        aim=rule.target if rule else None,
    )


@never_cache
@require_safe
@person_required(perms.can_plan_portfolio)
def portfolio_page(request: HttpRequest) -> HttpResponse:
    """Are there enough virtuous clients, and what would change it?"""
    start = _start(request)
    if start.today is None:
        return start.page.render("dashboards/portfolio.html", {})
    context = _what_if(request, start.today) | {"screened": _screened()}
    return start.page.render("dashboards/portfolio.html", context)


def _what_if(request: HttpRequest, today: Today) -> dict[str, Any]:
    found = listing(request, None, today.lines)
    form = _form(request, today, _shown(today, found.page, tried_clients(request.GET)))
    scenario = form.scenario if form.is_valid() else what_if.Scenario(target=form.aim)
    told, period = what_if.result(today, scenario), today.edition.chosen.id
    rule = judged_by([period]).get(period, JudgedBy()).rule
    values = max(line.status.values for line in today.lines)
    # Something is tried, or a client is known to end.
    moves = not scenario.is_empty or bool(told.given_up)
    return {
        "form": form,
        "page": found.page,
        "notices": found.notices,
        "today": today,
        "scenario": scenario,
        "told": told,
        "moves": moves,
        "bars": drawing_portfolio.bars(told, tried=moves),
        "says": drawing_portfolio.finding(told, tried=moves),
        "to_find": drawing_portfolio.percents_text(*told.percents_to_find),
        "change": drawing_portfolio.change_text(*told.total_change),
        "rule": rule,
        "meaning": meaning(VIRTUOUS, rule, values) if values else "",
    }


def _shown(today: Today, page: Listed[Line], tried: Sequence[int]) -> list[Line]:
    """A page of the clients with the most days, and those of whom the scenario speaks, wherever
    they stand: by status, as they are told everywhere."""
    places, listed = today.by_pk, {line.pk for line in page}
    pinned = [today.lines[places[pk]] for pk in tried if pk in places and pk not in listed]
    every = [*page, *pinned]
    return sorted(every, key=lambda line: (STATUSES.index(line.status.result), -line.days))


def _screened() -> list[tuple[str, int]]:
    """Prospects that were screened, by what became of them: refused, or as the rule says."""
    refused = Prospect.State.REFUSED.value
    rows = Prospect.objects.exclude(result="").order_by()
    counted: dict[str, int] = {}
    for state, result, number in rows.values_list("state", "result").annotate(Count("pk")):
        word = refused if state == refused else result
        counted[word] = counted.get(word, 0) + number
    words = {**{row.value: str(row.label) for row in Result}, refused: _("Refused by us")}
    return [(words[word], counted[word]) for word in words if word in counted]


@require_safe
@person_required(perms.can_plan_portfolio)
def portfolio_file(request: HttpRequest) -> HttpResponse:
    """The scenario of the address as a file; it is written down. Nothing stands in for it."""
    start, kind = _start(request), PortfolioExportForm(request.GET)
    if start.today is None or not kind.is_valid():
        raise Http404
    today = start.today
    places = today.by_pk
    tried = [today.lines[places[pk]] for pk in tried_clients(request.GET) if pk in places]
    form = _form(request, today, tried)
    if not form.is_valid():
        raise Http404
    content = portfolio_export.export(
        viewer=start.page.person,
        today=today,
        scenario=form.scenario,
        file_type=kind.file_type,
        now=start.page.now,
    )
    name = f"{_('portfolio')}-{today.edition.chosen.starts_on}.{kind.file_type}"
    return attachment(content, kind.file_type, name)
