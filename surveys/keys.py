"""Keys of what people write: a new one for everything, and whether everything opens."""

from collections.abc import Iterator
from dataclasses import dataclass

from core import sealing
from surveys.comments import Row, opened, sealed
from surveys.models.answers import CheckIn, Draft
from surveys.models.opinions import Opinion

BATCH = 500
MODELS: tuple[type[Row], ...] = (CheckIn, Draft, Opinion)


class KeysLostError(Exception):
    """There are sealed texts and no key file: a new one would only hide the loss."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """``left``: texts that no key opens, which stay as they are; ``gone``: keys dropped."""

    key: str
    texts: int
    left: int
    gone: list[str]


def rotate(*, forget: bool) -> Rotated:
    """Make a new key and put every text under it; the first key where there is none.

    Repeatable, and safe beside people who write: a row that changed meanwhile is left alone,
    since whoever changed it sealed it under the new key. ``forget``: drop the keys that no text
    here uses any more; a backup from before needs them.
    """
    if not sealing.path().exists() and any(True for _row in _sealed()):
        raise KeysLostError
    key = sealing.add_key()
    texts, used, left = 0, {key}, 0
    for row in _sealed():
        before = bytes(row.comment or b"")
        if sealing.key_id(before) == key:
            continue
        text = opened(row)
        if text is None:
            used.add(sealing.key_id(before))
            left += 1
            continue
        same = type(row).objects.filter(pk=row.pk, comment=before)
        texts += same.update(comment=sealed(text, row))
    return Rotated(key, texts, left, sealing.forget_keys(used) if forget else [])


def _sealed() -> Iterator[Row]:
    for model in MODELS:
        rows = model.objects.filter(comment__isnull=False).order_by("pk")
        yield from rows.iterator(chunk_size=BATCH)


@dataclass(frozen=True, slots=True)
class Health:
    """For the doctor: how many texts there are, and how many of them do not open."""

    texts: int
    closed: int


def health() -> Health:
    """Opens every text, and says none."""
    shut = [opened(row) is None for row in _sealed()]
    return Health(len(shut), sum(shut))
