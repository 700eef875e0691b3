"""The editor of questions: an administrator's pages."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import AuditEntry, FirmSettings
from accounts.perms import SignedInRequest, person_required
from core.posting import accepted, posted
from surveys import editing, perms
from surveys.calendar import item_of, next_close, next_opening
from surveys.forms import ShownItem, Typed, shown_items
from surveys.forms_questions import (
    EditForm,
    LanguageForm,
    MoveForm,
    QuestionForm,
    WordsForm,
    warnings_on,
)
from surveys.models import Question, QuestionVersion
from surveys.questionnaire import Lines, lines, next_words, timeline

PAGE = ["GET", "HEAD", "POST"]
administrator_required = person_required(perms.can_edit_questions)


@administrator_required
def question_list(request: HttpRequest) -> HttpResponse:
    """Every question in order, with a phone beside that shows them as they will be asked."""
    now = timezone.now()
    shown = lines(now=now)
    context = _phone(request, next_words(now=now)) | {
        "lines": shown,
        "notices": _notices(shown),
        "firm": FirmSettings.current(),
        "opening": next_opening(now=now),
        "closing": next_close(now=now),
    }
    return render(request, "surveys/question_list.html", context)


def _notices(shown: Lines) -> list[str]:
    """What makes the form longer than promised, or harder to read on a phone."""
    found = []
    if shown.seconds > 30:
        said = {"count": shown.item_count, "seconds": shown.seconds}
        found.append(
            _("A round asks %(count)s questions: about %(seconds)s seconds instead of 30.") % said
        )
    return found


@require_http_methods(PAGE)
@administrator_required
def question_create(request: SignedInRequest) -> HttpResponse:
    form = QuestionForm(posted(request))
    now = timezone.now()
    if accepted(
        form,
        lambda: editing.add_question(new=form.new_question(), actor=request.user, now=now),
    ):
        return _saved(request, form, _("Question added."))
    context = {"form": form, "comes_with": editing.next_period(now)}
    return render(request, "surveys/question_form.html", context)


@require_http_methods(PAGE)
@administrator_required
def question_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Reword a question, or give it a new meaning from the next period on."""
    question = perms.question_to_edit(request.user, pk)
    form = EditForm(posted(request), stored=editing.newest(question))
    now = timezone.now()
    try:
        is_done = accepted(
            form,
            lambda: editing.reword(
                question=question, edit=form.edit(), actor=request.user, now=now
            ),
        )
    except editing.ChangedMeanwhileError as conflict:
        return _conflict(request, conflict.stored)
    if is_done:
        return _saved(request, form, _("Saved."))
    return _edit_page(request, form)


def _conflict(request: HttpRequest, stored: QuestionVersion) -> HttpResponse:
    """Both versions side by side. Sending again keeps one's own: it was made knowingly."""
    data = request.POST.copy()
    data["token"] = editing.token_of(stored)
    form = EditForm(data, stored=stored)
    last = AuditEntry.objects.filter(object_kind="question", object_ref=stored.question.code)
    theirs = {"stored": stored, "entry": last.select_related("actor").first()}
    return _edit_page(request, form, status=409, theirs=theirs)


def _edit_page(
    request: HttpRequest,
    form: EditForm,
    *,
    status: int = 200,
    theirs: dict[str, Any] | None = None,
) -> HttpResponse:
    stored = form.stored
    now = timezone.now()
    context = _phone(request, [stored]) | {
        "form": form,
        "question": stored.question,
        "stored": stored,
        "next_number": stored.number + 1,
        "comes_with": editing.next_period(now),
        "is_draft": "change" not in form.fields and stored.question.versions.count() > 1,
        "steps": timeline(stored.question),
        "theirs": theirs,
    }
    return render(request, "surveys/question_edit.html", context, status=status)


def _saved(request: HttpRequest, form: WordsForm, said: str) -> HttpResponse:
    messages.success(request, said)
    for warning in warnings_on([label for row in form.words().labels.values() for label in row]):
        messages.warning(request, _("%(warning)s Look at it on a phone.") % {"warning": warning})
    return redirect("surveys:question_list")


@require_POST
@administrator_required
def question_move(request: SignedInRequest, pk: int) -> HttpResponse:
    """One place up or down in its own list."""
    question = perms.question_to_edit(request.user, pk)
    form = MoveForm(request.POST)
    if form.is_valid():
        editing.move(
            question=question,
            is_up=form.cleaned_data["direction"] == "up",
            actor=request.user,
            now=timezone.now(),
        )
    return redirect(f"{reverse('surveys:question_list')}#question-{pk}")


@require_POST
@administrator_required
def question_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give up a new version that no round has asked yet."""
    question = perms.question_to_edit(request.user, pk)
    if editing.discard_draft(question=question, actor=request.user, now=timezone.now()):
        messages.success(request, _("The new version is given up: the one before stays."))
    return redirect("surveys:question_edit", pk=pk)


@require_http_methods(PAGE)
@administrator_required
def question_retire(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask whether to retire it, then do so from the next period on."""
    question = perms.question_to_edit(request.user, pk)
    now = timezone.now()
    refused = ""
    if request.method == "POST":
        try:
            editing.retire(question=question, actor=request.user, now=now)
        except ValidationError as error:
            refused = error.messages[0]
        else:
            messages.success(request, _("Retired. You can put it back."))
            return redirect("surveys:question_list")
    return _retire_page(request, question, refused)


@require_POST
@administrator_required
def question_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Only what was never asked; anything else is offered to be retired."""
    question = perms.question_to_edit(request.user, pk)
    try:
        editing.remove(question=question, actor=request.user, now=timezone.now())
    except ValidationError as error:
        return _retire_page(request, question, error.messages[0])
    messages.success(request, _("Deleted: it had never been asked."))
    return redirect("surveys:question_list")


def _retire_page(request: HttpRequest, question: Question, refused: str) -> HttpResponse:
    context = {
        "question": question,
        "stored": editing.newest(question),
        "was_asked": editing.was_ever_asked(question),
        "comes_with": editing.next_period(timezone.now()),
        "refused": refused,
    }
    status = 409 if refused else 200
    return render(request, "surveys/question_retire.html", context, status=status)


@require_POST
@administrator_required
def question_restore(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a retirement back."""
    question = perms.question_to_edit(request.user, pk)
    try:
        editing.restore(question=question, actor=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Back: it is asked again from the next round on."))
    return redirect("surveys:question_list")


@administrator_required
def question_preview(request: HttpRequest) -> HttpResponse:
    """The whole form of the next period in both languages, as wide as a phone."""
    now = timezone.now()
    words = next_words(now=now)
    context = {
        "phones": [(language, _shown(words, language)) for language in editing.LANGUAGES],
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


# --- the phone beside ----------------------------------------------------------------------------


def _phone(request: HttpRequest, words: list[QuestionVersion]) -> dict[str, Any]:
    """These words as the check-in form shows them, in the language chosen for the preview."""
    form = LanguageForm(request.GET)
    language = form.kept("language") or translation.get_language()[:2]
    return {"language": language, "items": _shown(words, language)}


def _shown(words: list[QuestionVersion], language: str) -> list[ShownItem]:
    """Their fields are named after the language: two of these phones fit one page."""
    items = shown_items([item_of(one) for one in words], Typed(), language)
    return [replace(item, name=f"{language}-{item.name}") for item in items]
