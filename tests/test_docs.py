"""What the documentation names is there: links, paths, tests and commands."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from tools.run import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?:|#)([^)\s#]+)")
CODE = re.compile(r"`([^`\n]+)`")
# A path of ours: in a folder, ending like a file.
OURS = re.compile(r"(?:[\w.-]+/)+[\w-]+\.(?:py|md|toml|css|js|html|txt|csv|po)(?:::\w+)?")


def ids(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture(params=PAGES, ids=ids)
def page(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def test_there_are_pages() -> None:
    assert ROOT / "README.md" in PAGES
    assert len(PAGES) > 10


def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(text(page))
    assert [each for each in targets if not (page.parent / each).exists()] == []


def test_named_files_and_tests_exist(page: Path) -> None:
    named = [part for code in CODE.findall(text(page)) for part in OURS.findall(code)]
    lost = []
    for each in named:
        path, _, test = each.partition("::")
        file = next((one for one in (ROOT / path, page.parent / path) if one.exists()), None)
        if file is None or (test and f"def {test}(" not in text(file)):
            lost.append(each)
    assert lost == []


def test_named_commands_exist(page: Path) -> None:
    words = text(page)
    ours = set(re.findall(r"\./run ([a-z]+)", words))
    assert ours - set(COMMANDS) - {"help"} == set()
    assert set(re.findall(r"manage\.py ([a-z_]+)", words)) - set(get_commands()) == set()


def test_the_readme_fits_on_its_pages() -> None:
    assert len(text(ROOT / "README.md").splitlines()) <= 120
