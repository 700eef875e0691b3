"""Rights on stances: one's own, and what the people whom one leads share."""

from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.perms import Refused, managed_unit_ids
from clients.models import Client, ClientQuerySet, SectorWish, Stance


def can_say_stances(user: User) -> bool:
    """Whoever is sent to clients."""
    return user.is_consultant


def can_read_stances(user: User) -> bool:
    """Managers, of the people whom they lead."""
    return user.is_manager


def clients_to_stand_on(day: date) -> ClientQuerySet:
    """Those of today that are no products of our own."""
    return Client.objects.current(day).filter(kind=Client.Kind.EXTERNAL)


def client_to_stand_on_for(user: User, pk: int, *, day: date) -> Client:
    """A client about whom one may say something, else 404."""
    found = clients_to_stand_on(day).filter(pk=pk).first()
    if found is None or not can_say_stances(user):
        raise Refused("client", pk)
    return found


def own_stance_for(user: User, pk: int) -> Stance:
    """One's own stance, else 404."""
    found = Stance.objects.select_related("client").filter(pk=pk, person=user).first()
    if found is None:
        raise Refused("stance", pk)
    return found


def own_sector_wish_for(user: User, pk: int) -> SectorWish:
    """One's own wish, else 404."""
    found = SectorWish.objects.filter(pk=pk, person=user).first()
    if found is None:
        raise Refused("sector_wish", pk)
    return found


def shared_with(user: User) -> tuple[QuerySet[Stance], QuerySet[SectorWish]]:
    """What the people whom one leads share, never one's own."""
    if not can_read_stances(user):
        return Stance.objects.none(), SectorWish.objects.none()
    led = Q(person__manager=user) | Q(person__unit__in=managed_unit_ids(user))
    shown = led & ~Q(person=user) & Q(shared=True, person__is_active=True)
    stances = Stance.objects.filter(shown).select_related("person", "client")
    return stances, SectorWish.objects.filter(shown).select_related("person")
