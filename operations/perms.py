"""Rights on imports and exports: an administrator's, and a kept file is its sender's alone."""

from accounts.models import User
from accounts.perms import Refused, can_configure
from core.tables import FILE_TYPES
from operations.exports import TABLES
from operations.imports.formats import PAGE_KINDS
from operations.imports.uploads import Upload, find


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
