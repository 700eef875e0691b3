"""The firm's own choices, and the people one may ask to talk to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.audit import Act, record
from accounts.models import FirmSettings, TalkContact, User

# What the settings page may change. Not the threshold, which takes two people: threshold.py; nor
# the demand maximum, which changes with the points of the facts, once seen what it would do.
SETTINGS = (
    "name", "consulted_on", "participation_floor", "digest_weekday", "digest_at",
    "help_email", "privacy_email",
)  # fmt: skip
# What the page of the calendar may change; it stands a floor above, beside the rounds.
CALENDAR = ("first_round_on", "cadence_weeks", "open_days", "opens_at", "rounds_per_period")
FULL_PERIOD_WEEKS = 12
SHORT_PERIOD_WEEKS = 4
SHORT_PERIOD_PEOPLE = 200
SHORT_PERIOD_ROUNDS = 6


def short_period_allowed(*, people: int, closed_rounds: int) -> bool:
    """Four weeks' worth of rounds a period: enough people, and enough history.

    >>> short_period_allowed(people=200, closed_rounds=6)
    True
    >>> short_period_allowed(people=199, closed_rounds=6)
    False
    """
    return people >= SHORT_PERIOD_PEOPLE and closed_rounds >= SHORT_PERIOD_ROUNDS


def period_length_allowed(*, rounds: int, cadence_weeks: int, short: bool) -> bool:
    """A period holds 12 weeks' worth of rounds or more; 4 weeks' worth where ``short``.

    >>> period_length_allowed(rounds=3, cadence_weeks=4, short=False)
    True
    >>> period_length_allowed(rounds=1, cadence_weeks=4, short=False)
    False
    """
    weeks = rounds * cadence_weeks
    return weeks >= (SHORT_PERIOD_WEEKS if short else FULL_PERIOD_WEEKS)


@transaction.atomic
def save_settings(
    *,
    firm: FirmSettings,
    changes: dict[str, Any],
    actor: User,
    now: datetime,
    fields: Sequence[str] = SETTINGS,
) -> FirmSettings:
    """Store these fields of the firm's one row.

    The threshold is left alone: a page opened before a raise must not bring the old one back.
    """
    FirmSettings.objects.get_or_create(pk=1)
    firm.pk = 1
    firm.save(update_fields=fields)
    if changes:
        record(Act("edit", "settings", changes=changes), actor=actor, now=now)
    return firm


@transaction.atomic
def set_demand_maximum(*, maximum: int, actor: User | None, now: datetime) -> None:
    """How many points make a demand of 10."""
    FirmSettings.objects.get_or_create(pk=1)
    firm = FirmSettings.objects.select_for_update().get(pk=1)
    if firm.demand_maximum == maximum:
        return
    changes = {"demand_maximum": [str(firm.demand_maximum), str(maximum)]}
    firm.demand_maximum = maximum
    firm.save(update_fields=["demand_maximum"])
    record(Act("edit", "settings", changes=changes), actor=actor, now=now)


@transaction.atomic
def save_talk_contact(
    *, contact: TalkContact, changes: dict[str, Any], actor: User, now: datetime
) -> TalkContact:
    """Put somebody on the list, or change how they are introduced."""
    action = "edit" if contact.pk else "create"
    contact.save()
    if changes:
        about = contact.person
        act = Act(action, "talk_contact", about.ref, about=about, changes=changes)
        record(act, actor=actor, now=now)
    return contact


@transaction.atomic
def remove_talk_contact(*, contact: TalkContact, actor: User, now: datetime) -> None:
    """Take somebody off the list."""
    about = contact.person
    contact.delete()
    record(Act("remove", "talk_contact", about.ref, about=about), actor=actor, now=now)
