"""Fixtures of the guard tests."""

from tests.house.planting import planted

__all__ = ["planted"]
