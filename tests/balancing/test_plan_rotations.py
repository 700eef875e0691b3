"""The planner's door for analysts: no database, one sentence for a bad file."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from balancing import instance_file

SMALL: dict[str, Any] = {
    "n": 3,
    "m": 2,
    "seats": [1, 1],
    "difficulty": [9.0, 1],
    "burden": [30.0, 5.0, 8.0],
    "current": [0, 1, -1],
    "edges": [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]],
    "budget": 1,
}

NOT_A_NUMBER = json.dumps(SMALL | {"burden": [float("nan"), 1, 2]}).encode()


def plan(path: Path) -> dict[str, Any]:
    out = StringIO()
    call_command("plan_rotations", str(path), "--format", "json", stdout=out)
    return dict(json.loads(out.getvalue()))


def written(folder: Path, told: object) -> Path:
    path = folder / "instance.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def test_a_plan_of_a_small_instance(tmp_path: Path) -> None:
    assert plan(written(tmp_path, SMALL)) == {"max_load": 17.0, "moves": 1, "plan": [-1, 1, 0]}
    free = written(tmp_path, SMALL | {"budget": None})
    assert plan(free) == {"max_load": 14.0, "moves": 2, "plan": [-1, 0, 1]}
    locked = written(tmp_path, SMALL | {"locked": [0]})
    assert plan(locked)["plan"] == [0, 1, -1]


def test_the_shown_instance(reference_data: Path) -> None:
    found = plan(reference_data / "planner_40x20_s1.json")
    assert (found["max_load"], found["moves"], len(found["plan"])) == (53.7, 6, 40)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n": "3"}, "n: a whole number from 0 to 1000000 is expected"),
        ({"m": True}, "m: a whole number from 0 to 1000000 is expected"),
        ({"n": -1}, "n: a whole number from 0 to 1000000 is expected"),
        ({"seats": [1]}, "seats: 2 numbers are expected, 1 are there"),
        ({"seats": [1, 1.5]}, "seats: a number is expected at place 1"),
        ({"burden": [1, None, 2]}, "burden: a number is expected at place 1"),
        ({"burden": "abc"}, "burden: a list is expected"),
        ({"edges": 4}, "edges: a list is expected"),
        ({"edges": [[0, 0], [1]]}, "edges: a pair of person and mission is expected at place 1"),
        ({"edges": [[0, 7]]}, "edges: 7 at place 0 is out of range"),
        ({"budget": 2.5}, "budget: a whole number from 0 to 1000000 is expected"),
        ({"locked": [True]}, "locked: a number is expected at place 0"),
        ({"edges": [[0, 0]]}, "missions 1 cannot all be filled"),
        ({"seats": [0, 2], "budget": 0}, "filling every seat takes 1 moves"),
    ],
)
def test_a_bad_value_is_one_sentence(tmp_path: Path, change: Any, message: str) -> None:
    path = written(tmp_path, SMALL | change)
    with pytest.raises(CommandError) as caught:
        plan(path)
    assert str(caught.value) == f"{path}: {message}."


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"n": 3,\n "m": }', "not JSON: line 2, column 7"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b'"\xe9"', "not UTF-8"),
        (b"[1, 2]", "an object with the instance's keys is expected"),
        (b"[" * 200_000, "not JSON that can be read"),
        (b'{"n": 3}', "m is missing"),
        (b"", "not JSON: line 1, column 1"),
        (NOT_A_NUMBER, "burden: a number is expected at place 0"),
    ],
)
def test_a_file_that_is_no_instance_is_one_sentence(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        plan(path)
    assert str(caught.value) == f"{path}: {message}."


def test_a_file_that_is_not_there_or_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError, match="No such file"):
        plan(tmp_path / "none.json")
    monkeypatch.setattr(instance_file, "LARGEST", 10)
    with pytest.raises(CommandError, match="larger than 0 MB"):
        plan(written(tmp_path, SMALL))


def test_no_database_is_needed(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "plan_rotations", str(written(tmp_path, SMALL))],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"},
    )
    assert (done.returncode, json.loads(done.stdout)["moves"]) == (0, 1)
