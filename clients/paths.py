"""Walking a path: requests, answers, meetings, and its end."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.models import User
from clients.models import Path, PathRequest


def open_path(*, path: Path, by: User, now: datetime) -> Path:
    """One at a time for a client or a prospect."""
    path.opened_by, path.opened_at, path.moved_at = by, now, now
    try:
        with transaction.atomic():
            path.save(force_insert=True)
            _write("create", path, by, now)
    except IntegrityError as error:
        raise ValidationError(_("A path is open already.")) from error
    return path


def ask(*, request: PathRequest, by: User, now: datetime) -> PathRequest:
    """Something more is asked of them."""
    with transaction.atomic():
        path = _moving(request.path_id, now)
        request.save(force_insert=True)
        _write("edit", path, by, now)
    return request


def correct(*, request: PathRequest, by: User, now: datetime) -> None:
    """What was asked, put right."""
    with transaction.atomic():
        path = _moving(request.path_id, now)
        request.save(update_fields=["kind", "sentence", "asked_on"])
        _write("edit", path, by, now)


def answered(*, request: PathRequest, by: User, now: datetime) -> None:
    """What they said: yes, partly, no; or nothing after all."""
    with transaction.atomic():
        path = _moving(request.path_id, now)
        request.save(update_fields=["answer", "answered_on", "words"])
        _write("edit", path, by, now)


def meet_next(*, path: Path, decides_there: str, on: date | None, by: User, now: datetime) -> None:
    """Who decides there, and when one meets next."""
    with transaction.atomic():
        row = _moving(path.pk, now)
        row.decides_there, row.next_meeting_on = decides_there, on
        row.save(update_fields=["decides_there", "next_meeting_on"])
        _write("edit", row, by, now)


def end_path(*, path: Path, state: str, outcome: str, by: User, now: datetime) -> None:
    """Finished or given up, with what came of it."""
    with transaction.atomic():
        row = _moving(path.pk, now)
        if state == Path.State.FINISHED and not row.requests.exists():
            raise ValidationError(_("Nothing was asked on this path: give it up instead."))
        row.state, row.outcome, row.ended_at = state, outcome, now
        row.next_meeting_on = None
        row.save(update_fields=["state", "outcome", "ended_at", "next_meeting_on"])
        _write("end", row, by, now)


def end_with(*, path: Path, outcome: str = "", by: User | None, now: datetime) -> None:
    """It ends with what it was about: the client is left, or the prospect refused, and why."""
    path.state = Path.State.DROPPED if outcome else Path.State.OVER
    path.outcome, path.ended_at, path.next_meeting_on = outcome, now, None
    path.save(update_fields=["state", "outcome", "ended_at", "next_meeting_on"])
    _write("end", path, by, now)


def _moving(pk: int, now: datetime) -> Path:
    """The path, locked, while it is open; something moves on it."""
    row = Path.objects.select_for_update().get(pk=pk)
    if not row.is_open:
        raise ValidationError(_("This path has ended: nothing was changed."))
    row.moved_at = now
    row.save(update_fields=["moved_at"])
    return row


def _write(word: str, path: Path, by: User | None, now: datetime) -> None:
    record(Act(word, "path", str(path.pk)), actor=by, now=now)
