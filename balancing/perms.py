"""Rights on loads: the person at once, their managers 7 days after the round's close."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from accounts.models import User, UserQuerySet
from accounts.perms import Refused, can_manage_person, managed_unit_ids, with_sub_units
from balancing.models import Rotation, RotationMove, RotationRun

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


def can_write_status_rule(user: User) -> bool:
    """What "virtuous" takes, and the aim: the referent, for the firm; everybody reads it."""
    return user.is_referent


# --- rotations -------------------------------------------------------------------------------


def can_plan_rotations(user: User) -> bool:
    """Ask which rotations would help: who reads loads, for the people of theirs."""
    return can_read_loads(user)


def people_to_rotate(user: User) -> UserQuerySet:
    """Consultants whom this manager leads."""
    led = Q(unit__in=managed_unit_ids(user)) | Q(manager=user)
    if not can_plan_rotations(user):
        return User.objects.none()
    return User.objects.consultants().filter(led).exclude(pk=user.pk).order_by("pk")


def run_for(user: User, pk: int) -> RotationRun:
    """One's own question, else 404."""
    run = RotationRun.objects.filter(pk=pk, asked_by=user).first()
    if run is None or not can_plan_rotations(user):
        raise Refused("rotation_run", pk)
    return run


def rotations_of(user: User) -> QuerySet[Rotation]:
    """Those that this manager asked for, as long as they lead managers' work."""
    if not can_plan_rotations(user):
        return Rotation.objects.none()
    return Rotation.objects.filter(run__asked_by=user)


def rotation_to_decide_for(user: User, pk: int) -> Rotation:
    """A rotation that one asked for, all of whose people one still leads; else 404, else 403."""
    rotation = rotations_of(user).filter(pk=pk).prefetch_related("moves__person").first()
    if rotation is None:
        raise Refused("rotation", pk)
    if not all(can_manage_person(user, move.person) for move in rotation.moves.all()):
        raise PermissionDenied
    return rotation


def moves_about(user: User) -> QuerySet[RotationMove]:
    """One's own part in rotations that are, or were, talked over: never in a mere proposal."""
    states = Rotation.State
    shown = [states.TALKING, states.AGREED, states.REFUSED, states.SET_ASIDE]
    talked = Q(rotation__talked_at__isnull=False, rotation__state__in=shown)
    return RotationMove.objects.filter(talked, person=user)


def move_for(user: User, pk: int) -> RotationMove:
    """One's own part, else 404."""
    rows = moves_about(user).select_related("rotation__run__asked_by", "leaves__client")
    move = rows.select_related("takes__client").filter(pk=pk).first()
    if move is None:
        raise Refused("rotation_move", pk)
    return move
