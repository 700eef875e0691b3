"""Writing and sending the mails to contacts of clients (``surveys.client_mails``): one link each.

They are no people of the firm, so the budget of mails per person is the survey's own: a first
message, one reminder, and a new link when they ask for one.
"""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import FirmSettings
from core.letters import Letter, headers
from core.outgoing import claim, finish
from operations.mails import each, message
from surveys import client_mails
from surveys.client_links import address_of
from surveys.models import AskingMail

State, Kind = AskingMail.State, AskingMail.Kind


def send_due(*, now: datetime) -> str:
    """The mail of every contact who may be written to now."""
    sent = each(client_mails.due(now=now), lambda one: _send(one, now), now=now)
    return f"{sent} mail(s) to clients sent" if sent else ""


def _send(mail: AskingMail, now: datetime) -> bool:
    """Claim it, send it, say so; False where another worker has it, or there is nothing to say."""
    if not claim(mail, now=now):
        return False
    if not client_mails.is_wanted(mail, now=now):
        finish(mail, State.OVER, now=now)
        return False
    message(letter(mail)).send()
    finish(mail, State.SENT, now=now)
    return True


def letter(mail: AskingMail) -> Letter:
    """In the contact's language; a mailbox keeps one of two with the same Message-ID."""
    asking = mail.asking
    contact = asking.contact
    stop = address_of(asking, "surveys:opinion_stop")
    with override(contact.language):
        context = {
            "contact": contact,
            "client": contact.client,
            "reader": contact.client.account_manager,
            "closes_at": asking.survey.round.closes_at,
            "url": address_of(asking),
            "stop_url": stop,
            "is_reminder": mail.kind == Kind.REMINDER,
            "firm_name": FirmSettings.current().name or settings.PRODUCT_NAME,
            "subject": _("Your opinion on our work for %(client)s")
            % {"client": contact.client.name},
        }
        return Letter(
            to=contact.email,
            subject=str(context["subject"]),
            text=render_to_string("operations/mail/opinion.txt", context),
            html=render_to_string("operations/mail/opinion.html", context),
            headers=headers(f"opinion.{asking.pk}.{mail.kind}", to=contact.email, stop_url=stop),
        )
