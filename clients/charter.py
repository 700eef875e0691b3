"""Writing a version after the count, publishing it for good, and what becomes of it."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.audit import Act, record
from accounts.models import User
from clients.charter_bank import TEXTS
from clients.models import MOST_VALUES, Charter, CharterValue, Mark, Objection

State = Charter.State


def chosen(charter: Charter) -> list[CharterValue]:
    """The values of a version, in their order."""
    return list(charter.proposals.filter(chosen=True))


def called_alike(values: Sequence[CharterValue]) -> list[CharterValue]:
    """Those with the name of an earlier one, in either language: reviews could not tell them
    apart."""
    found, taken = [], set[str]()
    for value in values:
        if taken.intersection(value.known_by):
            found.append(value)
        taken.update(value.known_by)
    return found


def two_of_one_name(name: str) -> str:
    """What is said where two values of a version have one name."""
    return _("Another value is called “%(name)s”: keep one, or change a name.") % {"name": name}


def rewrite(*, value: CharterValue, by: User, now: datetime) -> None:
    """The referent's wording, in both languages, while the version is being written."""
    with transaction.atomic():
        charter = _writing(value.charter_id)
        if value.chosen:
            _refuse_taken_names(value)
        value.save(update_fields=list(TEXTS))
        _write("edit", charter, by, now)


def _refuse_taken_names(value: CharterValue) -> None:
    """Beside each name that another value of the version has."""
    others = CharterValue.objects.filter(charter=value.charter_id, chosen=True)
    taken = {name for other in others.exclude(pk=value.pk) for name in other.known_by}
    fields = {name: f"name_{name[:2]}" for name in value.known_by if name in taken}
    if fields:
        said = {field: two_of_one_name(getattr(value, field)) for field in fields.values()}
        raise ValidationError(said)


def choose(*, charter: Charter, values: Sequence[int], by: User, now: datetime) -> None:
    """Which proposals the version holds (ids, in their order); the counts only advise."""
    if len(values) > MOST_VALUES:
        said = _("%(most)s values at most: few on purpose.")
        raise ValidationError(said % {"most": MOST_VALUES})
    with transaction.atomic():
        charter = _writing(charter.pk)
        places = {pk: place for place, pk in enumerate(values, start=1)}
        rows = list(charter.proposals.select_for_update().order_by("pk"))
        if alike := called_alike([row for row in rows if row.pk in places]):
            raise ValidationError([two_of_one_name(row.name) for row in alike])
        for row in rows:
            row.chosen = row.pk in places
            row.position = places.get(row.pk, len(values) + 1)
        CharterValue.objects.bulk_update(rows, ["chosen", "position"])
        _write("edit", charter, by, now)


def answer(*, objection: Objection, sentence: str, by: User, now: datetime) -> None:
    """The referent answers; again changes the answer, until the version is published."""
    with transaction.atomic():
        charter = _writing(objection.value.charter_id)
        objection.answer, objection.answered_by, objection.answered_at = sentence, by, now
        objection.save(update_fields=["answer", "answered_by", "answered_at"])
        _write("answer", charter, by, now)


def lacking(charter: Charter) -> list[str]:
    """What stands between this version and its publication, one sentence each."""
    values = chosen(charter)
    found = []
    if not values:
        found.append(_("Choose at least one value."))
    found += [
        _("“%(name)s” lacks a text in one of the two languages.") % {"name": value.name}
        for value in values
        if not value.is_complete
    ]
    found += [two_of_one_name(value.name) for value in called_alike(values)]
    open_ones = Objection.objects.filter(value__charter=charter, answer="").count()
    if open_ones:
        said = ngettext(
            "%(count)s person who is against a value has had no answer yet.",
            "%(count)s people who are against a value have had no answer yet.",
            open_ones,
        )
        found.append(said % {"count": open_ones})
    return found


def publish(*, charter: Charter, by: User, now: datetime) -> Charter:
    """Give it its number and its date: from then on it does not change."""
    with transaction.atomic():
        charter = _writing(charter.pk)
        missing = lacking(charter)
        if missing:
            raise ValidationError(missing)
        before = Charter.objects.newest()
        charter.state, charter.is_live = State.PUBLISHED, False
        charter.number = (before.number or 0) + 1 if before else 1
        charter.published_by, charter.published_at = by, now
        charter.is_public = bool(before and before.is_public)
        charter.save()
        _write("publish", charter, by, now)
    return charter


def drop(*, charter: Charter, by: User, now: datetime) -> bool:
    """Give up a version that is not published; False where there is nothing to give up."""
    rows = Charter.objects.filter(pk=charter.pk, is_live=True)
    with transaction.atomic():
        if not rows.update(state=State.DROPPED, is_live=False):
            return False
        Mark.objects.filter(value__charter=charter).delete()
        _write("remove", charter, by, now)
    return True


def set_public(*, charter: Charter, public: bool, by: User, now: datetime) -> bool:
    """Open the page of a published version to everybody, or close it; False: so already."""
    rows = Charter.objects.filter(pk=charter.pk, state=State.PUBLISHED, is_public=not public)
    with transaction.atomic():
        if not rows.update(is_public=public):
            return False
        changes = {"is_public": [str(not public), str(public)]}
        act = Act("edit", "charter", str(charter.number), changes=changes)
        record(act, actor=by, now=now)
    return True


def _writing(pk: int) -> Charter:
    """The version, locked, while it is being written."""
    charter = Charter.objects.select_for_update().get(pk=pk)
    if charter.state != State.WRITING:
        raise ValidationError(_("This version is not being written: nothing was changed."))
    return charter


def _write(word: str, charter: Charter, by: User, now: datetime) -> None:
    record(Act(word, "charter", str(charter.number or charter.pk)), actor=by, now=now)
