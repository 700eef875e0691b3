"""Texts that people wrote, sealed before they reach the database: AES-256-GCM, keys in a file.

The file (``settings.COMMENT_KEYS``) lies outside the database and its backups: who has one of
the two alone reads nothing. Each sealed text names its key and is bound to its row, so that it
opens nowhere else.

Format: version (1 byte), key id (4), nonce (12), ciphertext with its tag (16 more than the text).
"""

import json
import os
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = b"\x01"
ID_BYTES, NONCE_BYTES, KEY_BITS = 4, 12, 256
HEAD = len(VERSION) + ID_BYTES
# Read and written by the product's own user alone.
PRIVATE_FILE = 0o600


class SealingError(Exception):
    """A text cannot be sealed or opened; its words name the cure, never the text."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Every key by its id, and the one that seals today."""

    current: str
    keys: dict[str, bytes]


def path() -> Path:
    return Path(settings.COMMENT_KEYS)


def ring() -> Ring:
    """The keys of the file, read again whenever it changes."""
    file = path()
    try:
        changed = file.stat().st_mtime_ns
    except OSError as error:
        raise SealingError(
            f"there is no key file at {file}: manage.py rotate_comment_keys makes the first key,"
            " or put the file back from its own backup"
        ) from error
    return _read(file, changed)


@lru_cache(maxsize=4)
def _read(file: Path, changed: int) -> Ring:
    """``changed``: when the file was, so that an older reading is not taken for it."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        keys = {name: b64decode(key, validate=True) for name, key in told["keys"].items()}
        found = Ring(str(told["current"]), keys)
        whole = len(keys[found.current]) == KEY_BITS // 8 and bytes.fromhex(found.current)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SealingError(f"the key file at {file} is damaged: put it back") from error
    if not whole:
        raise SealingError(f"the key file at {file} is damaged: put it back")
    return found


def is_ready() -> bool:
    """Whether a text can be sealed now."""
    try:
        ring()
    except SealingError:
        return False
    return True


def seal(text: str, *, bound_to: str) -> bytes:
    """Seal under today's key; ``bound_to`` names the row, and opens it again."""
    keys = ring()
    nonce = secrets.token_bytes(NONCE_BYTES)
    closed = AESGCM(keys.keys[keys.current]).encrypt(nonce, text.encode(), bound_to.encode())
    return VERSION + bytes.fromhex(keys.current) + nonce + closed


def unseal(sealed: bytes, *, bound_to: str) -> str:
    """The text; refused where the key is missing, or the text was changed or moved."""
    name = key_id(sealed)
    key = ring().keys.get(name)
    if key is None:
        raise SealingError(f"key {name} is missing from {path()}: put the file back")
    nonce, closed = sealed[HEAD : HEAD + NONCE_BYTES], sealed[HEAD + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, closed, bound_to.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise SealingError(
            f"a text sealed under key {name} does not open: it was changed or moved, or the key"
            " of that name is another one"
        ) from error


def key_id(sealed: bytes) -> str:
    """Name of the key under which a text was sealed."""
    if not sealed.startswith(VERSION):
        raise SealingError("a text is sealed in a format that this version does not know")
    return sealed[len(VERSION) : HEAD].hex()


# --- keys --------------------------------------------------------------------------------------


def add_key() -> str:
    """A new key that seals from now on; the file is made where there is none. Its id."""
    keys = ring().keys if path().exists() else {}
    name = secrets.token_hex(ID_BYTES)
    _write(Ring(name, keys | {name: AESGCM.generate_key(KEY_BITS)}))
    return name


def forget_keys(used: set[str]) -> list[str]:
    """Drop the keys that seal nothing any more; ids of those dropped."""
    kept = ring()
    gone = [name for name in kept.keys if name != kept.current and name not in used]
    if gone:
        left = {name: key for name, key in kept.keys.items() if name not in gone}
        _write(Ring(kept.current, left))
    return gone


def _write(keys: Ring) -> None:
    """All of it or nothing: a crash leaves the former file."""
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "current": keys.current,
        "keys": {name: b64encode(key).decode() for name, key in keys.keys.items()},
    }
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=file.parent, prefix=file.name, delete=False
    ) as new:
        os.fchmod(new.fileno(), PRIVATE_FILE)
        json.dump(told, new)
        new.flush()
        os.fsync(new.fileno())
    Path(new.name).replace(file)
    _read.cache_clear()
