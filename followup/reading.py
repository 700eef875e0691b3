"""Doors to alerts for the floor above: what is to handle, what was done, in words."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.models import OrgUnit, User
from clients.models import Client
from followup import texts
from followup.models import Alert
from followup.perms import alerts_in_hand_of, alerts_to_act_on, alerts_visible_to
from followup.talks import wishes_of
from followup.wording import ICONS
from missions.contests import contested
from missions.models import Assignment, Mission, in_language
from surveys.models import Dimension

State = Alert.State
IN_HAND = (State.OPEN, State.TAKEN)
CLOSED_SHOWN = 50
SAID_SHOWN = 5
THIS_WEEK = timedelta(days=7)
# The others come from staffing, the charter, or what several sources say.
FROM_ANSWERS = (Alert.Rule.CLIENT_BELOW, Alert.Rule.CLIENT_DECLINING)
# A change older than half a year opens no mail.
STILL_NEWS = timedelta(days=183)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why another alert joined this one."""

    title: str
    line: str


@dataclass(frozen=True, slots=True)
class Card:
    """An alert as a list shows it. ``url`` leads to its page; ``acts`` if the reader decides."""

    pk: int
    rule: str
    icon: str
    state: str
    title: str
    subject: str
    reason: str
    next_step: str
    owner: str
    opened_at: datetime
    due_on: date | None
    postponed_until: date | None
    closed_at: datetime | None
    closing: str
    acts: bool
    url: str
    more: list[Reason]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that a person may read, by where it stands."""

    to_handle: list[Card]
    taken: list[Card]
    postponed: list[Card]
    to_know: list[Card]
    closed: list[Card]


@dataclass(frozen=True, slots=True)
class Said:
    """A closing sentence that the people concerned read; ``from_answers``: answers raised it."""

    subject: str
    sentence: str
    on: datetime
    from_answers: bool


def to_handle(viewer: User, now: datetime, names: texts.Names | None = None) -> list[Card]:
    """What this person has to handle: open ones first, then those taken in hand, by their date.

    ``names``: those of the themes, where the page has them already.
    """
    rows = alerts_in_hand_of(viewer, now).exclude(state=State.CLOSED)
    every = list(_with_names(rows).order_by("due_on", "opened_at", "pk"))
    leading = [row for row in every if row.state in IN_HAND and row.merged_into_id is None]
    found = sorted(leading, key=lambda row: row.state != State.OPEN)
    return cards(found, {row.pk for row in found}, names, joined=every)


def to_handle_count(viewer: User, now: datetime) -> int:
    return alerts_to_act_on(viewer, now).filter(state__in=IN_HAND).count()


def pressing(viewer: User, now: datetime) -> list[Alert]:
    """Of these, what cannot wait: overdue ones of one's own, what waits for a decision, oldest
    first, and one's own of the week to come."""
    today = localdate(now)
    own = Q(state=State.TAKEN, owner=viewer, due_on__lte=today + THIS_WEEK)
    rows = _with_names(alerts_to_act_on(viewer, now).filter(Q(state=State.OPEN) | own))

    def urgency(row: Alert) -> tuple[int, date, int]:
        if row.state == State.OPEN or row.due_on is None:
            return 1, localdate(row.managers_from), row.pk
        return (0 if row.due_on < today else 2), row.due_on, row.pk

    return sorted(rows, key=urgency)


def board(viewer: User, now: datetime) -> Board:
    """All alerts one may read; of the closed ones, the latest."""
    acts = set(alerts_to_act_on(viewer, now).values_list("pk", flat=True))
    visible = _with_names(alerts_visible_to(viewer, now))
    every = list(visible.exclude(state=State.CLOSED).order_by("due_on", "opened_at", "pk"))
    live = [row for row in every if row.merged_into_id is None]
    done = visible.filter(state=State.CLOSED, merged_into__isnull=True)
    closed = list(done.order_by("-closed_at", "-pk")[:CLOSED_SHOWN])
    by_state: dict[str, list[Alert]] = {state: [] for state in State.values}
    to_know: list[Alert] = []
    for row in live:
        (by_state[row.state] if row.pk in acts else to_know).append(row)
    names = dimension_names([*every, *closed])
    return Board(
        *(
            cards(rows, acts, names, joined=every)
            for rows in (
                by_state[State.OPEN],
                by_state[State.TAKEN],
                by_state[State.POSTPONED],
                to_know,
                closed,
            )
        )
    )


def story_of(
    viewer: User, client: Client, now: datetime, names: texts.Names
) -> tuple[list[Card], list[Card]]:
    """Alerts on a client and its missions: those not closed, then the latest closed ones."""
    about = Q(client=client) | Q(mission__client=client)
    rows = _with_names(alerts_visible_to(viewer, now).filter(about))
    acts = set(alerts_to_act_on(viewer, now).filter(about).values_list("pk", flat=True))
    live = list(rows.exclude(state=State.CLOSED).order_by("due_on", "opened_at", "pk"))
    done = rows.filter(state=State.CLOSED, merged_into__isnull=True)
    closed = list(done.order_by("-closed_at", "-pk")[:SAID_SHOWN])
    leading = [row for row in live if row.merged_into_id is None]
    return cards(leading, acts, names, joined=live), cards(closed, set(), names)


def alerts_about(person: User, now: datetime) -> list[Card]:
    """Alerts about oneself that are not closed, at once."""
    rows = alerts_visible_to(person, now).filter(person=person).exclude(state=State.CLOSED)
    return cards(list(_with_names(rows)), set())


def closed_for(person: User, now: datetime, client: Client | None = None) -> list[Said]:
    """What was decided where this person works or worked, and about themself, newest first.

    ``client``: about that one and its missions alone.
    """
    mine = Assignment.objects.filter(person=person, starts_on__lte=localdate(now))
    touching = (
        Q(client__in=mine.values("mission__client"))
        | Q(mission__in=mine.values("mission"))
        | Q(unit__in=_units_over(person))
        | Q(person=person)
        | Q(firm=True)
    )
    rows = _with_names(Alert.objects.filter(
        touching, state=State.CLOSED, closed_by__isnull=False, closed_at__lte=now,
        merged_into__isnull=True,
    ))  # fmt: skip
    if client is not None:
        rows = rows.filter(Q(client=client) | Q(mission__client=client))
    return [
        _said(row, row.closed_at)
        for row in rows.order_by("-closed_at", "-pk")[:SAID_SHOWN]
        if row.closed_at is not None
    ]


def last_change(missions: Collection[Mission], *, now: datetime) -> Said | None:
    """The newest closing sentence that answers about these missions or their clients led to."""
    about = Q(client__in={one.client_id for one in missions}) | Q(mission__in=missions)
    rows = Alert.objects.filter(
        about, rule__in=FROM_ANSWERS, state=State.CLOSED, closed_by__isnull=False,
        closed_at__lte=now, closed_at__gt=now - STILL_NEWS, merged_into__isnull=True,
    ).exclude(closing="")  # fmt: skip
    row = _with_names(rows).order_by("-closed_at", "-pk").first()
    if row is None or row.closed_at is None:
        return None
    return _said(row, row.closed_at)


def _said(row: Alert, on: datetime) -> Said:
    return Said(texts.subject(row), row.closing, on, row.rule in FROM_ANSWERS)


def _units_over(person: User) -> list[int]:
    """One's unit and those above it."""
    unit, found = person.unit_id, []
    parents = dict(OrgUnit.objects.values_list("pk", "parent_id")) if unit else {}
    while unit is not None and unit not in found:
        found.append(unit)
        unit = parents.get(unit)
    return found


def wish_count(person: User, now: datetime) -> int:
    """How many people asked to talk to this person, and have not yet."""
    return len(wishes_of(person, now).waiting)


# --- cards -----------------------------------------------------------------------------------


def cards(
    alerts: list[Alert],
    acts: set[int],
    names: texts.Names | None = None,
    *,
    joined: Sequence[Alert] = (),
) -> list[Card]:
    """Alerts in words; ``acts`` are those that the reader may decide. ``joined``: alerts among
    which are those that have joined one of them."""
    beside = defaultdict(list)
    for row in joined:
        if row.merged_into_id is not None:
            beside[row.merged_into_id].append(row)
    known = dimension_names([*alerts, *joined]) if names is None else names
    return [_card(row, row.pk in acts, known, beside[row.pk]) for row in alerts]


def _card(row: Alert, acts: bool, names: texts.Names, beside: list[Alert]) -> Card:
    return Card(
        pk=row.pk,
        rule=row.rule,
        icon=ICONS[Alert.Rule(row.rule)],
        state=row.state,
        title=texts.title(row),
        subject=texts.subject(row),
        reason=texts.line(row, names),
        next_step=texts.next_step(row),
        owner=row.owner.full_name if row.owner else "",
        opened_at=row.opened_at,
        due_on=row.due_on,
        postponed_until=row.postponed_until,
        closed_at=row.closed_at,
        closing=texts.closing(row),
        acts=acts,
        url=reverse("followup:alert_detail", kwargs={"pk": row.pk}),
        more=[Reason(texts.title(one), texts.line(one, names)) for one in beside],
    )


def joined_with(alert: Alert) -> list[Alert]:
    """What is handled together with this one, or was closed together with it."""
    together = ~Q(state=State.CLOSED)
    if alert.state == State.CLOSED:
        together = Q(state=State.CLOSED, closed_at=alert.closed_at)
    return list(_with_names(alert.merged.filter(together)).order_by("pk"))


def _with_names(rows: QuerySet[Alert]) -> QuerySet[Alert]:
    return rows.select_related("person", "client", "mission__client", "unit", "owner")


def dimension_names(alerts: Iterable[Alert]) -> dict[str, str]:
    """Names of the themes that these alerts speak of; no query where there is none."""
    codes = {one["dimension"] for row in alerts for one in row.reason.get("figures", ())}
    if not codes:
        return {}
    rows = Dimension.objects.filter(code__in=codes).values_list("code", "name_fr", "name_en")
    return {code: in_language(french, english) for code, french, english in rows}


@dataclass(frozen=True, slots=True)
class Carried:
    """A mission that somebody carried, and what it asked for."""

    mission: Mission
    rounds: int
    demanding: int
    demand: float
    contested: bool


def missions_of(alert: Alert) -> list[Carried]:
    """The missions behind an alert on a person, most days first."""
    items = alert.reason.get("missions", [])
    rows = Mission.objects.select_related("client").in_bulk([item["mission"] for item in items])
    doubted = contested(rows)
    return [
        Carried(
            rows[item["mission"]], item["rounds"], item["demanding"], item["demand"],
            item["mission"] in doubted,
        )
        for item in items
        if item["mission"] in rows
    ]  # fmt: skip
