"""The page behind a contact's link: no log-in, no session, no cookie, no script needed.

The signed link is the right, so a form needs no token against forgery: nobody else's browser
holds anything that would make it count. A GET records nothing, so a mail scanner uses nothing up.
"""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guessing import may_guess_again
from accounts.models import User
from clients import contacts
from core import sealing
from surveys import opinions
from surveys.asking import ask_again, last_survey_before
from surveys.client_links import asking_by
from surveys.comments import LONGEST
from surveys.forms import Typed, shown_items
from surveys.models import Asking
from surveys.opinions import Outcome, Said
from surveys.topics import TOPICS

LANGUAGES = ("fr", "en")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def opinion(request: HttpRequest, token: str) -> HttpResponse:
    """The form, with what was answered before, until the survey's date."""
    asking, now = asking_by(token), timezone.now()
    if asking is None:
        return _unknown(request)
    _speak(request, asking)
    if not asking.survey.is_open(now):
        return _closed(request, asking, token)
    if request.method == "POST":
        return _receive(request, asking, token, now)
    said = opinions.said_before(asking)
    return _form(request, asking, token, _typed(said), said=said)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def opinion_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Decline for good, or take that back: said by the contact alone, and only by a button."""
    asking, now = asking_by(token), timezone.now()
    if asking is None:
        return _unknown(request)
    _speak(request, asking)
    contact = asking.contact
    if request.method == "POST":
        if request.POST.get("undo"):
            contacts.accept_again(contact=contact, now=now)
        else:
            contacts.decline(contact=contact, now=now)
        return redirect("surveys:opinion_stop", token=token)
    context = _of(asking, token) | {"is_declined": contact.declined_at is not None}
    return render(request, "surveys/opinion_stop.html", context)


@csrf_exempt
@never_cache
@require_POST
def opinion_again(request: HttpRequest, token: str) -> HttpResponse:
    """From a link that is over: a new one, to the declared address and no other."""
    asking, now = asking_by(token), timezone.now()
    if asking is None:
        return _unknown(request)
    _speak(request, asking)
    is_sent = asking.contact.declined_at is None and ask_again(asking=asking, now=now)
    context = _of(asking, token) | {"is_sent": is_sent}
    return render(request, "surveys/opinion_again.html", context)


def _receive(request: HttpRequest, asking: Asking, token: str, now: datetime) -> HttpResponse:
    typed = Typed.from_post(request.POST, TOPICS)
    typed.check_words(TOPICS)
    reader = opinions.reader_of(asking)
    is_named = request.POST.get("reader") == _number(reader)
    if typed.errors or not is_named:
        return _form(request, asking, token, typed, is_for_another=not is_named)
    answers = {code: int(value) for code, value in typed.answers.items()}
    comment = None if typed.comment is None else typed.comment.strip()
    outcome = opinions.submit(
        asking=asking, answers=answers, comment=comment, reader=reader, now=now
    )
    if outcome == Outcome.NOTHING:
        return _form(request, asking, token, typed, is_empty=True)
    return redirect("surveys:opinion", token=token)


def _number(reader: User | None) -> str:
    """By which a form says whom it named: another one is shown before anything is kept."""
    return str(reader.pk) if reader else ""


def _typed(said: Said | None) -> Typed:
    """What was sent before, to be changed."""
    if said is None:
        return Typed()
    kept = {code: str(value) for code, value in said.answers.items()}
    return Typed(answers=kept, comment=said.comment)


def _speak(request: HttpRequest, asking: Asking) -> None:
    """The declared language, unless the page is asked for in the other one."""
    asked = request.GET.get("language", "")
    translation.activate(asked if asked in LANGUAGES else asking.contact.language)


def _of(asking: Asking, token: str) -> dict[str, object]:
    """What each of these pages says: who is asked, about which client, by whom."""
    contact = asking.contact
    return {
        "token": token,
        "contact": contact,
        "client": contact.client,
        "closes_at": asking.survey.round.closes_at,
        "language": translation.get_language(),
        "other_language": next(code for code in LANGUAGES if code != translation.get_language()),
    }


def _form(
    request: HttpRequest,
    asking: Asking,
    token: str,
    typed: Typed,
    **told: object,
) -> HttpResponse:
    """``told``: what was ``said`` before, or that it ``is_empty`` or now ``is_for_another``."""
    items = shown_items(TOPICS, typed, translation.get_language())
    reader = opinions.reader_of(asking)
    context = {
        "reader": reader,
        "reader_number": _number(reader),
        "is_for_another": told.get("is_for_another", False),
        "items": items,
        "has_box": typed.comment is not None and (sealing.is_ready() or bool(typed.comment)),
        "comment_limit": LONGEST,
        "typed": typed,
        "answered": sum(item.is_chosen for item in items),
        "said": told.get("said"),
        "is_empty": told.get("is_empty", False),
        "since": last_survey_before(asking.survey),
    }
    return render(request, "surveys/opinion.html", _of(asking, token) | context)


def _closed(request: HttpRequest, asking: Asking, token: str) -> HttpResponse:
    """Since when it is over, and what was answered in time: that is kept; what comes too late is
    shown again, to be copied."""
    said, was_posted = opinions.said_before(asking), request.method == "POST"
    late = Typed.from_post(request.POST, TOPICS)
    language = translation.get_language()
    context = {
        "items": shown_items(TOPICS, _typed(said), language),
        "said": said,
        "was_posted": was_posted,
        "late": late,
        "late_items": shown_items(TOPICS, late, language),
    }
    status = 409 if was_posted else 200
    found = _of(asking, token) | context
    return render(request, "surveys/opinion_closed.html", found, status=status)


def _unknown(request: HttpRequest) -> HttpResponse:
    """The same page whether the link ever existed or not; guessing is slowed down."""
    status = 404 if may_guess_again(request) else 429
    return render(request, "surveys/opinion_unknown.html", status=status)
