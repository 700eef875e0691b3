"""Rights on people, units, settings and the audit log.

Scope comes from the tree of units: a manager manages units, sub-units included.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import AuditEntry, OrgUnit, TalkContact, ThresholdChange, User

View = Callable[..., HttpResponse]
# What an administrator sets up; the audit lines on these are theirs to read back.
CONFIGURATION = frozenset(
    {
        "person", "unit", "settings", "client", "contact", "mission", "profile", "assignment",
        "absence", "demand_fact", "dimension", "question", "questionnaire", "import", "export",
        "threshold", "contest", "mails", "mail_trial", "revenue",
    }
)  # fmt: skip


class Refused(Http404):
    """An object that is not the reader's, or does not exist: the same 404, and one audit line."""

    def __init__(self, kind: str, ref: object) -> None:
        super().__init__(kind)
        self.kind = kind
        self.ref = ref


class SignedInRequest(HttpRequest):
    """A request behind ``person_required``: its user is a person."""

    user: User


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


def with_sub_units(unit_ids: set[int]) -> set[int]:
    """These units and everything under them. One query."""
    return _downwards(unit_ids, _children(OrgUnit.objects.values_list("pk", "parent_id")))


@dataclass(frozen=True, slots=True)
class Led:
    """Units that a person manages, sub-units included; ``root``: a unit without a parent."""

    ids: frozenset[int]
    root: bool


def led_units(user: User) -> Led:
    """What a manager leads; nothing for other roles. One query."""
    if not user.is_manager:
        return Led(frozenset(), root=False)
    rows = list(OrgUnit.objects.values_list("pk", "parent_id", "manager_id"))
    own = {pk: parent for pk, parent, manager in rows if manager == user.pk}
    children = _children((pk, parent) for pk, parent, _manager in rows)
    return Led(frozenset(_downwards(own, children)), root=None in own.values())


def managed_unit_ids(user: User) -> set[int]:
    """Units that this person manages, sub-units included; empty for other roles."""
    return set(led_units(user).ids)


def manages_root(user: User) -> bool:
    """The direction: manager of a unit without a parent."""
    return led_units(user).root


def _children(rows: Iterable[tuple[int, int | None]]) -> dict[int | None, list[int]]:
    children: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in rows:
        children[parent].append(pk)
    return children


def _downwards(unit_ids: Iterable[int], children: dict[int | None, list[int]]) -> set[int]:
    found: set[int] = set()
    waiting = list(unit_ids)
    while waiting:
        unit = waiting.pop()
        if unit not in found:
            found.add(unit)
            waiting.extend(children.get(unit, ()))
    return found


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
    seen: set[int] = set()
    while unit is not None and unit.pk not in seen:
        if unit.manager_id and unit.manager_id != person.pk:
            return unit.manager
        seen.add(unit.pk)
        unit = unit.parent
    return None


def can_configure(user: User) -> bool:
    """People, units, settings, questions, imports."""
    return user.is_administrator


def can_read_figures(user: User) -> bool:
    """Firm, profiles, owning units and all clients."""
    return user.is_manager or user.is_referent


def can_read_people(user: User) -> bool:
    """The list of people and the tree of units, within ``people_visible_to``."""
    return user.is_administrator or user.is_referent or user.is_manager


def can_keep_talk_contacts(user: User) -> bool:
    """The list of people one may ask to talk to."""
    return user.is_referent


def can_propose_threshold(user: User) -> bool:
    """Ask for more people a figure."""
    return user.is_administrator


def can_confirm_threshold(user: User) -> bool:
    """The second key: nobody who is an administrator can hold it."""
    return user.is_referent and not user.is_administrator


def can_read_threshold_changes(user: User) -> bool:
    """What was proposed and decided, with its reason."""
    return can_propose_threshold(user) or can_confirm_threshold(user)


def can_read_audit(user: User) -> bool:
    """Lines about others, within ``audit_visible_to``."""
    return user.is_referent or user.is_administrator


def can_read_changes(user: User) -> bool:
    """Old and new values of configuration; a referent reads who, what and when alone."""
    return user.is_administrator


def units_visible_to(user: User) -> QuerySet[OrgUnit]:
    """All units for administrators and referents, one's own tree for a manager."""
    if user.is_administrator or user.is_referent:
        return OrgUnit.objects.all()
    return OrgUnit.objects.filter(pk__in=managed_unit_ids(user))


def audit_visible_to(user: User) -> QuerySet[AuditEntry]:
    """Every line for a referent, those of the configuration for an administrator."""
    if user.is_referent:
        return AuditEntry.objects.all()
    if user.is_administrator:
        return AuditEntry.objects.filter(object_kind__in=CONFIGURATION).exclude(action="refused")
    return AuditEntry.objects.none()


def audit_on(user: User) -> QuerySet[AuditEntry]:
    """What was written down about a person, and what they did themself."""
    return AuditEntry.objects.filter(Q(about=user) | Q(actor=user))


def person_for(user: User, pk: int) -> User:
    """A person whom the reader may see, else 404."""
    person = people_visible_to(user).select_related("unit", "manager").filter(pk=pk).first()
    if person is None:
        raise Refused("person", pk)
    return person


def person_to_edit(user: User, pk: int) -> User:
    """A person whom the reader may change; visible but read-only is 403."""
    person = person_for(user, pk)
    if not can_configure(user):
        raise PermissionDenied
    return person


def unit_for(user: User, pk: int) -> OrgUnit:
    """A unit whose people the reader may see, else 404."""
    unit = units_visible_to(user).select_related("manager", "parent").filter(pk=pk).first()
    if unit is None:
        raise Refused("unit", pk)
    return unit


def unit_to_edit(user: User, pk: int) -> OrgUnit:
    """A unit that the reader may change; visible but read-only is 403."""
    unit = unit_for(user, pk)
    if not can_configure(user):
        raise PermissionDenied
    return unit


def talk_contact_for(user: User, pk: int) -> TalkContact:
    """Somebody of the list, for who keeps it, else 404."""
    found = TalkContact.objects.select_related("person").filter(pk=pk).first()
    if found is None or not can_keep_talk_contacts(user):
        raise Refused("talk_contact", pk)
    return found


def threshold_change_for(user: User, pk: int) -> ThresholdChange:
    """A proposal or its outcome, for those who propose and confirm, else 404."""
    found = ThresholdChange.objects.select_related("proposed_by", "decided_by").filter(pk=pk)
    change = found.first()
    if change is None or not can_read_threshold_changes(user):
        raise Refused("threshold", pk)
    return change


def threshold_change_to_confirm(user: User, pk: int) -> ThresholdChange:
    """One to confirm or decline: by another person than who proposed it; read-only is 403."""
    change = threshold_change_for(user, pk)
    if not can_confirm_threshold(user) or change.proposed_by_id == user.pk:
        raise PermissionDenied
    return change


def threshold_change_to_withdraw(user: User, pk: int) -> ThresholdChange:
    """One to take back, by any administrator; read-only is 403."""
    change = threshold_change_for(user, pk)
    if not can_propose_threshold(user):
        raise PermissionDenied
    return change
