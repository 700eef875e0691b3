"""First contact: prospects, their screening, what is decided, and exceptions."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.perms import SignedInRequest, person_required
from clients import charter as charters
from clients import perms_prospects as perms
from clients import screening
from clients.forms_prospects import (
    AcceptForm,
    ExceptionForm,
    GoingOnForm,
    LookForm,
    ProspectForm,
    ReasonForm,
    ScreeningForm,
)
from clients.models import Charter, CharterException, Client, Path, Prospect, Result
from core.listing import listing
from core.pages import form_page
from core.posting import accepted, posted

LIST = "clients:prospect_list"
DETAIL = "clients:prospect_detail"
EXCEPTIONS = "dashboards:exceptions"


@person_required(perms.can_meet_prospects)
def prospect_list(request: SignedInRequest) -> HttpResponse:
    """Those being met first, then what was decided."""
    rows = Prospect.objects.select_related("met_by", "decided_by", "client")
    open_ones = rows.filter(state=Prospect.State.OPEN)
    found = listing(request, None, rows.exclude(state=Prospect.State.OPEN))
    context = {
        "open": open_ones,
        "page": found.page,
        "notices": found.notices,
        "charter": Charter.objects.newest(),
    }
    return render(request, "clients/prospects.html", context)


@person_required(perms.can_meet_prospects)
def prospect_create(request: SignedInRequest) -> HttpResponse:
    """Somebody was met."""
    form = ProspectForm(posted(request))
    if accepted(
        form,
        lambda: screening.meet(prospect=form.instance, by=request.user, now=timezone.now()),
    ):
        return redirect(DETAIL, form.instance.pk)
    return form_page(
        request,
        form,
        title=_("New prospect"),
        submit=_("Add this prospect"),
        back=reverse(LIST),
        lead=_("Facts about a firm: name nobody of theirs. Colleagues read it."),
    )


@person_required()
def prospect_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put right what was written down, while it is open."""
    prospect = perms.prospect_to_correct_for(request.user, pk)
    there = reverse(DETAIL, args=[pk])
    if not prospect.is_open:
        messages.warning(request, _("This was decided already: nothing was changed."))
        return redirect(there)
    title = _("Correct %(name)s") % {"name": prospect.name}
    form = ProspectForm(posted(request), instance=prospect)
    if accepted(
        form,
        lambda: screening.correct(prospect=form.instance, by=request.user, now=timezone.now()),
    ):
        messages.success(request, _("Saved."))
        return redirect(there)
    return form_page(
        request,
        form,
        title=title,
        submit=_("Save"),
        back=there,
        lead=_("Facts about a firm: name nobody of theirs. Colleagues read it."),
    )


@person_required()
def prospect_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where it stands, what was seen, by whom, and what can be decided."""
    prospect = perms.prospect_for(request.user, pk)
    screenings = prospect.screenings.select_related("made_by", "charter")
    made = list(screenings.prefetch_related("lines__value"))
    can_decide = perms.can_decide_prospects(request.user)
    context = {
        "prospect": prospect,
        "latest": made[0] if made else None,
        "earlier": made[1:],
        "charter": Charter.objects.newest(),
        "paths": prospect.paths.all(),
        "has_path": any(path.is_open for path in prospect.paths.all()),
        "exceptions": prospect.exceptions.select_related("decided_by"),
        "can_correct": prospect.is_open and perms.can_correct_prospect(request.user, prospect),
        "can_decide": can_decide and prospect.is_open,
        "can_reopen": can_decide and prospect.state in ("refused", "lost"),
        "can_walk": prospect.is_open and perms.can_walk(request.user, Path(prospect=prospect)),
    }
    return render(request, "clients/prospect.html", context)


@person_required()
def prospect_screen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Value by value: seen, not seen, contrary."""
    prospect = perms.prospect_for(request.user, pk)
    charter = Charter.objects.newest()
    if charter is None or not prospect.is_open:
        return redirect(DETAIL, pk)
    before = {line.value_id for line in screening.crossed(prospect, charter)}
    form = ScreeningForm(posted(request), values=charters.chosen(charter), crossed=before)
    if accepted(
        form,
        lambda: screening.screen(
            prospect=prospect,
            charter=charter,
            found=form.found,
            by=request.user,
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("Your screening is kept, with your name."))
        return redirect(DETAIL, pk)
    context = {"form": form, "prospect": prospect, "charter": charter}
    return render(request, "clients/screening.html", context)


@person_required()
def prospect_accept(request: SignedInRequest, pk: int) -> HttpResponse:
    """It becomes a client; at risk, with the written decision of whoever goes on."""
    prospect = perms.prospect_to_decide_for(request.user, pk)
    if not prospect.is_open:
        return redirect(DETAIL, pk)
    today, at_risk = timezone.localdate(), prospect.result == Result.AT_RISK
    client = Client(name=prospect.name, sector=prospect.sector)
    form = AcceptForm(posted(request), instance=client, user=request.user)
    going = GoingOnForm(posted(request), today=today, prefix="on") if at_risk else None
    whole = going is None or going.is_valid()
    if whole and accepted(
        form,
        lambda: screening.accept(
            prospect=prospect,
            client=form.instance,
            going_on=going.going_on if going else None,
            by=request.user,
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("%(name)s is a client now.") % {"name": form.instance})
        return redirect(DETAIL, pk)
    context = {
        "form": form,
        "going": going,
        "prospect": prospect,
        "crossed": screening.crossed(prospect),
        "lacking": screening.refusals(prospect, None) if not at_risk else [],
    }
    return render(request, "clients/accept.html", context)


@person_required()
def prospect_refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    """We do not go on."""
    return _stop(request, pk, refused=True)


@person_required()
def prospect_lose(request: SignedInRequest, pk: int) -> HttpResponse:
    """They do not go on."""
    return _stop(request, pk, refused=False)


def _stop(request: SignedInRequest, pk: int, *, refused: bool) -> HttpResponse:
    prospect = perms.prospect_to_decide_for(request.user, pk)
    verb = screening.refuse if refused else screening.lose
    form = ReasonForm(posted(request))
    if accepted(
        form,
        lambda: verb(
            prospect=prospect,
            sentence=form.cleaned_data["sentence"],
            by=request.user,
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("Written down. It can be taken up again."))
        return redirect(DETAIL, pk)
    title = _("Refuse %(name)s") if refused else _("%(name)s goes no further")
    return form_page(
        request,
        form,
        title=title % {"name": prospect.name},
        submit=_("Write it down"),
        back=reverse(DETAIL, args=[pk]),
        lead=_("Refusals are read and counted by everybody in the firm, under your name.")
        if refused
        else "",
    )


@require_POST
@person_required()
def prospect_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take it up again."""
    prospect = perms.prospect_to_decide_for(request.user, pk)
    if screening.reopen(prospect=prospect, by=request.user, now=timezone.now()):
        messages.success(request, _("Taken up again."))
    return redirect(DETAIL, pk)


# --- exceptions ------------------------------------------------------------------------------


@person_required()
def exception_create(request: SignedInRequest) -> HttpResponse:
    """A client of today has crossed a line, and one goes on all the same."""
    if not perms.exceptable_clients(request.user).exists():
        raise PermissionDenied
    form = ExceptionForm(
        posted(request),
        user=request.user,
        today=timezone.localdate(),
        initial={"client": request.GET.get("client")},
    )
    if accepted(
        form,
        lambda: screening.make_exception(
            client=form.cleaned_data["client"],
            going_on=form.going_on,
            by=request.user,
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("Written down, under your name: everybody reads it."))
        return redirect(EXCEPTIONS)
    return form_page(
        request,
        form,
        title=_("New exception"),
        submit=_("Write it down"),
        back=reverse(EXCEPTIONS),
        lead=_(
            "A client has crossed a red line, and we go on all the same. Everybody in the firm "
            "reads why, who decided, and when we look again."
        ),
    )


@person_required()
def exception_look(request: SignedInRequest, pk: int) -> HttpResponse:
    """Look again: on until another day, or over."""
    row: CharterException = perms.exception_to_look_at_for(request.user, pk)
    form = LookForm(posted(request), today=timezone.localdate())

    def look() -> None:
        data = form.cleaned_data
        if not screening.look_again(
            exception=row,
            sentence=data["sentence"],
            until=data["until"],
            by=request.user,
            now=timezone.now(),
        ):
            raise ValidationError(_("This exception is over already."))

    if accepted(form, look):
        messages.success(request, _("Written down."))
        return redirect(EXCEPTIONS)
    lead = _("“%(sentence)s” – %(name)s")
    return form_page(
        request,
        form,
        title=_("Look again: %(name)s") % {"name": row.client.name},
        submit=_("Write it down"),
        back=reverse(EXCEPTIONS),
        lead=lead % {"sentence": row.sentence, "name": row.decided_by.full_name},
    )
