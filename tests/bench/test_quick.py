"""The bench still runs, and writes down what it says. What things cost is never tested."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.places import ROOT

KEYS = {"part", "name", "value", "unit", "goal", "aim", "note", "met"}


@pytest.mark.timeout(600)
def test_quick_run_writes_every_part_down(tmp_path: Path) -> None:
    output = tmp_path / "bench.json"

    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--output", str(output)],
        cwd=ROOT,
        env={**os.environ, "SYMETRIE_VAR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(output.read_text(encoding="utf-8"))
    assert told["quick"] is True
    assert told["database"] in {"PostgreSQL", "SQLite"}
    assert all(set(figure) == KEYS for figure in told["figures"])
    parts = {figure["part"] for figure in told["figures"]}
    assert parts == {
        "checkin", "period", "pages", "storage", "streaming",
        "warning", "estimator", "privacy", "scale", "rotations", "loads",
        "what_if",
    }  # fmt: skip
    for figure in told["figures"]:
        assert figure["name"] in done.stdout
        judged = figure["goal"] is not None
        assert figure["met"] == (figure["value"] <= figure["goal"] if judged else None)
