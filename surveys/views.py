"""The check-in page, and the way back to it after a session has ended."""

from dataclasses import dataclass
from datetime import datetime

from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import LoginForm
from accounts.models import User
from accounts.perms import Refused, signed_in
from core.posting import typed_values
from missions.models import Mission
from missions.staffing import people_at_client
from surveys.calendar import next_opening, round_label
from surveys.forms import Typed, shown_items
from surveys.intake import Outcome, sent_before, submit
from surveys.models import Round
from surveys.models.questions import Item
from surveys.perms import Helpers, helpers_of, round_for

TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Page:
    """One person's check-in page: who, which round, which mission, and when it is asked for."""

    person: User
    round: Round
    mission: int
    now: datetime

    @property
    def items(self) -> list[Item]:
        return self.round.questionnaire.items if self.round.questionnaire else []


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkin(request: HttpRequest, round_pk: int, mission_pk: int) -> HttpResponse:
    """The form; sending it leads to the thank-you page."""
    if not request.user.is_authenticated:
        if request.method == "POST":
            return _signed_out(request, LoginForm(), round_pk, mission_pk)
        return redirect_to_login(request.get_full_path())
    page = _page(request, round_pk, mission_pk)
    if not page.round.is_open(page.now):
        return _closed(request, page)
    if request.method == "POST":
        return _receive(request, page)
    sent = sent_before(person=page.person, mission=page.mission, round_=page.round)
    return _form(request, page, Typed.from_sent(sent), is_sent=sent is not None)


@never_cache
@require_POST
def checkin_resume(request: HttpRequest, round_pk: int, mission_pk: int) -> HttpResponse:
    """Sign in again, then find the form as it was typed: nothing is sent by this."""
    if not request.user.is_authenticated:
        answer = _sign_in(request, round_pk, mission_pk)
        if not request.user.is_authenticated:
            return answer
    page = _page(request, round_pk, mission_pk)
    translation.activate(page.person.language)
    if not page.round.is_open(page.now):
        return _closed(request, page)
    return _form(request, page, Typed.from_post(request.POST, page.items), is_back=True)


def _page(request: HttpRequest, round_pk: int, mission_pk: int) -> Page:
    person = signed_in(request)
    now = timezone.now()
    # A form that names another mission than its address is not the product's own.
    if request.POST.get("mission", str(mission_pk)) != str(mission_pk):
        raise Refused("check-in", f"{round_pk}/{mission_pk}")
    return Page(person, round_for(person, round_pk, mission_pk, now=now), mission_pk, now)


def _receive(request: HttpRequest, page: Page) -> HttpResponse:
    typed = Typed.from_post(request.POST, page.items)
    contacts = [row.pk for row in _contacts(page)] if typed.wants_to_talk else []
    sending = typed.checked(page.items, contacts)
    if sending is None:
        return _form(request, page, typed)
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
    return _form(request, page, typed, is_empty=True)


def _contacts(page: Page) -> list[User]:
    return helpers_of(page.person, now=page.now).talked_to()


def _form(request: HttpRequest, page: Page, typed: Typed, **said: bool) -> HttpResponse:
    """The page itself; ``said``: it is back after sign-in, sent before, or empty."""
    mission = Mission.objects.select_related("client").get(pk=page.mission)
    helpers = helpers_of(page.person, now=page.now)
    items = shown_items(page.items, typed, translation.get_language())
    context = {
        "round": page.round,
        "round_label": round_label(page.round),
        "mission": mission,
        "people": people_at_client(mission.client, timezone.localdate(page.now)),
        "items": items,
        "answered": sum(item.is_chosen for item in items),
        "typed": typed,
        "contacts": _shown_contacts(helpers),
        "referents": helpers.referents,
        "is_back": said.get("is_back", False),
        "is_sent": said.get("is_sent", False),
        "is_empty": said.get("is_empty", False),
    }
    return render(request, "surveys/checkin.html", context)


def _shown_contacts(helpers: Helpers) -> list[tuple[str, str]]:
    """Value and words of each choice of the list."""
    english = translation.get_language().startswith("en")
    shown = []
    for row in helpers.talked_to():
        title = _("your manager")
        if row != helpers.manager:
            contact = row.talk_contact
            title = contact.title_en if english else contact.title_fr
        shown.append((str(row.pk), f"{row.full_name}, {title}"))
    return shown


def _closed(request: HttpRequest, page: Page) -> HttpResponse:
    """Say since when the round is over, and show what was typed: it is not kept."""
    posted: QueryDict = request.POST
    typed = Typed.from_post(posted, page.items)
    context = {
        "round": page.round,
        "round_label": round_label(page.round),
        "was_open": page.round.opened_at is not None,
        "is_early": page.round.opens_at > page.now,
        "next_round": next_opening(now=page.now),
        "items": shown_items(page.items, typed, translation.get_language()),
        "was_posted": request.method == "POST",
    }
    return render(request, "surveys/closed.html", context, status=409 if posted else 200)


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
