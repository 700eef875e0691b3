"""What a curve says and shows: gaps stay gaps, scales are fixed, findings are figures."""

import json
from datetime import UTC, date, datetime, time, timedelta

import plotly.graph_objects as go
import pytest
from django.utils.translation import override

from dashboards import charts, drawing
from dashboards.edition import Point, days
from scoring.publication import WITHHELD, Cell, PublishedPeriod

FIRM = Cell(False, 62, 59, 65, "20+", 3, "solid", "")


def cell(score: int, low: int | None = None, high: int | None = None) -> Cell:
    low, high = low or score - 10, high or score + 10
    return Cell(False, score, low, high, "8-12", 3, "solid", "in_line")


def points(*scores: int | None, firm: Cell = FIRM, cut: int | None = None) -> list[Point]:
    return [
        Point(
            published_at=datetime(2025 + place // 4, 1 + 3 * (place % 4), 24, 10, tzinfo=UTC),
            label=f"period {place}",
            cell=WITHHELD if score is None else cell(score),
            firm=firm,
            first=place == 0,
            day=date(2025 + place // 4, 1 + 3 * (place % 4), 24),
            cut=place == cut,
        )
        for place, score in enumerate(scores)
    ]


def period(starts_on: date, published_on: date) -> PublishedPeriod:
    moment = datetime.combine(published_on, time(10), UTC)
    return PublishedPeriod(1, starts_on, starts_on + timedelta(weeks=8), moment, False)


def test_periods_stand_at_their_publication() -> None:
    known = [date(2026, 1, 6), date(2026, 3, 31), date(2026, 6, 23)]
    rows = [period(day, day + timedelta(weeks=10)) for day in known]
    assert days(rows) == [day + timedelta(weeks=10) for day in known]


def test_a_past_that_was_published_at_once_does_not_fold_back_on_one_day() -> None:
    brought_in = date(2026, 11, 22)
    rows = [period(day, brought_in) for day in (date(2026, 2, 3), date(2026, 4, 28))]
    rows.append(period(date(2026, 11, 17), date(2027, 1, 26)))
    assert days(rows) == [date(2026, 3, 31), brought_in, date(2027, 1, 26)]
    assert days([]) == []


@pytest.mark.parametrize("shown", [(60, 55, 50), (60, None, 60, 55), (10, 50, 95, None)])
def test_plotly_accepts_the_figure_as_it_is(shown: tuple[int | None, ...]) -> None:
    figure = charts.trend("Bien-être", points(*shown))
    assert figure is not None
    checked = go.Figure(figure).to_plotly_json()
    assert len(checked["data"]) == 2
    json.dumps(figure)


@pytest.mark.parametrize("shown", [(), (60,), (60, 55), (60, None, 55), (None, None, None)])
def test_no_curve_under_three_points(shown: tuple[int | None, ...]) -> None:
    assert charts.trend("Bien-être", points(*shown)) is None
    assert charts.finding(points(*shown)) == ""
    assert drawing.small_multiple(points(*shown), charts.AXIS, "") == ""


def test_a_withheld_period_is_a_gap_and_holds_nothing() -> None:
    with override("en"):
        figure = charts.trend("Well-being", points(60, None, 55, 50))
    assert figure is not None
    line = figure["data"][1]
    assert line["connectgaps"] is False
    assert line["y"] == [60, None, 55, 50]
    assert line["error_y"]["array"][1] is None
    assert line["error_y"]["arrayminus"][1] is None
    assert line["customdata"][1] == ["", "", "", "", ""]
    words = [note["text"] for note in figure["layout"]["annotations"]]
    assert words == ["50", "Firm 62", "withheld"]


def test_points_stand_at_their_publication_with_their_interval() -> None:
    figure = charts.trend("Bien-être", points(60, 55, 50))
    assert figure is not None
    line = figure["data"][1]
    assert line["x"] == ["2025-01-24", "2025-04-24", "2025-07-24"]
    assert line["error_y"]["array"] == [10, 10, 10]
    assert figure["layout"]["xaxis"]["range"] == ["2025-01-18", "2025-07-30"]
    with override("fr"):
        assert charts.ticks(points(60, 55, 50, 50, 50)) == [
            "janv. 25", "avr.", "juil.", "oct.", "janv. 26",
        ]  # fmt: skip


def test_a_tooltip_tells_name_value_interval_people_period_in_this_order() -> None:
    with override("en"):
        figure = charts.trend("Well-being", points(60, 55, 50))
    assert figure is not None
    assert figure["data"][1]["customdata"][0] == [
        "Well-being", "60", "between 50 and 70", "8–12 people", "period 0",
    ]  # fmt: skip


def test_two_fixed_scales_and_no_other() -> None:
    assert charts.axis_of(points(60, 55, 50)) == (30, 90)
    assert charts.axis_of(points(60, 55, 35)) == (0, 100)  # its interval goes down to 25
    assert charts.axis_of(points(60, None, 85)) == (0, 100)
    assert charts.axis_of([]) == (30, 90)


def test_labels_that_would_write_over_each_other_are_moved_apart() -> None:
    near = charts.trend("Bien-être", points(50, 55, 60))
    far = charts.trend("Bien-être", points(60, 55, 50))
    assert near is not None
    assert far is not None
    assert [note["yshift"] for note in near["layout"]["annotations"]] == [-9, 9]
    assert [note["yshift"] for note in far["layout"]["annotations"]] == [0, 0]


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ((60, 55, 50), "From 60 to 50 in 3 periods"),
        ((60, None, 60, 60), "Stable at 60 over 4 periods"),
        ((60, 55, 60), "Back at 60 after 3 periods"),
        ((None, 60, 55, 50, None), "From 60 to 50 in 3 periods"),
    ],
)
def test_the_finding_states_figures(shown: tuple[int | None, ...], said: str) -> None:
    with override("en"):
        assert charts.finding(points(*shown)) == said


def test_the_firm_missing_draws_no_line_of_it() -> None:
    figure = charts.trend("Bien-être", points(60, 55, 50, firm=WITHHELD))
    assert figure is not None
    assert figure["data"][0]["y"] == [None, None, None]
    assert len(figure["layout"]["annotations"]) == 1


def test_colours_come_from_the_style_sheet_and_text_has_no_markup() -> None:
    figure = charts.trend("Bien-être", points(60, None, 50, 45))
    text = json.dumps(figure)
    assert "#" not in text
    assert "<b" not in text.replace("<br>", "")


def test_the_server_drawing_cuts_its_line_at_a_gap() -> None:
    whole = drawing.small_multiple(points(60, 55, 50, 45), (30, 90), "De 60 à 45")
    cut = drawing.small_multiple(points(60, 55, None, 45, 40), (30, 90), "De 60 à 40")
    assert whole.count('class="ln"') == 1
    assert cut.count('class="ln"') == 2
    assert 'aria-label="De 60 à 40"' in cut
    with override("en"):
        assert drawing.trend(points(60, None, 50, 45), "x").count("withheld") == 2  # wide, narrow


# --- where the question changed ------------------------------------------------------------------


def test_a_changed_question_cuts_the_line_and_says_so() -> None:
    with override("en"):
        figure = charts.trend("Well-being", points(60, 55, 50, 70, cut=2))
    assert figure is not None
    go.Figure(figure)
    firm, line = figure["data"]
    half_way = "2025-06-08"
    days = ["2025-01-24", "2025-04-24", half_way, "2025-07-24", "2025-10-24"]
    assert line["x"] == firm["x"] == days
    assert line["y"] == [60, 55, None, 50, 70]
    assert firm["y"] == [62, 62, None, 62, 62]
    assert line["error_y"]["array"][2] is line["error_y"]["arrayminus"][2] is None
    assert line["customdata"][2] == ["", "", "", "", ""]
    [shape] = figure["layout"]["shapes"]
    assert (shape["x0"], shape["x1"], shape["yref"]) == (half_way, half_way, "paper")
    note = figure["layout"]["annotations"][-1]
    assert (note["text"], note["x"], note["xanchor"]) == ("Question changed", half_way, "left")


def test_the_words_of_a_late_cut_stand_left_of_it() -> None:
    figure = charts.trend("Bien-être", points(60, 55, 50, 70, cut=3))
    assert figure is not None
    assert figure["layout"]["annotations"][-1]["xanchor"] == "right"


def test_no_cut_no_line() -> None:
    figure = charts.trend("Bien-être", points(60, 55, 50))
    assert figure is not None
    assert figure["layout"]["shapes"] == []


@pytest.mark.parametrize(
    ("shown", "cut", "said"),
    [
        ((80, 80, 60, 55, 50), 2, "From 60 to 50 in 3 periods"),
        ((80, 60, 55), 1, "Question changed: comparable from period 1 on"),
        ((80, 80, 60, None, 55, 50), 2, "From 60 to 50 in 4 periods"),
    ],
)
def test_the_finding_speaks_of_what_came_since_the_cut(
    shown: tuple[int | None, ...], cut: int, said: str
) -> None:
    with override("en"):
        assert charts.finding(points(*shown, cut=cut)) == said


def test_the_server_drawing_cuts_its_lines_where_the_question_changed() -> None:
    shown = points(60, 55, 50, 45, cut=2)
    small = drawing.small_multiple(shown, (30, 90), "x")
    assert small.count('class="ln"') == 2
    assert small.count('class="ref nofill"') == 2
    assert small.count('stroke-dasharray="2 3"') == 1
    assert "<text" not in small
    with override("en"):
        wide = drawing.trend(shown, "x")
    assert wide.count("Question changed") == 2  # wide, narrow
    # Half-way between the second and the third of four points, from 44 to 560.
    assert '<line class="axis" x1="302.0" x2="302.0"' in wide
    whole = drawing.small_multiple(points(60, 55, 50, 45), (30, 90), "x")
    assert "stroke-dasharray" not in whole
