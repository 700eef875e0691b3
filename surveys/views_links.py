"""The form behind an invitation's link: no sign-in, no session, no cookie, and nothing else.

The token travels in the form, and is its protection against forged sendings too: whoever holds
it may send, and a page of another site does not hold it. Looking uses nothing up, since mail
scanners follow links. What was sent is never shown: changing it takes signing in.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guessing import may_guess_again
from surveys import drafts
from surveys.calendar import next_opening, period_label, round_label
from surveys.form_page import Page, Said, contacts_of, parts_of
from surveys.forms import Typed, shown_items
from surveys.links import opened
from surveys.occasions import items_asked

WAIT_SECONDS = 60
View = Callable[[HttpRequest, Page, bool], HttpResponse]


def _by_link(request: HttpRequest, token: str, view: View) -> HttpResponse:
    """In the person's language, whoever else may be signed in on this browser."""
    now = timezone.now()
    found = opened(token, now=now)
    if found is None:
        if not may_guess_again(request):
            return render(request, "429.html", {"wait_seconds": WAIT_SECONDS}, status=429)
        return _private(render(request, "surveys/link_unknown.html", status=404))
    with translation.override(found.person.language):
        answer = view if found.round.is_open(now) else _closed
        items = items_asked(found.round, found.mission, found.person)
        page = Page(found.person, found.round, found.mission, now, items)
        return _private(answer(request, page, found.is_answered))


def _private(response: HttpResponse) -> HttpResponse:
    """No page elsewhere learns the address that one comes from."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_http_methods(["GET", "HEAD"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """A blank form, or "already answered"."""
    return _by_link(request, token, _show)


@csrf_exempt
@never_cache
@require_POST
def link_send(request: HttpRequest) -> HttpResponse:
    """Keep what was chosen, once; the page says thank you after the commit."""
    return _by_link(request, request.POST.get("token", ""), _receive)


def _show(request: HttpRequest, page: Page, is_answered: bool) -> HttpResponse:
    if is_answered:
        return _thanks(request, page, was_before=True)
    return _form(request, page, Typed())


def _receive(request: HttpRequest, page: Page, is_answered: bool) -> HttpResponse:
    # Sent twice, by a double click or by somebody else: what was sent first stays.
    if is_answered:
        return _thanks(request, page)
    typed = Typed.from_post(request.POST, page.items)
    contacts = [row.pk for row in contacts_of(page)] if typed.wants_to_talk else []
    sending = typed.checked(page.items, contacts)
    if sending is None:
        return _form(request, page, typed)
    # An empty form takes nothing back, nor the draft of who is signed in elsewhere.
    if sending.is_empty:
        return _form(request, page, typed, is_empty=True)
    drafts.submit_unseen(person=page.person, place=page.place, sending=sending, now=page.now)
    return _thanks(request, page)


def _form(
    request: HttpRequest, page: Page, typed: Typed, *, is_empty: bool = False
) -> HttpResponse:
    match = request.resolver_match
    token = request.POST.get("token") or (match.kwargs["token"] if match else "")
    context = parts_of(page, typed) | {"token": token, "said": Said(is_empty=is_empty)}
    return render(request, "surveys/link_form.html", context)


def _thanks(request: HttpRequest, page: Page, *, was_before: bool = False) -> HttpResponse:
    period = page.round.period
    context = {
        "round": page.round,
        "period": period,
        "period_label": period_label(period),
        "mission_pk": page.mission,
        "was_before": was_before,
    }
    return render(request, "surveys/link_thanks.html", context)


def _closed(request: HttpRequest, page: Page, is_answered: bool) -> HttpResponse:
    """Over, in words; what was chosen meanwhile is shown, since it is not kept."""
    typed = Typed.from_post(request.POST, page.items)
    context = {
        "round": page.round,
        "round_label": round_label(page.round),
        "next_round": next_opening(now=page.now),
        "items": shown_items(page.items, typed, translation.get_language()),
        "was_posted": request.method == "POST" and not is_answered,
        "comment": typed.comment or "",
    }
    return render(request, "surveys/link_closed.html", context, status=410)
