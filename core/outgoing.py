"""Rows of mails that wait to leave: claimed by one worker, finished once.

A row has a ``state``, "waiting" at first, and says since when a worker has it in hand
(``claimed_at``) and when it was over (``finished_at``). A worker claims it by a conditional UPDATE
before it sends; one that dies lets go after a while. Should it have died between the sending and
its row, the second mail has the same Message-ID (``core.letters``).

Readers are people of the firm and contacts of clients alike. Each has an ``email``, and in
``refused_email`` the one that a mail server said for good does not exist: nothing more goes there
until it is put right.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Model, Q

WAITING = "waiting"
SENT, REFUSED = "sent", "refused"
# Rows of readers.
UNREACHABLE = Q(refused_email=F("email"))
PUT_RIGHT = ~Q(refused_email="") & ~UNREACHABLE
# Far longer than a mail takes: a claim this old was left by a worker that died or was refused.
CLAIM_LASTS = timedelta(minutes=10)


def is_free(now: datetime) -> Q:
    """Rows that wait, and that nobody has in hand."""
    let_go = Q(claimed_at__isnull=True) | Q(claimed_at__lte=now - CLAIM_LASTS)
    return Q(state=WAITING) & let_go


def claim(row: Any, *, now: datetime) -> bool:
    """True for the one worker that finds it as it was seen."""
    rows = _waiting(row).filter(claimed_at=row.claimed_at)
    return bool(rows.update(claimed_at=now) == 1)


def finish(row: Any, state: str, *, now: datetime) -> None:
    """It was sent, there was nothing left to say, or it is refused for good."""
    _waiting(row).update(state=state, finished_at=now)


def give_back(row: Any) -> bool:
    """It was sent, and came back: true for the one who says so first."""
    rows = type(row)._default_manager.filter(pk=row.pk, state=SENT)  # noqa: SLF001 -- as below
    return bool(rows.update(state=REFUSED) == 1)


def give_up(reader: Any) -> None:
    """Nothing more goes to that address, of a person or a contact; to another one, all does."""
    rows = type(reader)._default_manager.filter(pk=reader.pk, email=reader.email)  # noqa: SLF001 -- as below
    rows.update(refused_email=reader.email)


def is_unreachable(reader: Any) -> bool:
    """Is their address the one that was given up?"""
    return bool(reader.refused_email == reader.email)


def _waiting(row: Model) -> Any:
    return type(row)._default_manager.filter(pk=row.pk, state=WAITING)  # noqa: SLF001 -- Django documents it for code that serves several models
