"""Walking a path with a client who is on the way. Its page is in the dashboards."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.perms import SignedInRequest, person_required
from clients import paths
from clients import perms_prospects as perms
from clients.forms_prospects import (
    AnswerForm,
    EndPathForm,
    NewPathForm,
    PathForm,
    RequestForm,
)
from clients.models import Path, PathRequest
from core.listing import listing
from core.pages import form_page
from core.posting import accepted, posted

PAGE = "dashboards:path"


@person_required(perms.can_meet_prospects)
def path_list(request: SignedInRequest) -> HttpResponse:
    """Paths under way, then those that ended."""
    rows = perms.paths_visible_to(request.user).select_related("client", "prospect")
    ended = rows.exclude(state=Path.State.OPEN)
    found = listing(request, None, ended.order_by("-ended_at", "-pk"))
    today = timezone.localdate()
    under_way = rows.open().prefetch_related("requests").order_by("opened_at", "pk")
    context = {
        "open": [(row, row.is_stale(today)) for row in under_way],
        "page": found.page,
        "notices": found.notices,
        "can_open": perms.clients_to_walk_with(request.user).exists(),
    }
    return render(request, "clients/paths.html", context)


@person_required(perms.can_meet_prospects)
def path_create(request: SignedInRequest) -> HttpResponse:
    """A path with a client of today; the address may name one to begin with."""
    form = NewPathForm(
        posted(request),
        user=request.user,
        today=timezone.localdate(),
        initial={"client": request.GET.get("client")},
    )
    return _opened(request, form, _("New path"), reverse("clients:path_list"))


@person_required()
def prospect_path(request: SignedInRequest, pk: int) -> HttpResponse:
    """A path with a prospect, before they are a client."""
    prospect = perms.prospect_for(request.user, pk)
    there = reverse("clients:prospect_detail", args=[pk])
    if not prospect.is_open:
        return redirect(there)
    path = Path(prospect=prospect)
    if not perms.can_walk(request.user, path):
        return render(request, "403.html", status=403)
    form = PathForm(posted(request), instance=path, today=timezone.localdate())
    return _opened(request, form, _("A path with %(name)s") % {"name": prospect.name}, there)


def _opened(request: SignedInRequest, form: PathForm, title: str, back: str) -> HttpResponse:
    if accepted(
        form,
        lambda: paths.open_path(path=form.instance, by=request.user, now=timezone.now()),
    ):
        messages.success(request, _("The path is open: write what is asked of them."))
        return redirect(PAGE, form.instance.pk)
    lead = _("Step by step: what is asked of them, who decides there, when we meet next.")
    return form_page(request, form, title=title, submit=_("Open the path"), back=back, lead=lead)


@person_required()
def path_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who decides there, and the next meeting."""
    path = perms.path_to_walk_for(request.user, pk)
    form = PathForm(posted(request), instance=path, today=timezone.localdate())
    return _moved(
        request,
        form,
        path,
        lambda: paths.meet_next(
            path=path,
            decides_there=form.cleaned_data["decides_there"],
            on=form.cleaned_data["next_meeting_on"],
            by=request.user,
            now=timezone.now(),
        ),
        title=_("Next meeting: %(name)s") % {"name": path.name},
    )


@person_required()
def path_ask(request: SignedInRequest, pk: int) -> HttpResponse:
    """One more request."""
    path = perms.path_to_walk_for(request.user, pk)
    today = timezone.localdate()
    asked = PathRequest(path=path, asked_on=today)
    form = RequestForm(posted(request), instance=asked, today=today)
    return _moved(
        request,
        form,
        path,
        lambda: paths.ask(request=form.instance, by=request.user, now=timezone.now()),
        title=_("Ask something of %(name)s") % {"name": path.name},
    )


@person_required()
def request_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put right what was asked, while the path is open."""
    row = perms.request_to_answer_for(request.user, pk)
    title = _("Correct what is asked of %(name)s") % {"name": row.path.name}
    form = RequestForm(posted(request), instance=row, today=timezone.localdate())
    return _moved(
        request,
        form,
        row.path,
        lambda: paths.correct(request=form.instance, by=request.user, now=timezone.now()),
        title=title,
    )


@person_required()
def request_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """What they answered; it can be corrected while the path is open."""
    row = perms.request_to_answer_for(request.user, pk)
    form = AnswerForm(posted(request), instance=row, today=timezone.localdate())
    return _moved(
        request,
        form,
        row.path,
        lambda: paths.answered(request=form.instance, by=request.user, now=timezone.now()),
        title=_("Answer of %(name)s") % {"name": row.path.name},
        lead=row.sentence,
    )


@person_required()
def path_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Finished, or given up."""
    path = perms.path_to_walk_for(request.user, pk)
    form = EndPathForm(posted(request))
    return _moved(
        request,
        form,
        path,
        lambda: paths.end_path(
            path=path,
            state=form.cleaned_data["state"],
            outcome=form.cleaned_data["outcome"],
            by=request.user,
            now=timezone.now(),
        ),
        title=_("End the path: %(name)s") % {"name": path.name},
        lead=_("An ended path is read, and does not go on. Another one can be opened."),
    )


def _moved(
    request: SignedInRequest, form: Any, path: Path, verb: Any, **words: str
) -> HttpResponse:
    """One form about a path: carried out, then back to its page."""
    there = reverse(PAGE, args=[path.pk])
    if not path.is_open:
        messages.warning(request, _("This path has ended: nothing was changed."))
        return redirect(there)
    if accepted(form, verb):
        messages.success(request, _("Written down."))
        return redirect(there)
    return form_page(request, form, submit=_("Write it down"), back=there, **words)
