"""Clients and their contacts, profiles of missions, and missions with their declared demand."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.models import OrgUnit, User
from clients.models import Client, ClientRevenue, Contact
from missions.models import Assignment, DemandFact, Mission, MissionProfile
from operations.imports.outcome import Desk, Line
from operations.imports.skills import AskedSkills
from operations.imports.upsert import (
    BATCH,
    Draft,
    Plan,
    by_ref,
    check_order,
    link,
    named_in,
    present,
    stored_by,
    unknown_message,
)

Codes = frozenset[str]


def plan_clients(lines: list[Line], desk: Desk) -> Plan:
    """Clients with their owning unit and their account manager."""
    rows = named_in(lines, Client)
    units = by_ref(OrgUnit, (line["unit"] for line in lines if line.get("unit")))
    holders = (line["account_manager"] for line in lines if line.get("account_manager"))
    people = by_ref(User, holders)
    plan = Plan(Client)
    for line in lines:
        draft = Draft(line, present(line, "name", "sector", "kind"))
        link(draft, "unit", units, desk)
        link(draft, "account_manager", people, desk)
        holder = people.get(line.get("account_manager"))
        if holder is not None and holder.is_administrator:
            message = _("An administrator reads no figure, so cannot hold an account.")
            desk.error(line, "account_manager", message)
        if desk.accepts(line):
            plan.add(draft, rows[line["ref"]])
    return plan


def plan_contacts(lines: list[Line], desk: Desk) -> Plan:
    """Whom the firm may ask at its clients. Who is left out, and why, is said on the page."""
    clients = by_ref(Client, (line["client"] for line in lines if line.get("client")))
    held = stored_by(Contact, "client_id", [row.pk for row in clients.values()])
    stored = {(row.client_id, row.email): row for row in held}
    plan = Plan(Contact)
    for line in lines:
        if line.get("client") and line["client"] not in clients:
            desk.error(line, "client", unknown_message(line["client"]))
        if desk.accepts(line):
            client = clients[line["client"]]
            new = Contact(client=client, email=line["email"])
            row = stored.get((client.pk, line["email"])) or new
            plan.add(Draft(line, present(line, "name", "language")), row)
    return plan


def plan_revenue(lines: list[Line], desk: Desk) -> Plan:
    """What clients pay, month by month. An empty amount makes a month unknown again."""
    clients = by_ref(Client, (line["client"] for line in lines if line.get("client")))
    held = stored_by(ClientRevenue, "client_id", [row.pk for row in clients.values()])
    stored = {(row.client_id, row.month): row for row in held}
    plan = Plan(ClientRevenue)
    for line in lines:
        _check_revenue(line, clients, desk)
        if not desk.accepts(line):
            continue
        client, month = clients[line["client"]], line["month"]
        row = stored.get((client.pk, month)) or ClientRevenue(month=month)
        if row.pk is None and line.get("amount") is None:
            # What was unknown stays so, without a row that says it.
            plan.unchanged += 1
            continue
        # The one at hand: the audit log names it, without a query a row.
        row.client = client
        plan.add(Draft(line, present(line, "amount")), row)
    return plan


def _check_revenue(line: Line, clients: dict[str, Client], desk: Desk) -> None:
    client, month = clients.get(line.get("client") or ""), line.get("month")
    if line.get("client") and client is None:
        desk.error(line, "client", unknown_message(line["client"]))
    if client is not None and client.kind == Client.Kind.INTERNAL:
        desk.error(line, "client", _("This is an own product: it is no client that pays."))
    if month and month > desk.today:
        desk.error(line, "month", _("This month has not begun. Leave it out until it has."))


def plan_profiles(lines: list[Line], desk: Desk) -> Plan:
    """Profiles in both languages."""
    rows = named_in(lines, MissionProfile)
    plan = Plan(MissionProfile)
    for line in lines:
        if desk.accepts(line):
            plan.add(Draft(line, present(line, "name_fr", "name_en")), rows[line["ref"]])
    return plan


def plan_missions(lines: list[Line], desk: Desk) -> Plan:
    """Missions; what is fixed once one has started stays as it is."""
    rows = named_in(lines, Mission)
    clients = by_ref(Client, (line["client"] for line in lines if line.get("client")))
    profiles = by_ref(MissionProfile, (line["profile"] for line in lines if line.get("profile")))
    stored = [row for row in rows.values() if row.pk]
    demand, asked, crew = Demand(stored), AskedSkills(stored), Crew(stored)
    plan = Plan(Mission)
    for line in lines:
        row = rows.get(line.get("ref")) or Mission()
        draft = Draft(line, present(line, "title", "place", "starts_on", "ends_on"))
        link(draft, "client", clients, desk)
        link(draft, "profile", profiles, desk)
        check_order(line, row, desk)
        demand.check(line, desk)
        asked.check(line, desk)
        _check_fixed(draft, row, desk)
        crew.check(draft, row, desk)
        if desk.accepts(line):
            plan.add(draft, row, **demand.take(line, row), **asked.take(line, row))
    plan.after += [demand.write, asked.write, lambda: crew.write(desk)]
    return plan


def _check_fixed(draft: Draft, row: Mission, desk: Desk) -> None:
    """Client, profile and start are fixed once a mission has started, all dates once it ended."""
    if not row.pk or not row.has_started(desk.today):
        return
    wanted = {name: target.pk for name, target in draft.links.items() if target is not None}
    for column, pk in wanted.items():
        if pk != getattr(row, f"{column}_id"):
            message = _("This mission has started, so this is fixed: end it and start another.")
            desk.error(draft.line, column, message)
    for column in ("starts_on", "ends_on") if row.has_ended(desk.today) else ("starts_on",):
        if draft.values.get(column, getattr(row, column)) != getattr(row, column):
            desk.error(draft.line, column, _("Past dates are not edited."))


class Crew:
    """The assignments of stored missions: they end with their mission at the latest."""

    def __init__(self, stored: list[Mission]) -> None:
        self.rows: dict[int, list[Assignment]] = defaultdict(list)
        for row in stored_by(Assignment, "mission_id", [mission.pk for mission in stored]):
            self.rows[row.mission_id].append(row)
        self.cut: list[tuple[Assignment, date]] = []

    def check(self, draft: Draft, mission: Mission, desk: Desk) -> None:
        """Cut what would outlive the mission, unless that would rewrite the past."""
        crew = self.rows.get(mission.pk, [])
        first, last = draft.values.get("starts_on"), draft.values.get("ends_on")
        if first and any(row.starts_on < first for row in crew):
            desk.error(draft.line, "starts_on", _("An assignment to this mission starts earlier."))
        if last is None:
            return
        late = [row for row in crew if row.ends_on is None or row.ends_on > last]
        if any(row.starts_on > last or row.has_ended(desk.today) for row in late):
            desk.error(draft.line, "ends_on", _("An assignment to this mission is later."))
        elif late:
            desk.warn(draft.line, "ends_on", _("Assignments to this mission end on that day too."))
            self.cut += [(row, last) for row in late]

    def write(self, desk: Desk) -> None:
        for row, last in self.cut:
            changes = {"ends_on": [str(row.ends_on or ""), str(last)]}
            row.ends_on = last
            row.save(update_fields=["ends_on"])
            act = Act("edit", "assignment", row.mission.ref, about=row.person, changes=changes)
            record(act, actor=desk.actor, now=desk.now)


class Demand:
    """The declared facts of missions: a relation of its own, compared and written apart.

    Retired facts are neither asked for nor taken away.
    """

    def __init__(self, stored: list[Mission]) -> None:
        self.facts = {fact.code: fact for fact in DemandFact.objects.current()}
        self.wanted: list[tuple[Mission, Codes]] = []
        names = {fact.pk: fact.code for fact in self.facts.values()}
        held: dict[int, set[str]] = {}
        for tie in stored_by(Mission.facts.through, "mission_id", [row.pk for row in stored]):
            if tie.demandfact_id in names:
                held.setdefault(tie.mission_id, set()).add(names[tie.demandfact_id])
        self.held = {pk: frozenset(codes) for pk, codes in held.items()}

    def check(self, line: Line, desk: Desk) -> None:
        unknown = sorted((line.get("demand") or frozenset()) - self.facts.keys())
        if unknown:
            names = {"codes": ", ".join(unknown), "known": ", ".join(self.facts)}
            message = _("Unknown facts: %(codes)s. Those of the firm are: %(known)s.")
            desk.error(line, "demand", message % names)

    def take(self, line: Line, row: Mission) -> dict[str, Any]:
        """Keep what the line declares; the former facts, if a stored mission had others."""
        if "demand" not in line.values:
            return {}
        before = self.held.get(row.pk, frozenset())
        if before == line["demand"]:
            return {}
        self.wanted.append((row, line["demand"]))
        return {"facts": [before, line["demand"]]}

    def write(self) -> None:
        ties: Any = Mission.facts.through
        current = {fact.pk for fact in self.facts.values()}
        for tie in stored_by(ties, "mission_id", [row.pk for row, _codes in self.wanted]):
            if tie.demandfact_id in current:
                tie.delete()
        ties.objects.bulk_create(
            [
                ties(mission_id=row.pk, demandfact_id=self.facts[code].pk)
                for row, codes in self.wanted
                for code in sorted(codes)
            ],
            batch_size=BATCH,
        )
