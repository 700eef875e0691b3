"""« Are there enough virtuous clients? », for everybody, as a page and a file; and the rule."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.perms import SignedInRequest, person_required, signed_in
from balancing import status_rules
from balancing.maths.status import Rule
from balancing.models import StatusRule
from balancing.perms import can_write_status_rule
from balancing.portfolio import rule_in_force
from clients.models import Charter
from clients.perms_prospects import can_meet_prospects
from core.moving import OvertakenError
from core.pages import form_page
from core.posting import posted
from core.tables import attachment
from dashboards import enough_export, perms
from dashboards.enough import SHOWN, enough_of
from dashboards.enough_meaning import decided, meant_of
from dashboards.figures_page import file_of, page_of
from dashboards.forms_enough import rule_form
from dashboards.names import load_names

PAGE = "dashboards:enough"


@require_safe
@person_required(perms.can_read_firm)
def enough(request: HttpRequest) -> HttpResponse:
    """The answer, its curve, the other days, what virtuous means, and what is being decided."""
    page = page_of(request)
    found = None
    if page.edition:
        found = enough_of(viewer=page.person, edition=page.edition, names=page.names, most=SHOWN)
    context = {
        "can_meet": can_meet_prospects(page.person),
        "can_write": can_write_status_rule(page.person),
        "choosing": Charter.objects.choosing(page.today),
        "decided": decided(now=page.now, today=page.today),
        "found": found,
        "meant": found.meant if found else meant_of(Rule()),
    }
    return page.render("dashboards/enough.html", context)


@require_safe
@person_required(perms.can_read_firm)
def enough_export_file(request: HttpRequest) -> HttpResponse:
    """The same as a file, of one published period; it is written down."""
    edition, file_type = file_of(request)
    content = enough_export.export(
        viewer=signed_in(request),
        edition=edition,
        names=load_names(),
        file_type=file_type,
        now=timezone.now(),
    )
    name = f"{_('virtuous-clients')}-{edition.chosen.starts_on}.{file_type}"
    return attachment(content, file_type, name)


# --- the rule and the aim --------------------------------------------------------------------


@person_required(can_write_status_rule)
def status_rule(request: SignedInRequest) -> HttpResponse:
    """Another version of the rule or of the aim, for the next figures."""
    form = rule_form(posted(request), rule_in_force())
    if form.is_valid():
        try:
            status_rules.write(
                rule=form.instance,
                seen=form.cleaned_data["seen"],
                by=request.user,
                now=timezone.now(),
            )
        except OvertakenError:
            form.show_on(rule_in_force())
        else:
            said = _("Written. The aim stands at once; the rest counts from the next figures on.")
            messages.success(request, said)
            return redirect(PAGE)
    return form_page(
        request,
        form,
        back=reverse(PAGE),
        title=_("What “virtuous” takes, and the aim"),
        submit=_("Write this version"),
        lead=_(
            "Everybody reads it, with your name and the date. Statuses already published do not"
            " change. It can be taken back until figures rest on it."
        ),
    )


@require_POST
@person_required(can_write_status_rule)
def status_rule_undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the newest version back, while no figures rest on it."""
    rule = get_object_or_404(StatusRule, pk=pk)
    if status_rules.take_back(rule=rule, by=request.user, now=timezone.now()):
        messages.success(request, _("Taken back: the version before stands again."))
    else:
        messages.info(request, _("Figures rest on it, or another version was written since."))
    return redirect(PAGE)
