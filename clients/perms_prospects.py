"""Rights on prospects, exceptions and paths: facts about firms, read by all who meet clients."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from accounts.models import User
from accounts.perms import Refused, managed_unit_ids
from clients.models import (
    CharterException,
    Client,
    ClientQuerySet,
    Path,
    PathQuerySet,
    PathRequest,
    Prospect,
)
from clients.perms import can_edit_client
from clients.perms_sheets import clients_judged_for


def can_meet_prospects(user: User) -> bool:
    """Consultants, managers and referents; an administrator meets no client."""
    return user.is_consultant or user.is_manager or user.is_referent


def can_decide_prospects(user: User) -> bool:
    """Managers of a unit: one of theirs will own the client."""
    return user.is_manager and bool(managed_unit_ids(user))


def prospect_for(user: User, pk: int) -> Prospect:
    """A prospect, for those who meet some, else 404."""
    rows = Prospect.objects.select_related("met_by", "decided_by", "client")
    found = rows.filter(pk=pk).first()
    if found is None or not can_meet_prospects(user):
        raise Refused("prospect", pk)
    return found


def prospect_to_decide_for(user: User, pk: int) -> Prospect:
    """The same, else 403 where one may only look."""
    found = prospect_for(user, pk)
    if not can_decide_prospects(user):
        raise PermissionDenied
    return found


def can_correct_prospect(user: User, prospect: Prospect) -> bool:
    """Whoever met it, those who decide on it, and referents."""
    return prospect.met_by_id == user.pk or user.is_referent or can_decide_prospects(user)


def prospect_to_correct_for(user: User, pk: int) -> Prospect:
    """The same, else 403 where one may only look."""
    found = prospect_for(user, pk)
    if not can_correct_prospect(user, found):
        raise PermissionDenied
    return found


def exceptable_clients(user: User) -> ClientQuerySet:
    """Clients for which this manager may write an exception: those of the units they lead."""
    if not user.is_manager:
        return Client.objects.none()
    return Client.objects.filter(unit__in=managed_unit_ids(user))


def exception_to_look_at_for(user: User, pk: int) -> CharterException:
    """An exception that one answers for: managers of the owning unit, and referents; else 403."""
    rows = CharterException.objects.select_related("client", "decided_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Refused("charter_exception", pk)
    if not can_look_again(user, found):
        raise PermissionDenied
    return found


def can_look_again(user: User, exception: CharterException) -> bool:
    """Who may say that it goes on, or that it is over."""
    return user.is_referent or exception.client.unit_id in led_if_manager(user)


def led_if_manager(user: User) -> set[int]:
    """Units (ids) that a manager leads; none for others."""
    return managed_unit_ids(user) if user.is_manager else set()


def paths_visible_to(user: User) -> PathQuerySet:
    """For those who meet clients: of prospects, and of clients that they read or hold the account
    of. That one is asked something tells where a client stands, which is read with its figure."""
    if not can_meet_prospects(user):
        return Path.objects.none()
    mine = (
        Q(client=None) | Q(client__in=clients_judged_for(user)) | Q(client__account_manager=user)
    )
    return Path.objects.filter(mine)


def can_walk(user: User, path: Path) -> bool:
    """Ask, note answers, end it: who leads or holds the client, met the prospect, or referents."""
    if user.is_referent:
        return True
    if path.client is not None:
        return not user.is_administrator and can_edit_client(user, path.client)
    return can_decide_prospects(user) or (
        path.prospect is not None and path.prospect.met_by_id == user.pk
    )


def path_for(user: User, pk: int) -> Path:
    """A path that one sees, else 404."""
    rows = paths_visible_to(user).select_related("client__unit", "prospect", "opened_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Refused("path", pk)
    return found


def path_to_walk_for(user: User, pk: int) -> Path:
    """The same, else 403 where one may only look."""
    found = path_for(user, pk)
    if not can_walk(user, found):
        raise PermissionDenied
    return found


def request_to_answer_for(user: User, pk: int) -> PathRequest:
    """A request on a path that one walks, else 404, else 403."""
    found = PathRequest.objects.filter(pk=pk, path__in=paths_visible_to(user)).first()
    if found is None:
        raise Refused("path_request", pk)
    found.path = path_to_walk_for(user, found.path_id)
    return found


def clients_to_walk_with(user: User) -> ClientQuerySet:
    """Clients for which this person may open a path."""
    if user.is_administrator or not can_meet_prospects(user):
        return Client.objects.none()
    if user.is_referent:
        return Client.objects.all()
    return Client.objects.filter(Q(unit__in=led_if_manager(user)) | Q(account_manager=user))
