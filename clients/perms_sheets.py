"""Rights on charter sheets of clients: read like a client's figures; the referent writes them, and
withdraws them."""

from django.core.exceptions import PermissionDenied
from django.utils.timezone import localdate

from accounts.models import User
from accounts.perms import Refused
from clients.models import Client, ClientQuerySet, ClientSheet


def can_read_sheets(user: User) -> bool:
    """Everybody but an administrator, who configures and reads no client's."""
    return not user.is_administrator


def can_write_sheets(user: User) -> bool:
    """The referent holds the pen."""
    return user.is_referent


def clients_judged_for(user: User) -> ClientQuerySet:
    """All of them for managers and referents; else those at which the person is or was: one to
    come opens nothing yet.

    Missions live above; their tables are reached by name, never imported.
    """
    if not can_read_sheets(user):
        return Client.objects.none()
    if user.is_manager or user.is_referent:
        return Client.objects.all()
    there = Client.objects.filter(
        missions__assignments__person=user, missions__assignments__starts_on__lte=localdate()
    )
    return Client.objects.filter(pk__in=there.order_by().values("pk"))


def judged_client_for(user: User, pk: int) -> Client:
    """A client whose sheets the person reads, else 404."""
    found = clients_judged_for(user).filter(pk=pk).first()
    if found is None:
        raise Refused("sheet", pk)
    return found


def client_to_judge_for(user: User, pk: int) -> Client:
    """The same for the one who writes, else 403."""
    found = judged_client_for(user, pk)
    if not can_write_sheets(user):
        raise PermissionDenied
    return found


def sheet_to_withdraw_for(user: User, client_pk: int, pk: int) -> ClientSheet:
    """One sheet of a client, for the one who writes them; a withdrawn one is found too."""
    client = client_to_judge_for(user, client_pk)
    known = ClientSheet.objects.select_related("client")
    found = known.filter(client=client, pk=pk).first()
    if found is None:
        raise Refused("sheet", client_pk)
    return found
