"""Alerts: the list, one alert with its reasons, and the moves of its life."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.perms import person_required, signed_in
from core.moving import OvertakenError
from followup import decisions, perms, reading, texts
from followup.decisions import Decision
from followup.forms import CloseForm, DecideForm, MoveForm, PostponeForm
from followup.models import Alert
from followup.wording import EXACT_RULES, KINDS, Step
from surveys.models import Period


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, and when."""

    person: User
    now: datetime

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)


def reader_of(request: HttpRequest) -> Reader:
    return Reader(signed_in(request), timezone.now())


@require_safe
@person_required(perms.can_list_alerts)
def alert_list(request: HttpRequest) -> HttpResponse:
    """Everything that one may read, what is to handle first."""
    reader = reader_of(request)
    board = reading.board(reader.person, reader.now)
    leads = reader.person.is_manager or reader.person.is_referent
    wishes = reading.wish_count(reader.person, reader.now)
    context = {"board": board, "leads": leads, "wishes": wishes}
    return render(request, "followup/alert_list.html", context)


@require_safe
@person_required()
def alert_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Why, on which figures and facts, and what can be done."""
    reader = reader_of(request)
    alert = perms.alert_for(reader.person, pk, now=reader.now)
    if alert.is_joined:
        return redirect("followup:alert_detail", pk=alert.merged_into_id)
    return _page(request, alert, reader)


# --- moves -----------------------------------------------------------------------------------


@require_POST
@person_required()
def alert_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide on a next step, an owner and a date."""
    reader, alert = _to_act_on(request, pk)
    form = _decide_form(alert, reader, request.POST)

    def decide() -> Alert:
        data = form.cleaned_data
        decision = Decision(form.code, form.text, data["owner"], data["due_on"])
        return decisions.take(alert=alert, decision=decision, by=reader.person, now=reader.now)

    return _move(request, form, decide, _("Decided. It is in the alert’s journal."))


@require_POST
@person_required()
def alert_postpone(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it away until a day."""
    reader, alert = _to_act_on(request, pk)
    form = PostponeForm(request.POST, alert=alert, today=reader.today)

    def postpone() -> Alert:
        until, why = form.cleaned_data["until"], form.cleaned_data["why"]
        return decisions.postpone(
            alert=alert, until=until, why=why, by=reader.person, now=reader.now
        )

    return _move(request, form, postpone, _("Postponed. It comes back by itself."))


@require_POST
@person_required()
def alert_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close it with one sentence."""
    reader, alert = _to_act_on(request, pk)
    form = CloseForm(request.POST, alert=alert, today=reader.today)

    def close() -> Alert:
        sentence = form.cleaned_data["sentence"]
        return decisions.close(alert=alert, sentence=sentence, by=reader.person, now=reader.now)

    return _move(request, form, close, _("Closed. The people concerned read your sentence."))


@require_POST
@person_required()
def alert_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a close back."""
    reader, alert = _to_act_on(request, pk)
    form = MoveForm(request.POST, alert=alert, today=reader.today)

    def reopen() -> Alert:
        return decisions.reopen(alert=alert, by=reader.person, now=reader.now)

    return _move(request, form, reopen, _("Opened again."))


@require_POST
@person_required()
def alert_pass_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the referent see an alert on a person."""
    reader, alert = _to_act_on(request, pk)
    form = MoveForm(request.POST, alert=alert, today=reader.today)

    def pass_on() -> Alert:
        return decisions.pass_on(alert=alert, by=reader.person, now=reader.now)

    return _move(request, form, pass_on, _("Passed on to the referent."))


def _to_act_on(request: HttpRequest, pk: int) -> tuple[Reader, Alert]:
    reader = reader_of(request)
    return reader, perms.alert_to_act_on_for(reader.person, pk, now=reader.now)


def _decide_form(alert: Alert, reader: Reader, data: Any = None) -> DecideForm:
    return DecideForm(
        data,
        alert=alert,
        today=reader.today,
        steps=_steps(alert),
        owners=perms.owners_of(alert, reader.today),
        by=reader.person,
    )


def _steps(alert: Alert) -> dict[str, Step]:
    """Those of every reason that the page shows."""
    return texts.steps([alert, *reading.joined_with(alert)])


def _move(
    request: HttpRequest, form: MoveForm, verb: Callable[[], object], done: str
) -> HttpResponse:
    """Run a move on the version that was shown; too late, say so and keep what was typed."""
    reader, overtaken = reader_of(request), _has_joined(request, form.alert)
    try:
        if not overtaken and form.carries_out(verb):
            messages.success(request, done)
            return redirect("followup:alert_detail", pk=form.alert.pk)
    except OvertakenError:
        overtaken = True
    alert = perms.alert_for(reader.person, form.alert.pk, now=reader.now)
    return _page(request, alert, reader, form=form, overtaken=overtaken)


def _has_joined(request: HttpRequest, alert: Alert) -> bool:
    """The alert of the address has joined this one since its page was opened."""
    match = request.resolver_match
    return match is not None and match.kwargs["pk"] != alert.pk


# --- the page --------------------------------------------------------------------------------


def _page(
    request: HttpRequest,
    alert: Alert,
    reader: Reader,
    *,
    form: MoveForm | None = None,
    overtaken: bool = False,
) -> HttpResponse:
    can_act = perms.can_act_on(reader.person, alert, now=reader.now)
    every = [alert, *reading.joined_with(alert)]
    names = reading.dimension_names(every)
    moves = alert.moves.select_related("actor", "owner")
    context = {
        "alert": alert,
        "card": reading.cards([alert], {alert.pk} if can_act else set(), names)[0],
        "kind": KINDS[Alert.Rule(alert.rule)],
        "reasons": [_reason(one, names) for one in every],
        "journal": [(move, texts.move_text(alert, move)) for move in moves],
        "can_act": can_act,
        "is_mine": alert.person_id == reader.person.pk,
        "is_read_by_managers": alert.managers_from <= reader.now,
        "overtaken": overtaken,
        "failed": form,
    }
    if can_act:
        context |= _forms(alert, reader, form, overtaken)
    return render(request, "followup/alert_detail.html", context)


def _reason(alert: Alert, names: texts.Names) -> dict[str, Any]:
    """Why it was opened: facts and published figures."""
    return {
        "alert": alert,
        "title": texts.title(alert),
        "line": texts.line(alert, names),
        "why": texts.why(alert),
        "figures": texts.figure_lines(alert, names),
        "period": Period.objects.filter(pk=alert.reason.get("period")).first(),
        "carried": reading.missions_of(alert),
        "exact_rule": EXACT_RULES[Alert.Rule(alert.rule)],
    }


def _forms(
    alert: Alert, reader: Reader, failed: MoveForm | None, overtaken: bool
) -> dict[str, Any]:
    """The forms of a page; the one just sent keeps what was typed, on the version shown now."""
    made: list[MoveForm] = [
        _decide_form(alert, reader),
        PostponeForm(alert=alert, today=reader.today),
        CloseForm(alert=alert, today=reader.today),
        MoveForm(alert=alert, today=reader.today),
    ]
    forms = {form.name: form for form in made}
    if failed is not None:
        forms[failed.name] = failed
    if failed is not None and overtaken:
        failed.show_on(alert.version)
    hints = _steps(alert)
    choices = [
        (choice, getattr(hints.get(choice.data["value"]), "hint", ""))
        for choice in forms["decide"]["step"]
    ]
    return {"forms": forms, "choices": choices}
