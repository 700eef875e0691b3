"""The joint sheet: a client against the charter, where few people work.

Up to four people cannot be asked each alone without being found out. They talk it over with the
referent instead, who writes down what they agree on, with evidence, without a name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.models import FirmSettings, User
from clients.models import Charter, Client, ClientQuerySet, ClientSheet, SheetLine
from clients.screening import EVIDENCE_KEPT, Finding


@dataclass(frozen=True, slots=True)
class Line:
    """What the sheet says of one value: the client's side, and ours."""

    finding: Finding
    ours: str
    ours_evidence: str = ""


def with_few_people(clients: ClientQuerySet, day: date, *, need: int) -> ClientQuerySet:
    """Those with fewer people than a review needs, and when their newest sheet was written
    (``judged_at``): those without one first, then the oldest."""
    standing = ClientSheet.objects.standing()
    newest = standing.filter(client=OuterRef("pk")).values("written_at")[:1]
    few = clients.judged(day).with_few_people(day, below=need)
    dated = few.annotate(judged_at=Subquery(newest))
    return dated.order_by(F("judged_at").asc(nulls_first=True), "name", "pk")


def refusal(client: Client, day: date) -> str:
    """Why no joint sheet of this client can be written that day; empty where one can."""
    if client.kind == Client.Kind.INTERNAL:
        return _("This is a product of our own: the charter is about clients.")
    people = Client.objects.filter(pk=client.pk).working(day).get(client.pk, 0)
    if not people:
        return _("Nobody works at this client today: there is nobody to write a sheet with.")
    need = FirmSettings.current().anonymity_threshold
    if people >= need:
        said = _(
            "%(need)s people or more work at this client: each judges it alone, in confidence, "
            "and no joint sheet is written."
        )
        return said % {"need": need}
    return ""


def write_sheet(
    *, client: Client, charter: Charter, lines: Sequence[Line], by: User, now: datetime
) -> ClientSheet:
    """Keep a sheet; it takes the place of the one before, which stays readable."""
    with transaction.atomic():
        locked = Client.objects.select_for_update().get(pk=client.pk)
        said = refusal(locked, localdate(now))
        if said:
            raise ValidationError(said)
        made = ClientSheet.objects.create(
            client=locked, charter=charter, written_by=by, written_at=now
        )
        SheetLine.objects.bulk_create(
            SheetLine(
                sheet=made,
                value=one.finding.value,
                ours=one.ours,
                ours_evidence=one.ours_evidence,
                verdict=one.finding.verdict,
                evidence=one.finding.evidence,
                red_line=one.finding.red_line,
            )
            for one in lines
        )
        record(Act("create", "sheet", locked.ref), actor=by, now=now)
    return made


def withdraw_sheet(*, sheet: ClientSheet, by: User, now: datetime) -> bool:
    """Its texts go, and the one before counts again; False where it was withdrawn before."""
    rows = ClientSheet.objects.standing().filter(pk=sheet.pk)
    with transaction.atomic():
        if not rows.update(withdrawn_at=now, withdrawn_by=by):
            return False
        _erase_texts(SheetLine.objects.filter(sheet=sheet))
        record(Act("withdraw", "sheet", sheet.client.ref), actor=by, now=now)
    return True


def forget_evidence(*, now: datetime) -> int:
    """Erase what was written as evidence too long ago; the verdicts stay, and count."""
    return _erase_texts(SheetLine.objects.filter(sheet__written_at__lt=now - EVIDENCE_KEPT))


def _erase_texts(lines: QuerySet[SheetLine]) -> int:
    left = lines.filter(texts_gone=False)
    return left.update(texts_gone=True, evidence="", ours_evidence="")
