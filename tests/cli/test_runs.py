"""`xt runs`, `xt show`, `xt compare` and `xt tables`."""

from __future__ import annotations

import json
import sqlite3

import pytest

from tests.cli.conftest import RUN, plain
from xetrack import Reader, Tracker


@pytest.fixture
def runs(tmp_path):
    """Three runs, of which two were logged in turn."""
    path = tmp_path / "three.db"
    first = Tracker(path, params={"lr": 0.1, "model": "resnet 18"}, track_id="calm-fox-1")
    second = Tracker(path, params={"lr": 0.2, "model": "resnet 18"}, track_id="bold-owl-2")
    for epoch in range(3):
        first.log({"epoch": epoch, "loss": 1.0 / (epoch + 1)})
        second.log({"epoch": epoch, "loss": 0.5 / (epoch + 1)})
    first.close()
    second.close()
    with Tracker(path, track_id="deft-elk-3") as third:
        third.log({"loss": 0.75, "seed": 7})
    return path


def test_runs_shows_a_line_a_run(xt, runs):
    """When it began and ended, its rows and seconds, its params and what came out."""
    lines = json.loads(xt("runs", runs, "--json").out)
    assert ["calm-fox-1", "bold-owl-2", "deft-elk-3"] == [line["track_id"] for line in lines]
    times = [time for (time,) in Reader(runs).select(["timestamp"]).rows()]
    assert (3, times[0], times[4]) == tuple(lines[0][name] for name in ("rows", "first", "last"))
    assert 0 < lines[0]["seconds"] < 60
    assert {"lr": 0.1, "model": "resnet 18"} == lines[0]["params"]
    assert {"epoch": 2, "loss": 1 / 3} == lines[0]["results"]
    assert ({"seed": 7}, {"loss": 0.75}, 0.0) == tuple(
        lines[2][name] for name in ("params", "results", "seconds")
    )


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
@pytest.mark.parametrize("rows", [3, 300])
def test_runs_takes_the_last_value_that_a_column_has(xt, tmp_path, engine, rows):
    """A loss stays a result though an accuracy comes last, or though it ends as it began."""
    path = tmp_path / "last.db"
    with Tracker(path, params={"lr": 0.1}, engine=engine, track_id="calm-fox-1") as tracker:
        tracker.log({"loss": 0.5, "warmup": 7})
        tracker.log_batch([{"loss": 0.25, "warmup": None}] * (rows - 2) or [{"loss": 1.0}])
        tracker.log({"loss": 0.5})
        tracker.log({"test_accuracy": 0.75})
    with Tracker(path, track_id="bold-owl-2") as other:
        other.log({"others": 1})
    (line, _) = json.loads(xt("runs", path, "--json").out)
    assert {"lr": 0.1} == line["params"]
    assert {"loss": 0.5, "warmup": 7, "test_accuracy": 0.75} == line["results"]
    compared = json.loads(xt("compare", path, "calm-fox-1", "bold-owl-2", "--json").out)
    cells = {row["column"]: row["calm-fox-1"] for row in compared}
    assert (0.5, 7, 0.75, None) == tuple(
        cells[name] for name in ("loss", "warmup", "test_accuracy", "others")
    )


def test_runs_with_a_value_in_every_row_but_one_has_no_param(xt, tmp_path):
    """A value that equals the first at the end, but not between, is a result."""
    with Tracker(tmp_path / "a.db") as tracker:
        tracker.log_batch([{"model": "a", "step": 1}, {"model": "b"}, {"model": "a", "step": 1}])
    (line,) = json.loads(xt("runs", tmp_path / "a.db", "--json").out)
    assert ({}, {"model": "a", "step": 1}) == (line["params"], line["results"])


def test_runs_of_a_table_for_people_name_their_values(xt, runs):
    """Each param that differs has a column, and so has each result."""
    done = xt("runs", runs, "-n", "2")
    header, _, *lines = [[c.strip() for c in x.split("|")[1:-1]] for x in done.out.splitlines()]
    assert {"lr", "model"} <= set(header)
    assert "resnet 18" in {line[header.index("model")] for line in lines}
    assert "calm-fox-1" not in done.out
    assert (0, "2 of 3 runs are shown. Show all with: -n 3\n") == (done.code, done.err)


def test_runs_counts_the_rows_that_were_chosen(xt, runs):
    """With conditions the rows pass by one by one; the answer is of the same form."""
    lines = json.loads(xt("runs", runs, "--where", "epoch", "<", "2", "--json").out)
    assert [("calm-fox-1", 2), ("bold-owl-2", 2)] == [
        (line["track_id"], line["rows"]) for line in lines
    ]
    assert (0, "[]\n") == xt("runs", runs, "-n", "0", "--json")[:2]


def test_runs_of_a_table_of_another_program(xt, tmp_path):
    """Times that are no times give no seconds; a table without identities is an error."""
    with sqlite3.connect(tmp_path / "foreign.db") as connection:
        connection.execute("CREATE TABLE a (timestamp, track_id, v)")
        connection.execute("INSERT INTO a VALUES ('soon', 'x-1', 1), (NULL, 'x-1', 2)")
        connection.execute("CREATE TABLE b (v)")
    connection.close()
    (line,) = json.loads(xt("runs", "foreign.db", "--table", "a", "--json").out)
    assert ("x-1", 2, None) == (line["track_id"], line["rows"], line["seconds"])
    words = ("runs", "foreign.db", "--table", "a", "--where", "v", "lt", "5", "--json")
    assert [{**line, "first": "soon", "last": "soon"}] == json.loads(xt(*words).out)
    done = xt("runs", "foreign.db", "--table", "b")
    assert 1 == done.code
    assert "There is no column" in done.err


def test_show_tells_of_each_column_of_a_run(xt, runs):
    """First and last value, and least, mean and most of numbers."""
    done = xt("show", runs, "calm-fox-1", "--json")
    rows = {row.pop("column"): row for row in json.loads(done.out)}
    assert {"epoch", "loss", "lr", "model"} == set(rows)
    assert {"last": 1 / 3, "first": 1.0, "min": 1 / 3, "mean": 11 / 18, "max": 1.0} == rows["loss"]
    assert ("resnet 18", None) == (rows["model"]["last"], rows["model"]["mean"])
    assert "Run calm-fox-1: 3 rows from " in done.err
    assert xt("show", runs, "calm-fox-1").out.startswith("Run calm-fox-1: 3 rows from ")


def test_compare_shows_runs_side_by_side_and_marks_what_differs(xt, screen, runs):
    """A column for each run; JSON says what differs, and a terminal lets it stand out."""
    words = ("compare", runs, "calm-fox-1", "bold-owl-2")
    rows = {row.pop("column"): row for row in json.loads(xt(*words, "--json").out)}
    assert {"differs": True, "calm-fox-1": 0.1, "bold-owl-2": 0.2} == rows["lr"]
    assert {"differs": False, "calm-fox-1": 2, "bold-owl-2": 2} == rows["epoch"]
    assert not rows["model"]["differs"]
    assert rows["loss"]["differs"]
    seen = screen(*words).out.splitlines()
    marked = [line for line in seen if "\x1b[1;33m" in line]
    assert {"lr", "loss", "seconds"} == {plain(line).split()[1] for line in marked}
    listed = json.loads(xt(*words, "--differing", "--json").out)
    assert {"lr", "loss", "seconds"} == {row["column"] for row in listed}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["show", "DB", "calm-fox-2"], 1, "Did you mean 'calm-fox-1'? List the runs with: xt runs"),
        (["tag", "DB", "calm-fox-2", "x"], 1, "Did you mean 'calm-fox-1'?"),
        (["note", "DB", "calm-fox-2", "x"], 1, "Did you mean 'calm-fox-1'?"),
        (["delete", "DB", "calm-fox-2"], 1, "Did you mean 'calm-fox-1'?"),
        (["head", "DB", "--track-id", "calm-fox-2"], 1, "Did you mean 'calm-fox-1'?"),
        (["compare", "DB", "calm-fox-1", "nobody"], 1, "There is no run 'nobody'"),
        (["compare", "DB", "calm-fox-1"], 2, "give two different runs"),
        (["compare", "DB", "calm-fox-1", "calm-fox-1"], 2, "Both are the run calm-fox-1: give two"),
        (["compare", "DB", "@3", "calm", "@3"], 2, "All of these are the run calm-fox-1: give"),
        (["compare", "DB", "@1", "deft"], 2, "Both are the run deft-elk-3"),
        (["show", "DB", "@4"], 1, "There is no run '@4'"),
        (["show", "DB", "@4"], 1, "@1 is the newest run and @3 the oldest. List the runs"),
        (["show", "DB", "@0"], 1, "@1 is the newest run and @3 the oldest. List the runs"),
        (["show", "DB", "@x"], 1, "@1 is the newest run and @3 the oldest. List the runs"),
        (["tag", "DB", "@1"], 2, "TAG is missing."),
        (["show", "DB", "@1", "--packages", "--patch"], 2, "exclude each other"),
        (["runs", "DB", "--status", "fail"], 2, 'Did you mean "failed"?'),
        (["runs", "DB", "--since", "2y"], 2, "Give a number with s, m, h, d or w"),
        (["show", "DB"], 2, "RUN is missing."),
        (["runs", "DB", "--where", "los", ">", "1"], 1, "Did you mean 'loss'?"),
        (["runs", "DB", "--track-id", "nobody"], 1, "There is no run 'nobody'"),
    ],
)
def test_a_run_that_is_not_there_is_told(xt, runs, words, code, said):
    """One line that ends in what to type."""
    done = xt(*[runs if word == "DB" else word for word in words])
    assert (code, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert said in done.err


def test_tables_lists_what_a_database_holds(xt, db):
    """Name, rows and columns of each table, in the order they were made."""
    Tracker(db, table="other").log({"v": 1})
    assert "table,rows,columns\ndefault,8,5\nother,1,3\n" == xt("tables", db, "--csv").out
    assert RUN not in xt("tables", db).out


def test_on_a_narrow_terminal_what_a_run_is_and_what_came_of_it_stay(screen, runs):
    """The middle makes room; ids can be copied as a whole."""
    done = screen("runs", runs, columns=60)
    lines = plain(done.out).splitlines()
    names = [name.strip() for name in lines[1].strip("│").split("│")]
    assert (["track_id", "status", "…"], True) == (names[:3], "loss" in names)
    assert "│ calm-fox-1 │ finished │" in plain(done.out)
    assert "columns are left out: age, duration, rows" in done.err
