"""Rights on people, units, settings and the audit log.

Scope comes from the tree of units: a manager manages units, sub-units included.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import OrgUnit, User

View = Callable[..., HttpResponse]


class SignedInRequest(HttpRequest):
    """A request behind ``person_required``: its user is a person."""

    user: User  # type: ignore[assignment] -- the decorator has checked it


def person_required(allowed: Callable[[User], bool] | None = None) -> Callable[[View], View]:
    """Sign-in first, then one sentence of right; not allowed is 403."""

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if allowed is not None and not allowed(signed_in(request)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def signed_in(request: HttpRequest) -> User:
    """The person behind a request that passed the sign-in."""
    user = request.user
    if isinstance(user, AnonymousUser):
        raise PermissionDenied
    return user


def unit_tree() -> dict[int | None, list[int]]:
    """Children of each unit, by id; the roots under None. One query."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in OrgUnit.objects.values_list("pk", "parent_id"):
        children[parent].append(pk)
    return children


def with_sub_units(unit_ids: set[int]) -> set[int]:
    """These units and everything under them."""
    children = unit_tree()
    found: set[int] = set()
    waiting = list(unit_ids)
    while waiting:
        unit = waiting.pop()
        if unit not in found:
            found.add(unit)
            waiting.extend(children[unit])
    return found


def managed_unit_ids(user: User) -> set[int]:
    """Units that this person manages, sub-units included; empty for other roles."""
    if not user.is_manager:
        return set()
    own = set(OrgUnit.objects.filter(manager=user).values_list("pk", flat=True))
    return with_sub_units(own) if own else set()


def manages_root(user: User) -> bool:
    """The direction: manager of a unit without a parent."""
    return user.is_manager and OrgUnit.objects.filter(manager=user, parent=None).exists()


def people_visible_to(user: User) -> QuerySet[User]:
    """Whose staffing a person may see: all for administrators and referents, one's units'
    people and reports for a manager, oneself otherwise."""
    if user.is_administrator or user.is_referent:
        return User.objects.all()
    mine = Q(pk=user.pk)
    if user.is_manager:
        mine |= Q(unit__in=managed_unit_ids(user)) | Q(manager=user)
    return User.objects.filter(mine)


def can_manage_person(user: User, person: User) -> bool:
    """Is this person's load the reader's business: own manager, or their unit's, or above?"""
    if not user.is_manager or user.pk == person.pk:
        return False
    return person.manager_id == user.pk or person.unit_id in managed_unit_ids(user)


def manager_of(person: User) -> User | None:
    """The person's own manager, else the nearest up the tree of units (never themself)."""
    if person.manager_id:
        return person.manager
    unit = person.unit
    while unit is not None:
        if unit.manager_id and unit.manager_id != person.pk:
            return unit.manager
        unit = unit.parent
    return None


def can_configure(user: User) -> bool:
    """People, units, settings, questions, imports."""
    return user.is_administrator


def can_read_figures(user: User) -> bool:
    """Firm, profiles, owning units and all clients."""
    return user.is_manager or user.is_referent


def person_for(user: User, pk: int) -> User:
    """A person whom the reader may see, else 404."""
    person = people_visible_to(user).filter(pk=pk).first()
    if person is None:
        raise Http404
    return person
