"""The editor of questions: an administrator's pages."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import AuditEntry, FirmSettings, User
from accounts.perms import SignedInRequest
from core import wording
from core.moving import OvertakenError
from core.posting import accepted, posted
from surveys import bank, editing, ordering, pending, perms, retiring
from surveys.calendar import next_close, next_opening
from surveys.forms_editor import MovedForm, MoveForm
from surveys.forms_questions import EditForm, QuestionForm, from_bank
from surveys.forms_words import WordsForm, warnings_on
from surveys.models import Question, QuestionVersion, Sketch
from surveys.occasions import Occasion
from surveys.questionnaire import Lines, lines, next_words, timeline
from surveys.views_phone import PAGE, administrator_required, phone
from surveys.views_sketches import begun, go_on, kept, sketch_for


@administrator_required
def question_list(request: HttpRequest) -> HttpResponse:
    """Every question in order, with a phone beside that shows them as they will be asked."""
    now = timezone.now()
    shown = lines(now=now)
    context = phone(request, next_words(now=now, occasion=Occasion())) | {
        "lines": shown,
        "groups": [
            (*ordering.HEADS[name], name, rows, token) for name, rows, token in shown.groups
        ],
        "pending": pending.pending(),
        "begun": begun(),
        "moved": _moved(request, shown),
        "notices": _notices(shown),
        "firm": FirmSettings.current(),
        "opening": next_opening(now=now),
        "closing": next_close(now=now),
    }
    return render(request, "surveys/question_list.html", context)


def _moved(request: HttpRequest, shown: Lines) -> dict[str, Any]:
    """The row just moved: its button keeps the focus, and its new place is said."""
    form = MovedForm(request.GET)
    pk, way = form.kept("moved"), form.kept("way")
    for _name, rows, _token in shown.groups:
        for place, line in enumerate(rows, start=1):
            if line.question.pk == pk:
                return {"pk": pk, "way": way, "place": place, "of": len(rows), "line": line}
    return {}


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
    ready = bank.READY.get(request.GET.get("from", ""))
    form = QuestionForm(posted(request), initial=from_bank(ready))
    sketch = sketch_for(request, None)
    go_on(form, sketch)
    now = timezone.now()
    if "keep" in request.POST and (answer := kept(request, form, None)):
        return answer
    if "keep" not in request.POST and accepted(
        form,
        lambda: editing.add_question(new=form.new_question(), actor=request.user, now=now),
    ):
        if sketch is not None:
            sketch.delete()
        return _saved(request, form, _("Question added."))
    source = bank.READY.get(str(form["source"].value() or ""))
    context = {
        "form": form,
        "comes_with": editing.next_period(now),
        "ready": source,
        "sketch": sketch,
    }
    return render(request, "surveys/question_form.html", context)


@require_http_methods(PAGE)
@administrator_required
def question_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Reword a question, or give it a new meaning from the next period on."""
    question = perms.question_to_edit(request.user, pk)
    form = EditForm(posted(request), stored=editing.newest(question))
    if "keep" in request.POST:
        return kept(request, form, question) or _edit_page(request, form)
    go_on(form, sketch_for(request, question))
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
        Sketch.objects.filter(question=question).delete()
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
    context = phone(request, [stored]) | {
        "form": form,
        "question": stored.question,
        "stored": stored,
        "next_number": stored.number + 1,
        "ready": bank.READY.get(stored.source),
        "comes_with": editing.next_period(now),
        "is_draft": "change" not in form.fields and stored.question.versions.count() > 1,
        "steps": timeline(stored.question),
        "sketch": sketch_for(request, stored.question),
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
    """One place up or down in its own list, or to a place of the list that was seen."""
    question = perms.question_to_edit(request.user, pk)
    form = MoveForm(request.POST)
    at = reverse("surveys:question_list")
    if not form.is_valid():
        return redirect(f"{at}#question-{pk}")
    try:
        _move(question, form.cleaned_data, request.user)
    except OvertakenError:
        messages.error(
            request, _("Somebody else changed the order meanwhile: nothing was moved. Here it is.")
        )
    way = form.cleaned_data["direction"] or "place"
    # No fragment: browsers would not give the focus back to the button that was pressed.
    return redirect(f"{at}?{urlencode({'moved': pk, 'way': way})}")


def _move(question: Question, typed: dict[str, Any], actor: User) -> None:
    now = timezone.now()
    if typed["place"]:
        ordering.move_to(
            question=question, place=typed["place"], seen=typed["seen"], actor=actor, now=now
        )
    elif typed["direction"]:
        is_up = typed["direction"] == "up"
        ordering.move(question=question, is_up=is_up, actor=actor, now=now)


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
            retiring.retire(question=question, actor=request.user, now=now)
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
        retiring.remove(question=question, actor=request.user, now=timezone.now())
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
        retiring.restore(question=question, actor=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        question.refresh_from_db()
        messages.success(request, _back(question))
    return redirect("surveys:question_list")


def _back(question: Question) -> str:
    if question.resumes_on:
        day = wording.full_day(question.resumes_on)
        return _("Back: it is asked again from the period of %(day)s on.") % {"day": day}
    return _("Back: it is asked on.")
