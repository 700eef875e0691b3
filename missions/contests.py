"""A fact contested by somebody on the mission, and what its managers answered.

A fact, not a feeling: whether there is on-call duty can be looked up. No answer of a check-in and
no figure is part of it. Demand changes only where a manager corrects the facts.
"""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.models import User
from missions.lifecycle import set_facts
from missions.models import DemandFact, FactContest, Mission

State = FactContest.State


def contest(
    *, mission: Mission, fact: DemandFact, sentence: str, by: User, now: datetime
) -> FactContest:
    """Say that a declared fact does not hold, or that one which is not declared is missing."""
    row = FactContest(
        mission=mission,
        fact=fact,
        declared=mission.facts.filter(pk=fact.pk).exists(),
        person=by,
        sentence=sentence,
        made_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _write("contest", row, by, now)
    except IntegrityError as error:
        raise ValidationError({"fact": _("This fact is contested already.")}) from error
    return row


def correct(*, contest: FactContest, answer: str, by: User, now: datetime) -> None:
    """The person is right: the mission's facts change accordingly."""
    with transaction.atomic():
        row = _answered(contest, State.CORRECTED, answer, by, now)
        facts = set(row.mission.facts.all())
        facts = facts - {row.fact} if row.declared else facts | {row.fact}
        set_facts(mission=row.mission, facts=facts, actor=by, now=now)
        _write("confirm", row, by, now)


def keep(*, contest: FactContest, answer: str, by: User, now: datetime) -> None:
    """The facts stay as they are, and why."""
    with transaction.atomic():
        row = _answered(contest, State.KEPT, answer, by, now)
        _write("decline", row, by, now)


def withdraw(*, contest: FactContest, by: User, now: datetime) -> None:
    """Its author takes it back."""
    with transaction.atomic():
        row = _answered(contest, State.WITHDRAWN, "", by, now)
        _write("withdraw", row, by, now)


def contested(missions: Iterable[int]) -> set[int]:
    """Which of these missions (ids) have a fact that counts, contested and not answered."""
    rows = FactContest.objects.filter(
        mission__in=list(missions), state=State.OPEN, fact__retired_on=None
    )
    return set(rows.order_by().values_list("mission", flat=True))


def _answered(
    contest: FactContest, state: str, answer: str, by: User, now: datetime
) -> FactContest:
    """Close it, if nobody else has."""
    rows = FactContest.objects.filter(pk=contest.pk, state=State.OPEN)
    if not rows.update(state=state, answer=answer, answered_by=by, answered_at=now):
        raise ValidationError(_("This has been answered or withdrawn meanwhile."))
    return FactContest.objects.select_related("mission", "fact", "person").get(pk=contest.pk)


def _write(word: str, row: FactContest, actor: User, now: datetime) -> None:
    """A line of its own kind: what somebody asks for is no change of the mission, and colleagues,
    who read the mission's lines, do not read who asked."""
    wanted = [row.fact.code, ""] if row.declared else ["", row.fact.code]
    act = Act(word, "contest", row.mission.ref, about=row.person, changes={"facts": wanted})
    record(act, actor=actor, now=now)
