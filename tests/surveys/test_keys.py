"""The keys of comments: made, changed and lost."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core import sealing
from operations.management.commands import doctor
from surveys import drafts
from surveys import keys as module
from surveys.intake import Sending, sent_before, submit
from surveys.keys import health
from surveys.models import Round
from surveys.models.answers import CheckIn, Draft
from tests.house.searching import every_table
from tests.surveys.asking import NOW, open_round
from tests.world import World

pytestmark = pytest.mark.django_db
WORDS = "Réorganisation pénible, mais l’équipe tient."


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, settings: Any) -> Path:
    settings.COMMENT_KEYS = str(tmp_path / "keys.json")
    sealing.add_key()
    return sealing.path()


@pytest.fixture
def asked(world: World) -> Round:
    row = open_round()
    say(world, row, WORDS)
    draft(world, row)
    return row


def say(world: World, row: Round, words: str) -> None:
    sending = Sending({"load": 25}, comment=words, comment_shown=True)
    submit(person=world.consultant, mission=world.mission.pk, round_=row, sending=sending, now=NOW)


def draft(world: World, row: Round) -> None:
    place = drafts.Place(world.consultant.pk, world.mission.pk, row)
    words = drafts.Words({}, comment=f"Brouillon : {WORDS}")
    assert drafts.keep(place=place, words=words, seen=drafts.version(place), now=NOW)


def said(world: World, row: Round) -> str | None:
    kept = sent_before(person=world.consultant, mission=world.mission.pk, round_=row)
    assert kept is not None
    return kept.sending.comment


def rotated(*options: str) -> str:
    out = StringIO()
    call_command("rotate_comment_keys", *options, stdout=out)
    return out.getvalue()


def test_no_word_lies_in_the_open(world: World, asked: Round) -> None:
    held = "".join(text for _table, text in every_table())
    for word in ("Réorganisation", "pénible", "R\\xc3\\xa9organisation", "quipe tient"):
        assert word not in held


def test_a_comment_copied_to_another_row_does_not_open(world: World, asked: Round) -> None:
    copy = CheckIn.objects.get()
    other = CheckIn(
        person=world.other_consultant, mission=world.other_mission, round=asked,
        comment=copy.comment, sent_at=NOW,
    )  # fmt: skip
    other.save()
    kept = sent_before(person=world.other_consultant, mission=world.other_mission.pk, round_=asked)
    assert kept is not None
    assert kept.is_sealed
    assert kept.sending.comment is None


def test_a_draft_does_not_open_as_a_check_in(world: World, asked: Round) -> None:
    CheckIn.objects.update(comment=Draft.objects.get().comment)
    assert said(world, asked) is None


def test_a_new_key_for_every_text(world: World, asked: Round, keys: Path) -> None:
    before = sealing.ring().current
    told = rotated()
    after = sealing.ring().current
    assert f"key {after} seals now; 2 text(s)" in told
    texts = [CheckIn.objects.get().comment, Draft.objects.get().comment]
    assert {sealing.key_id(bytes(text)) for text in texts} == {after}
    assert said(world, asked) == WORDS
    assert set(sealing.ring().keys) == {before, after}
    again = rotated("--forget")
    assert f"dropped {before}, {after}" in again
    assert set(sealing.ring().keys) == {sealing.ring().current}
    assert said(world, asked) == WORDS


def test_what_is_written_meanwhile_is_left_alone(
    world: World, asked: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody sends again between the reading of a row and its writing."""
    plain = module.sealed

    def slowly(text: str, row: Any) -> bytes | None:
        monkeypatch.setattr(module, "sealed", plain)
        say(world, asked, "Autre chose.")
        return plain(text, row)

    monkeypatch.setattr(module, "sealed", slowly)
    rotated()
    assert said(world, asked) == "Autre chose."


def test_the_first_key_is_made_where_nothing_is_sealed(keys: Path) -> None:
    keys.unlink()
    assert "0 text(s)" in rotated()
    assert sealing.is_ready()


def test_a_lost_file_is_not_replaced_in_silence(world: World, asked: Round, keys: Path) -> None:
    keys.unlink()
    with pytest.raises(CommandError, match="put it back"):
        rotated()
    assert not keys.exists()


def test_a_damaged_file_is_said(world: World, asked: Round, keys: Path) -> None:
    keys.write_text("{")
    with pytest.raises(CommandError, match="damaged"):
        rotated()


def test_texts_that_no_key_opens_stay_and_are_said(world: World, asked: Round) -> None:
    sealing.add_key()
    sealing.forget_keys(set())
    sealed = bytes(CheckIn.objects.get().comment or b"")
    with pytest.raises(CommandError, match=r"2 text\(s\) do not open"):
        rotated("--forget")
    assert bytes(CheckIn.objects.get().comment or b"") == sealed


def test_the_doctor_opens_every_text_and_says_none(world: World, asked: Round, keys: Path) -> None:
    assert doctor.comment_keys() == f"key {sealing.ring().current}, 2 sealed texts open"
    keys.chmod(0o644)
    with pytest.raises(doctor.Trouble, match="chmod 600"):
        doctor.comment_keys()
    sealing.add_key()
    sealing.forget_keys(set())
    assert (health().texts, health().closed) == (2, 2)
    with pytest.raises(doctor.Trouble, match="2 of 2"):
        doctor.comment_keys()
    keys.unlink()
    with pytest.raises(doctor.Trouble, match="rotate_comment_keys"):
        doctor.comment_keys()
