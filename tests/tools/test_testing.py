"""The test command counts honestly."""

from pathlib import Path

import pytest

from tools import checks, run, testing
from tools.counts import Counts, read_counts
from tools.say import Stop

REPORT = """<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="1" tests="10">
<testcase name="a"/></testsuite></testsuites>"""


def report(tmp_path: Path, text: str = REPORT) -> Path:
    path = tmp_path / "report.xml"
    path.write_text(text, encoding="utf-8")
    return path


def test_errors_count_as_failures(tmp_path: Path) -> None:
    assert read_counts(report(tmp_path), 1, may_be_empty=False) == Counts(
        passed=6, failed=3, skipped=1
    )


def test_a_crash_without_a_failed_test_is_a_failure(tmp_path: Path) -> None:
    all_well = REPORT.replace('errors="1" failures="2"', 'errors="0" failures="0"')
    assert read_counts(report(tmp_path, all_well), 3, may_be_empty=True).failed == 1
    assert read_counts(tmp_path / "missing.xml", 4, may_be_empty=True) == Counts(failed=1)


def test_a_kind_without_tests_fails_unless_a_filter_emptied_it(tmp_path: Path) -> None:
    assert read_counts(tmp_path / "missing.xml", 5, may_be_empty=True).is_empty
    assert read_counts(tmp_path / "missing.xml", 5, may_be_empty=False).failed == 1


def test_no_test_at_all_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert testing.conclude(Counts(), skipped_browser=False) == 1
    printed = capsys.readouterr().out
    assert "No test was collected" in printed
    assert printed.splitlines()[-1] == "0 passed, 1 failed"


@pytest.mark.parametrize(
    ("total", "skipped_browser", "code", "line"),
    [
        (Counts(passed=12), False, 0, "12 passed, 0 failed"),
        (Counts(passed=12, failed=2), False, 1, "12 passed, 2 failed"),
        (Counts(passed=1, skipped=3), False, 0, "1 passed, 0 failed, 3 skipped"),
        (Counts(passed=5), True, 0, "5 passed, 0 failed; browser tests NOT run"),
    ],
)
def test_the_last_line_is_the_count(
    total: Counts, skipped_browser: bool, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert testing.conclude(total, skipped_browser=skipped_browser) == code
    assert capsys.readouterr().out.splitlines()[-1] == line


def test_without_arguments_both_kinds_run_whole() -> None:
    chosen = testing.select([], with_browser=True)
    assert (chosen.unit, chosen.browser) == ((), ())
    assert chosen.is_whole


def test_a_path_chooses_its_kind_and_options_go_to_both() -> None:
    chosen = testing.select(["tests/tools", "-k", "lock"], with_browser=True)
    assert chosen.unit == ("tests/tools",)
    assert chosen.browser is None
    assert chosen.options == ("-k", "lock")
    browser = testing.select(["tests/browser", "-x"], with_browser=True)
    assert browser.unit is None
    assert browser.browser == ("tests/browser",)


def test_options_alone_are_not_the_whole_suite() -> None:
    chosen = testing.select(["-x"], with_browser=True)
    assert chosen.browser == ()
    assert not chosen.is_whole


def test_browser_tests_can_be_left_out() -> None:
    assert testing.select([], with_browser=False).browser is None


@pytest.mark.parametrize(
    ("wanted", "where"), [("sqlite", "sqlite"), ("postgres", "postgres"), ("both", "postgres")]
)
def test_browser_tests_run_in_one_pass_only(wanted: str, where: str) -> None:
    assert testing.browser_database(wanted) == where


def test_a_failed_check_does_not_hide_the_next(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made_up = {"first": lambda: "the\nreason", "second": lambda: None, "third": lambda: "bad"}
    monkeypatch.setattr(checks, "CHECKS", made_up)
    monkeypatch.setattr(checks.bootstrap, "prepare", lambda kind: None)
    assert checks.main([]) == 1
    printed = capsys.readouterr().out
    assert "    the\n    reason\n" in printed
    assert "second        ok" in printed
    assert printed.splitlines()[-1].endswith("first, third")


def test_an_unknown_check_is_a_sentence() -> None:
    with pytest.raises(Stop, match="No check is called spelling"):
        checks.main(["spelling"])


def test_an_unknown_command_is_a_sentence() -> None:
    with pytest.raises(Stop, match=r"no \./run dance") as stop:
        run.choose(["dance"])
    assert stop.value.code == 2


def test_options_alone_mean_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[list[str]] = []
    monkeypatch.setitem(run.COMMANDS, "demo", lambda rest: given.append(list(rest)) or 0)
    run.choose(["--people", "9"])
    run.choose([])
    assert given == [["--people", "9"], []]


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    run.choose(["help"])
    printed = capsys.readouterr().out
    assert all(f"./run {name}" in printed for name in run.COMMANDS if name != "demo")
