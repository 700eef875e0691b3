"""Contesting a declared fact, and answering it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.perms import SignedInRequest, person_required
from core.pages import form_page
from core.posting import accepted, posted
from missions import contests, perms
from missions.forms_facts import ContestAnswerForm, ContestForm


@person_required()
def contest_create(request: SignedInRequest, pk: int) -> HttpResponse:
    """A fact that does not hold on a mission of mine, or one that is missing."""
    mission = perms.mission_to_contest_for(request.user, pk, today=timezone.localdate())
    form = ContestForm(posted(request), mission=mission)
    if accepted(
        form,
        lambda: contests.contest(
            mission=mission,
            fact=form.chosen,
            sentence=form.cleaned_data["sentence"],
            by=request.user,
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("Noted. Whoever keeps the facts of this mission answers you."))
        return redirect("missions:mission_detail", pk)
    return form_page(
        request,
        form,
        title=_("Contest a fact of %(name)s") % {"name": mission.title},
        submit=_("Contest this fact"),
        back=reverse("missions:mission_detail", args=[pk]),
        lead=_(
            "Those who may change the facts see your name; your colleagues read “a colleague”. "
            "No answer of a check-in is part of it."
        ),
    )


@person_required()
def contest_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct the facts or keep them, with one sentence."""
    contest = perms.contest_to_answer_for(request.user, pk)
    form = ContestAnswerForm(posted(request))

    def verb() -> None:
        decide = contests.correct if form.cleaned_data["correct"] == "yes" else contests.keep
        words = form.cleaned_data["answer"]
        decide(contest=contest, answer=words, by=request.user, now=timezone.now())

    if accepted(form, verb):
        messages.success(request, _("Answered. The people on the mission read it."))
        return redirect("missions:mission_detail", contest.mission_id)
    said = _("%(name)s says that it is not true here: %(sentence)s")
    if not contest.declared:
        said = _("%(name)s says that it is missing: %(sentence)s")
    words = {"name": contest.person.full_name, "sentence": contest.sentence}
    return form_page(
        request,
        form,
        title=f"{contest.fact.name}, {contest.mission.title}",
        submit=_("Answer"),
        back=reverse("missions:mission_detail", args=[contest.mission_id]),
        lead=said % words,
    )


@require_POST
@person_required()
def contest_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take it back."""
    contest = perms.contest_to_withdraw_for(request.user, pk)
    if contest.is_open:
        contests.withdraw(contest=contest, by=request.user, now=timezone.now())
        messages.success(request, _("Withdrawn."))
    return redirect("missions:mission_detail", contest.mission_id)
