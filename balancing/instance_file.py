"""A planner's instance as a JSON file, checked key by key. Pure of the database.

What is wrong is said in one sentence that names the key and the place.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from balancing.maths.rotation import Instance

# A hundred times the largest that was ever solved.
LARGEST = 256 << 20
MOST = 1_000_000


class BadFileError(Exception):
    """The file cannot be used; the message is one sentence."""


def read(path: Path) -> Instance:
    """The instance of a file; docs/rotations.md has the format."""
    told = _loaded(path)
    if not isinstance(told, dict):
        raise BadFileError("an object with the instance's keys is expected")
    people, missions = (_count(told, name) for name in ("n", "m"))
    try:
        return Instance(
            seats=_numbers(told, "seats", missions, _whole),
            difficulty=_numbers(told, "difficulty", missions, _real),
            burden=_numbers(told, "burden", people, _real),
            current=_numbers(told, "current", people, _whole),
            edges=_edges(told),
            budget=_count(told, "budget") if told.get("budget") is not None else None,
            locked=frozenset(_listed(told, "locked", _whole) if "locked" in told else ()),
        )
    except ValueError as error:
        raise BadFileError(str(error)) from None


def _loaded(path: Path) -> Any:
    try:
        if path.stat().st_size > LARGEST:
            raise BadFileError(f"larger than {LARGEST >> 20} MB")
        return json.loads(path.read_bytes())
    except OSError as error:
        raise BadFileError(error.strerror or "cannot be read") from None
    except UnicodeDecodeError:
        raise BadFileError("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise BadFileError(f"not JSON: line {error.lineno}, column {error.colno}") from None
    except (RecursionError, ValueError):
        raise BadFileError("not JSON that can be read") from None


def _count(told: dict[str, Any], name: str) -> int:
    value = _of(told, name)
    if not _whole(value) or not 0 <= value <= MOST:
        raise BadFileError(f"{name}: a whole number from 0 to {MOST} is expected")
    return int(value)


def _numbers(
    told: dict[str, Any], name: str, count: int, fits: Callable[[Any], bool]
) -> list[Any]:
    values = _listed(told, name, fits)
    if len(values) != count:
        raise BadFileError(f"{name}: {count} numbers are expected, {len(values)} are there")
    return values


def _listed(told: dict[str, Any], name: str, fits: Callable[[Any], bool]) -> list[Any]:
    values = _of(told, name)
    if not isinstance(values, list):
        raise BadFileError(f"{name}: a list is expected")
    for place, value in enumerate(values):
        if not fits(value):
            raise BadFileError(f"{name}: a number is expected at place {place}")
    return values


def _edges(told: dict[str, Any]) -> list[tuple[int, int]]:
    values = _of(told, "edges")
    if not isinstance(values, list):
        raise BadFileError("edges: a list is expected")
    for place, pair in enumerate(values):
        if not (isinstance(pair, list) and len(pair) == 2 and all(map(_whole, pair))):
            raise BadFileError(f"edges: a pair of person and mission is expected at place {place}")
    return [(person, mission) for person, mission in values]


def _of(told: dict[str, Any], name: str) -> Any:
    if name not in told:
        raise BadFileError(f"{name} is missing")
    return told[name]


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MOST


def _real(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MOST
