"""Compares what the code asks gettext for with its French, without xgettext.

``python -m tools.messages`` lists what has no French, what is fuzzy, what nobody asks for any
more, and translations whose placeholders differ from the original's.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib
from django.utils.translation.template import templatize

from tools.places import PACKAGES, ROOT
from tools.say import say

PO = Path("locale/fr/LC_MESSAGES/django.po")

# Function name -> places of context, message and plural among its arguments.
FUNCTIONS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}

LITERAL = r"""u?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
CALL = re.compile(rf"\b(_|n?p?gettext)\(({LITERAL}(?:\s*,\s*{LITERAL})*)")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[#0\- +]*\d*(?:\.\d+)?[sdif]|\{\w*\}")

# Context, message, plural: what makes an entry of a .po file one of its kind.
Key = tuple[str | None, str, str | None]


def key(name: str, texts: list[str | None]) -> Key | None:
    """What a call with these literal arguments asks for; None when it is no literal."""
    context, message, plural = FUNCTIONS[name]
    places = [place for place in (context, message, plural) if place is not None]
    if len(texts) <= max(places) or any(texts[place] is None for place in places):
        return None
    return (
        None if context is None else texts[context],
        str(texts[message]),
        None if plural is None else texts[plural],
    )


def in_python(source: str) -> Iterator[Key]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in FUNCTIONS:
            found = key(name, [literal(argument) for argument in node.args])
            if found:
                yield found


def literal(node: ast.expr) -> str | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else None


def in_template(source: str) -> Iterator[Key]:
    """Django turns a template into calls of gettext; this reads the calls."""
    for name, arguments in CALL.findall(templatize(source)):
        texts: list[str | None] = [
            ast.literal_eval(each) for each in re.findall(LITERAL, arguments)
        ]
        found = key(name, texts)
        if found:
            yield found


def asked(root: Path) -> dict[Key, str]:
    """Every message of the product, with the first file that asks for it."""
    found: dict[Key, str] = {}
    for path in python_files(root):
        for each in in_python(path.read_text(encoding="utf-8")):
            found.setdefault(each, str(path.relative_to(root)))
    for path in sorted((root / "templates").rglob("*.*")):
        for each in in_template(path.read_text(encoding="utf-8")):
            found.setdefault(each, str(path.relative_to(root)))
    return found


def python_files(root: Path) -> Iterable[Path]:
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def translated(po: polib.POFile) -> dict[Key, polib.POEntry]:
    return {(e.msgctxt, e.msgid, e.msgid_plural or None): e for e in po if not e.obsolete}


def problems(wanted: dict[Key, str], po: polib.POFile) -> list[str]:
    """One line each, with the file to look at."""
    given = translated(po)
    by_message = {(context, message) for context, message, _ in given}
    lines = [
        f"no French: {message!r} ({where})"
        for (context, message, plural), where in wanted.items()
        if (context, message, plural) not in given
        and (plural is not None or (context, message) not in by_message)
    ]
    messages = {(context, message) for context, message, _ in wanted}
    for (context, message, plural), entry in given.items():
        lines += entry_problems(entry)
        if (context, message) not in messages or (
            plural and (context, message, plural) not in wanted
        ):
            lines.append(f"asked for by nobody: {message!r} (line {entry.linenum})")
    return lines


def entry_problems(entry: polib.POEntry) -> list[str]:
    where = f"{entry.msgid!r} (line {entry.linenum})"
    if entry.fuzzy:
        return [f"fuzzy: {where}"]
    texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
    if not all(texts):
        return [f"no French: {where}"]
    originals = {
        frozenset(PLACEHOLDER.findall(text)) for text in (entry.msgid, entry.msgid_plural)
    }
    allowed = frozenset().union(*originals)
    if any(not frozenset(PLACEHOLDER.findall(text)) <= allowed for text in texts):
        return [f"other placeholders than the original: {where}"]
    if frozenset(PLACEHOLDER.findall(texts[-1])) != allowed:
        return [f"lacks a placeholder of the original: {where}"]
    return []


def main() -> int:
    path = ROOT / PO
    if not path.exists():
        say(f"{PO} is missing")
        return 1
    found = problems(asked(ROOT), polib.pofile(str(path), encoding="utf-8"))
    for line in found:
        say(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
