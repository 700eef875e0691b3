"""Rights on clients as staffing data. No figure is read on these pages."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from accounts.models import OrgUnit, User
from accounts.perms import Refused, managed_unit_ids
from clients.models import Client, ClientQuerySet, Contact


def reads_staffing(user: User) -> bool:
    """Clients, missions and who works on them, across the firm."""
    return user.is_administrator or user.is_manager or user.is_referent


def clients_visible_to(user: User) -> ClientQuerySet:
    """All of them for those who read staffing; else those whose account one manages."""
    if reads_staffing(user):
        return Client.objects.all()
    return Client.objects.filter(account_manager=user)


def can_see_clients(user: User) -> bool:
    """The list of clients: consultants have none, unless they manage an account."""
    return reads_staffing(user) or Client.objects.filter(account_manager=user).exists()


def can_create_client(user: User) -> bool:
    """Administrators, and managers of at least one unit."""
    return user.is_administrator or bool(managed_unit_ids(user))


def can_lead_client(user: User, client: Client) -> bool:
    """End it, move it, staff it: administrators, and managers of the owning unit or above."""
    return user.is_administrator or client.unit_id in managed_unit_ids(user)


def can_edit_client(user: User, client: Client) -> bool:
    """Those who lead it, and its account manager."""
    return client.account_manager_id == user.pk or can_lead_client(user, client)


def led_among(user: User, clients: Iterable[Client]) -> set[int]:
    """Of these clients, those for which ``can_lead_client`` holds; for lists."""
    units = managed_unit_ids(user)
    return {row.pk for row in clients if user.is_administrator or row.unit_id in units}


def clients_editable_by(user: User) -> ClientQuerySet:
    """The clients for which ``can_edit_client`` holds."""
    if user.is_administrator:
        return Client.objects.all()
    return Client.objects.filter(Q(unit__in=managed_unit_ids(user)) | Q(account_manager=user))


def owning_units_for(user: User) -> QuerySet[OrgUnit]:
    """Units to which this person may give a client."""
    open_units = OrgUnit.objects.filter(ended_on__isnull=True)
    return (
        open_units if user.is_administrator else open_units.filter(pk__in=managed_unit_ids(user))
    )


def client_for(user: User, pk: int) -> Client:
    """A client whose staffing the reader may see, else 404."""
    client = clients_visible_to(user).select_related("unit", "account_manager").filter(pk=pk)
    found = client.first()
    if found is None:
        raise Refused("client", pk)
    return found


def client_to_edit_for(user: User, pk: int) -> Client:
    """The same, else 403 where the reader may only look."""
    client = client_for(user, pk)
    if not can_edit_client(user, client):
        raise PermissionDenied
    return client


def client_to_lead_for(user: User, pk: int) -> Client:
    """The same for those who may end it."""
    client = client_for(user, pk)
    if not can_lead_client(user, client):
        raise PermissionDenied
    return client


def contact_to_edit_for(user: User, client_pk: int, pk: int) -> Contact:
    """A contact of a client that the reader may edit; 404 where they may not even see it.

    Nobody edits one whose name is erased: whoever comes back is declared again.
    """
    client = client_to_edit_for(user, client_pk)
    known = Contact.objects.select_related("client").exclude(name="")
    found = known.filter(client=client, pk=pk).first()
    if found is None:
        raise Refused("contact", pk)
    return found
