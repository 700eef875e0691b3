"""Choosing when mails leave: the firm's slot and holidays, and units with a slot of their own."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.audit import Act, record
from accounts.models import OrgUnit, User
from surveys.models import MailSettings, UnitSlot


@transaction.atomic
def save_mail_settings(
    *, kept: MailSettings, changes: dict[str, Any], actor: User, now: datetime
) -> None:
    """The firm's one row; mails already due keep their moment."""
    kept.pk = 1
    kept.save()
    if changes:
        record(Act("edit", "mails", changes=changes), actor=actor, now=now)


@transaction.atomic
def save_unit_slot(*, slot: UnitSlot, changes: dict[str, Any], actor: User, now: datetime) -> None:
    """A unit, with those under it, has a slot of its own."""
    slot.save()
    if changes:
        record(Act("edit", "mails", slot.unit.ref, changes=changes), actor=actor, now=now)


@transaction.atomic
def drop_unit_slot(*, unit: OrgUnit, actor: User, now: datetime) -> None:
    """Back to the slot of the unit above, or the firm's."""
    gone, _each = UnitSlot.objects.filter(unit=unit).delete()
    if gone:
        record(Act("remove", "mails", unit.ref), actor=actor, now=now)
