"""Drafts of the editor: kept half written, gone on with, thrown away."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.perms import SignedInRequest
from core.moving import OvertakenError
from surveys import perms, sketching
from surveys.forms_words import BOTH
from surveys.models import Question, Sketch
from surveys.sketching import Written
from surveys.views_phone import administrator_required


@dataclass(frozen=True, slots=True)
class Begun:
    """One draft of the list: its words so far, and the languages that are not whole."""

    sketch: Sketch
    title: str
    missing: list[str]


def begun() -> list[Begun]:
    """Every draft, in the order in which they were begun."""
    language = (get_language() or "fr")[:2]
    rows = Sketch.objects.select_related("question__dimension", "kept_by")
    return [
        Begun(row, sketching.title_of(row, language), sketching.missing(row.typed)) for row in rows
    ]


def sketch_for(request: HttpRequest, question: Question | None) -> Sketch | None:
    """The draft that a page goes on with: its question's, or the one that the page names."""
    rows = Sketch.objects.filter(question=question).select_related("kept_by")
    if question is not None:
        return rows.first()
    pk = request.POST.get("sketch") or request.GET.get("sketch") or ""
    return rows.filter(pk=pk).first() if pk.isascii() and pk.isdecimal() and len(pk) < 10 else None


def go_on(form: BaseForm, sketch: Sketch | None) -> None:
    """The form begins with what was kept."""
    if sketch is not None:
        form.initial.update({name: sketch.typed.get(name, "") for name in form.fields})


def kept(
    request: SignedInRequest, form: BaseForm, question: Question | None
) -> HttpResponse | None:
    """Keep what was typed; None where something typed is wrong, or somebody was first.

    What is missing is no fault here: that is what a draft is for.
    """
    if any(not _is_missing(error) for row in form.errors.as_data().values() for error in row):
        return None
    typed = {name: str(form.data.get(name, "")).strip() for name in form.fields}
    try:
        sketching.keep(
            sketch=sketch_for(request, question),
            question=question,
            written=Written(typed, request.POST.get("sketch_seen", "")),
            actor=request.user,
            now=timezone.now(),
        )
    except OvertakenError:
        messages.error(
            request,
            _(
                "Somebody else kept a draft of this meanwhile. Yours stands below, not kept: keep "
                "it again to put it in the place of theirs."
            ),
        )
        return None
    messages.success(request, _("Kept as a draft: nothing of it is asked."))
    return redirect("surveys:question_list")


def _is_missing(error: ValidationError) -> bool:
    return error.code == "required" or error.message == BOTH


@require_POST
@administrator_required
def sketch_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw a draft away: what is asked stays as it is."""
    perms.sketch_to_edit(request.user, pk).delete()
    messages.success(request, _("The draft is thrown away: what is asked stays as it is."))
    return redirect("surveys:question_list")
