"""Reviews of clients: one's own page, and how often they take place."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts.audit import changed_fields
from accounts.models import FirmSettings
from accounts.perms import SignedInRequest, person_required
from clients import charter as charters
from clients.models import Charter, Client
from clients.perms_sheets import can_write_sheets
from core.listing import listing
from core.posting import accepted, posted
from surveys import perms_reviews as perms
from surveys import reviewing
from surveys.forms_reviews import ReviewForm, ReviewPlanForm
from surveys.intake import Outcome
from surveys.leaving import has_left
from surveys.models import ReviewPlan
from surveys.plans import save_plan

SAID = {
    Outcome.KEPT: gettext_lazy("Thank you. You can change your answers until the close."),
    Outcome.TAKEN_BACK: gettext_lazy("Your answers are taken back."),
    Outcome.NOTHING: gettext_lazy("Nothing was sent: no question has an answer."),
}


@never_cache
@person_required()
def client_review(request: SignedInRequest, review_pk: int, client_pk: int) -> HttpResponse:
    """One client on the charter: our own side first. It can be changed until the close."""
    now, person = timezone.now(), request.user
    review, client = perms.review_for(person, review_pk, client_pk, now=now)
    kept = reviewing.kept(review=review, client=client, person=person)
    takes_part = kept is not None or not has_left(person)
    form = ReviewForm(posted(request), values=charters.chosen(review.charter), kept=kept)
    is_late = request.method == "POST" and not review.is_open(now)
    if takes_part and not is_late and form.is_valid():
        outcome = reviewing.submit(
            review=review, client=client, person=person, judged=form.judged, now=now
        )
        is_late = outcome == Outcome.CLOSED
        if not is_late:
            messages.success(request, SAID[outcome])
            return redirect("dashboards:home")
    context = {
        "form": form,
        "review": review,
        "client": client,
        "kept": kept,
        "is_open": review.is_open(now) and not is_late,
        "is_late": is_late,
        "takes_part": takes_part,
        "need": FirmSettings.current().anonymity_threshold,
        "people": Client.objects.filter(pk=client.pk).working(localdate(now)).get(client.pk, 0),
    }
    return render(request, "surveys/client_review.html", context)


@person_required(perms.can_plan_reviews)
def review_plan(request: SignedInRequest) -> HttpResponse:
    """How often, and the reviews so far: of how many clients, never how many answered."""
    now = timezone.now()
    form = ReviewPlanForm(posted(request), instance=ReviewPlan.current())
    if accepted(
        form,
        lambda: save_plan(
            plan=form.instance,
            changes=changed_fields(form),
            actor=request.user,
            now=now,
        ),
    ):
        messages.success(request, _("Saved."))
        return redirect("surveys:review_plan")
    writes = can_write_sheets(request.user) and Charter.objects.newest() is not None
    found = listing(request, None, reviewing.sheets_due(now=now) if writes else [])
    context = {
        "form": form,
        "reviews": reviewing.reviews_so_far(),
        "page": found.page,
        "notices": found.notices,
    }
    return render(request, "surveys/review_plan.html", context)
