"""People at clients who may be asked about the firm's work: declared, left out, ended, declined.

The audit log names a contact by the client's reference and a number, and keeps neither a name nor
an address: they are people of another firm.
"""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.models import User
from clients.history import differences
from clients.models import Contact

LOGGED = ("language", "left_out_because", "ended_on")
# From the day they are no longer asked, or their client's last one, leap days and all.
KEPT_AFTER_END = timedelta(days=366)  # 12 months


def save_contact(*, contact: Contact, actor: User | None, now: datetime) -> Contact:
    """Declare somebody, or change what is known of them."""
    contact.email = contact.email.casefold()
    with transaction.atomic():
        before = Contact.objects.select_for_update().filter(pk=contact.pk).first()
        changes = differences(before, contact) if before else {}
        if before and not changes:
            return contact
        contact.save()
        _write("edit" if before else "create", contact, changes, actor, now)
    return contact


def end_contact(*, contact: Contact, actor: User, now: datetime) -> None:
    """They have left, or are no longer the one to ask: from today on nobody asks them."""
    _set_end(contact, localdate(now), "end", actor, now)


def reopen_contact(*, contact: Contact, actor: User, now: datetime) -> None:
    """Undo an end; harmless where there is none."""
    _set_end(contact, None, "reopen", actor, now)


def decline(*, contact: Contact, now: datetime) -> None:
    """By their own link: never again, until they say otherwise by the same link."""
    _say(contact, now, now)


def accept_again(*, contact: Contact, now: datetime) -> None:
    """They take a refusal back themselves; nobody of the firm can."""
    _say(contact, None, now)


def forget_ended(*, now: datetime) -> int:
    """Erase who was there: name, address and reason. The row stays, so that counts stay.

    The address of whoever declined is kept alone, so that nobody declares them again.
    """
    today = localdate(now)
    over = Q(ended_on__lt=today - KEPT_AFTER_END) | Q(client__ended_on__lt=today - KEPT_AFTER_END)
    rows = Contact.objects.filter(over).exclude(name="").order_by()
    ended = Coalesce("ended_on", Value(today))
    nothing = {"name": "", "left_out_because": "", "ended_on": ended}
    refused = rows.filter(declined_at__isnull=False).update(**nothing)
    return refused + rows.filter(declined_at=None).update(email="", **nothing)


def refuse_taken(contact: Contact) -> None:
    """An address is declared once a client, ended contacts included: those are reopened."""
    same = Contact.objects.filter(client=contact.client_id, email=contact.email.casefold())
    if same.exclude(pk=contact.pk).exists():
        message = _("This address is declared for this client already, maybe as ended.")
        raise ValidationError({"email": message})


def _set_end(contact: Contact, day: date | None, word: str, actor: User, now: datetime) -> None:
    with transaction.atomic():
        row = Contact.objects.select_for_update().get(pk=contact.pk)
        if row.ended_on == day:
            return
        changes = {"ended_on": [str(row.ended_on or ""), str(day or "")]}
        row.ended_on = day
        row.save(update_fields=["ended_on"])
        _write(word, row, changes, actor, now)


def _say(contact: Contact, moment: datetime | None, now: datetime) -> None:
    with transaction.atomic():
        rows = Contact.objects.filter(pk=contact.pk, declined_at__isnull=moment is not None)
        if rows.update(declined_at=moment):
            _write("decline" if moment else "reopen", contact, {}, None, now)


def _write(
    word: str, row: Contact, changes: dict[str, list[str]], actor: User | None, now: datetime
) -> None:
    kept = {name: values for name, values in changes.items() if name in LOGGED}
    act = Act(word, object_kind="contact", object_ref=row.ref, changes=kept)
    record(act, actor=actor, now=now)
