"""Who may read which published figure (``decisions.md`` 10). The figures are the same for all."""

from django.db.models import Q

from accounts.models import User
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
    """Clients at which the person is or was."""
    rows = Assignment.objects.filter(person=user).values_list("mission__client__ref", flat=True)
    return set(rows.distinct())


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
