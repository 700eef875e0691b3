"""What became of the charter: exceptions, refusals, paths, and the published figures beside."""

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.perms import person_required, signed_in
from clients import perms_prospects
from clients.models import CharterException, Path, Prospect
from core.listing import listing
from dashboards import perms
from dashboards.edition import label
from dashboards.effects import Done, Effect, effects
from scoring.publication import (
    LEAST_PEOPLE,
    Cell,
    PublishedPeriod,
    Scope,
    figure,
    published,
    published_periods,
)

YEAR = timedelta(weeks=52)
EXCEPTION, REFUSAL = "exception", "refusal"


@dataclass(frozen=True, slots=True)
class Shown:
    """An exception as its reader sees it. ``reads``: may they read that client's figure?"""

    row: CharterException
    is_overdue: bool
    can_look: bool
    reads: bool
    cell: Cell | None


@require_safe
@person_required()
def exceptions(request: HttpRequest) -> HttpResponse:
    """For everybody: each exception, counted, and the newest figure of what was lived since."""
    person, now = signed_in(request), timezone.now()
    rows = CharterException.objects.select_related("client__unit", "decided_by")
    refused = Prospect.objects.filter(state=Prospect.State.REFUSED)
    # One list of two parts, so that both are paged by one link.
    newest_first = refused.order_by("-decided_at", "-pk")
    every = [
        *((EXCEPTION, pk) for pk in rows.values_list("pk", flat=True)),
        *((REFUSAL, pk) for pk in newest_first.values_list("pk", flat=True)),
    ]
    found = listing(request, None, every)
    shown = {kind: [pk for one, pk in found.page if one == kind] for kind in (EXCEPTION, REFUSAL)}
    listed = rows.filter(pk__in=shown[EXCEPTION]).prefetch_related("looks__by")
    newest = next(iter(published_periods(limit=1)), None)
    context = {
        "page": found.page,
        "notices": found.notices,
        "rows": _exceptions(person, list(listed), newest),
        "refusals": newest_first.filter(pk__in=shown[REFUSAL]).select_related("decided_by"),
        "counted": {
            "exceptions": rows.filter(decided_at__gt=now - YEAR).count(),
            "refusals": refused.filter(decided_at__gt=now - YEAR).count(),
        },
        "can_except": perms_prospects.exceptable_clients(person).exists(),
        "period": label(newest) if newest else "",
        "need": newest.people_needed if newest else LEAST_PEOPLE,
    }
    return render(request, "dashboards/exceptions.html", context)


def _exceptions(
    person: User, rows: list[CharterException], newest: PublishedPeriod | None
) -> list[Shown]:
    """One look through the gate for all of them."""
    today = timezone.localdate()
    readable = perms.readable_client_refs(person, {row.client.ref for row in rows})
    scopes = [Scope("client", ref) for ref in sorted(readable)]
    cells = (
        published(viewer=person, periods=[newest.id], scopes=scopes) if newest and scopes else {}
    )
    led = perms_prospects.led_if_manager(person)
    return [
        Shown(
            row,
            row.is_overdue(today),
            can_look=row.closed_at is None and (person.is_referent or row.client.unit_id in led),
            reads=row.client.ref in readable,
            cell=figure(cells, newest.id, Scope("client", row.client.ref))
            if newest and newest.starts_on > timezone.localdate(row.decided_at)
            else None,
        )
        for row in rows
    ]


@require_safe
@person_required(perms_prospects.can_meet_prospects)
def path(request: HttpRequest, pk: int) -> HttpResponse:
    """What is asked of a client, what they answered, and what it changed."""
    person, today = signed_in(request), timezone.localdate()
    found = perms_prospects.path_for(person, pk)
    periods = published_periods()
    context = {
        "path": found,
        "stale": found.is_stale(today),
        "requests": found.requests.all(),
        "can_walk": found.is_open and perms_prospects.can_walk(person, found),
        "effect": _effect(person, found, periods),
        "need": periods[0].people_needed if periods else LEAST_PEOPLE,
    }
    return render(request, "dashboards/path.html", context)


def _effect(person: User, found: Path, periods: list[PublishedPeriod]) -> Effect | None:
    """For a finished path, to those who may read that client's figure."""
    client = found.client
    if client is None or found.ended_at is None or found.state != Path.State.FINISHED:
        return None
    if client.ref not in perms.readable_client_refs(person, {client.ref}):
        return None
    done = Done(timezone.localdate(found.opened_at), timezone.localdate(found.ended_at))
    return effects(viewer=person, ref=client.ref, done=[done], periods=periods)[0]
