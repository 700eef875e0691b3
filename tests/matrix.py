"""The vocabulary of the URL × role matrix. Each app states its own rows in
``tests/<app>/rows.py`` as ``ROWS: list[Row]``; ``tests/test_matrix.py`` walks them all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.world import World

SIGN_IN = 302


@dataclass(frozen=True)
class Row:
    """Expected status of a GET (or of a POST with ``method="post"``) for each role.

    ``args`` makes the URL's keyword arguments from the world. A role not named gets
    ``rest``; anonymous is led to sign-in unless said otherwise.
    """

    name: str
    rest: int
    args: Callable[[World], dict[str, Any]] = field(default=lambda world: {})
    method: str = "get"
    anonymous: int = SIGN_IN
    consultant: int | None = None
    other_consultant: int | None = None
    manager: int | None = None
    other_manager: int | None = None
    referent: int | None = None
    administrator: int | None = None

    def expected(self, role: str) -> int:
        value: int | None = getattr(self, role)
        return self.rest if value is None else value
