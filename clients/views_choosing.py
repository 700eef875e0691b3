"""Choosing the values together, then writing and publishing a version."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.perms import SignedInRequest, person_required
from clients import charter as charters
from clients import choosing
from clients import perms_charter as perms
from clients.forms_charter import (
    ChosenForm,
    MarksForm,
    OpeningForm,
    ProposalForm,
    SentenceForm,
    WritingForm,
)
from clients.models import Charter, CharterValue, Objection
from core.pages import form_page
from core.posting import accepted, posted

LIVE = "clients:charter_choosing"


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal as its reader sees it."""

    value: CharterValue
    marked: bool
    is_own: bool
    objections: list[Objection]
    own_objection: str


def _live() -> Charter:
    """The version at work, else 404."""
    found = Charter.objects.live()
    if found is None:
        raise Http404
    return found


@person_required()
def charter_choosing(request: SignedInRequest) -> HttpResponse:
    """What is proposed: to mark while one chooses, to write after the count."""
    charter = Charter.objects.live()
    if charter is None:
        return redirect("clients:charter")
    today = timezone.localdate()
    values = list(charter.proposals.prefetch_related("objections"))
    form = MarksForm(posted(request), charter=charter, values=[row.pk for row in values])
    if accepted(
        form,
        lambda: choosing.mark(
            charter=charter,
            values=form.cleaned_data["values"],
            by=request.user,
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("Your marks are kept, for you alone."))
        return redirect(LIVE)
    context = {
        "charter": charter,
        "form": form,
        "rows": _shown(request, charter, values),
        "is_open": charter.is_open(today),
        "chosen": [value for value in values if value.chosen],
        "lacking": charters.lacking(charter) if charter.is_writing else [],
        "can_lead": perms.can_lead_charter(request.user),
    }
    return render(request, "clients/choosing.html", context)


def _shown(request: SignedInRequest, charter: Charter, values: list[CharterValue]) -> list[Shown]:
    """With an error, the marks that were sent; else those that are kept."""
    marked = choosing.marked_by(request.user, charter)
    if request.method == "POST":
        marked = {int(pk) for pk in request.POST.getlist("values") if pk.isdecimal()}
    rows = []
    for value in values:
        said = list(value.objections.all())
        own = next((row.sentence for row in said if row.person_id == request.user.pk), "")
        is_own = value.proposed_by_id == request.user.pk
        rows.append(Shown(value, value.pk in marked, is_own, said, own))
    return rows


@person_required(perms.can_lead_charter)
def charter_open(request: SignedInRequest) -> HttpResponse:
    """Begin a new version."""
    form = OpeningForm(
        posted(request), newest=Charter.objects.newest(), today=timezone.localdate()
    )
    if accepted(
        form,
        lambda: choosing.open_choosing(opening=form.opening, by=request.user, now=timezone.now()),
    ):
        messages.success(request, _("Everybody can propose and mark now."))
        return redirect(LIVE)
    return form_page(
        request,
        form,
        title=_("Choose our values together"),
        submit=_("Open the choice"),
        back=reverse("clients:charter"),
        lead=_(
            "Everybody may propose a value, mark some, and say what they are against. After the "
            "count you write the version, answer, and publish it."
        ),
    )


@person_required()
def value_propose(request: SignedInRequest) -> HttpResponse:
    """Anyone's proposal."""
    charter = _live()
    form = ProposalForm(posted(request))
    if accepted(
        form,
        lambda: choosing.propose(value=form.value(charter), by=request.user, now=timezone.now()),
    ):
        messages.success(request, _("Your proposal is in the list."))
        return redirect(LIVE)
    return form_page(
        request,
        form,
        title=_("Propose a value"),
        submit=_("Propose"),
        back=reverse(LIVE),
        lead=_("It is read by everybody, without your name. You can take it back until the end."),
    )


@require_POST
@person_required()
def value_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """One's own proposal goes."""
    value = perms.value_to_take_back_for(request.user, pk)
    try:
        choosing.take_back(value=value, now=timezone.now())
    except ValidationError as error:
        messages.warning(request, error.messages[0])
    else:
        messages.success(request, _("Your proposal is taken back."))
    return redirect(LIVE)


@person_required()
def value_against(request: SignedInRequest, pk: int) -> HttpResponse:
    """Against, because…"""
    value = perms.live_value_for(pk)
    own = Objection.objects.filter(value=value, person=request.user).first()
    form = SentenceForm(
        posted(request),
        label=_("I am against it, because…"),
        may_be_empty=own is not None,
        initial={"sentence": own.sentence if own else ""},
    )
    if accepted(
        form,
        lambda: choosing.against(
            value=value,
            sentence=form.cleaned_data["sentence"],
            by=request.user,
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("Kept. The referent answers before the version comes out."))
        return redirect(LIVE)
    return form_page(
        request,
        form,
        title=_("Against “%(name)s”") % {"name": value.name},
        submit=_("Keep"),
        back=reverse(LIVE),
        lead=_(
            "Everybody reads the sentence, without your name, and it stays with the version. "
            "Name nobody in it. Left empty, it is taken back."
        ),
    )


# --- after the count -------------------------------------------------------------------------


@person_required()
def value_write(request: SignedInRequest, pk: int) -> HttpResponse:
    """The wording in both languages."""
    value = perms.value_to_write_for(request.user, pk)
    form = WritingForm(posted(request), instance=value)
    if accepted(
        form,
        lambda: charters.rewrite(value=form.instance, by=request.user, now=timezone.now()),
    ):
        messages.success(request, _("Saved."))
        return redirect(LIVE)
    return form_page(
        request,
        form,
        title=_("Write “%(name)s”") % {"name": value.name},
        submit=_("Save"),
        back=reverse(LIVE),
        lead=_("One action a line, five at most on each side: what one can see, or not."),
    )


@person_required(perms.can_lead_charter)
def charter_choose(request: SignedInRequest) -> HttpResponse:
    """Which proposals the version holds, in which order; the counts stand beside."""
    charter = _live()
    values = list(charter.proposals.order_by("-marks", "position", "pk"))
    form = ChosenForm(posted(request), values=values)
    if accepted(
        form,
        lambda: charters.choose(
            charter=charter, values=form.chosen, by=request.user, now=timezone.now()
        ),
    ):
        messages.success(request, _("Saved."))
        return redirect(LIVE)
    context = {"form": form, "charter": charter, "back": reverse(LIVE)}
    return render(request, "clients/charter_choose.html", context)


@person_required()
def objection_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """The referent's answer, read beside the sentence for as long as the version."""
    row = perms.objection_to_answer_for(request.user, pk)
    form = SentenceForm(posted(request), label=_("Your answer"), initial={"sentence": row.answer})
    if accepted(
        form,
        lambda: charters.answer(
            objection=row,
            sentence=form.cleaned_data["sentence"],
            by=request.user,
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("Your answer is kept."))
        return redirect(LIVE)
    lead = _("Against “%(name)s”: “%(sentence)s”")
    return form_page(
        request,
        form,
        title=_("Answer"),
        submit=_("Keep"),
        back=reverse(LIVE),
        lead=lead % {"name": row.value.name, "sentence": row.sentence},
    )


@require_POST
@person_required(perms.can_lead_charter)
def charter_publish(request: SignedInRequest) -> HttpResponse:
    """The version gets its number and its date."""
    try:
        charter = charters.publish(charter=_live(), by=request.user, now=timezone.now())
    except ValidationError as error:
        for said in error.messages:
            messages.warning(request, said)
        return redirect(LIVE)
    said = _("Version %(number)s of the charter is published.") % {"number": charter.number}
    messages.success(request, said)
    return redirect("clients:charter")


@require_POST
@person_required(perms.can_lead_charter)
def charter_drop(request: SignedInRequest) -> HttpResponse:
    """Give the version up; nothing of it comes out."""
    if charters.drop(charter=_live(), by=request.user, now=timezone.now()):
        messages.success(request, _("Given up: the version in force stays."))
    return redirect("clients:charter")
