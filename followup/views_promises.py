"""Promises to our people: read by everybody, written down by referents, with ideas from all."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.perms import SignedInRequest, person_required
from core.moving import OvertakenError
from core.pages import form_page
from core.posting import accepted, posted
from core.tables import FILE_TYPES, attachment
from followup import perms, promised, promises
from followup.forms_promises import AnswerForm, IdeaForm, PromiseForm, RewordForm
from followup.models import Promise, PromiseIdea
from followup.models.promises import MOST

LIST = "followup:promise_list"
IDEAS_SHOWN = 30
State = PromiseIdea.State


@require_safe
@person_required()
def promise_list(request: SignedInRequest) -> HttpResponse:
    """What the firm promises, how often it was kept, and what people would like it to promise."""
    every = promised.lines()
    standing = [line for line in every if line.promise.retired_on is None]
    ideas = PromiseIdea.objects.exclude(state=State.WITHDRAWN).select_related("author")
    context = {
        "lines": standing,
        "retired": [line for line in every if line.promise.retired_on is not None],
        "ideas": ideas[:IDEAS_SHOWN],
        "can_keep": perms.can_keep_promises(request.user),
        "has_room": len(standing) < MOST,
        "most": MOST,
    }
    return render(request, "followup/promises.html", context)


@require_safe
@person_required()
def promise_export(request: SignedInRequest) -> HttpResponse:
    """The same as a file; it is written down."""
    file_type = request.GET.get("format", "csv")
    if file_type not in FILE_TYPES:
        raise Http404
    content = promised.export(file_type=file_type, viewer=request.user, now=timezone.now())
    return attachment(content, file_type, f"{_('promises')}.{file_type}")


@person_required(perms.can_keep_promises)
def promise_create(request: SignedInRequest) -> HttpResponse:
    """One more, while there are fewer than seven."""
    form = PromiseForm(posted(request))
    if accepted(
        form,
        lambda: promises.make(promise=form.instance, by=request.user, now=timezone.now()),
    ):
        messages.success(request, _("Promised. It is counted from today on."))
        return redirect(LIST)
    return form_page(
        request,
        form,
        back=reverse(LIST),
        title=_("New promise"),
        submit=_("Promise it"),
        lead=_("One sentence that people can hold the firm to. Few are enough."),
    )


@person_required(perms.can_keep_promises)
def promise_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Other words; what is counted stays."""
    promise = get_object_or_404(Promise.objects.current(), pk=pk)
    form = RewordForm(posted(request), subject=promise)

    def reword() -> None:
        data = form.cleaned_data
        promise.text_fr, promise.text_en = data["text_fr"], data["text_en"]
        promises.reword(promise=promise, by=request.user, now=timezone.now())

    try:
        if request.method == "POST" and form.carries_out(reword):
            messages.success(request, _("Saved."))
            return redirect(LIST)
    except OvertakenError:
        form.show_on(get_object_or_404(Promise.objects.current(), pk=pk).version)
        form.add_error(None, _("Somebody else has just changed it: look, then send it again."))
    return form_page(
        request,
        form,
        back=reverse(LIST),
        title=_("Word this promise otherwise"),
        submit=_("Save"),
        lead=_("What is counted stays: to count something else, retire it and make another."),
    )


@require_POST
@person_required(perms.can_keep_promises)
def promise_retire(request: SignedInRequest, pk: int) -> HttpResponse:
    """Promised no more; its shares stay to be read."""
    promise = get_object_or_404(Promise, pk=pk)
    try:
        promises.retire(promise=promise, by=request.user, now=timezone.now())
    except OvertakenError:
        messages.info(request, _("Somebody else was faster: this is how it stands."))
    else:
        messages.success(request, _("Retired. How often it was kept can still be read."))
    return redirect(LIST)


@person_required()
def idea_create(request: SignedInRequest) -> HttpResponse:
    """What I would like to be promised."""
    form = IdeaForm(posted(request))
    if accepted(
        form,
        lambda: promises.suggest(idea=form.instance, by=request.user, now=timezone.now()),
    ):
        messages.success(request, _("Thank you. A referent answers it, and everybody reads both."))
        return redirect(LIST)
    return form_page(
        request,
        form,
        back=reverse(LIST),
        title=_("Suggest a promise"),
        submit=_("Suggest it"),
        lead=_("What should your firm hold itself to, towards its people?"),
    )


@person_required(perms.can_keep_promises)
def idea_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Yes or not for now, in one sentence."""
    idea = get_object_or_404(PromiseIdea, pk=pk, state=State.OPEN)
    form = AnswerForm(posted(request))
    if form.is_valid():
        state, words = form.cleaned_data["state"], form.cleaned_data["words"]
        try:
            promises.answer(
                idea=idea, state=state, words=words, by=request.user, now=timezone.now()
            )
        except OvertakenError:
            messages.info(request, _("Somebody else was faster: this is how it stands."))
            return redirect(LIST)
        messages.success(request, _("Answered."))
        return redirect("followup:promise_create" if state == State.ADOPTED else LIST)
    return form_page(
        request,
        form,
        back=reverse(LIST),
        title=_("Answer an idea"),
        submit=_("Answer"),
        lead=idea.sentence,
    )


@require_POST
@person_required()
def idea_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Its author takes it back."""
    idea = perms.idea_of(request.user, pk)
    try:
        promises.withdraw(idea=idea)
    except OvertakenError:
        messages.info(request, _("Somebody else was faster: this is how it stands."))
    else:
        messages.success(request, _("Withdrawn."))
    return redirect(LIST)
