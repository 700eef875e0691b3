"""Making, changing, ending and reopening a client, each with its line in the audit log."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.audit import Act, record
from accounts.models import User
from clients import paths
from clients.history import differences, first_values
from clients.models import Client, Path

NAMED = 5


def create_client(*, client: Client, actor: User | None, now: datetime) -> Client:
    """Store a new client."""
    with transaction.atomic():
        client.save(force_insert=True)
        _write("create", client, first_values(client), actor, now)
    return client


def update_client(*, client: Client, actor: User | None, now: datetime) -> Client:
    """Store what changed; nothing is written where nothing did."""
    with transaction.atomic():
        before = Client.objects.select_for_update().get(pk=client.pk)
        changes = differences(before, client)
        if changes:
            client.save(update_fields=[*changes, "search"])
            _write("edit", client, changes, actor, now)
    return client


def end_client(*, client: Client, last_day: date, actor: User | None, now: datetime) -> Client:
    """Give it a last day. Refused while a mission would outlive it, naming the missions.

    Its path and its exceptions end with it: one does not go on with a client that one leaves.
    """
    if last_day < localdate(now):
        raise ValidationError({"last_day": _("The last day is today or later.")})
    with transaction.atomic():
        client = Client.objects.select_for_update().get(pk=client.pk)
        refuse_running_missions(client, last_day)
        changes = {"ended_on": [str(client.ended_on or ""), str(last_day)]}
        client.ended_on = last_day
        client.save(update_fields=["ended_on"])
        _write("end", client, changes, actor, now)
        for path in Path.objects.select_for_update().filter(client=client, ended_at=None):
            paths.end_with(path=path, by=actor, now=now)
        for row in client.exceptions.select_for_update().filter(closed_at=None):
            row.closed_at = now
            row.save(update_fields=["closed_at"])
            record(Act("end", "charter_exception", str(row.pk)), actor=actor, now=now)
    return client


def reopen_client(*, client: Client, actor: User | None, now: datetime) -> Client:
    """Take the last day away; harmless when there is none."""
    with transaction.atomic():
        client = Client.objects.select_for_update().get(pk=client.pk)
        if client.ended_on is not None:
            changes = {"ended_on": [str(client.ended_on), ""]}
            client.ended_on = None
            client.save(update_fields=["ended_on"])
            _write("reopen", client, changes, actor, now)
    return client


def refuse_running_missions(client: Client, last_day: date) -> None:
    """Raise an error that names the missions that would outlive the client."""
    running = client.missions.outliving(last_day)
    count = running.count()
    if not count:
        return
    names = ", ".join(mission.title for mission in running[:NAMED])
    raise ValidationError(
        ngettext(
            "%(count)d mission would still run after that day: %(names)s. End it first.",
            "%(count)d missions would still run after that day: %(names)s. End them first.",
            count,
        )
        % {"count": count, "names": names + (", …" if count > NAMED else "")}
    )


def _write(
    word: str, client: Client, changes: dict[str, list[str]], actor: User | None, now: datetime
) -> None:
    record(
        Act(word, object_kind="client", object_ref=client.ref, changes=changes),
        actor=actor,
        now=now,
    )
