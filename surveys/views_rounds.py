"""Rounds and periods made ahead: when, in which state, and what keeps the next one shut."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localdate

from accounts.models import FirmSettings
from accounts.perms import SignedInRequest, person_required
from core.listing import listing
from surveys import closing, perms, planned
from surveys.models import Question, Round


@dataclass(frozen=True, slots=True)
class Stand:
    """One round and its state: planned, due, open, closed or never opened."""

    round: Round
    state: str
    # May its close be moved, and can the last move be undone?
    can_move: bool = False
    can_undo: bool = False


@person_required(perms.can_read_rounds)
def round_list(request: SignedInRequest) -> HttpResponse:
    """What is open or ahead first, in order; what is over below, the latest first."""
    now = timezone.now()
    rounds = Round.objects.select_related("period", "questionnaire").prefetch_related(
        "closing_changes__made_by"
    )
    ahead = _stands(rounds.filter(closes_at__gt=now).order_by("starts_on"), now)
    shown = listing(request, None, rounds.filter(closes_at__lte=now).order_by("-starts_on"))
    context = {
        "ahead": ahead,
        "page": shown.page,
        "past": [Stand(row, state_of(row, now)) for row in shown.page],
        "notices": shown.notices,
        "blocks": blocks(now),
        "firm": FirmSettings.current(),
        "can_configure": perms.can_plan_rounds(request.user),
        "waiting": planned.waiting(now=now),
    }
    return render(request, "surveys/round_list.html", context)


def _stands(rows: QuerySet[Round], now: datetime) -> list[Stand]:
    return [
        Stand(
            row,
            state_of(row, now),
            can_move=closing.can_move(row, now=now),
            can_undo=closing.to_undo(row, now=now) is not None,
        )
        for row in rows
    ]


def state_of(row: Round, now: datetime) -> str:
    """Where a round stands; one that was not opened in its time never will be."""
    if row.opened_at is not None:
        return "closed" if row.closes_at <= now else "open"
    if row.closes_at <= now:
        return "never"
    return "due" if row.opens_at <= now else "planned"


def blocks(now: datetime) -> list[str]:
    """What would keep the next round shut: ``calendar``, ``consultation``, ``questions``."""
    firm = FirmSettings.current()
    found = []
    if firm.first_round_on is None:
        found.append("calendar")
    if firm.consulted_on is None:
        found.append("consultation")
    elif firm.consulted_on > localdate(now):
        found.append("consultation_later")
    if not Question.objects.kept().exists():
        found.append("questions")
    return found
