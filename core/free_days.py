"""Public holidays, from a kept library: they move, and countries change them."""

from datetime import date
from functools import lru_cache

import holidays
from holidays.registry import COUNTRIES

_NAMES = {codes[1]: name.replace("_", " ").title() for name, codes in COUNTRIES.items()}


@lru_cache(maxsize=1)
def _known() -> dict[str, list[str]]:
    """Country → its regions with holidays of their own; asked once, since it reads 250 files."""
    return holidays.list_supported_countries(include_aliases=False)


def countries() -> list[tuple[str, str]]:
    """Code and English name of each country that is known, by name."""
    return sorted(((code, _NAMES.get(code, code)) for code in _known()), key=lambda one: one[1])


def regions(country: str) -> list[str]:
    """Codes of the regions of a country that have holidays of their own.

    >>> "57" in regions("FR"), regions("XX")
    (True, [])
    """
    return list(_known().get(country, []))


def is_holiday(day: date, country: str, region: str = "") -> bool:
    """Is it a public holiday there? A country or a region that is not known has none of its own.

    >>> is_holiday(date(2026, 7, 14), "FR"), is_holiday(date(2026, 12, 26), "FR")
    (True, False)
    >>> is_holiday(date(2026, 12, 26), "FR", "57"), is_holiday(date(2026, 7, 14), "")
    (True, False)
    """
    return day in _of_year(country, region, day.year)


@lru_cache(maxsize=64)
def _of_year(country: str, region: str, year: int) -> frozenset[date]:
    if country not in _NAMES:
        return frozenset()
    try:
        found = holidays.country_holidays(country, subdiv=region or None, years=year)
    except NotImplementedError:
        found = holidays.country_holidays(country, years=year)
    return frozenset(found)
