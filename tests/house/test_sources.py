"""The sources keep the law of the house: sizes, names, and nothing by the back door."""

import ast
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.conf import settings

from tests.house.tables import OURS

ROOT = Path(settings.BASE_DIR)
PRODUCT = [path for app in OURS for path in sorted((ROOT / app).rglob("*.py"))]
OURS_TOO = [path for room in ("tools", "bench") for path in sorted((ROOT / room).rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
SOURCES = [path for path in PRODUCT if "migrations" not in path.parts]
LONGEST = 400
NOT_CREATED = {
    "common", "utils", "helpers", "services", "selectors", "managers", "enums", "signals",
}  # fmt: skip
SILENCED = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b(?P<rest>.*)")
WITH_REASON = re.compile(r"^(?::\s?[A-Z]+\d+(?:,\s?[A-Z]+\d+)*|\[[a-z, -]+\])\s+(?:# )?-- \S")
RAW = {"raw", "extra", "RawSQL", "cursor"}
FETCHES = {"get_model", "get_models"}
ENQUEUES = {"delay", "apply_async", "send_task"}


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path))


def called(node: ast.Call) -> str:
    """Name of the function or method that is called."""
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


def calls(module: ast.AST, names: set[str]) -> list[ast.Call]:
    """Calls of functions or methods with these names."""
    nodes = (node for node in ast.walk(module) if isinstance(node, ast.Call))
    return [node for node in nodes if called(node) in names]


def places(path: Path, nodes: Iterable[ast.expr | ast.stmt]) -> list[str]:
    return [f"{label(path)}:{node.lineno}" for node in nodes]


def test_there_are_sources_to_look_at() -> None:
    assert len(SOURCES) > 50
    assert {label(path) for path in SOURCES} >= {"core/guard.py", "scoring/publication.py"}


def test_no_file_is_too_long() -> None:
    lengths = {label(path): len(text(path).splitlines()) for path in [*SOURCES, *OURS_TOO]}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_no_room_for_odds_and_ends() -> None:
    assert [label(path) for path in PRODUCT if path.stem in NOT_CREATED] == []
    assert [app for app in OURS for name in NOT_CREATED if (ROOT / app / name).exists()] == []


def unexplained(lines: str) -> list[str]:
    found = (SILENCED.search(line) for line in lines.splitlines())
    return [match[0] for match in found if match and not WITH_REASON.match(match["rest"])]


def test_what_is_silenced_says_why() -> None:
    paths = [path for path in [*SOURCES, *OURS_TOO, *TESTS] if path != Path(__file__)]
    found = {label(path): unexplained(text(path)) for path in paths}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_silence_without_a_reason_is_heard() -> None:
    assert unexplained("a = 1  # noqa") == ["# noqa"]
    assert unexplained("a = 1  # noqa: S101") == ["# noqa: S101"]
    assert unexplained("a = 1  # type: ignore[attr-defined]") != []
    assert unexplained("a = 1  # noqa: S101, E501 -- a reason") == []
    assert unexplained("a = 1  # type: ignore[misc, arg-type]  # -- a reason") == []


def test_nothing_goes_round_the_tables() -> None:
    """Raw SQL would pass by the gate, the guard and the import contracts.

    Loads alone are put in by ``core.bulk`` (docs/decisions/0020), which only writes.
    """
    found = [place for path in SOURCES for place in places(path, calls(tree(path), RAW))]
    assert {place.rpartition(":")[0] for place in found} == {"core/bulk.py"}
    assert len(found) == 1
    users = [place for path in SOURCES for place in imports(path, "core.bulk")]
    assert {place.rpartition(":")[0] for place in users} == {"balancing/compute.py"}


# What the floors above may take from scoring: the gate, its sentences of rights, and its jobs;
# ``satisfaction`` opens for dashboards alone, by a contract.
# maths/ is arithmetic: it holds no figure of anybody.
DOORS_OF_SCORING = {
    "scoring", "scoring.publication", "scoring.perms", "scoring.jobs",
    "scoring.maths", "scoring.maths.figures", "scoring.maths.posterior", "scoring.maths.symmetry",
    "scoring.satisfaction", "scoring.charter_facts",
}  # fmt: skip


def taken_from(module: ast.Module, room: str) -> set[str]:
    """Modules of a room that a file imports something from."""
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
            if node.module == room:
                found |= {f"{room}.{one.name}" for one in node.names}
        elif isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
    return {name for name in found if f"{name}.".startswith(f"{room}.")}


def test_figures_leave_scoring_by_its_doors_alone() -> None:
    others = [path for path in SOURCES if not label(path).startswith("scoring/")]
    taken = {label(path): taken_from(tree(path), "scoring") - DOORS_OF_SCORING for path in others}
    assert {name: modules for name, modules in taken.items() if modules} == {}
    # Nor by their names: a model fetched from the registry would pass by every import.
    fetched = [place for path in others for place in places(path, calls(tree(path), FETCHES))]
    assert [place for place in fetched if not place.startswith("surveys/defaults.py")] == []


def test_a_way_round_the_doors_is_seen() -> None:
    for line in (
        "from scoring import compute",
        "import scoring.release",
        "from scoring.models import X",
    ):
        assert taken_from(ast.parse(line), "scoring") - DOORS_OF_SCORING, line
    assert calls(ast.parse("apps.get_model('scoring', 'ReleasedCell')"), FETCHES)
    assert calls(ast.parse("Client.objects.extra(where=['1'])"), RAW)


def imports(path: Path, module: str) -> list[str]:
    """Places that import this module or something in it."""
    nodes = [
        node
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.ImportFrom) and f"{node.module or ''}.".startswith(f"{module}."))
        or (
            isinstance(node, ast.Import) and any(one.name.startswith(module) for one in node.names)
        )
    ]
    return places(path, nodes)


def test_nothing_is_kept_in_the_cache() -> None:
    """Figures and answers are rows; the cache holds the limits of the sign-in page alone."""
    # The doctor asks whether the cache answers.
    paths = [path for path in SOURCES if path.stem != "doctor"]
    assert [place for path in paths for place in imports(path, "django.core.cache")] == []
    cached = [
        place for path in SOURCES for place in places(path, calls(tree(path), {"cache_page"}))
    ]
    assert cached == []


def test_files_that_leave_are_written_in_few_places() -> None:
    """Through ``core.tables`` alone; what is read in comes through ``operations``."""
    writers = {
        label(path) for path in SOURCES if imports(path, "csv") or imports(path, "openpyxl")
    }
    # The analyst's door reads a file of the analyst's own.
    reader = ROOT / "scoring" / "tabular.py"
    assert {name for name in writers if not name.startswith("operations/")} == {
        "core/tables.py", label(reader),
    }  # fmt: skip
    assert {
        node.attr
        for node in ast.walk(tree(reader))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "csv"
    } == {"reader", "Error"}
    assert not [node for node in ast.walk(tree(reader)) if isinstance(node, ast.ImportFrom)
                and node.module == "csv"]  # fmt: skip


def test_mails_leave_by_one_door() -> None:
    """Whoever has something to send writes it as a row; ``operations`` alone sends.

    Links for choosing a password are django-allauth's.
    """
    senders = {label(path) for path in SOURCES if imports(path, "django.core.mail")}
    assert senders == {"operations/mails.py"}


def before_commit(module: ast.Module) -> list[ast.Call]:
    """Jobs asked for outside ``transaction.on_commit``."""
    after = {
        inner
        for outer in calls(module, {"on_commit"})
        for inner in ast.walk(outer)
        if isinstance(inner, ast.Call)
    }
    return [node for node in calls(module, ENQUEUES) if node not in after]


def test_a_job_is_asked_for_after_the_commit() -> None:
    # The worker itself asks for its first heartbeat, outside any transaction.
    paths = [path for path in SOURCES if label(path) != "wellbeing/celery.py"]
    found = [place for path in paths for place in places(path, before_commit(tree(path)))]
    assert found == []


def test_a_job_asked_for_too_early_is_seen() -> None:
    assert before_commit(ast.parse("score.delay(period.pk)"))
    assert not before_commit(ast.parse("transaction.on_commit(lambda: score.delay(period.pk))"))


def test_nobody_listens_to_rows() -> None:
    """The row is the message: no signal of a table."""
    assert [place for path in SOURCES for place in imports(path, "django.db.models.signals")] == []
    assert [p for path in SOURCES for p in places(path, calls(tree(path), {"receiver"}))] == []


def test_a_task_takes_an_id_at_most_and_gives_nothing() -> None:
    paths = [path for path in SOURCES if path.stem == "tasks"]
    tasks = [one for path in paths for one in tree(path).body if isinstance(one, ast.FunctionDef)]
    assert {task.name for task in tasks} >= {"run_due", "heartbeat"}
    for task in tasks:
        assert ast.unparse(task.returns or ast.Constant(0)) == "None", task.name
        kinds = [ast.unparse(each.annotation) for each in task.args.args if each.annotation]
        assert kinds in ([], ["int"]), task.name
        assert (task.end_lineno or 0) - task.lineno <= 10, task.name
