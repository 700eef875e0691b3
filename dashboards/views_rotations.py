"""Rotations: a manager's question and its answers, the conversation, one's own part."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.perms import person_required, signed_in
from balancing import agreeing, perms, planning, reading
from balancing.agreeing import Said
from balancing.models import Rotation, RotationRun
from balancing.outlook import outlook
from balancing.planning import AlreadyAskedError, Wish
from balancing.tasks import plan_rotations
from core.moving import OvertakenError
from dashboards import rotation_cards
from dashboards.forms import (
    AgreeForm,
    AnswerForm,
    RotationForm,
    RotationRunForm,
    SetAsideForm,
    TalkForm,
)
from dashboards.left_out import left_out

State = Rotation.State
LAST_ENDED = 12


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@person_required(perms.can_plan_rotations)
def rotation_list(request: HttpRequest) -> HttpResponse:
    """Ask, and read what was found."""
    viewer, now = signed_in(request), timezone.now()
    people = perms.people_to_rotate(viewer)
    form = _run_form(request, people, now)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        wish = Wish(
            rounds=data["rounds"],
            moves=data["moves"],
            together=data["together"],
            starts_on=data["starts_on"],
            locked=list(data["locked"]),
        )
        return _ask(request, wish, viewer, now)
    latest = RotationRun.objects.filter(asked_by=viewer).first()
    context = {"form": form, "has_people": people.exists(), "run": latest}
    context |= _found(viewer, latest, now)
    return render(request, "dashboards/rotations.html", context)


def _run_form(request: HttpRequest, people: QuerySet[User], now: datetime) -> RotationRunForm:
    data = request.POST if request.method == "POST" else None
    today = timezone.localdate(now)
    return RotationRunForm(
        data, people=people, today=today, initial={"starts_on": first_day(now, today)}
    )


def first_day(now: datetime, today: date) -> date | None:
    """The second round to come: time enough to talk."""
    look = outlook(now, rounds=2)
    coming = [day for day in look.coming if day > today] if look else []
    return coming[-1] if coming else None


def _ask(request: HttpRequest, wish: Wish, viewer: User, now: datetime) -> HttpResponse:
    try:
        planning.ask(wish=wish, by=viewer, now=now)
    except AlreadyAskedError:
        messages.info(request, _("Your last question is still being worked out."))
    else:
        # The beat finds it too, a minute later: a broker that is down loses nothing.
        transaction.on_commit(plan_rotations.delay, robust=True)
    return redirect("dashboards:rotation_list")


def _found(viewer: User, latest: RotationRun | None, now: datetime) -> dict[str, Any]:
    rows = reading.whole(perms.rotations_of(viewer))
    proposed = rows.filter(run=latest, state=State.PROPOSED) if latest else rows.none()
    cards = rotation_cards.cards(proposed)
    ended = rows.filter(state__in=[State.AGREED, State.REFUSED, State.SET_ASIDE])
    talking = rotation_cards.cards(rows.filter(state=State.TALKING))
    return {
        "proposed": cards,
        "left_out": left_out(viewer, latest, [*cards, *talking], now),
        "talking": [
            (one, rotation_cards.answers_text(list(one.rotation.moves.all()))) for one in talking
        ],
        "ended": [
            (one, rotation_cards.ended_text(one.rotation))
            for one in rotation_cards.cards(ended.order_by("-decided_at")[:LAST_ENDED])
        ],
    }


@never_cache
@require_safe
@person_required(perms.can_plan_rotations)
def rotation_run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a run is: a part of the page, asked for again until it has ended."""
    run = perms.run_for(signed_in(request), pk)
    return render(request, "dashboards/_rotation_run.html", {"run": run})


@require_POST
@person_required(perms.can_plan_rotations)
def rotation_run_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop; what was found so far stays."""
    run = perms.run_for(signed_in(request), pk)
    if planning.cancel(run=run, now=timezone.now()):
        messages.success(request, _("Stopped. What was found so far stays."))
    return redirect("dashboards:rotation_list")


# --- one rotation ----------------------------------------------------------------------------


@never_cache
@require_safe
@person_required(perms.can_plan_rotations)
def rotation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Before and after, reasons, cost, caution; and what can be done."""
    return _page(request, perms.rotation_to_decide_for(signed_in(request), pk))


@require_POST
@person_required(perms.can_plan_rotations)
def rotation_talk(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the conversation: its people see their own part."""
    form = TalkForm(request.POST, **_about(request, pk))

    def verb() -> None:
        day = form.cleaned_data["starts_on"]
        agreeing.talk(rotation=form.rotation, starts_on=day, **_by(request))

    return _move(request, form, verb, _("They see their own part on their home page now."))


@require_POST
@person_required(perms.can_plan_rotations)
def rotation_set_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Not this one."""
    form = SetAsideForm(request.POST, **_about(request, pk))

    def verb() -> None:
        reason = form.cleaned_data["reason"]
        agreeing.set_aside(rotation=form.rotation, reason=reason, **_by(request))

    return _move(request, form, verb, _("Set aside. It is not proposed again for three rounds."))


@require_POST
@person_required(perms.can_plan_rotations)
def rotation_agree(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the change, once everybody has agreed."""
    form = AgreeForm(request.POST, **_about(request, pk))

    def verb() -> None:
        day = form.cleaned_data["starts_on"]
        agreeing.agree(rotation=form.rotation, starts_on=day, **_by(request))

    return _move(request, form, verb, _("Done: the assignments have changed."))


def _about(request: HttpRequest, pk: int) -> dict[str, Any]:
    rotation = perms.rotation_to_decide_for(signed_in(request), pk)
    return {"rotation": rotation, "today": timezone.localdate()}


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": signed_in(request), "now": timezone.now()}


def _move(
    request: HttpRequest, form: RotationForm, verb: Callable[[], None], done: str
) -> HttpResponse:
    """Run a move on the version that was shown; too late, say so and keep what was typed."""
    rotation, overtaken = form.rotation, False
    try:
        if form.carries_out(verb):
            messages.success(request, done)
            return redirect("dashboards:rotation_detail", pk=rotation.pk)
    except OvertakenError:
        overtaken = True
    rotation = perms.rotation_to_decide_for(signed_in(request), rotation.pk)
    return _page(request, rotation, form, overtaken=overtaken)


def _page(
    request: HttpRequest,
    rotation: Rotation,
    failed: RotationForm | None = None,
    *,
    overtaken: bool = False,
) -> HttpResponse:
    rotation = reading.whole(Rotation.objects.filter(pk=rotation.pk)).get()
    today = timezone.localdate()
    forms: dict[str, RotationForm] = {
        made.name: made(rotation=rotation, today=today)
        for made in (TalkForm, AgreeForm, SetAsideForm)
    }
    if failed is not None:
        if overtaken:
            failed.show_on(rotation.version)
        forms[failed.name] = failed
    moves = list(rotation.moves.all())
    context = {
        "card": rotation_cards.card(rotation),
        "rotation": rotation,
        "forms": forms,
        "failed": failed,
        "overtaken": overtaken,
        "answers": rotation_cards.answers_text(moves),
        "all_agreed": all(move.answer == "yes" for move in moves),
        "ended": rotation_cards.ended_text(rotation) if rotation.decided_at else "",
    }
    return render(request, "dashboards/rotation.html", context)


# --- one's own part --------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@person_required()
def rotation_own(request: HttpRequest, pk: int) -> HttpResponse:
    """What is proposed to me, and my answer: mine alone to give."""
    move = perms.move_for(signed_in(request), pk)
    is_open = move.rotation.state == State.TALKING
    overtaken = False
    form = AnswerForm(request.POST if request.method == "POST" else None, instance=move)
    if request.method == "POST" and form.is_valid():
        said = Said(form.cleaned_data["answer"], form.cleaned_data["words"])
        try:
            agreeing.answer(move=move, said=said, now=timezone.now())
        except OvertakenError:
            overtaken, is_open = True, False
        else:
            messages.success(request, _("Noted. You may change your answer until it is decided."))
            return redirect("dashboards:rotation_own", pk=move.pk)
    others = move.rotation.moves.exclude(pk=move.pk).select_related("person")
    context = {
        "move": move,
        "part": rotation_cards.part(move, move.rotation.run.rounds),
        "line": rotation_cards.own_line(move),
        "others": [row.person.full_name for row in others],
        "facts": [fact.name for fact in move.takes.facts.current()] if move.takes else [],
        "form": form,
        "is_open": is_open,
        "overtaken": overtaken,
        "ended": "" if is_open else rotation_cards.own_ended_text(move.rotation),
    }
    return render(request, "dashboards/rotation_own.html", context)
