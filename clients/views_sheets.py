"""Charter sheets of clients at which few people work: which, what they say, writing and
withdrawing one."""

from django.contrib import messages
from django.db.models import F
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import FirmSettings
from accounts.perms import SignedInRequest, person_required
from clients import charter as charters
from clients import perms_sheets as perms
from clients import sheets
from clients.forms_sheets import SheetForm
from clients.models import Charter
from core.listing import listing
from core.pages import form_page
from core.posting import accepted, posted
from core.wording import full_day

DETAIL = "clients:sheet_detail"


@require_safe
@person_required(perms.can_read_sheets)
def sheet_list(request: SignedInRequest) -> HttpResponse:
    """Clients judged on a joint sheet: those never judged first, then the oldest sheet."""
    today = timezone.localdate()
    need = FirmSettings.current().anonymity_threshold
    mine = perms.clients_judged_for(request.user)
    found = listing(request, None, sheets.with_few_people(mine, today, need=need))
    context = {
        "page": found.page,
        "notices": found.notices,
        "charter": Charter.objects.newest(),
        "can_write": perms.can_write_sheets(request.user),
        "need": need,
    }
    return render(request, "clients/sheets.html", context)


@require_safe
@person_required()
def sheet_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The newest sheet of a client that counts, those before, then the withdrawn ones."""
    client = perms.judged_client_for(request.user, pk)
    rows = client.sheets.select_related("charter", "written_by", "withdrawn_by")
    rows = rows.order_by(F("withdrawn_at").asc(nulls_first=True), "-written_at", "-pk")
    found = listing(request, None, rows.prefetch_related("lines__value"))
    context = {
        "client": client,
        "page": found.page,
        "notices": found.notices,
        "can_withdraw": perms.can_write_sheets(request.user),
        "can_write": perms.can_write_sheets(request.user)
        and Charter.objects.newest() is not None
        and not sheets.refusal(client, timezone.localdate()),
    }
    return render(request, "clients/sheet.html", context)


@person_required()
def sheet_write(request: SignedInRequest, pk: int) -> HttpResponse:
    """Value by value, what the people there agree on: our side first, then the client's."""
    client = perms.client_to_judge_for(request.user, pk)
    charter = Charter.objects.newest()
    refusal = sheets.refusal(client, timezone.localdate())
    if charter is None or (refusal and request.method != "POST"):
        messages.warning(request, refusal or _("There is no charter to judge against yet."))
        return redirect(DETAIL, pk)
    form = SheetForm(posted(request), values=charters.chosen(charter))
    if accepted(
        form,
        lambda: sheets.write_sheet(
            client=client,
            charter=charter,
            lines=form.lines,
            by=request.user,
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("The sheet is kept. It can be read from now on."))
        return redirect(DETAIL, pk)
    context = {"form": form, "client": client, "charter": charter}
    return render(request, "clients/sheet_write.html", context)


@person_required()
def sheet_withdraw(request: SignedInRequest, pk: int, sheet_pk: int) -> HttpResponse:
    """Say what it means, then do it: a name stands in it, or it is wrong."""
    sheet = perms.sheet_to_withdraw_for(request.user, pk, sheet_pk)
    if sheet.withdrawn_at is not None:
        messages.warning(request, _("This sheet was withdrawn before."))
        return redirect(DETAIL, pk)
    if request.method == "POST":
        sheets.withdraw_sheet(sheet=sheet, by=request.user, now=timezone.now())
        messages.success(request, _("The sheet is withdrawn, and its sentences are erased."))
        return redirect(DETAIL, pk)
    lead = _(
        "For a sheet that names somebody, or is wrong. Its sentences are erased for good, and it "
        "no longer counts: the one before counts again, where there is one. Statuses counted "
        "with it stay as they are."
    )
    return form_page(
        request,
        Form(),
        title=_("Withdraw the sheet of %(day)s: %(name)s")
        % {"day": full_day(sheet.written_at), "name": sheet.client.name},
        lead=lead,
        submit=_("Withdraw this sheet"),
        back=reverse(DETAIL, args=[pk]),
    )
