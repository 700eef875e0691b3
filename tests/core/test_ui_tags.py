"""Tags and filters of the interface: figures, numbers and dates as people read them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from xml.etree import ElementTree

import pytest
from django.template import Context, Engine
from django.utils.translation import override

from core import drawing, wording
from core.icons import ICONS
from core.templatetags import ui

NBSP = "\u00a0"


@dataclass(frozen=True)
class Shown:
    """A published figure, as the door of published figures hands it out."""

    score: float = 50
    low: float = 40
    high: float = 60
    level: int = 2
    reliability: str = "solid"
    withheld: bool = False


@dataclass(frozen=True)
class Withheld:
    """A figure that must not be shown: it has no value at all to leak."""

    withheld: bool = True


def render(source: str, **context: Any) -> str:
    engine = Engine(libraries={"ui": "core.templatetags.ui"})
    with override("en"):
        return engine.from_string("{% load ui %}" + source).render(Context(context))


def svg(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup)  # noqa: S314 -- markup that this code has just made


def test_quotation_marks_follow_the_language_and_nothing_typed_is_markup() -> None:
    assert render("{{ words|quoted }}", words="<b>") == "“&lt;b&gt;”"
    with override("fr"):
        assert wording.quoted("Oui.") == f"«{NBSP}Oui.{NBSP}»"


# --- figures ------------------------------------------------------------------------


def test_a_score_never_goes_alone() -> None:
    shown = render("{% figure cell %}", cell=Shown())
    assert 'data-l="2"' in shown
    assert ">50<" in shown
    assert "Strained" in shown
    assert "40 to 60" in shown


def test_a_withheld_figure_says_one_sentence_and_nothing_else() -> None:
    shown = render("{% figure cell %}", cell=Withheld())
    assert "Not enough answers (5 people are needed)" in shown
    assert "data-l" not in shown
    assert "Not enough answers (8 people are needed)" in render("{% figure c 8 %}", c=Withheld())


def test_a_heat_cell_has_its_interval_and_its_word() -> None:
    cell = render("{% heat_cell cell %}", cell=Shown())
    assert cell.startswith('<td data-l="2">50<small>')
    assert "Strained, Solid" in cell
    assert "40–60" in cell
    hidden = render("{% heat_cell cell %}", cell=Withheld())
    assert "data-l" not in hidden
    assert "5 people are needed" in hidden


@pytest.mark.parametrize(("kind", "filled"), [("solid", 3), ("to_confirm", 2), ("fragile", 1)])
def test_reliability_fills_as_many_bars_as_it_deserves(kind: str, filled: int) -> None:
    shown = render("{% reliability kind %}", kind=kind)
    assert shown.count('class="on"') == filled
    assert shown.count('class="off"') == 3 - filled


def test_words_of_bands_groups_and_levels() -> None:
    with override("en"):
        assert [wording.level_word(level) for level in range(1, 6)] == [
            "Gruelling",
            "Strained",
            "Fair",
            "Good",
            "Uplifting",
        ]
        assert wording.band_text("8-12") == "8–12 people"
        assert wording.band_text("20+") == "20+ people"
        assert wording.group_word("above") == "Clearly above the firm"
        assert wording.between_text(40, 60) == "between 40 and 60"


def test_an_unknown_icon_is_an_error() -> None:
    assert ICONS["lock"] in render('{% icon "lock" %}')
    with pytest.raises(KeyError):
        ui.icon("unicorn")


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Inès Morel", "IM"), ("Jean de La Tour", "JT"), ("Cher", "C"), ("", ""), (" - é", "É")],
)
def test_initials(name: str, letters: str) -> None:
    assert ui.initials(name) == letters


# --- drawings -----------------------------------------------------------------------


def test_the_interval_bar_lies_on_the_shared_axis() -> None:
    bar = svg(drawing.interval_bar(50, 40, 60, 62, "below"))
    line = next(e for e in bar if e.get("class") == "iv low")
    dot = next(e for e in bar if e.get("class") == "pt low")
    firm = next(e for e in bar if e.get("class") == "ref")
    assert (line.get("x1"), line.get("x2"), dot.get("cx")) == ("64.0", "128.0", "96.0")
    assert (firm.get("x1"), firm.get("x2")) == ("134.4", "134.4")


def test_the_interval_bar_keeps_within_its_axis_and_can_miss_the_firm() -> None:
    markup = drawing.interval_bar(10, 0, 100)
    line = next(e for e in svg(markup) if (e.get("class") or "").startswith("iv"))
    assert (line.get("x1"), line.get("x2")) == ("0.0", "240.0")
    assert "ref" not in markup


def test_drawings_write_a_point_as_decimal_mark_in_french() -> None:
    with override("fr"):
        assert 'cx="134.4"' in drawing.interval_bar(62, 59, 65)
        assert 'points="62.0,13.0 74.0,13.0 86.0,13.0"' in drawing.sparkline([60, 60, 60])


def test_a_withheld_period_is_a_gap_in_the_curve() -> None:
    points = [60, 60, None, 60, 55, 55, 55, 50]
    labels = [f"period {place}" for place in range(1, 9)]
    with override("en"):
        curve = svg(drawing.sparkline(points, labels))
    lines = [e.get("points") for e in curve if e.tag == "polyline"]
    assert lines == ["2.0,13.0 14.0,13.0", "38.0,13.0 50.0,14.8 62.0,14.8 74.0,14.8 86.0,16.7"]
    assert curve.get("aria-label") == "From 60 (period 1) to 50 (period 8)"
    last = [e for e in curve if e.tag == "circle"][-1]
    assert (last.get("cx"), last.get("cy")) == ("86.0", "16.7")


def test_a_point_between_two_gaps_is_still_seen() -> None:
    curve = svg(drawing.sparkline([60, None, 55, None, 50, 50]))
    assert [e.tag for e in curve].count("circle") == 3


def test_a_last_period_that_is_withheld_leaves_its_place_empty() -> None:
    curve = svg(drawing.sparkline([60, 60, 55, None]))
    assert [e for e in curve if e.tag == "circle"][-1].get("cx") == "74.0"


def test_no_curve_below_three_points_and_none_beyond_eight_periods() -> None:
    with override("en"):
        assert "no curve yet" in drawing.sparkline([60, None, 55])
        assert "no curve yet" in drawing.sparkline([])
        assert "From 53 to 60" in drawing.sparkline(range(50, 61))


# --- numbers and dates --------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "digits", "french", "english"),
    [
        (1250.5, None, f"1{NBSP}250,5", "1,250.5"),
        (62, None, "62", "62"),
        (62.0, None, "62", "62"),
        (6, 1, "6,0", "6.0"),
        (-5, None, "−5", "−5"),
        (-0.04, 1, "0,0", "0.0"),
        (None, None, "–", "–"),
    ],
)
def test_numbers(value: float | None, digits: int | None, french: str, english: str) -> None:
    with override("fr"):
        assert wording.number(value, digits) == french
    with override("en"):
        assert wording.number(value, digits) == english


def test_percentages_and_differences() -> None:
    with override("fr"):
        assert wording.percent(80) == f"80{NBSP}%"
        assert wording.money(12500.4) == f"12{NBSP}500{NBSP}€"
        assert wording.signed(20) == "+20"
        assert wording.signed(-5) == "−5"
        assert wording.signed(0) == "0"
        assert wording.signed(0.04, 1) == "0,0"
    with override("en"):
        assert wording.percent(12.5, 1) == "12.5%"
        assert wording.money(12500.4) == "€12,500"


def test_french_dates() -> None:
    with override("fr"):
        assert wording.weekday(date(2026, 11, 23)) == f"lundi 23{NBSP}novembre"
        assert wording.full_day(date(2026, 9, 1)) == f"1er{NBSP}septembre 2026"
        assert wording.short_day(date(2026, 11, 12)) == f"12{NBSP}nov."
        assert wording.months_text(date(2026, 9, 1), date(2026, 11, 24)) == (
            f"sept.–nov.{NBSP}2026"
        )
        assert wording.months_text(date(2025, 12, 2), date(2026, 2, 3)) == (
            f"déc.{NBSP}2025–févr.{NBSP}2026"
        )
        assert wording.months_text(date(2026, 5, 1), date(2026, 5, 30)) == f"mai{NBSP}2026"


def test_english_dates() -> None:
    with override("en"):
        assert wording.weekday(date(2026, 11, 23)) == f"Monday 23{NBSP}November"
        assert wording.short_day(date(2026, 6, 1)) == f"1{NBSP}June"
        assert wording.months_text(date(2026, 9, 1), date(2026, 11, 24)) == f"Sept–Nov{NBSP}2026"


def test_hours_are_those_of_the_firm() -> None:
    before_ten = datetime(2026, 11, 23, 7, 42, tzinfo=UTC)
    with override("fr"):
        assert wording.clock(before_ten) == f"8{NBSP}h{NBSP}42"
        assert wording.clock(time(10, 0)) == f"10{NBSP}h"
        assert wording.weekday(datetime(2026, 11, 23, 23, 30, tzinfo=UTC)).startswith("mardi 24")
    with override("en"):
        assert wording.clock(before_ten) == "8:42"
        assert wording.clock(time(10, 5)) == "10:05"


def test_filters_reach_the_templates() -> None:
    shown = render(
        "{{ n|number:1 }} {{ n|percent }} {{ d|weekday }} {{ b|band_text }} {{ t|clock }}",
        n=12.25,
        d=date(2026, 11, 23),
        b="5-7",
        t=time(9, 5),
    )
    assert shown == f"12.2 12% Monday 23{NBSP}November 5–7 people 9:05"


def test_a_sparkline_breaks_where_the_question_changed() -> None:
    cuts = [False, False, True, False]
    with override("en"):
        curve = drawing.sparkline([60, 60, 50, 55], ["a", "b", "c", "d"], cuts)
        alone = drawing.sparkline([60, 60, 50, None], ["a", "b", "c", "d"], [*cuts[:3], True])
    assert curve.count("<polyline") == 2
    # Points stand at 50, 62, 74 and 86: the cut is half-way between the second and the third.
    assert '<line class="axis" x1="68.0" x2="68.0"' in curve
    assert 'aria-label="From 50 (c) to 55 (d), since the question changed"' in curve
    assert "From 50 (c) to 50 (c)" in alone  # nothing known since: the last that is
