"""Texts sealed before they reach the database: what opens them, and what refuses."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import sealing
from core.sealing import SealingError, seal, unseal

HERE = "check-in/1/2/3"


@pytest.fixture
def keys(tmp_path: Path, settings: Any) -> Path:
    """A key file of this test's own."""
    settings.COMMENT_KEYS = str(tmp_path / "sub" / "keys.json")
    sealing.add_key()
    return sealing.path()


@given(st.text(max_size=300))
def test_what_is_sealed_opens_in_its_own_row(text: str) -> None:
    assert unseal(seal(text, bound_to=HERE), bound_to=HERE) == text


def test_the_same_text_never_looks_the_same() -> None:
    assert seal("mot", bound_to=HERE) != seal("mot", bound_to=HERE)


def test_it_opens_in_no_other_row() -> None:
    sealed = seal("un mot", bound_to=HERE)
    with pytest.raises(SealingError, match="changed or moved"):
        unseal(sealed, bound_to="check-in/1/2/4")


@pytest.mark.parametrize("place", [6, 18, -1], ids=["nonce", "text", "tag"])
def test_a_changed_byte_is_refused(place: int) -> None:
    sealed = bytearray(seal("un mot", bound_to=HERE))
    sealed[place] ^= 1
    with pytest.raises(SealingError, match="changed or moved"):
        unseal(bytes(sealed), bound_to=HERE)


def test_nothing_of_the_text_is_in_a_refusal() -> None:
    sealed = seal("réorganisation", bound_to=HERE)
    with pytest.raises(SealingError) as refusal:
        unseal(sealed + b"x", bound_to=HERE)
    assert "réorganisation" not in str(refusal.value)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(SealingError, match="format"):
        unseal(b"\x02" + seal("mot", bound_to=HERE)[1:], bound_to=HERE)


def test_keys_are_readable_by_their_owner_alone(keys: Path) -> None:
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert [one.name for one in keys.parent.iterdir()] == ["keys.json"]


def test_a_new_key_seals_and_the_old_one_still_opens(keys: Path) -> None:
    before = seal("avant", bound_to=HERE)
    name = sealing.add_key()
    after = seal("après", bound_to=HERE)
    assert sealing.key_id(after) == name != sealing.key_id(before)
    assert unseal(before, bound_to=HERE) == "avant"
    assert sealing.forget_keys({sealing.key_id(before)}) == []
    assert sealing.forget_keys(set()) == [sealing.key_id(before)]
    with pytest.raises(SealingError, match=f"key {sealing.key_id(before)} is missing"):
        unseal(before, bound_to=HERE)
    assert unseal(after, bound_to=HERE) == "après"


def test_a_key_of_the_same_name_but_another_is_refused(keys: Path) -> None:
    sealed = seal("un mot", bound_to=HERE)
    told = json.loads(keys.read_text())
    other = "A" * 43 + "="
    keys.write_text(json.dumps(told | {"keys": {told["current"]: other}}))
    os.utime(keys, ns=(1, 1))
    with pytest.raises(SealingError, match="another one"):
        unseal(sealed, bound_to=HERE)


def test_a_missing_file_is_refused_with_its_cure(keys: Path) -> None:
    sealed = seal("un mot", bound_to=HERE)
    keys.unlink()
    assert not sealing.is_ready()
    for act in (lambda: seal("x", bound_to=HERE), lambda: unseal(sealed, bound_to=HERE)):
        with pytest.raises(SealingError, match="rotate_comment_keys"):
            act()


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "{}", '{"current": "ab", "keys": {}}', '{"current": "ab", "keys": {"ab": "!"}}',
        '{"current": "ab", "keys": {"ab": "AAAA"}}', '{"current": 1, "keys": []}',
        '{"current": "zz", "keys": {"zz": "' + "A" * 43 + '="}}',
    ],
    ids=["empty", "list", "no-keys", "no-key", "not-base64", "short", "types", "not-hexadecimal"],
)  # fmt: skip
def test_a_damaged_file_is_refused(keys: Path, content: str) -> None:
    keys.write_text(content)
    os.utime(keys, ns=(2, 2))
    assert not sealing.is_ready()
    with pytest.raises(SealingError, match="damaged"):
        seal("x", bound_to=HERE)
