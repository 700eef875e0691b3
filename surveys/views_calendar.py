"""The calendar of rounds: the year to come, its settings and pauses, and another close."""

from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.audit import changed_fields
from accounts.firm import CALENDAR, save_settings
from accounts.models import FirmSettings, User
from accounts.perms import SignedInRequest, person_required
from core import wording
from core.moving import OvertakenError
from core.posting import accepted, posted
from surveys import calendar, closing, pauses, perms, planned
from surveys.forms_calendar import CalendarForm, CloseForm, PauseForm
from surveys.models import Pause, Round

PAGE = ["GET", "HEAD", "POST"]
planner_required = person_required(perms.can_plan_rounds)


@person_required(perms.can_read_rounds)
def calendar_year(request: SignedInRequest) -> HttpResponse:
    """Rounds, pauses and figures of the next twelve months, to be read, printed, put up."""
    now = timezone.now()
    context = _year(now) | {
        "can_configure": perms.can_plan_rounds(request.user),
        "rows": Pause.objects.all(),
        "waiting": planned.waiting(now=now),
    }
    return render(request, "surveys/calendar.html", context)


def _year(
    now: datetime, firm: FirmSettings | None = None, but: Pause | None = None
) -> dict[str, Any]:
    """The next twelve months by these settings; without a pause that may go."""
    rows = Pause.objects.exclude(pk=but.pk) if but else Pause.objects.all()
    shown = firm or FirmSettings.current()
    days = [row.days for row in rows]
    return {"year": planned.year(now=now, firm=shown, pauses=days), "firm": shown, "now": now}


@require_http_methods(PAGE)
@planner_required
def calendar_edit(request: SignedInRequest) -> HttpResponse:
    """The settings; the year that they would make is shown first, where that is asked for."""
    now = timezone.now()
    people = User.objects.present(localdate(now)).consultants().count()
    form = CalendarForm(
        posted(request),
        instance=FirmSettings.current(),
        today=localdate(now),
        people=people,
        closed_rounds=Round.objects.closed(now).count(),
    )
    is_look = "look" in request.POST
    if request.method == "POST" and form.is_valid() and not is_look:
        save_settings(
            firm=cast(FirmSettings, form.save(commit=False)),
            changes=changed_fields(form),
            actor=request.user,
            now=now,
            fields=CALENDAR,
        )
        calendar.make_ahead(now=now)
        messages.success(request, _("Saved."))
        return redirect("surveys:calendar_year")
    shown = _year(now, form.instance) if is_look and not form.errors else {}
    return render(request, "surveys/calendar_edit.html", {"form": form} | shown)


@require_POST
@planner_required
def calendar_take_back(request: SignedInRequest) -> HttpResponse:
    """Forget a change of the settings that does not count yet."""
    now = timezone.now()
    try:
        planned.take_back(actor=request.user, now=now)
    except OvertakenError:
        messages.warning(request, _("Nothing was waiting any more: nothing has changed."))
    else:
        calendar.make_ahead(now=now)
        messages.success(request, _("Taken back: the calendar stays as it is."))
    return redirect("surveys:calendar_year")


@require_http_methods(PAGE)
@planner_required
def pause_create(request: SignedInRequest) -> HttpResponse:
    """First and last day; what it moves is shown afterwards, and it can be taken away again."""
    now = timezone.now()
    form = PauseForm(posted(request))
    if accepted(form, lambda: pauses.add_pause(pause=form.instance, actor=request.user, now=now)):
        calendar.make_ahead(now=now)
        messages.success(request, _("The pause is noted: no round opens on these days."))
        return redirect("surveys:calendar_year")
    return render(request, "surveys/pause_form.html", {"form": form})


@require_http_methods(PAGE)
@planner_required
def pause_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """The year without it first, then gone."""
    now = timezone.now()
    pause = perms.pause_to_edit_for(request.user, pk)
    if request.method == "POST":
        pauses.remove_pause(pause=pause, actor=request.user, now=now)
        calendar.make_ahead(now=now)
        messages.success(request, _("The pause is gone."))
        return redirect("surveys:calendar_year")
    context = _year(now, but=pause) | {"pause": pause}
    return render(request, "surveys/pause_remove.html", context)


@require_http_methods(PAGE)
@planner_required
def round_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close an open round on another day, with a reason."""
    now = timezone.now()
    row = perms.round_to_close_for(request.user, pk)
    if not closing.can_move(row, now=now):
        messages.warning(
            request, _("The close of this round can no longer be moved: it is over, or too near.")
        )
        return redirect("surveys:round_list")
    days = {"first": closing.earliest(row, now=now), "last": closing.latest(row)}
    shown = {"seen": row.closes_at.isoformat(), "day": localdate(row.closes_at)}
    form = CloseForm(posted(request), initial=shown, **days)
    try:
        if accepted(form, lambda: _move(form, row, request.user, now)):
            messages.success(request, _said(row))
            return redirect("surveys:round_list")
    except OvertakenError:
        messages.warning(request, _("Somebody else has just moved it: look again."))
        return redirect(reverse("surveys:round_close", args=[row.pk]))
    context = days | {
        "form": form,
        "round": row,
        "round_label": calendar.round_label(row),
        "hour": closing.close_at(row, days["first"]),
    }
    return render(request, "surveys/round_close.html", context)


def _move(form: CloseForm, row: Round, actor: User, now: datetime) -> None:
    typed = form.cleaned_data
    new = closing.NewClose(day=typed["day"], reason=typed["reason"], seen=typed["seen"])
    closing.change_close(row=row, new=new, actor=actor, now=now)


def _said(row: Round) -> str:
    row.refresh_from_db()
    when = {"day": wording.weekday(row.closes_at), "hour": wording.clock(row.closes_at)}
    return _("The round now closes on %(day)s, %(hour)s.") % when


@require_POST
@planner_required
def round_close_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the close that was planned before."""
    actor = cast(User, request.user)
    row = perms.round_to_close_for(actor, pk)
    try:
        closing.undo(row=row, actor=actor, now=timezone.now())
    except OvertakenError:
        messages.warning(request, _("This change can no longer be undone."))
    else:
        messages.success(request, _said(row))
    return redirect("surveys:round_list")
