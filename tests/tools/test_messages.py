"""What the code asks of gettext, found without xgettext, and its French."""

import gettext
from pathlib import Path

import polib
import pytest

from tools import build_mo, messages


def po(*entries: polib.POEntry) -> polib.POFile:
    made = polib.POFile(encoding="utf-8")
    made.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
    }
    made.extend(entries)
    return made


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ("_('Log in')", (None, "Log in", None)),
        ("translation.gettext_lazy('Client')", (None, "Client", None)),
        ("ngettext('%d day', '%d days', n)", (None, "%d day", "%d days")),
        ("pgettext('verb', 'Open')", ("verb", "Open", None)),
        ("npgettext('c', 'one', 'many', n)", ("c", "one", "many")),
        ("_('in two ' 'pieces')", (None, "in two pieces", None)),
    ],
)
def test_calls_in_python_are_found(source: str, key: messages.Key) -> None:
    assert list(messages.in_python(source)) == [key]


def test_calls_on_variables_and_other_functions_are_passed_over() -> None:
    assert (
        list(messages.in_python("_(name); gettext(f'{x}'); print('Log in'); ngettext('a')")) == []
    )


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ('{% translate "Log in" %}', (None, "Log in", None)),
        ("{% translate 'It\\'s' %}{% translate \"Out\" as out %}", (None, "Out", None)),
        ('{% translate "Open" context "verb" %}', ("verb", "Open", None)),
        (
            "{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}",
            (None, "Hello %(name)s", None),
        ),
        (
            "{% blocktranslate count n=n %}one day{% plural %}{{ n }} days{% endblocktranslate %}",
            (None, "one day", "%(n)s days"),
        ),
        (
            "{% blocktranslate trimmed %}\n  two\n  lines\n{% endblocktranslate %}",
            (None, "two lines", None),
        ),
        ('{{ value|default:_("none yet") }}', (None, "none yet", None)),
        ('{% include "a.html" with title=_("Title") %}', (None, "Title", None)),
        ('{% translate "It’s “so” « là »" %}', (None, "It’s “so” « là »", None)),
    ],
)
def test_tags_in_templates_are_found(source: str, key: messages.Key) -> None:
    assert key in list(messages.in_template(source))


def test_comments_in_templates_ask_for_nothing() -> None:
    source = '{# {% translate "old" %} #}{% comment %}{% translate "older" %}{% endcomment %}'
    assert list(messages.in_template(source)) == []


def asked(*found: messages.Key) -> dict[messages.Key, str]:
    return dict.fromkeys(found, "templates/a.html")


LOG_IN: messages.Key = (None, "Log in", None)


def test_a_complete_catalogue_has_no_problem() -> None:
    days = polib.POEntry(
        msgid="%(n)s day",
        msgid_plural="%(n)s days",
        msgstr_plural={0: "%(n)s jour", 1: "%(n)s jours"},
    )
    whole = po(polib.POEntry(msgid="Log in", msgstr="Se connecter"), days)
    assert messages.problems(asked(LOG_IN, (None, "%(n)s day", "%(n)s days")), whole) == []


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (polib.POEntry(msgid="Other", msgstr="Autre"), "no French: 'Log in' (templates/a.html)"),
        (polib.POEntry(msgid="Log in", msgstr=""), "no French: 'Log in'"),
        (polib.POEntry(msgid="Log in", msgstr="Entrer", flags=["fuzzy"]), "fuzzy: 'Log in'"),
        (polib.POEntry(msgid="Log in", msgstr="Entrer", obsolete=True), "no French: 'Log in'"),
        (polib.POEntry(msgid="Log in", msgstr="Entrer", msgctxt="x"), "no French: 'Log in'"),
        (polib.POEntry(msgid="Log in", msgstr="%(who)s entre"), "other placeholders"),
    ],
)
def test_each_kind_of_problem_is_told(entry: polib.POEntry, problem: str) -> None:
    found = messages.problems(asked(LOG_IN), po(entry))
    assert any(line.startswith(problem) for line in found), found


def test_a_message_that_nobody_asks_for_is_told() -> None:
    found = messages.problems({}, po(polib.POEntry(msgid="Gone", msgstr="Parti")))
    assert found == ["asked for by nobody: 'Gone' (line None)"]


def test_a_lost_placeholder_is_told() -> None:
    hello: messages.Key = (None, "Hello %(name)s", None)
    found = messages.problems(
        asked(hello), po(polib.POEntry(msgid="Hello %(name)s", msgstr="Bonjour"))
    )
    assert found == ["lacks a placeholder of the original: 'Hello %(name)s' (line None)"]


def test_the_singular_may_leave_the_number_out() -> None:
    entry = polib.POEntry(
        msgid="one day",
        msgid_plural="%(n)s days",
        msgstr_plural={0: "un jour", 1: "%(n)s jours"},
    )
    assert messages.problems(asked((None, "one day", "%(n)s days")), po(entry)) == []


def test_a_whole_tree_is_searched(tmp_path: Path) -> None:
    (tmp_path / "clients" / "migrations").mkdir(parents=True)
    (tmp_path / "templates" / "clients").mkdir(parents=True)
    (tmp_path / "clients" / "views.py").write_text("_('Saved')", encoding="utf-8")
    (tmp_path / "clients" / "migrations" / "0001.py").write_text("_('Not me')", encoding="utf-8")
    (tmp_path / "templates" / "clients" / "list.html").write_text(
        '{% translate "Clients" %}', encoding="utf-8"
    )
    (tmp_path / "templates" / "clients" / "mail.txt").write_text(
        '{% translate "Hello" %}', encoding="utf-8"
    )
    assert {message for _, message, _ in messages.asked(tmp_path)} == {"Saved", "Clients", "Hello"}


def test_the_compiled_file_is_what_gettext_reads(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    days = polib.POEntry(
        msgid="%d day", msgid_plural="%d days", msgstr_plural={0: "%d jour", 1: "%d jours"}
    )
    po(
        polib.POEntry(msgid="Log in", msgstr="Se connecter"),
        polib.POEntry(msgid="Draft", msgstr="Brouillon", flags=["fuzzy"]),
        days,
    ).save(str(path))
    build_mo.main([str(path)])
    with path.with_suffix(".mo").open("rb") as file:
        french = gettext.GNUTranslations(file)
    assert french.gettext("Log in") == "Se connecter"
    assert french.gettext("Draft") == "Draft"
    assert french.ngettext("%d day", "%d days", 1) == "%d jour"
    assert french.ngettext("%d day", "%d days", 2) == "%d jours"
    assert [each.name for each in tmp_path.iterdir() if each.suffix != ".po"] == ["django.mo"]
