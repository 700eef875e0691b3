"""The page on the people needed for a figure: proposed by one person, confirmed by another."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import perms, threshold
from accounts.forms import ThresholdForm
from accounts.models import FirmSettings, ThresholdChange, User

SHOWN = 20


@perms.person_required(perms.can_read_threshold_changes)
def threshold_edit(request: HttpRequest) -> HttpResponse:
    """The number in force, the proposal that waits, and what was decided before."""
    person = perms.signed_in(request)
    may_propose = perms.can_propose_threshold(person)
    if request.method == "POST" and not may_propose:
        raise PermissionDenied
    firm = FirmSettings.current()
    consultants = User.objects.present(timezone.localdate()).consultants().count()
    form = ThresholdForm(
        request.POST or None, now=firm.anonymity_threshold, consultants=consultants
    )
    if request.method == "POST" and form.is_valid() and _propose(form, person):
        messages.success(request, _("Proposed. It counts once a referent has confirmed it."))
        return redirect("accounts:threshold_edit")
    waiting = threshold.waiting()
    context = {
        "form": form if may_propose and (form.is_bound or waiting is None) else None,
        "firm": firm,
        "profile_people": threshold.profile_need(firm.anonymity_threshold),
        "weeks": threshold.NEWS_WEEKS,
        "waiting": waiting,
        "may_propose": may_propose,
        "may_confirm": perms.can_confirm_threshold(person),
        "has_referent": User.objects.filter(is_referent=True, is_active=True).exists(),
        "is_highest": firm.anonymity_threshold >= ThresholdChange.HIGHEST,
        "decided": ThresholdChange.objects.exclude(state=ThresholdChange.State.PROPOSED)
        .select_related("proposed_by", "decided_by")
        .order_by("-decided_at")[:SHOWN],
    }
    return render(request, "accounts/threshold_edit.html", context)


def _propose(form: ThresholdForm, person: User) -> bool:
    """Keep the proposal, or say in the form that another one waits."""
    kept = threshold.propose(
        people=form.cleaned_data["people"],
        reason=form.cleaned_data["reason"],
        actor=person,
        now=timezone.now(),
    )
    if kept is None:
        form.add_error(
            None,
            _("Another proposal waits for a decision: nothing was kept. Take it back first."),
        )
    return kept is not None


@require_POST
@perms.person_required(perms.can_read_threshold_changes)
def threshold_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    person = perms.signed_in(request)
    change = perms.threshold_change_to_confirm(person, pk)
    done = threshold.confirm(change=change, actor=person, now=timezone.now())
    said = _("Confirmed: from now on a figure needs %(people)s people.")
    return _back(request, change, said % {"people": change.people} if done else "")


@require_POST
@perms.person_required(perms.can_read_threshold_changes)
def threshold_decline(request: HttpRequest, pk: int) -> HttpResponse:
    person = perms.signed_in(request)
    change = perms.threshold_change_to_confirm(person, pk)
    done = threshold.decline(change=change, actor=person, now=timezone.now())
    return _back(request, change, _("Declined: the number stays as it is.") if done else "")


@require_POST
@perms.person_required(perms.can_read_threshold_changes)
def threshold_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    person = perms.signed_in(request)
    change = perms.threshold_change_to_withdraw(person, pk)
    done = threshold.withdraw(change=change, actor=person, now=timezone.now())
    return _back(request, change, _("The proposal has been taken back.") if done else "")


def _back(request: HttpRequest, change: ThresholdChange, said: str) -> HttpResponse:
    """To the page, with what was done; or with who was faster."""
    if said:
        messages.success(request, said)
    else:
        change.refresh_from_db()
        words = {
            "state": change.get_state_display(),
            "name": change.decided_by.full_name if change.decided_by else "",
        }
        messages.warning(
            request, _("It had been decided already: %(state)s, by %(name)s.") % words
        )
    return redirect("accounts:threshold_edit")
