"""Static files and templates hold to a strict policy, a small size and one set of icons."""

import gzip
import re
from pathlib import Path

import plotly.offline
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from core.icons import ICONS
from tools import plotly_css

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SHEET = ROOT / "static" / "css" / "app.css"
OURS = [SHEET, *sorted((ROOT / "static" / "js").glob("*.js"))]

INLINE = re.compile(
    r"<style\b|<[^>{%]*\sstyle\s*=|<[^>]*\son[a-z]+\s*=|\bhx-on\b|javascript:"
    r"|<script(?![^>]*(?:\bsrc=|type=\"application/json\"))",
    re.IGNORECASE,
)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


# --- Plotly -------------------------------------------------------------------------


def test_the_chart_sheet_is_what_the_bundle_would_insert() -> None:
    assert read(plotly_css.SHEET) == plotly_css.sheet_of(read(plotly_css.BUNDLE))


def test_the_bundle_is_the_one_that_plotly_for_python_speaks_to() -> None:
    version = plotly_css.bundle_version(read(plotly_css.BUNDLE))
    assert version == plotly.offline.get_plotlyjs_version()


def test_the_chart_sheet_holds_every_rule_with_its_prefix() -> None:
    rules = plotly_css.rules_of(read(plotly_css.BUNDLE))
    assert len(rules) == 66  # what a browser holds after loading the bundle by itself
    assert all(".js-plotly-plot .plotly" in s or ".plotly-notifier" in s for s, _body in rules)
    assert any(s.endswith(".main-svg") and "position:absolute" in body for s, body in rules)


def test_charts_never_offer_to_share_with_a_third_party() -> None:
    script = read(ROOT / "static" / "js" / "charts.js")
    assert "displayModeBar: false" in script
    assert 'plotlyServerURL: ""' in script


def test_a_bundle_without_the_known_loop_is_refused() -> None:
    with pytest.raises(ValueError, match="known loop"):
        plotly_css.rules_of("var x={};")
    with pytest.raises(ValueError, match="names no"):
        plotly_css.bundle_version("/* another library */")


# --- templates ----------------------------------------------------------------------


@pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
def test_no_inline_style_script_or_handler(path: Path) -> None:
    assert not INLINE.search(read(path)), path


@pytest.mark.parametrize(
    "markup",
    [
        '<p style="color:red">',
        "<style>p{}</style>",
        "<script>go()</script>",
        '<a onclick="go()">',
        '<a href="javascript:go()">',
        '<div hx-on:click="go()">',
    ],
)
def test_the_guard_sees_inline_code(markup: str) -> None:
    assert INLINE.search(markup)


def test_every_icon_in_a_template_exists() -> None:
    used = {
        name
        for path in TEMPLATES
        for name in re.findall(r"{%\s*icon\s+[\"']([\w-]+)[\"']", read(path))
    }
    assert used
    assert used <= set(ICONS)


@pytest.mark.parametrize("name", sorted(ICONS))
def test_an_icon_is_a_plain_path(name: str) -> None:
    assert re.fullmatch(r"[MmLlHhVvCcSsQqAaZz\d .,-]+", ICONS[name])


def test_every_static_file_that_a_template_names_exists() -> None:
    wanted = {
        name
        for path in TEMPLATES
        for name in re.findall(r"{%\s*static\s+[\"']([^\"']+)[\"']", read(path))
    }
    assert "css/app.css" in wanted
    assert [name for name in sorted(wanted) if finders.find(name) is None] == []


@pytest.mark.parametrize("path", [*TEMPLATES, *OURS], ids=names([*TEMPLATES, *OURS]))
def test_no_third_party_host(path: Path) -> None:
    assert not re.findall(r"https?://(?!www\.w3\.org/)\w", read(path))


# --- style sheet --------------------------------------------------------------------


def test_the_style_sheet_is_small() -> None:
    assert len(gzip.compress(SHEET.read_bytes(), 9)) <= 10_240


def test_our_script_is_small() -> None:
    script = (ROOT / "static" / "js" / "app.js").read_bytes()
    assert len(gzip.compress(script, 9)) <= 2_100


def test_the_script_of_a_form_is_small() -> None:
    script = (ROOT / "static" / "js" / "draft.js").read_bytes()
    assert len(gzip.compress(script, 9)) <= 1_400


def test_the_files_of_the_style_sheet_exist_and_nothing_is_imported() -> None:
    sheet = read(SHEET)
    assert "@import" not in sheet
    assert "font-display: optional" in sheet
    for address in re.findall(r"url\(\"([^\"]+)\"\)", sheet):
        assert (SHEET.parent / address).resolve().exists(), address


def test_every_colour_is_a_token() -> None:
    sheet = read(SHEET)
    after_tokens = sheet[sheet.index("@layer base {") :]
    raw = re.findall(r"#[0-9a-fA-F]{3,8}\b", after_tokens)
    assert raw == ["#fff"]  # the white of paper, in print


def test_every_token_in_use_is_defined() -> None:
    sheet = read(SHEET)
    script = read(ROOT / "static" / "js" / "charts.js")
    defined = set(re.findall(r"(--[\w-]+):", sheet))
    used = set(re.findall(r"var\((--[\w-]+)\)", sheet + script))
    assert used - defined == set()


def test_licences_stand_beside_what_they_license() -> None:
    assert "SIL Open Font License" in read(ROOT / "static" / "fonts" / "inter-LICENSE.txt")
    assert "MIT" in read(ROOT / "static" / "vendor" / "plotly-LICENSE.txt")
