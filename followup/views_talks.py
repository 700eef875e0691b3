"""Wishes to talk: who asked, that they were taken up, and "not yet"."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.perms import SignedInRequest, person_required
from followup import talks

LIST = "followup:wish_list"


@require_safe
@person_required()
def wish_list(request: SignedInRequest) -> HttpResponse:
    """Who asked to talk to me: a name and a round, nothing else."""
    wishes = talks.wishes_of(request.user, timezone.now())
    return render(request, "followup/wish_list.html", {"wishes": wishes})


@require_POST
@person_required()
def wish_talked(request: SignedInRequest, person: int, round_pk: int) -> HttpResponse:
    """We have talked."""
    now = timezone.now()
    wish = talks.wish_for(request.user, person, round_pk, now=now)
    talks.say_talked(wish=wish, listener=request.user, now=now)
    words = _("Noted. %(name)s reads it at home, and may say that you have not talked yet.")
    messages.success(request, words % {"name": wish.name})
    return redirect(LIST)


@require_POST
@person_required()
def wish_again(request: SignedInRequest, person: int, round_pk: int) -> HttpResponse:
    """Said too early."""
    wish = talks.wish_for(request.user, person, round_pk, now=timezone.now())
    talks.take_back(wish=wish, listener=request.user)
    messages.success(request, _("Taken back: the wish waits again."))
    return redirect(LIST)


@require_POST
@person_required()
def talk_deny(request: SignedInRequest, pk: int) -> HttpResponse:
    """Not yet, says whoever asked."""
    talk = talks.talk_for(request.user, pk)
    talks.deny(talk=talk, now=timezone.now())
    words = _("Your wish stands with %(name)s again.")
    messages.success(request, words % {"name": talk.listener.full_name})
    return redirect("dashboards:home")
