"""The analyst's door: agreement with lme4 and mixedlm, and what it makes of any file."""

import csv
import gzip
import json
import os
import re
import subprocess
import sys
from io import StringIO
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from django.core.management import CommandError, call_command

from scoring import tabular
from scoring.maths import cells
from scoring.maths import terms as reasons
from scoring.maths.cells import Cells
from tests.scoring.maths.oracle import lmer

ROOT = Path(__file__).resolve().parents[2]
MOVERS = ROOT / "tests" / "data" / "movers.csv"
FIVE = ("person", "client", "profile", "mission", "round")
UNIVBCT = ("--column", "score=job_satisfaction", "client=unit")


def estimate(file: Path, *options: str) -> dict[str, Any]:
    """What the command prints: strict JSON, no database allowed."""
    out = StringIO()
    call_command("estimate", str(file), *options, "--format", "json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue(), parse_constant=pytest.fail)
    return found


def written(folder: Path, text: str | bytes, name: str = "file.csv") -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def lines(*rows: str, header: str = "person,client,score") -> str:
    return "\n".join([header, *rows]) + "\n"


def refused(file: Path, *options: str) -> str:
    with pytest.raises(CommandError) as caught:
        estimate(file, *options)
    return str(caught.value)


def same(one: Any, other: Any, abs_: float = 1e-6) -> bool:
    """Equal but for rounding, at any depth."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key], abs_) for key in one)
    if isinstance(one, float):
        return one == pytest.approx(other, rel=1e-6, abs=abs_)
    return bool(one == other)


# --- Outside references --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options"),
    [("C1", ("--terms", "person")), ("C2", ("--terms", "person,client", "--fixed", "time"))],
)
def test_agrees_with_lme4(reference_data: Path, name: str, options: tuple[str, ...]) -> None:
    expected = json.loads((reference_data / f"univbct_{name}.json").read_text())
    found = estimate(reference_data / "univbct.csv", *UNIVBCT, *options)

    names = {"SUBNUM": "person", "unit": "client", "Residual": "residual"}
    assert found["n"] == expected["nobs"]
    assert found["left_out"] == 1485 - expected["nobs"]
    assert found["levels"] == {names[g]: k for g, k in expected["ngroups"].items()}
    assert found["method"] == "reml"
    assert found["dropped"] == {}
    variance = {names[v["grp"]]: v["vcov"] for v in expected["varcomp"]}
    assert found["variance"] == pytest.approx(variance, rel=1e-3)
    assert found["criterion"] <= expected["REMLcrit_or_deviance"] + 1e-4
    assert found["criterion"] == pytest.approx(expected["REMLcrit_or_deviance"], abs=1e-4)
    assert found["mean"] == pytest.approx(expected["fixef"]["(Intercept)"], rel=1e-4)
    assert found["mean_se"] == pytest.approx(expected["fixef_se"]["(Intercept)"], rel=1e-3)
    fixed = {"time": expected["fixef"]["TIME"]} if name == "C2" else {}
    assert {n: v["estimate"] for n, v in found["fixed"].items()} == pytest.approx(fixed, rel=1e-3)
    if fixed:
        assert found["fixed"]["time"]["se"] == pytest.approx(
            expected["fixef_se"]["TIME"], rel=1e-3
        )

    with (reference_data / "univbct.csv").open(newline="") as file:
        scores = [float(r["job_satisfaction"]) for r in csv.DictReader(file) if r[
            "job_satisfaction"].strip()]  # fmt: skip
    with (reference_data / f"univbct_{name}.blup.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(len(effects) for effects in found["effects"].values())
    for row in rows:
        effect = found["effects"][names[row["group"]]][row["level"]]
        assert effect["estimate"] == pytest.approx(float(row["blup"]), abs=1e-3 * np.std(scores))
        assert effect["sd"] == pytest.approx(float(row["condsd"]), rel=1e-3)


@pytest.mark.parametrize(
    ("options", "terms", "fixed"),
    [
        ((), FIVE, ()),
        (("--terms", "client,person,profile"), ("person", "client", "profile"), ()),
        (("--terms", "person,client", "--fixed", "month"), ("person", "client"), ("month",)),
    ],
)
def test_agrees_with_mixedlm_on_movers(
    tmp_path: Path, options: tuple[str, ...], terms: tuple[str, ...], fixed: tuple[str, ...]
) -> None:
    table = pd.read_csv(MOVERS, dtype=str)
    table["month"] = table["round"].str[-2:].astype(float)
    file = tmp_path / "movers.csv"
    table.to_csv(file, index=False)
    left_out = table["score"].isna()
    kept = table[~left_out].assign(
        score=table["score"].astype(float),
        mission=table["person"] + " × " + table["client"] + " × " + table["profile"],
    )
    expected = lmer(kept, terms, fixed)
    found = estimate(file, *options)

    assert (found["n"], found["left_out"]) == (len(kept), 4)
    assert found["levels"] == {name: kept[name].nunique() for name in terms}
    assert kept["client"].nunique() < kept.groupby("person")["client"].nunique().sum()  # crossed
    assert found["dropped"] == {}
    variance = {**expected.variance, "residual": expected.residual}
    assert found["variance"] == pytest.approx(variance, rel=1e-3)
    assert found["criterion"] <= expected.criterion + 1e-4
    assert [found["mean"], *(v["estimate"] for v in found["fixed"].values())] == pytest.approx(
        expected.fixed, rel=1e-4
    )
    assert [found["mean_se"], *(v["se"] for v in found["fixed"].values())] == pytest.approx(
        expected.fixed_sd, rel=1e-3
    )
    spread = kept["score"].std()
    for name in terms:
        assert found["effects"][name].keys() == expected.effects[name].keys()
        for label, (value, sd) in expected.effects[name].items():
            effect = found["effects"][name][label]
            assert effect["estimate"] == pytest.approx(value, abs=1e-3 * spread)
            assert effect["sd"] == pytest.approx(sd, rel=1e-3)


def test_a_score_is_the_mean_and_the_effect_with_its_interval() -> None:
    found = estimate(MOVERS)
    for effects in found["effects"].values():
        for effect in effects.values():
            assert effect["score"] == pytest.approx(found["mean"] + effect["estimate"])
            assert effect["high"] - effect["score"] == pytest.approx(1.6449 * effect["score_sd"])
            assert effect["score"] - effect["low"] == pytest.approx(1.6449 * effect["score_sd"])
    # A score is less well known than an effect beside a mean taken as known.
    assert all(e["score_sd"] > e["sd"] for e in found["effects"]["client"].values())


# --- Variances integrated out --------------------------------------------------------------------


def test_integrating_repeats_with_its_seed() -> None:
    found = estimate(MOVERS, "--method", "integrated", "--seed", "3")
    assert found["method"] == "integrated"
    assert estimate(MOVERS, "--method", "integrated", "--seed", "3") == found
    other = estimate(MOVERS, "--method", "integrated", "--seed", "4")
    assert other["variance"] != found["variance"]
    spread = pd.read_csv(MOVERS)["score"].std()
    for label, effect in found["effects"]["client"].items():
        again = other["effects"]["client"][label]
        assert effect["score"] == pytest.approx(again["score"], abs=0.05 * spread)


def test_integrating_is_less_sure_than_taking_the_best_variances() -> None:
    plug_in, found = estimate(MOVERS), estimate(MOVERS, "--method", "integrated")
    assert plug_in["method"] == "reml"
    assert found["criterion"] == pytest.approx(plug_in["criterion"])
    assert found["mean_se"] > plug_in["mean_se"]
    for label, effect in found["effects"]["client"].items():
        known = plug_in["effects"]["client"][label]
        assert effect["score_sd"] > known["score_sd"]
        assert effect["high"] - effect["low"] == pytest.approx(2 * 1.6449 * effect["score_sd"])


def test_an_integrated_fit_takes_order_and_level_as_they_come(tmp_path: Path) -> None:
    table = pd.read_csv(MOVERS, dtype=str).sample(frac=1, random_state=1)
    file = tmp_path / "shuffled.csv"
    table.assign(score=table["score"].astype(float) + 1000).to_csv(file, index=False)
    found, expected = (estimate(f, "--method", "integrated") for f in (file, MOVERS))
    assert found["variance"] == pytest.approx(expected["variance"], rel=1e-3)
    for label, effect in found["effects"]["client"].items():
        other = expected["effects"]["client"][label]
        assert effect["low"] - 1000 == pytest.approx(other["low"], abs=0.01)


@pytest.mark.parametrize(("clients", "method"), [(49, "integrated"), (50, "reml")])
def test_auto_integrates_below_fifty_clients(tmp_path: Path, clients: int, method: str) -> None:
    rng = np.random.default_rng(2)
    client = np.tile(np.arange(clients), 3)
    score = rng.normal(60, 5, clients)[client] + rng.normal(0, 8, len(client))
    file = tmp_path / "auto.csv"
    pd.DataFrame({"client": client, "score": score}).to_csv(file, index=False)
    options = ("--terms", "client")
    found = estimate(file, *options, "--method", "auto")
    assert found == estimate(file, *options, "--method", method)
    assert found["method"] == method


# --- The same answers in another file ------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("packed", [False, True])
def test_any_usual_file_of_the_same_answers_gives_the_same(
    tmp_path: Path, separator: str, bom: bytes, end: str, packed: bool
) -> None:
    text = MOVERS.read_text().replace(",", separator).replace("\n", end)
    if separator != ",":
        text = text.replace(".", ",")
    data = bom + text.encode()
    # The name says the contrary of what the file is: the content decides.
    file = written(
        tmp_path, gzip.compress(data) if packed else data, "a.csv" if packed else "a.gz"
    )
    assert estimate(file) == estimate(MOVERS)


def test_quotes_spaces_and_blank_lines(tmp_path: Path) -> None:
    plain = lines("A,Un,50", "A,Deux,60", "B,Un,70", "B,Deux,75", "C,Un,20")
    other = (
        (
            '"client" , "score",person\n'
            '"Un", 50 ,A\n\n"Deux",60.0, A \n   \nUn,7e1,B\nDeux,"+75",B\n,,\nUn, 20. ,C\n'
        )
        .replace('"client" ', '"client"')
        .replace(' "score"', '"score"')
    )
    found = estimate(written(tmp_path, other))
    assert found.pop("left_out") == 1  # a line of empty cells is no answer
    expected = estimate(written(tmp_path, plain))
    assert expected.pop("left_out") == 0
    assert found == expected


def test_order_of_lines_and_columns_changes_nothing(tmp_path: Path) -> None:
    table = pd.read_csv(MOVERS, dtype=str)
    expected = estimate(MOVERS)
    for seed in range(3):
        shuffled = table.sample(frac=1, random_state=seed)[list(table.columns)[::-1]]
        file = tmp_path / "shuffled.csv"
        shuffled.to_csv(file, index=False)
        found = estimate(file)
        found.pop("evaluations")
        assert same({n: v for n, v in expected.items() if n != "evaluations"}, found)


def test_other_labels_change_nothing_but_the_labels(tmp_path: Path) -> None:
    table = pd.read_csv(MOVERS, dtype=str)
    # Another alphabetical order too.
    again = table.assign(client="é" + table["client"].str[-1:] + table["client"].str[::-1])
    file = tmp_path / "renamed.csv"
    again.assign(person=table["person"].str[::-1]).to_csv(file, index=False)
    found, expected = estimate(file), estimate(MOVERS)
    for label in table["client"].unique():
        other = found["effects"]["client"]["é" + label[-1:] + label[::-1]]
        assert same(expected["effects"]["client"][label], other)
    assert same(expected["variance"], found["variance"])


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = estimate(MOVERS)
    for size in (1, 7, 50):
        monkeypatch.setattr(tabular, "CHUNK", size)
        found = estimate(MOVERS)
        assert found["left_out"] == 4
        assert same({**expected, "evaluations": 0}, {**found, "evaluations": 0})


def test_a_chunk_without_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "CHUNK", 2)
    file = written(tmp_path, lines("A,X,", "A,Y,NA", "A,X,50", "B,X,60", "B,Y,", "B,Y, "))
    found = estimate(file)
    assert (found["n"], found["left_out"], found["levels"]["client"]) == (2, 4, 1)


@pytest.mark.parametrize("shift", [0.0, 1e9, -1e6])
def test_a_large_level_keeps_the_digits_of_the_differences(tmp_path: Path, shift: float) -> None:
    table = pd.read_csv(MOVERS)
    file = tmp_path / "shifted.csv"
    table.assign(score=table["score"] + shift).to_csv(file, index=False)
    found, expected = estimate(file), estimate(MOVERS)
    assert found["variance"] == pytest.approx(expected["variance"], rel=1e-4)
    assert found["mean"] - shift == pytest.approx(expected["mean"], rel=1e-5)
    for term in ("client", "person"):
        for label, effect in found["effects"][term].items():
            other = expected["effects"][term][label]
            for key in ("score", "low", "high"):
                assert effect[key] - shift == pytest.approx(other[key], rel=1e-4)


def test_many_lines_are_gathered_into_few_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tabular, "CHUNK", 1000)
    held = []

    def combine(parts: list[Cells]) -> Cells:
        held.append(sum(len(part.n) for part in parts))
        return cells.combine(parts)

    monkeypatch.setattr(tabular, "combine", combine)
    rng = np.random.default_rng(5)
    size = 50_000
    people, clients = rng.integers(0, 40, size), rng.integers(0, 9, size)
    y = 60 + people % 7 + 3 * (clients % 3) + rng.normal(0, 5, size).round(1)
    file = tmp_path / "many.csv"
    pd.DataFrame({"person": people, "client": clients, "score": y}).to_csv(file, index=False)
    with tabular.opened(file) as source:
        columns = tabular.Columns(2, {"person": 0, "client": 1}, {})
        table = source.gather(columns)
    assert table.cells.answers == size
    assert len(table.cells.n) == 360
    assert max(held) <= 3 * 360  # memory grows with the cells, not with the lines
    assert table.cells.total.sum() == pytest.approx((y - table.shift).sum())
    assert table.cells.squares == pytest.approx(((y - table.shift) ** 2).sum())


def test_the_example_of_the_documentation(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "estimate.md").read_text()
    blocks = dict(re.findall(r"```(csv|json)\n(.*?)```", page, re.DOTALL))
    found = estimate(written(tmp_path, blocks["csv"]))
    expected = json.loads(blocks["json"])
    assert found.keys() == expected.keys()
    # The page shows two places; how many steps the search takes is not promised.
    assert same({**expected, "evaluations": found["evaluations"]}, found, abs_=0.006)


# --- Which columns -------------------------------------------------------------------------------


def test_columns_of_other_names(tmp_path: Path) -> None:
    text = MOVERS.read_text().replace("person,client,profile,round,score", "who,for,as,when,y", 1)
    file = written(tmp_path, text)
    named = ("person=who", "client=for", "profile=as", "round=when", "score=y")
    together = estimate(file, "--column", *named)
    apart = estimate(file, *(part for one in named for part in ("--column", one)))
    assert together == apart == estimate(MOVERS)


def test_terms_without_a_column_are_named_where_none_was_asked_for(tmp_path: Path) -> None:
    file = written(tmp_path, lines("A,50", "A,40", "B,90", "B,70", header="person,score"))
    found = estimate(file)
    assert found["dropped"] == {
        "client": "no column named client",
        "profile": "no column named profile",
        "mission": reasons.SAME_AS + "person",
        "round": "no column named round",
    }
    assert found["levels"] == {"person": 2, "mission": 2}
    assert found["effects"].keys() == {"person"}
    only = estimate(file, "--terms", "person")
    assert only["dropped"] == {}
    assert only["variance"] == found["variance"]
    assert only["variance"] == pytest.approx({"person": 550, "residual": 125}, rel=1e-3)


def test_a_mission_is_made_of_what_there_is(tmp_path: Path) -> None:
    rows = ["a × b,c,50", "a × b,d,60", "a,b × c,55", "a,d,20", "a,d,30", "a × b,c,44"]
    found = estimate(written(tmp_path, lines(*rows)), "--terms", "mission")
    assert found["levels"] == {"mission": 4}
    assert found["effects"]["mission"].keys() == {
        "a ×× b × c", "a ×× b × d", "a × b ×× c", "a × d"
    }  # fmt: skip


def test_a_mission_with_a_column_is_read_from_it(tmp_path: Path) -> None:
    rows = ["A,X,m,50", "A,Y,m,60", "B,X,n,70", "B,Y,n,10", "C,X,n,30"]
    file = written(tmp_path, lines(*rows, header="person,client,project,score"))
    found = estimate(file, "--column", "mission=project", "--terms", "mission")
    assert found["levels"] == {"mission": 2}
    bare = written(tmp_path, ",,m,50\n,,n,60\n,,n,5\n".join(["a,b,c,score\n", ""]), "bare.csv")
    mapped = ("--column", "mission=c", "person=a", "client=b", "--terms", "mission")
    assert estimate(bare, *mapped)["n"] == 3  # labels that a mission is not made of may be empty
    made = estimate(file, "--terms", "mission")
    assert made["levels"] == {"mission": 5}


@pytest.mark.parametrize(
    ("header", "options", "message"),
    [
        ("person,client,note", (), "line 1: no column named score"),
        ("person,client,score", ("--terms", "client,round"), "line 1: no column named round"),
        ("x,y,score", ("--terms", "mission"), "line 1: no column named mission"),
        ("x,y,score", (), "line 1: no column named person"),
        ("person,client,score", ("--column", "client=unit"), "line 1: no column named unit"),
        ("person,client,score", ("--column", "mission=task"), "line 1: no column named task"),
        ("person,client,score", ("--fixed", "time"), "line 1: no column named time"),
        ("person,score,score", (), "line 1: more than one column named score"),
        (
            "person,client,client",
            ("--column", "score=person"),
            "more than one column named client",
        ),
    ],
)
def test_a_missing_column_is_named(
    tmp_path: Path, header: str, options: tuple[str, ...], message: str
) -> None:
    file = written(tmp_path, lines("1,2,3", "4,5,6", header=header))
    assert message in refused(file, *options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--terms", "person,team"), "'team' is none of person, client"),
        (("--terms", ""), "'' is none of person, client"),
        (("--column", "person"), "NAME=HEADER is expected"),
        (("--column", "persn=who"), "NAME=HEADER is expected"),
        (("--column", "person="), "NAME=HEADER is expected"),
        (("--seed", "-1"), "a whole number from 0 is expected"),
        (("--seed", "²"), "a whole number from 0 is expected"),
        (("--method", "best"), "invalid choice"),
    ],
)
def test_a_wrong_option_is_explained(options: tuple[str, ...], message: str) -> None:
    assert message in refused(MOVERS, *options)


# --- Poor data -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["reml", "integrated"])
@pytest.mark.parametrize(
    ("rows", "n", "mean", "residual"),
    [
        ([], 0, None, None),
        (["A,X,", "B,Y,NA"], 0, None, None),
        (["A,X,40"], 1, 40, None),
        (["A,X,40", "B,Y,40", "B,X,40"], 3, 40, 0),
    ],
)
def test_too_little_to_share_out(
    tmp_path: Path,
    rows: list[str],
    n: int,
    mean: float | None,
    residual: float | None,
    method: str,
) -> None:
    file = written(tmp_path, lines(*rows))
    found = estimate(file, "--terms", "person,client", "--method", method)
    assert found["n"] == n
    assert found["mean"] == mean
    assert found["variance"] == {"residual": residual}
    assert found["criterion"] is None
    assert found["dropped"].keys() == {"person", "client"}
    assert found["effects"] == {}


@pytest.mark.parametrize("method", ["reml", "integrated"])
@pytest.mark.parametrize(
    "rows",
    [
        ["A,X,20", "A,Y,20", "B,X,50", "B,Y,50", "C,X,90", "C,Y,90"],  # nothing left over
        ["A,X,0", "A,Y,10", "B,X,50", "B,Y,60"],  # all explained between the two
        ["A,X,20", "A,X,40", "B,X,50", "B,X,55"],  # one client
        ["A,X,1e12", "A,Y,-1e12", "B,X,5e11", "B,Y,0", "B,Y,1"],
        ["A,X,1e-6", "A,Y,3e-6", "B,X,2e-6", "B,Y,9e-6", "B,Y,1e-6"],
    ],
)
def test_odd_answers_give_figures(tmp_path: Path, rows: list[str], method: str) -> None:
    found = estimate(written(tmp_path, lines(*rows)), "--method", method)
    assert found["criterion"] is not None
    assert found["effects"]["person"].keys() == {row[0] for row in rows}
    for effects in found["effects"].values():
        for effect in effects.values():
            assert None not in effect.values()
            assert effect["low"] <= effect["score"] <= effect["high"]


def test_fixed_columns_that_cannot_be_estimated_say_why(tmp_path: Path) -> None:
    rows = ["A,1,2,50", "A,2,4,60", "B,1,2,70", "B,3,6,75", "C,2,4,20", "C,5,10,22"]
    file = written(tmp_path, lines(*rows, header="person,round,twice,score"))
    found = estimate(file, "--terms", "person,round", "--fixed", "round", "twice")
    assert found["fixed"]["twice"] == {
        "estimate": None, "se": None, "dropped": reasons.COLLINEAR
    }  # fmt: skip
    assert found["fixed"]["round"]["se"] > 0
    assert "dropped" not in found["fixed"]["round"]
    assert found["variance"].keys() >= {"person", "round"}
    nothing = estimate(written(tmp_path, "person,time,score\nA,1,\n"), "--fixed", "time")
    assert nothing["fixed"]["time"]["dropped"] == reasons.NO_ANSWERS
    one = estimate(written(tmp_path, "person,time,score\nA,1,5\nA,2,9\n"), "--fixed", "time")
    assert one["fixed"]["time"] == {"estimate": None, "se": None}


# --- Bad files -----------------------------------------------------------------------------------

SECRET = "73.914"
GOOD = "person,client,score\nA,X,50\n"
BAD_FILES = {
    "not a number": (GOOD + f"B,Y,{SECRET}x\n", "line 3, column score: a number such as 62.5"),
    "a word": (GOOD + f"B,Y,{SECRET}\nB,X,nan\n", "line 4, column score: a number"),
    "infinite": (GOOD + "B,Y,-inf\n", "line 3, column score: a number"),
    "out of range": (GOOD + "B,Y,1e999\n", "line 3, column score: a number"),
    "too large": (GOOD + "B,Y,1.1e12\n", "line 3, column score: a number"),
    "grouped": (GOOD + "B,Y,1_0\n", "line 3, column score: a number"),
    "foreign digits": (GOOD + "B,Y,٤\n", "line 3, column score: a number"),
    "decimal comma": (GOOD + 'B,Y,"73,914"\n', "line 3, column score: a number"),
    "two commas": ("person;score\nA;1.073,914\n", "line 2, column score: a number"),
    "too many fields": (GOOD + f"\nB,Y,{SECRET},\n", "line 4: 4 fields, where the header has 3"),
    "too few fields": (GOOD + f"B,{SECRET}\n", "line 3: 2 fields, where the header has 3"),
    "no person": (GOOD + f" ,Y,{SECRET}\n", "line 3, column person: a label is expected"),
    "no header": (f"A,X,{SECRET}\n", "line 1: no column named score"),
    "empty": ("", "line 1: there is no header"),
    "blank first line": ("\n" + GOOD, "line 1: there is no header"),
    "nul": (GOOD + "B\0,Y,50\n", "line 3: a NUL character"),
    "latin": (GOOD.encode() + "Zoé,Y,50\n".encode("latin-1"), "line 3: this is not UTF-8"),
    "utf-16": (GOOD.encode("utf-16"), "line 1: this is not UTF-8"),
    "open quote": (GOOD + f'B,Y,"{SECRET}\nB,X,50\n', "line 3: a quotation mark"),
    "text after quote": (GOOD + f'"B"x,Y,{SECRET}\n', "line 3: a quotation mark"),
    "bare returns": (GOOD.replace("\n", "\r"), "line 1: a quotation mark or a line end"),
    "endless line": (GOOD + "x" * (tabular.LONGEST + 9), "line 3: too long"),
    "cut gzip": (gzip.compress(GOOD.encode() * 90)[:-12], "the gzip file is damaged or cut short"),
    "broken gzip": (b"\x1f\x8bnothing of the kind", "line 1: the gzip file is damaged"),
    "spoilt gzip": (
        gzip.compress(b"person,client,score\n")[:12] + b"\xff" * 40,
        "line 1: the gzip file is damaged",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_gives_one_sentence_with_its_line(tmp_path: Path, name: str) -> None:
    data, message = BAD_FILES[name]
    said = refused(written(tmp_path, data))
    assert message in said
    assert said.startswith(f"{tmp_path / 'file.csv'}: line ")
    assert "\n" not in said
    assert said.endswith(".")
    assert SECRET not in said
    assert "73,914" not in said


def test_a_record_over_several_lines_is_named_by_its_first(tmp_path: Path) -> None:
    text = GOOD + '"B\nC",X,50\nD,"E\n",?\n'
    assert "line 5, column score" in refused(written(tmp_path, text))


def test_a_fixed_column_needs_a_number_beside_each_answer(tmp_path: Path) -> None:
    header = "person,time,score"
    file = written(tmp_path, lines("A,1,50", "B,,", "B,,60", header=header))
    said = refused(file, "--terms", "person", "--fixed", "time")
    assert "line 4, column time: a number is expected beside an answer" in said
    file = written(tmp_path, lines("A,1,50", "B,soon,60", header=header))
    assert "line 3, column time: a number such as" in refused(file, "--fixed", "time")


def test_a_label_is_needed_only_where_it_is_used(tmp_path: Path) -> None:
    file = written(tmp_path, lines("A,,50", "A,,60", "B,,70", "B,,90"))
    assert estimate(file, "--terms", "person")["n"] == 4
    assert "line 2, column client: a label" in refused(file)


def test_a_file_that_is_not_there_or_none(tmp_path: Path) -> None:
    gone = refused(tmp_path / "gone.csv")
    assert gone == f"{tmp_path / 'gone.csv'}: the file cannot be read: No such file or directory."
    assert "cannot be read: Is a directory." in refused(tmp_path)


# --- As a program --------------------------------------------------------------------------------


def program(*arguments: str, url: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.run(
        [sys.executable, "manage.py", "estimate", *arguments],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "url", ["postgres://nobody:none@127.0.0.1:1/none", "sqlite:////nowhere/at/all.sqlite3"]
)
def test_needs_no_database(url: str) -> None:
    done = program(str(MOVERS), "--terms", "person,client", "--format", "json", url=url)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["levels"] == {"person": 30, "client": 8}


def test_a_bad_file_gives_a_status_and_no_traceback(tmp_path: Path) -> None:
    done = program(str(written(tmp_path, GOOD + "B,Y,?\n")), url="sqlite://:memory:")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("CommandError: ")
    assert done.stderr.count("\n") == 1


# --- Whatever comes ------------------------------------------------------------------------------

PIECES = (
    "person",
    "client",
    "score",
    ",",
    ";",
    "\t",
    '"',
    "\n",
    "\r\n",
    "1",
    "0.5",
    "A",
    " ",
    "é",
)


@pytest.mark.parametrize("seed", range(12))
def test_any_text_gives_json_or_one_sentence(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    start = ("person,score\n", "person;client;score\n", "")[seed % 3]
    for _, size in product(range(5), (3, 12, 41)):
        text = start + "".join(rng.choice(PIECES, size))
        said = ""
        try:
            estimate(written(tmp_path, text), "--method", ("reml", "integrated")[size % 2])
        except CommandError as error:
            said = str(error)
        assert "\n" not in said
