"""The check-in page, and the way back to it after a session has ended."""

from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import LoginForm
from core.posting import typed_values
from surveys.calendar import next_opening, round_label
from surveys.form_page import (
    Page,
    Said,
    begun,
    contacts_of,
    form_context,
    keep_unsent,
    page_of,
)
from surveys.forms import Typed, shown_items
from surveys.intake import Outcome, submit

TOO_MANY = 429


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkin(request: HttpRequest, round_pk: int, mission_pk: int) -> HttpResponse:
    """The form; sending it leads to the thank-you page."""
    if not request.user.is_authenticated:
        if request.method == "POST":
            return _signed_out(request, LoginForm(), round_pk, mission_pk)
        return redirect_to_login(request.get_full_path())
    page = page_of(request, round_pk, mission_pk)
    if not page.round.is_open(page.now):
        return _closed(request, page)
    if page.round.is_aside:
        return _aside(request, page)
    if request.method == "POST":
        return _receive(request, page)
    return _form(request, page, *begun(page))


@never_cache
@require_POST
def checkin_resume(request: HttpRequest, round_pk: int, mission_pk: int) -> HttpResponse:
    """Sign in again, then find the form as it was typed: nothing is sent by this."""
    if not request.user.is_authenticated:
        answer = _sign_in(request, round_pk, mission_pk)
        if not request.user.is_authenticated:
            return answer
    page = page_of(request, round_pk, mission_pk)
    translation.activate(page.person.language)
    if not page.round.is_open(page.now):
        return _closed(request, page)
    if page.round.is_aside:
        return _aside(request, page)
    typed = Typed.from_post(request.POST, page.items)
    return _form(request, page, typed, Said(is_back=True))


def _receive(request: HttpRequest, page: Page) -> HttpResponse:
    typed = Typed.from_post(request.POST, page.items)
    contacts = [row.pk for row in contacts_of(page)] if typed.wants_to_talk else []
    sending = typed.checked(page.items, contacts)
    if sending is None:
        return _form(request, page, typed, Said())
    outcome = submit(
        person=page.person,
        mission=page.mission,
        round_=page.round,
        sending=sending,
        now=page.now,
    )
    if outcome == Outcome.KEPT:
        return redirect("dashboards:thanks", round_pk=page.round.pk, mission_pk=page.mission)
    if outcome == Outcome.TAKEN_BACK:
        messages.success(request, _("Your answers have been taken back."))
        return redirect("dashboards:home")
    return _form(request, page, typed, Said(is_empty=True))


def _form(request: HttpRequest, page: Page, typed: Typed, said: Said) -> HttpResponse:
    return render(request, "surveys/checkin.html", form_context(page, typed, said))


def _aside(request: HttpRequest, page: Page) -> HttpResponse:
    """Home says why there is no form; what was typed stays as a draft."""
    if request.method == "POST":
        keep_unsent(page, Typed.from_post(request.POST, page.items))
        messages.warning(request, _("This was not sent. It is kept as a draft, for you alone."))
    return redirect("dashboards:home")


def _closed(request: HttpRequest, page: Page) -> HttpResponse:
    """Say since when the round is over, and show what was typed: it is not sent.

    It stays as a draft for 30 days, so that it can be read again and taken elsewhere.
    """
    is_post = request.method == "POST"
    if is_post:
        typed = Typed.from_post(request.POST, page.items)
        keep_unsent(page, typed)
    else:
        typed, _said = begun(page, but_sent=True)
    context = {
        "round": page.round,
        "round_label": round_label(page.round),
        "was_open": page.round.opened_at is not None,
        "is_early": page.round.opens_at > page.now,
        "next_round": next_opening(now=page.now),
        "items": shown_items(page.items, typed, translation.get_language()),
        "typed": typed,
        "was_posted": is_post,
        "is_typed": is_post or bool(typed.answers or typed.comment),
    }
    return render(request, "surveys/closed.html", context, status=409 if is_post else 200)


def _sign_in(request: HttpRequest, round_pk: int, mission_pk: int) -> HttpResponse:
    """Through the same form and the same limits as the sign-in page."""
    form = LoginForm(request.POST, request=request)
    answer: HttpResponse
    try:
        if not ratelimit.consume(request, action="login"):
            answer = ratelimit.respond_429(request)
        elif form.is_valid():
            answer = form.login(request, redirect_url=request.path)
        else:
            answer = _signed_out(request, form, round_pk, mission_pk)
    except ImmediateHttpResponse as stop:
        answer = stop.response
    if answer.status_code == TOO_MANY:
        page = _signed_out(request, LoginForm(), round_pk, mission_pk, status=TOO_MANY)
        page.headers["Retry-After"] = answer.headers.get("Retry-After", "60")
        return page
    return answer


def _signed_out(
    request: HttpRequest, form: LoginForm, round_pk: int, mission_pk: int, *, status: int = 403
) -> HttpResponse:
    """Ask to sign in again; what was typed goes along in the page, never in a session."""
    context = {
        "form": form,
        "kept": typed_values(request, but={"login"}),
        "resume_url": reverse(
            "surveys:checkin_resume", kwargs={"round_pk": round_pk, "mission_pk": mission_pk}
        ),
        "too_many": status == TOO_MANY,
    }
    return render(request, "surveys/signed_out.html", context, status=status)
