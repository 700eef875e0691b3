"""Rights on loads: the person at once, their managers 7 days after the round's close."""

from datetime import timedelta

from django.db.models import Q

from accounts.models import User
from accounts.perms import managed_unit_ids, with_sub_units

# The person hears of it first, and has a week to think about it.
MANAGERS_WAIT = timedelta(days=7)


def can_read_loads(user: User) -> bool:
    """The load page: managers. The referent is told of an alert where it is passed on."""
    return user.is_manager


def people_led_by(user: User, *, unit: int | None = None) -> Q:
    """Loads of the people of one's units, sub-units included, and of one's reports.

    With ``unit``, of those in that unit and under it. Nobody, for those who manage nobody.
    """
    if not can_read_loads(user):
        return Q(pk__in=[])
    led = Q(person__unit__in=managed_unit_ids(user)) | Q(person__manager=user)
    if unit is None:
        return led
    return led & Q(person__unit__in=with_sub_units({unit}))
