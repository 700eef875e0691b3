"""Who may read which published figure (``decisions.md`` 10). The figures are the same for all."""

from datetime import datetime

from django.db.models import Q
from django.utils.timezone import localdate

from accounts.models import User
from clients.models import Client
from missions.models import Assignment
from scoring.models import ScopeKind

EVERYBODYS = (ScopeKind.FIRM, ScopeKind.PROFILE)


def can_read_all_figures(user: User) -> bool:
    """Managers and referents: firm, profiles, owning units, pools and all clients."""
    return user.is_manager or user.is_referent


def can_read_some_figures(user: User) -> bool:
    """Everybody but an administrator, who configures and reads none."""
    return not user.is_administrator


def own_client_refs(user: User) -> set[str]:
    """Clients at which the person is or was; an assignment to come opens nothing yet."""
    begun = Assignment.objects.filter(person=user, starts_on__lte=localdate())
    return set(begun.values_list("mission__client__ref", flat=True).distinct())


def readable_cells(user: User) -> Q:
    """The released cells this person may read, as one filter."""
    if not can_read_some_figures(user):
        return Q(pk__in=[])
    if can_read_all_figures(user):
        return Q()
    return Q(kind__in=EVERYBODYS) | Q(kind=ScopeKind.CLIENT, ref__in=own_client_refs(user))


def readable_declines(user: User) -> Q:
    """The early warnings this person may read: those of the clients whose figures they read."""
    if not can_read_some_figures(user):
        return Q(pk__in=[])
    return Q() if can_read_all_figures(user) else Q(ref__in=own_client_refs(user))


def readable_facts(user: User) -> Q:
    """What clients were judged to be, for those who may read these clients' figures."""
    if not can_read_some_figures(user):
        return Q(pk__in=[])
    return Q() if can_read_all_figures(user) else Q(client__ref__in=own_client_refs(user))


def readable_opinions(user: User, now: datetime) -> Q:
    """What clients think, as far as this person may read it by now.

    Whoever works at the client reads it once the survey is over; managers, referents, the account
    manager and those who were there, from the day that is kept with it. An administrator, never.
    """
    if not can_read_some_figures(user):
        return Q(pk__in=[])
    today = localdate(now)
    there = Assignment.objects.filter(person=user).during(today, today)
    out = Q(managers_from__lte=now)
    at_once = Q(ref__in=there.order_by().values("mission__client__ref"))
    if can_read_all_figures(user):
        return out | at_once
    held = set(Client.objects.filter(account_manager=user).values_list("ref", flat=True))
    return at_once | (out & Q(ref__in={"", *held, *own_client_refs(user)}))
