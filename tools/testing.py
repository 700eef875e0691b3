"""``./run test``: unit tests in two processes, then browser tests in one, per database."""

import os
import shutil
import subprocess
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools import bootstrap, browser, servers
from tools.counts import Counts, read_counts
from tools.manage import build_translations
from tools.places import PYTHON, ROOT, var
from tools.say import say, step

BROWSER_TESTS = "tests/browser"
# Where a missed branch may publish a figure or deal a mission wrongly.
COVERED = ("scoring/*", "balancing/*", "*/perms.py", "surveys/intake.py")


@dataclass(frozen=True)
class Selection:
    """What a person asked for, dealt between the two kinds of tests."""

    unit: tuple[str, ...] | None  # paths; None: not asked for
    browser: tuple[str, ...] | None
    options: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        return self.unit == () and not self.options


def main(arguments: Sequence[str]) -> int:
    options, rest = parse(arguments)
    bootstrap.prepare("dev")
    selection = select(rest, with_browser=not options.no_browser)
    env = base_environment()
    if selection.browser is not None:
        env["CHROMIUM"] = browser.require()
    with step("Translations") as note:
        note(build_translations())
    total = Counts()
    for database in ("sqlite", "postgres") if options.db == "both" else (options.db,):
        total += run_pass(database, options, selection, env)
    return conclude(total, skipped_browser=options.no_browser)


def parse(arguments: Sequence[str]) -> tuple[Namespace, list[str]]:
    parser = ArgumentParser(
        prog="./run test", description="Runs the tests; other arguments go to pytest."
    )
    parser.add_argument("--db", choices=("sqlite", "postgres", "both"), default="sqlite")
    parser.add_argument("--no-browser", action="store_true", help="leave the browser tests out")
    return parser.parse_known_args(arguments)


def select(rest: Sequence[str], *, with_browser: bool) -> Selection:
    paths = [each for each in rest if is_path(each)]
    in_browser = tuple(each for each in paths if is_browser_path(each))
    others = tuple(each for each in paths if not is_browser_path(each))
    wants_unit = others or not paths
    wants_browser = with_browser and (in_browser or not paths)
    return Selection(
        unit=others if wants_unit else None,
        browser=in_browser if wants_browser else None,
        options=tuple(each for each in rest if not is_path(each)),
    )


def is_path(argument: str) -> bool:
    return not argument.startswith("-") and (ROOT / argument.split("::")[0]).exists()


def is_browser_path(argument: str) -> bool:
    return Path(argument.split("::")[0]).is_relative_to(BROWSER_TESTS)


def base_environment() -> dict[str, str]:
    folder = var() / "test"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return {
        **os.environ,
        "SYMETRIE_MODE": "test",
        "SYMETRIE_VAR": str(folder),
        "SECRET_KEY": "only-for-tests-" * 5,
        "DEBUG": "false",
        "EMAIL_URL": "consolemail://",
        "COVERAGE_FILE": str(folder / ".coverage"),
    }


def run_pass(
    database: str, options: Namespace, selection: Selection, env: Mapping[str, str]
) -> Counts:
    """One database: its unit tests, and the browser tests in the one pass that has them."""
    say(f"\n== {database}")
    total = Counts()
    with database_environment(database, env) as complete:
        if selection.unit is not None:
            total += unit_tests(database, selection, complete)
        if selection.browser is not None and database == browser_database(options.db):
            total += browser_tests(database, selection, complete)
    return total


def browser_database(wanted: str) -> str:
    return "sqlite" if wanted == "sqlite" else "postgres"


@contextmanager
def database_environment(database: str, env: Mapping[str, str]) -> Iterator[dict[str, str]]:
    with ExitStack() as stack:
        if database == "sqlite":
            folder = Path(env["SYMETRIE_VAR"])
            yield {**env, "DATABASE_URL": f"sqlite:///{folder / 'tests.sqlite3'}", "REDIS_URL": ""}
        else:
            url = stack.enter_context(servers.postgres())
            redis_url = stack.enter_context(servers.redis())
            yield {**env, "DATABASE_URL": url, "REDIS_URL": redis_url}


def unit_tests(database: str, selection: Selection, env: Mapping[str, str]) -> Counts:
    measured = database == "sqlite" and selection.is_whole
    arguments = ["-n", "2", f"--ignore={BROWSER_TESTS}", *(selection.unit or ())]
    if measured:
        arguments += ["--cov", "--cov-report="]
    counts = pytest(f"unit-{database}", selection, arguments, env)
    return counts + coverage(env) if measured else counts


def browser_tests(database: str, selection: Selection, env: Mapping[str, str]) -> Counts:
    paths = selection.browser or (BROWSER_TESTS,)
    counts = pytest(f"browser-{database}", selection, paths, env)
    pictures = [
        path
        for path in sorted(Path(env["SYMETRIE_VAR"]).rglob("*"))
        if path.suffix in (".png", ".zip")
    ]
    if counts.failed and pictures:
        say("\n  ".join(["Traces and screenshots:", *map(str, pictures)]))
    return counts


def pytest(
    name: str, selection: Selection, arguments: Sequence[str], env: Mapping[str, str]
) -> Counts:
    report = Path(env["SYMETRIE_VAR"]) / f"{name}.xml"
    command = [str(PYTHON), "-m", "pytest", "-q", f"--junitxml={report}"]
    command += [*selection.options, *arguments]
    say(f"-- {name}")
    code = subprocess.run(command, cwd=ROOT, env=dict(env), check=False).returncode
    # A -k may leave one kind of tests empty; the whole suite, or a path, may not.
    return read_counts(report, code, may_be_empty=bool(selection.options))


def coverage(env: Mapping[str, str]) -> Counts:
    """Every branch of what must not be wrong; a gap counts as a failed test."""
    command = [str(PYTHON), "-m", "coverage", "report", "--fail-under=100", "--precision=1"]
    say(f"-- branches of {', '.join(COVERED)}")
    include = f"--include={','.join(COVERED)}"
    done = subprocess.run([*command, include], cwd=ROOT, env=dict(env), check=False)
    if done.returncode:
        say("Lines and branches above have no test; they need one each.")
    return Counts(failed=1 if done.returncode else 0)


def conclude(total: Counts, *, skipped_browser: bool) -> int:
    if total.is_empty:
        say("\nNo test was collected: correct the path or the -k expression.")
        total += Counts(failed=1)
    note = "; browser tests NOT run" if skipped_browser else ""
    say(f"\n{total}{note}")
    return 1 if total.failed else 0
