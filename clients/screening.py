"""Prospects: met, screened against the charter, then accepted, refused, or lost.

What decides is written down by a named person. A prospect at risk becomes a client by a written
exception alone, one on the way with an open path alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.models import User
from clients import paths
from clients.lifecycle import create_client
from clients.models import (
    Charter,
    CharterException,
    CharterValue,
    Client,
    ExceptionLook,
    Path,
    Prospect,
    Result,
    Screening,
    Seen,
)
from clients.screening_rule import RULE_VERSION, result_of

State = Prospect.State
# From the day it was written, in a screening as on a joint sheet: leap days and all, 24 months, as
# what each says alone.
EVIDENCE_KEPT = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen of one value, in a sentence."""

    value: CharterValue
    verdict: str
    evidence: str = ""
    red_line: bool = False
    changed: str = ""


@dataclass(frozen=True, slots=True)
class GoingOn:
    """Why one goes on all the same, and when one looks again."""

    sentence: str
    look_again_on: date


def meet(*, prospect: Prospect, by: User, now: datetime) -> Prospect:
    """Somebody met a prospect."""
    prospect.met_by, prospect.met_at = by, now
    with transaction.atomic():
        prospect.save(force_insert=True)
        _write("create", prospect, by, now)
    return prospect


def correct(*, prospect: Prospect, by: User, now: datetime) -> None:
    """What was written down of whom one met, put right while it is open."""
    with transaction.atomic():
        _open(prospect.pk)
        prospect.save(update_fields=["name", "sector", "source", "source_words"])
        _write("edit", prospect, by, now)


def screen(
    *, prospect: Prospect, charter: Charter, found: Sequence[Finding], by: User, now: datetime
) -> Screening:
    """Keep a screening beside those before; the latest one is the prospect's result.

    It cannot pass over a red line that was crossed: it says so again, or what has changed.
    """
    result = result_of([one.verdict for one in found], red_line=any(one.red_line for one in found))
    answered = {one.value.pk for one in found if one.red_line or one.changed}
    with transaction.atomic():
        row = _open(prospect.pk)
        for line in crossed(row, charter):
            if line.value_id not in answered:
                raise ValidationError(
                    _("A red line was crossed (%(name)s): say that it still is, or what changed."),
                    params={"name": line.value.name},
                )
        made = Screening.objects.create(
            prospect=row,
            charter=charter,
            made_by=by,
            made_at=now,
            result=result,
            rule_version=RULE_VERSION,
        )
        Seen.objects.bulk_create(
            Seen(
                screening=made,
                value=one.value,
                verdict=one.verdict,
                evidence=one.evidence,
                red_line=one.red_line,
                changed=one.changed,
            )
            for one in found
        )
        row.result = result
        row.save(update_fields=["result"])
        _write("review", row, by, now)
    return made


def forget_evidence(*, now: datetime) -> int:
    """Erase what was written as evidence too long ago; what was found stays, and counts."""
    due = Seen.objects.filter(screening__made_at__lt=now - EVIDENCE_KEPT, texts_gone=False)
    return due.update(texts_gone=True, evidence="", changed="")


def crossed(prospect: Prospect, charter: Charter | None = None) -> list[Seen]:
    """Red lines that the latest screening found crossed; on a version of the charter, if given."""
    made = prospect.screenings.filter(charter=charter) if charter else prospect.screenings.all()
    latest = made.first()
    return list(latest.lines.filter(red_line=True).select_related("value")) if latest else []


def refusals(prospect: Prospect, going_on: GoingOn | None) -> list[str]:
    """Why it cannot become a client yet."""
    if not prospect.result:
        return [_("Nobody has screened this prospect yet.")]
    if prospect.result == Result.AT_RISK and going_on is None:
        return [_("At risk: say in writing why we go on all the same, and when we look again.")]
    if prospect.result == Result.ON_THE_WAY:
        asked = Path.objects.open().filter(prospect=prospect, requests__isnull=False)
        if not asked.exists():
            return [_("On the way: open a path first, with what is asked of them.")]
    return []


def accept(
    *, prospect: Prospect, client: Client, going_on: GoingOn | None, by: User, now: datetime
) -> Client:
    """Make it a client, with its path and, at risk, the written decision to go on."""
    with transaction.atomic():
        row = _open(prospect.pk)
        found = refusals(row, going_on)
        if found:
            raise ValidationError(found)
        create_client(client=client, actor=by, now=now)
        row.client = client
        _decide(row, State.ACCEPTED, "", by, now)
        Path.objects.filter(prospect=row).update(client=client)
        if row.result == Result.AT_RISK and going_on is not None:
            make_exception(client=client, going_on=going_on, by=by, now=now, prospect=row)
    return client


def refuse(*, prospect: Prospect, sentence: str, by: User, now: datetime) -> None:
    """We do not go on, and say why."""
    _stop(prospect, State.REFUSED, sentence, by, now)


def lose(*, prospect: Prospect, sentence: str, by: User, now: datetime) -> None:
    """They do not go on, or nobody heard of them again."""
    _stop(prospect, State.LOST, sentence, by, now)


def reopen(*, prospect: Prospect, by: User, now: datetime) -> bool:
    """Take a refusal or a loss back; False where there is none."""
    with transaction.atomic():
        rows = Prospect.objects.filter(pk=prospect.pk, state__in=(State.REFUSED, State.LOST))
        if not rows.update(state=State.OPEN, decided_by=None, decided_at=None, decision=""):
            return False
        _write("reopen", prospect, by, now)
    return True


# --- exceptions ------------------------------------------------------------------------------


def make_exception(
    *,
    client: Client,
    going_on: GoingOn,
    by: User,
    now: datetime,
    prospect: Prospect | None = None,
) -> CharterException:
    """The written decision, under the name of who takes it; everybody reads it."""
    with transaction.atomic():
        row = CharterException.objects.create(
            client=client,
            prospect=prospect,
            sentence=going_on.sentence,
            decided_by=by,
            decided_at=now,
            look_again_on=going_on.look_again_on,
        )
        record(Act("create", "charter_exception", str(row.pk)), actor=by, now=now)
    return row


def look_again(
    *, exception: CharterException, sentence: str, until: date | None, by: User, now: datetime
) -> bool:
    """It goes on until another day, or it is over (no day). False: it is over already."""
    with transaction.atomic():
        row = CharterException.objects.select_for_update().get(pk=exception.pk)
        if row.closed_at is not None:
            return False
        ExceptionLook.objects.create(exception=row, at=now, by=by, sentence=sentence, until=until)
        if until is None:
            row.closed_at = now
        else:
            row.look_again_on = until
        row.save(update_fields=["closed_at", "look_again_on"])
        record(Act("review", "charter_exception", str(row.pk)), actor=by, now=now)
    return True


def _open(pk: int) -> Prospect:
    """The prospect, locked, while it is not decided."""
    row = Prospect.objects.select_for_update().get(pk=pk)
    if not row.is_open:
        raise ValidationError(_("This was decided already: nothing was changed."))
    return row


def _stop(prospect: Prospect, state: str, sentence: str, by: User, now: datetime) -> None:
    """Its open path ends with it, for the same reason."""
    with transaction.atomic():
        _decide(_open(prospect.pk), state, sentence, by, now)
        for path in Path.objects.select_for_update().filter(prospect=prospect, ended_at=None):
            paths.end_with(path=path, outcome=sentence, by=by, now=now)


def _decide(row: Prospect, state: str, sentence: str, by: User, now: datetime) -> None:
    row.state, row.decision = state, sentence
    row.decided_by, row.decided_at = by, now
    row.save(update_fields=["state", "decision", "decided_by", "decided_at", "client"])
    _write("end", row, by, now)


def _write(word: str, prospect: Prospect, by: User, now: datetime) -> None:
    record(Act(word, "prospect", str(prospect.pk)), actor=by, now=now)
