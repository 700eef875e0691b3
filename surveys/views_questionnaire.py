"""The questionnaire as a whole: its preview, its history, changes to come, and the bank."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import AuditEntry
from accounts.perms import SignedInRequest
from core.posting import accepted, posted
from surveys import bank, chronicle, editing, pending, perms
from surveys.forms_editor import PreviewForm, UndoForm
from surveys.forms_questions import RecastForm
from surveys.models import Question
from surveys.questionnaire import next_words
from surveys.recasting import recast
from surveys.views_phone import PAGE, administrator_required, shown


@administrator_required
def question_preview(request: HttpRequest) -> HttpResponse:
    """The whole form of the next period in both languages, as wide as a phone."""
    now = timezone.now()
    form = PreviewForm(request.GET)
    words = next_words(now=now, occasion=form.occasion())
    context = {
        "form": form,
        "width": form.kept("width"),
        "phones": [(language, shown(words, language)) for language in editing.LANGUAGES],
        "period": editing.next_period(now),
        "reviewed": AuditEntry.objects.filter(
            object_kind="questionnaire", action="review"
        ).first(),
    }
    return render(request, "surveys/question_preview.html", context)


@require_POST
@administrator_required
def question_review(request: SignedInRequest) -> HttpResponse:
    """Note that the questions have been read in both languages."""
    editing.note_review(actor=request.user, now=timezone.now())
    messages.success(request, _("Noted: the questions have been read in both languages."))
    return redirect("surveys:question_list")


@administrator_required
def question_history(request: HttpRequest) -> HttpResponse:
    """What each period asked, and what it changed."""
    context = {"chapters": chronicle.chapters()}
    return render(request, "surveys/question_history.html", context)


@administrator_required
def question_bank(request: HttpRequest) -> HttpResponse:
    """Ready questions by theme, with their source and licence."""
    used = set(Question.objects.kept().values_list("versions__source", flat=True))
    language = (get_language() or "fr")[:2]
    context = {
        "themes": bank.by_theme(language),
        "sources": list(bank.SOURCES.values()),
        "used": used,
    }
    return render(request, "surveys/question_bank.html", context)


@require_POST
@administrator_required
def question_undo(request: SignedInRequest) -> HttpResponse:
    """Undo one change that does not count yet."""
    form = UndoForm(request.POST)
    is_done = False
    try:
        if form.is_valid():
            kind, question = form.cleaned_data["kind"], form.cleaned_data["question"]
            is_done = pending.undo(
                kind=kind, question=question, actor=request.user, now=timezone.now()
            )
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        _say(request, is_done=is_done)
    return redirect("surveys:question_list")


def _say(request: HttpRequest, *, is_done: bool) -> None:
    if is_done:
        messages.success(request, _("Undone: it stays as it was asked."))
    else:
        messages.error(
            request, _("There is nothing left to undo: it counts already, or was undone before.")
        )


@require_http_methods(PAGE)
@administrator_required
def question_recast(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another role, theme or audience for a question that was asked."""
    question = perms.question_to_edit(request.user, pk)
    stored = editing.newest(question)
    form = RecastForm(posted(request), stored=stored)
    now = timezone.now()
    is_overtaken = False
    try:
        if accepted(
            form,
            lambda: recast(question=question, wanted=form.wanted(), actor=request.user, now=now),
        ):
            messages.success(request, _("It takes its place from the next period on."))
            return redirect("surveys:question_list")
    except editing.ChangedMeanwhileError:
        is_overtaken = True
        form.show_again()
    context = {
        "form": form,
        "question": question,
        "stored": stored,
        "was_asked": editing.was_ever_asked(question),
        "is_overtaken": is_overtaken,
        "comes_with": editing.next_period(now),
    }
    status = 409 if is_overtaken else 200
    return render(request, "surveys/question_recast.html", context, status=status)
