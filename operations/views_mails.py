"""The administrator's page on mails: what left, whose address refuses, and the demo's own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.perms import can_configure, person_required, signed_in
from operations import outbox
from operations.bounces import trust_again
from operations.perms import given_up_for, mail_for


@person_required(can_configure)
def mail_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "rounds": outbox.rounds(now=now),
        "others": [one for one in outbox.others() if one.sent],
        "refusals": outbox.refusals(now=now),
        "is_demo": outbox.is_shown(),
        "mails": outbox.sent_mails(),
    }
    return render(request, "operations/mail_list.html", context)


@require_POST
@person_required(can_configure)
def address_trust(request: HttpRequest, pk: int) -> HttpResponse:
    """An address that was given up is right after all."""
    user, now = signed_in(request), timezone.now()
    person = given_up_for(user, pk, now=now)
    trust_again(person=person, actor=user, now=now)
    said = _("The next mails to %(name)s leave again.") % {"name": person.full_name}
    messages.success(request, said)
    return redirect("operations:mail_list")


@person_required(can_configure)
def mail_detail(request: HttpRequest, key: str) -> HttpResponse:
    """A mail of the demo: its headers and its text."""
    mail = mail_for(signed_in(request), key)
    return render(request, "operations/mail_detail.html", {"mail": mail})


@person_required(can_configure)
def mail_page(request: HttpRequest, key: str) -> HttpResponse:
    """The page beside the text, as a mailbox shows it: a mail's page has no style of its own."""
    return HttpResponse(mail_for(signed_in(request), key).html)
