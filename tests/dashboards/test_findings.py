"""Titles say what the figures say, in both languages, with right plurals."""

import pytest
from django.utils.translation import override

from dashboards.clients_table import ABOVE, BELOW, IN_LINE, Row, Table, grouped, ordered, pool_name
from dashboards.names import Named, Names
from dashboards.profiles_table import Heat, HeatRow
from dashboards.themes import Theme, finding, on_labels
from scoring.publication import WITHHELD, Cell, Scope
from surveys.models.questions import Item

LABELS = ["Crushing", "Heavy", "High", "Manageable", "Light"]


def cell(score: int, group: str = "in_line") -> Cell:
    return Cell(False, score, score - 10, score + 10, "8-12", 3, "solid", group)


def row(group: str, score: int = 50) -> Row:
    return Row(Scope("client", "X"), "Client X", 1, group, cell(score, group))


def table(below: int, above: int, in_line: int = 0) -> Table:
    rows = [row(BELOW)] * below + [row(IN_LINE)] * in_line + [row(ABOVE)] * above
    return Table(rows, [])


@pytest.mark.parametrize(
    ("below", "above", "said"),
    [
        (2, 2, "2 clients clearly below the firm, 2 above"),
        (1, 3, "1 client clearly below the firm, 3 above"),
        (1, 0, "1 client clearly below the firm"),
        (0, 2, "2 clients clearly above the firm"),
        (0, 0, "No client stands apart from the firm"),
    ],
)
def test_the_table_says_how_many_stand_apart(below: int, above: int, said: str) -> None:
    with override("en"):
        assert table(below, above, in_line=1).finding == said


def test_without_any_figure_the_title_claims_nothing() -> None:
    with override("en"):
        assert table(0, 0).finding == "Clients"


def test_the_lowest_first_among_those_below_the_highest_first_elsewhere() -> None:
    rows = [row(ABOVE, 75), row(BELOW, 45), row(ABOVE, 80), row(BELOW, 40), row(IN_LINE, 60)]
    assert [one.cell.score for one in ordered(rows)] == [40, 45, 60, 80, 75]
    assert [group.key for group in grouped(ordered(rows))] == [BELOW, IN_LINE, ABOVE]


def test_the_overview_shows_the_first_lines_of_each_group_and_says_that_there_are_more() -> None:
    many = table(40, 1, in_line=40)
    assert len(many.first) == 10 + 6 + 1
    assert many.has_more
    assert not table(2, 2).has_more


def test_a_client_where_the_firm_has_no_figure_is_neutral() -> None:
    alone = row("", 50)
    assert alone.mark == "in_line"
    assert grouped([alone])[0].title


def test_pools_are_named_after_their_unit_where_there_are_several() -> None:
    one = Names(units={"NORD": Named(1, "NORD", "Lille")})
    two = Names(units=one.units | {"SUD": Named(2, "SUD", "Lyon")})
    with override("en"):
        assert pool_name(one, "NORD") == "Other clients"
        assert pool_name(two, "SUD") == "Other clients (Lyon)"
        assert pool_name(two, "") == "Clients of other units"


# --- profiles --------------------------------------------------------------------------------

THEMES = [Named(1, "load", "Load"), Named(2, "relation", "Relationship"), Named(3, "rse", "RSE")]


def heat(*rows: tuple[str, list[int | None]]) -> Heat:
    return Heat(
        THEMES,
        [
            HeatRow(
                Named(place, name, name),
                WITHHELD,
                [WITHHELD if score is None else cell(score) for score in scores],
            )
            for place, (name, scores) in enumerate(rows)
        ],
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("On call", [30, 60, 40]), ("Advice", [70, 50, 60])], "On call: load and RSE lowest"),
        ([("On call", [60, 60, 60]), ("Advice", [70, 50, 60])], "Advice: relationship lowest"),
        ([("On call", [None, None, 45]), ("Advice", [None] * 3)], "On call: RSE lowest"),
        ([("On call", [None] * 3)], "Mission profiles by theme"),
        ([], "Mission profiles by theme"),
    ],
)
def test_the_heat_map_says_where_the_lowest_figures_are(
    rows: list[tuple[str, list[int | None]]], said: str
) -> None:
    with override("en"):
        assert heat(*rows).finding == said


# --- themes ----------------------------------------------------------------------------------


def theme(name: str, group: str) -> Theme:
    return Theme(name, cell(50, group), WITHHELD, "")


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        (["below", "below", "in_line"], "Load and autonomy below the firm"),
        (["below", "above", "in_line"], "Load below the firm"),
        (["in_line", "above", "in_line"], "Autonomy above the firm"),
        (["below", "below", "below"], "Every theme below the firm"),
        (["in_line", "in_line", "in_line"], "No theme stands apart from the firm"),
    ],
)
def test_themes_that_stand_apart_are_named(groups: list[str], said: str) -> None:
    names = ("Load", "Autonomy", "Support")
    with override("en"):
        assert finding(map(theme, names, groups)) == said


def test_themes_without_a_figure_are_not_named() -> None:
    with override("en"):
        assert finding([Theme("Load", WITHHELD, WITHHELD, "")]) == "Themes"


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (0, "“Crushing”"),
        (35, "Between “Heavy” and “High”"),
        (50, "“High”"),
        (99, "Between “Manageable” and “Light”"),
        (100, "“Light”"),
    ],
)
def test_a_figure_is_read_on_the_items_own_labels(score: int, words: str) -> None:
    item = Item("load", "load", "core", 1, {"en": "?"}, {"en": LABELS, "fr": LABELS})
    with override("en"):
        assert on_labels(score, item) == words


def test_an_imported_item_without_labels_says_nothing() -> None:
    assert on_labels(50, Item("load", "load", "core", 1, {}, {})) == ""
