"""Rights on alerts (``decisions.md`` 20): the person at once, their managers 7 days later, the
referent where it is passed on; clients, missions, units and the firm are the managers' and the
referents'. How alerts fare on the whole is counted for the administrator, who reads none."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from accounts.models import OrgUnit, User
from accounts.perms import Led, Refused, led_units
from followup.models import Alert, PromiseIdea
from scoring.perms import can_read_all_figures

NOBODY = Q(pk__in=[])


def can_list_alerts(user: User) -> bool:
    """Managers, referents, and consultants for what is about themselves."""
    return user.is_manager or user.is_referent or user.is_consultant


def can_read_quality(user: User) -> bool:
    """How many alerts were opened, acted on, closed: counts, no person and no client."""
    return user.is_administrator


def can_keep_promises(user: User) -> bool:
    """Who writes down what the firm promises, and answers ideas for it: the referents. Everybody
    reads them, and how often they were kept."""
    return user.is_referent


def idea_of(user: User, pk: int) -> PromiseIdea:
    """One's own, else 404."""
    row = PromiseIdea.objects.filter(pk=pk, author=user).first()
    if row is None:
        raise Refused("promise_idea", pk)
    return row


def alerts_visible_to(user: User, now: datetime) -> QuerySet[Alert]:
    """About oneself, about the people whom one leads, about all that is not a person."""
    seen = Q(person=user) | _led_people(user, led_units(user), now) | _passed_on(user)
    if can_read_all_figures(user):
        seen |= Q(person__isnull=True)
    return Alert.objects.filter(seen)


def alerts_to_act_on(user: User, now: datetime) -> QuerySet[Alert]:
    """Of these, the ones this person may decide. Never one about oneself.

    What has joined another alert is decided there.
    """
    return alerts_in_hand_of(user, now).filter(merged_into__isnull=True)


def alerts_in_hand_of(user: User, now: datetime) -> QuerySet[Alert]:
    """The same with those that have joined them, whose reasons are shown beside."""
    led = led_units(user)
    mine = _led_people(user, led, now) | _passed_on(user) | _clients(user, led)
    mine |= _missions(user, led) | _participation(user, led)
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


def _missions(user: User, led: Led) -> Q:
    """Those who may staff them: managers of the client's unit or above, its account manager."""
    if not user.is_manager:
        return NOBODY
    return Q(mission__client__unit__in=led.ids) | Q(mission__client__account_manager=user)


def _participation(user: User, led: Led) -> Q:
    """Managers of the unit or above, and referents; the firm's share too for the latter."""
    if user.is_referent:
        return Q(rule=Alert.Rule.LOW_PARTICIPATION)
    return Q(unit__in=led.ids)


def alert_for(user: User, pk: int, *, now: datetime) -> Alert:
    """An alert that one may read, else 404, written down."""
    rows = alerts_visible_to(user, now).select_related(
        "person", "client", "mission__client", "unit", "owner", "opened_round", "seen_round",
        "closed_by",
    )  # fmt: skip
    alert = rows.filter(pk=pk).first()
    if alert is None:
        raise Refused("alert", pk)
    return alert


def alert_to_act_on_for(user: User, pk: int, *, now: datetime) -> Alert:
    """The same, else 403 where the reader may only look; what has joined another one is decided
    there."""
    alert = alert_for(user, pk, now=now)
    if alert.is_joined:
        alert = alert_for(user, alert.merged_into_id or 0, now=now)
    if not can_act_on(user, alert, now=now):
        raise PermissionDenied
    return alert


def can_act_on(user: User, alert: Alert, *, now: datetime) -> bool:
    return alerts_to_act_on(user, now).filter(pk=alert.pk).exists()


def owners_of(alert: Alert, day: date) -> QuerySet[User]:
    """Who may be given an alert: those who may act on it and are there."""
    named, referents = _owners(alert)
    able = Q(pk__in=[pk for pk in named if pk is not None], is_manager=True)
    if referents:
        able |= Q(is_referent=True)
    return User.objects.present(day).filter(able & ~Q(pk=alert.person_id or 0))


def _owners(alert: Alert) -> tuple[set[int | None], bool]:
    """Managers by name, and whether referents may follow it too."""
    if alert.person is not None:
        named = {alert.person.manager_id, *_managers_above(alert.person.unit_id)}
        return named, alert.passed_on_at is not None
    referents = alert.client is not None or alert.rule == Alert.Rule.LOW_PARTICIPATION
    client = alert.mission.client if alert.mission is not None else alert.client
    if client is not None:
        return {client.account_manager_id, *_managers_above(client.unit_id)}, referents
    if alert.unit is not None:
        return _managers_above(alert.unit_id), referents
    roots = OrgUnit.objects.filter(parent=None)
    return set(roots.values_list("manager_id", flat=True)), referents


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
