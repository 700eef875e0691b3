"""Alerts on one subject that ask for one decision are one thing to handle.

Each keeps its row, its cause and its rule of uniqueness: the jobs renew and close it as if it
stood alone. But lists show the one that leads, with the reasons of both, and what people decide
on it counts for all. When the leading one's cause goes first, the other goes on with what was
decided. Alerts on people are never joined.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import F, Q

from followup.models import Alert, AlertMove

Rule, State, Kind = Alert.Rule, Alert.State, AlertMove.Kind
FAMILIES = (
    (Rule.CLIENT_BELOW, Rule.CLIENT_DECLINING, Rule.CLIENT_AT_RISK, Rule.STALE_PATH),
    (Rule.NOBODY_LEFT, Rule.PAST_END),
)
FAMILY = {rule.value: place for place, family in enumerate(FAMILIES) for rule in family}
# What people decide, and where that has brought it.
DECIDED = ("state", "next_step_code", "next_step", "owner", "due_on", "postponed_until")


def with_kin(rules: Iterable[str]) -> set[str]:
    """These rules, and those whose alerts may be joined with theirs."""
    found = set(rules)
    families = {FAMILY[rule] for rule in found if rule in FAMILY}
    return found | {rule for rule, family in FAMILY.items() if family in families}


def join(now: datetime) -> int:
    """Let every open alert follow the one on the same subject that was there first.

    A new reason brings a postponed one back on the list. The version of the leading one moves:
    who decides must have seen both reasons.
    """
    joined = [(row, lead) for lead, rest in _together() for row in rest]
    if not joined:
        return 0
    for row, lead in joined:
        row.merged_into = lead
    Alert.objects.bulk_update([row for row, _lead in joined], ["merged_into"])
    leads = {lead.pk: lead for _row, lead in joined}
    Alert.objects.filter(pk__in=leads).update(version=F("version") + 1)
    AlertMove.objects.bulk_create(
        [
            *(AlertMove(alert=row, at=now, kind=Kind.MERGED) for row, _lead in joined),
            *(AlertMove(alert=lead, at=now, kind=Kind.JOINED, code=r.rule) for r, lead in joined),
        ]
    )
    _back_on_the_list(leads.values(), now)
    return len(joined)


def _together() -> Iterable[tuple[Alert, list[Alert]]]:
    """Who leads, and who is to follow; one query."""
    live = Alert.objects.exclude(state=State.CLOSED).filter(
        rule__in=FAMILY, merged_into__isnull=True
    )
    groups = defaultdict(list)
    for row in live.select_for_update().order_by("pk"):
        groups[FAMILY[row.rule], row.subject].append(row)
    for rows in groups.values():
        rows.sort(key=lambda row: (row.state != State.TAKEN, row.opened_at, row.pk))
        if len(rows) > 1:
            yield rows[0], rows[1:]


def _back_on_the_list(leads: Iterable[Alert], now: datetime) -> None:
    back = [row for row in leads if row.state == State.POSTPONED]
    if back:
        resume(back, now)


def resume(alerts: Collection[Alert], now: datetime) -> int:
    """Postponed ones are to handle again."""
    rows = Alert.objects.filter(pk__in=[row.pk for row in alerts])
    held = rows.update(state=State.OPEN, postponed_until=None, version=F("version") + 1)
    moves = [AlertMove(alert=row, at=now, kind=Kind.RESUMED) for row in alerts]
    AlertMove.objects.bulk_create(moves)
    return held


def hand_over(gone: Mapping[int, Alert], now: datetime) -> None:
    """The causes of these have gone: what had joined one, and lasts, goes on from where it was."""
    lasting = Alert.objects.exclude(Q(state=State.CLOSED) | Q(pk__in=gone))
    heirs: dict[int, Alert] = {}
    followers = []
    for row in lasting.filter(merged_into__in=gone).order_by("opened_at", "pk"):
        lead = row.merged_into_id or 0
        # Several that last stay one thing to handle: the first of them leads the others.
        if lead in heirs:
            row.merged_into = heirs[lead]
            followers.append(row)
        else:
            heirs[lead] = row
            _inherit(row, gone[lead])
    if heirs:
        Alert.objects.bulk_update(heirs.values(), [*DECIDED, "merged_into", "version"])
        Alert.objects.bulk_update(followers, ["merged_into"])
    moves = [AlertMove(alert=heir, at=now, kind=Kind.CARRIES_ON) for heir in heirs.values()]
    AlertMove.objects.bulk_create(moves)


def _inherit(heir: Alert, lead: Alert) -> None:
    for name in DECIDED:
        setattr(heir, name, getattr(lead, name))
    heir.merged_into = None
    heir.version += 1


def parted(gone: Mapping[int, Alert], now: datetime) -> list[AlertMove]:
    """Lines for the journals of those that had been joined by these, and last."""
    return [
        AlertMove(alert_id=row.merged_into_id, at=now, kind=Kind.PARTED, code=row.rule)
        for row in gone.values()
        if row.merged_into_id and row.merged_into_id not in gone
    ]
