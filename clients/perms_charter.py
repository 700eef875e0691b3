"""Rights on the values charter: everybody reads and chooses, the referent writes."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.perms import Refused
from clients.models import Charter, CharterLink, CharterValue, Client, Objection


def can_lead_charter(user: User) -> bool:
    """Open the choice, write a version after the count, publish it."""
    return user.is_referent


def can_send_charter(user: User) -> bool:
    """Personal links for clients and prospects: who meets them, and the referent."""
    return user.is_referent or user.is_manager or accounts_held(user)


def accounts_held(user: User) -> bool:
    """Do they manage a client's account?"""
    return Client.objects.filter(account_manager=user).exists()


def charter_links_visible_to(user: User) -> QuerySet[CharterLink]:
    """All for referents and managers; else one's own, and those of the accounts one manages."""
    if user.is_referent or user.is_manager:
        return CharterLink.objects.all()
    return CharterLink.objects.filter(Q(made_by=user) | Q(client__account_manager=user))


def charter_link_for(user: User, pk: int) -> CharterLink:
    """A link that one sees, else 404."""
    found = charter_links_visible_to(user).filter(pk=pk).first()
    if found is None or not can_send_charter(user):
        raise Refused("charter_link", pk)
    return found


def charter_for(number: int) -> Charter:
    """A published version, for everybody who is signed in; else 404."""
    found = Charter.objects.published().filter(number=number).first()
    if found is None:
        raise Refused("charter", number)
    return found


def live_value_for(pk: int) -> CharterValue:
    """A proposal of the version at work, for everybody; else 404."""
    rows = CharterValue.objects.select_related("charter")
    found = rows.filter(pk=pk, charter__is_live=True).first()
    if found is None:
        raise Refused("charter_value", pk)
    return found


def value_to_take_back_for(user: User, pk: int) -> CharterValue:
    """One's own proposal, else 403."""
    value = live_value_for(pk)
    if value.proposed_by_id != user.pk:
        raise PermissionDenied
    return value


def value_to_write_for(user: User, pk: int) -> CharterValue:
    """A proposal, for those who write the version; else 403."""
    value = live_value_for(pk)
    if not can_lead_charter(user):
        raise PermissionDenied
    return value


def objection_to_answer_for(user: User, pk: int) -> Objection:
    """What somebody is against, for those who write the version; else 404, else 403."""
    rows = Objection.objects.select_related("value__charter")
    found = rows.filter(pk=pk, value__charter__is_live=True).first()
    if found is None:
        raise Refused("objection", pk)
    if not can_lead_charter(user):
        raise PermissionDenied
    return found
