"""Keeping a draft while somebody fills in their check-in, and dropping it.

The answer to a tap is the sentence that the page shows beside the button; the page's own script
puts it there. Without a script nothing is kept before sending, and nothing else changes.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.perms import person_required
from core.wording import clock
from surveys import drafts
from surveys.form_page import page_of
from surveys.forms import Typed

SIGNED_OUT, TOO_LATE = 403, 409


@never_cache
@require_POST
def draft_save(request: HttpRequest, round_pk: int, mission_pk: int) -> HttpResponse:
    """Write over what this person has chosen so far: nothing is sent by this."""
    if not request.user.is_authenticated:
        said = _("Your session has ended: what you chose stays in this tab until you send it.")
        return _told(said, SIGNED_OUT)
    page = page_of(request, round_pk, mission_pk)
    if not page.round.is_open(page.now):
        return _told(_("This round is closed: nothing more can be sent."), TOO_LATE)
    typed = Typed.from_post(request.POST, page.items)
    if not drafts.keep(place=page.place, words=typed.words, seen=typed.seen, now=page.now):
        return _told(_("Sent from another page meanwhile: open this one again."), TOO_LATE)
    return _told(_("Draft saved at %(hour)s") % {"hour": clock(page.now)}, 200)


def _told(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(sentence, content_type="text/plain; charset=utf-8", status=status)


@never_cache
@require_POST
@person_required()
def draft_drop(request: HttpRequest, round_pk: int, mission_pk: int) -> HttpResponse:
    """Forget what was chosen since; what was sent stays."""
    page = page_of(request, round_pk, mission_pk)
    drafts.drop(place=page.place)
    messages.success(request, _("The draft is dropped."))
    return redirect("surveys:checkin", round_pk=page.round.pk, mission_pk=page.mission)
