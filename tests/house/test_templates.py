"""Templates: each is used, and none asks for a variable that is not there."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, engines

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.*"))
# Looked up by name in the libraries themselves.
FOR_LIBRARIES = ("account/", "allauth/", "django/")
BY_STATUS = re.compile(r"^(400|403|403_csrf|404|429|500|503)\.html$")


def sources() -> str:
    code = [
        path
        for path in ROOT.glob("*/**/*.py")
        if path.relative_to(ROOT).parts[0] not in {".venv", "var", "tests", "tools"}
    ]
    pages = [path for path in FOLDER.rglob("*.*") if path.is_file()]
    return "\n".join(path.read_text(encoding="utf-8") for path in [*code, *pages])


def test_every_template_is_used() -> None:
    text = sources()
    named = set(re.findall(r"[\"']([\w./-]+\.(?:html|txt))[\"']", text))
    unused = [
        name
        for name in TEMPLATES
        if name not in named and not name.startswith(FOR_LIBRARIES) and not BY_STATUS.match(name)
    ]
    assert unused == []


def test_every_named_template_is_there() -> None:
    named = set(re.findall(r"{%\s*(?:include|extends)\s+[\"']([\w./-]+)[\"']", sources()))
    assert named
    assert sorted(name for name in named if name not in TEMPLATES) == []


@pytest.mark.parametrize(
    "name", [name for name in TEMPLATES if not name.startswith(FOR_LIBRARIES)]
)
def test_it_can_be_read(name: str) -> None:
    assert engines["django"].get_template(name).template.name == name


def test_quotation_marks_are_those_of_the_language() -> None:
    """``|quoted`` writes them, or the translation does: a typed « is wrong in English."""
    texts = {name: (FOLDER / name).read_text(encoding="utf-8") for name in TEMPLATES}
    assert [name for name, text in texts.items() if "«" in text] == []


def test_a_variable_that_is_not_there_fails_the_test() -> None:
    """Says that the switch in pytest.ini is on: every page of every test stands on it."""
    page = engines["django"].from_string("{{ never_heard_of }}").template
    with pytest.raises(pytest.fail.Exception, match="never_heard_of"):
        page.render(Context())
