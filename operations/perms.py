"""Rights on imports and exports: an administrator's, and a kept file is its sender's alone."""

from datetime import datetime

from accounts.models import User
from accounts.perms import Refused, can_configure
from core.tables import FILE_TYPES
from operations.exports import TABLES
from operations.imports.formats import PAGE_KINDS
from operations.imports.uploads import Upload, find
from operations.outbox import Sent, refusals, sent_mail


def can_import(user: User) -> bool:
    """Bring files in and take tables out."""
    return can_configure(user)


def upload_for(user: User, token: str) -> Upload | None:
    """The file that this person had checked; None once it is used, or after a day."""
    return find(token, person=user) if can_import(user) else None


def table_for(user: User, kind: str, file_type: str) -> tuple[str, str]:
    """A table that this person may take out; anything else does not exist for them."""
    if not can_import(user) or kind not in TABLES or file_type not in FILE_TYPES:
        raise Refused("export", f"{kind}.{file_type}")
    return kind, file_type


def sample_for(user: User, kind: str) -> str:
    """The kind of a sample file. There is none for past check-ins."""
    if not can_import(user) or kind not in PAGE_KINDS:
        raise Refused("import", kind)
    return kind


def given_up_for(user: User, pk: int, *, now: datetime) -> User:
    """Somebody whose address is given up, as far as an administrator may know of it."""
    found = refusals(now=now) if can_configure(user) else []
    for one in found:
        if one.is_given_up and one.person.pk == pk:
            return one.person
    raise Refused("mails", pk)


def mail_for(user: User, key: str) -> Sent:
    """A mail of the demo firm; a real firm's mails are shown to nobody."""
    found = sent_mail(key) if can_configure(user) else None
    if found is None:
        raise Refused("mails", key)
    return found
