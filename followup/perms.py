"""Rights on alerts (``decisions.md`` 20): the person at once, their managers 7 days later, the
referent where it is passed on; clients and the firm are the managers' and the referents'."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from accounts.models import OrgUnit, User
from accounts.perms import Led, Refused, led_units
from followup.models import Alert
from scoring.perms import can_read_all_figures

NOBODY = Q(pk__in=[])


def can_list_alerts(user: User) -> bool:
    """Managers, referents, and consultants for what is about themselves."""
    return user.is_manager or user.is_referent or user.is_consultant


def alerts_visible_to(user: User, now: datetime) -> QuerySet[Alert]:
    """About oneself, about the people whom one leads, about clients and the firm."""
    seen = Q(person=user) | _led_people(user, led_units(user), now) | _passed_on(user)
    if can_read_all_figures(user):
        seen |= Q(person__isnull=True)
    return Alert.objects.filter(seen)


def alerts_to_act_on(user: User, now: datetime) -> QuerySet[Alert]:
    """Of these, the ones this person may decide. Never one about oneself."""
    led = led_units(user)
    mine = _led_people(user, led, now) | _passed_on(user) | _clients(user, led)
    if led.root:
        mine |= Q(firm=True)
    return Alert.objects.filter(mine)


def _led_people(user: User, units: Led, now: datetime) -> Q:
    """The same people as ``accounts.perms.can_manage_person``, once their week is over."""
    if not user.is_manager:
        return NOBODY
    led = Q(person__unit__in=units.ids) | Q(person__manager=user)
    return led & ~Q(person=user) & Q(managers_from__lte=now)


def _passed_on(user: User) -> Q:
    if not user.is_referent:
        return NOBODY
    return Q(person__isnull=False, passed_on_at__isnull=False) & ~Q(person=user)


def _clients(user: User, led: Led) -> Q:
    """Managers of the owning unit or above, the account manager, referents; an account manager
    who may not read all figures has none to act on."""
    if user.is_referent:
        return Q(client__isnull=False)
    if not can_read_all_figures(user):
        return NOBODY
    return Q(client__unit__in=led.ids) | Q(client__account_manager=user)


def alert_for(user: User, pk: int, *, now: datetime) -> Alert:
    """An alert that one may read, else 404, written down."""
    rows = alerts_visible_to(user, now).select_related(
        "person", "client", "owner", "opened_round", "seen_round", "closed_by"
    )
    alert = rows.filter(pk=pk).first()
    if alert is None:
        raise Refused("alert", pk)
    return alert


def alert_to_act_on_for(user: User, pk: int, *, now: datetime) -> Alert:
    """The same, else 403 where the reader may only look."""
    alert = alert_for(user, pk, now=now)
    if not can_act_on(user, alert, now=now):
        raise PermissionDenied
    return alert


def can_act_on(user: User, alert: Alert, *, now: datetime) -> bool:
    return alerts_to_act_on(user, now).filter(pk=alert.pk).exists()


def owners_of(alert: Alert, day: date) -> QuerySet[User]:
    """Who may be given an alert: those who may act on it and are there."""
    if alert.person is not None:
        named = {alert.person.manager_id, *_managers_above(alert.person.unit_id)}
        referents = alert.passed_on_at is not None
    elif alert.client is not None:
        named = {alert.client.account_manager_id, *_managers_above(alert.client.unit_id)}
        referents = True
    else:
        roots = OrgUnit.objects.filter(parent=None)
        named, referents = set(roots.values_list("manager_id", flat=True)), False
    able = Q(pk__in=[pk for pk in named if pk is not None], is_manager=True)
    if referents:
        able |= Q(is_referent=True)
    return User.objects.present(day).filter(able & ~Q(pk=alert.person_id or 0))


def _managers_above(unit: int | None) -> set[int | None]:
    """Managers of a unit and of those over it."""
    above = {pk: (parent, manager) for pk, parent, manager in OrgUnit.objects.values_list(
        "pk", "parent_id", "manager_id"
    )}  # fmt: skip
    found: set[int | None] = set()
    while unit is not None and unit in above:
        unit, manager = above.pop(unit)
        found.add(manager)
    return found
