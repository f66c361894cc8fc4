"""`xt stats`."""

from __future__ import annotations

import json
import math
import sqlite3
from decimal import Decimal

import numpy as np
import pytest

from xetrack import Reader, Tracker


@pytest.fixture
def mixed(tmp_path):
    """Numbers with gaps, nan and infinity, texts among numbers, decimals, truth values."""
    path = tmp_path / "mixed.db"
    with Tracker(path, warnings=False) as tracker:
        for at in range(40):
            tracker.log(
                {
                    "x": None if at % 10 == 0 else float(at) ** 2,
                    "y": math.nan if at == 3 else at,
                    "m": "text" if at % 2 else at,
                    "d": Decimal(f"{at * 9}.5"),
                    "flag": at % 2 == 0,
                    "name": f"n{at:02}",
                }
            )
    return path


def test_describe_counts_what_numpy_counts(xt, mixed):
    """Count, mean, deviation, least, quartiles and most of each column of numbers."""
    rows = {
        row.pop("column"): row for row in json.loads(xt("stats", "describe", mixed, "--json").out)
    }
    assert {"x", "y", "m", "d"} == set(rows)
    for name, row in rows.items():
        cells = [value for (value,) in Reader(mixed).select([name]).rows()]
        numbers = [float(cell) for cell in cells if isinstance(cell, int | float | Decimal)]
        numbers = np.array([number for number in numbers if not math.isnan(number)])
        expected = {
            "count": len(numbers),
            "mean": numbers.mean(),
            "std": numbers.std(ddof=1),
            "min": numbers.min(),
            "25%": np.quantile(numbers, 0.25),
            "50%": np.quantile(numbers, 0.5),
            "75%": np.quantile(numbers, 0.75),
            "max": numbers.max(),
        }
        found = {key: float(row[key]) for key in expected}
        assert expected == pytest.approx(found), name
    assert (4, 1, 0) == tuple(rows[name]["missing"] for name in ("x", "y", "d"))


def test_numbers_without_measure_are_no_crash(xt, tmp_path):
    """Numbers without measure are no crash: infinite ones, and integers beyond any float."""
    with Tracker(tmp_path / "huge.db", warnings=False) as tracker:
        tracker.log_batch([{"h": 10**400, "i": math.inf}, {"h": 1, "i": 2.0}, {"h": 2, "i": 4.0}])
    rows = json.loads(xt("stats", "describe", "huge.db", "--json").out)
    named = {row["column"]: row for row in rows}
    h, i = named["h"], named["i"]
    assert (10**400, "Infinity", 2.0) == (h["max"], h["mean"], h["50%"])
    assert ("Infinity", "Infinity", 4.0) == (i["max"], i["mean"], i["50%"])
    assert (0, "h\n1\n") == xt("stats", "bottom", "huge.db", "h", "--columns=h", "--csv")[:2]
    assert 0 == xt("plot", "line", "huge.db", "h", "i").code


def test_describe_takes_the_columns_and_rows_that_were_chosen(xt, mixed):
    """Describe takes the columns and rows that were chosen, also a column without a number, of
    which only the gaps are counted.
    """
    words = ("stats", "describe", mixed, "--columns=name,y", "--where", "y", "lt", "3", "--json")
    name, y = json.loads(xt(*words).out)
    assert ("name", 0, 0, None) == tuple(name[key] for key in ("column", "count", "missing", "max"))
    assert ("y", 3, 1.0, 2) == tuple(y[key] for key in ("column", "count", "mean", "max"))


@pytest.mark.parametrize(
    ("which", "column", "expected"),
    [
        ("top", "x", [39, 38]),
        ("bottom", "x", [1, 2]),
        ("top", "y", [39, 38]),
        ("top", "m", [38, 36]),
        ("top", "d", [39, 38]),
        ("bottom", "d", [0, 1]),
        ("top", "name", [39, 38]),
    ],
)
def test_top_and_bottom_are_the_best_rows(xt, mixed, which, column, expected):
    """By value, whatever a database keeps it as; gaps, nan and texts among numbers never win."""
    done = xt("stats", which, mixed, column, "-n", "2", "--columns", "name", "--csv")
    assert [f"n{at:02}" for at in expected] == done.out.split()[1:]
    assert (0, "") == (done.code, done.err)


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
@pytest.mark.parametrize(("key", "values"), [("val/loss", [3, 1, 2]), ("best at", ["c", "a", "b"])])
def test_best_rows_are_of_a_key_as_logged(xt, tmp_path, engine, key, values):
    """Of numbers and of texts, with the count of ties."""
    with Tracker(tmp_path / "keys.db", engine=engine, warnings=False) as tracker:
        tracker.log_batch([{key: value, "n": value} for value in [*values, max(values)]])
    done = xt("top", "keys.db", key, "--json", "--columns", f"n,{key}")
    assert [max(values)] * 2 == [*json.loads(done.out)[0].values()]
    assert "1 row not shown" in done.err
    (row,) = json.loads(xt("bottom", "keys.db", key, "--json", "--columns", "n").out)
    assert {"n": min(values)} == row


@pytest.mark.parametrize("name", ["top", "bottom"])
def test_the_short_names_are_the_same_commands(xt, db, name):
    """`xt top` is `xt stats top`, with its options, its errors and its page of help."""
    words = (name, db, "accuracy", "-n", "2", "--csv")
    assert xt("stats", *words) == xt(*words)
    assert 2 == len(xt(*words).out.splitlines()) - 1
    assert xt("stats", name, db, "acuracy") == xt(name, db, "acuracy")
    page = xt("stats", name, "--help").out
    assert page.replace(f"xt stats {name}", f"xt {name}") == xt(name, "--help").out


def test_top_shows_the_whole_row_once(xt, db):
    """Without options it is the one row with the largest value."""
    (row,) = json.loads(xt("stats", "top", db, "accuracy", "--json").out)
    assert (6, 0.56, "calm-fox-1") == (row["epoch"], row["accuracy"], row["track_id"])


def test_a_table_of_another_program_has_statistics(xt, tmp_path):
    """Nobody has told what its columns hold."""
    with sqlite3.connect(tmp_path / "foreign.db") as connection:
        connection.execute('CREATE TABLE "default" (timestamp, track_id, v, w)')
        connection.executemany(
            """INSERT INTO "default" VALUES ('t', 'x-1', ?, ?)""", [(1, "a"), (3, "b"), ("z", "c")]
        )
    connection.close()
    (row,) = json.loads(xt("stats", "describe", "foreign.db", "--json").out)
    assert ("v", 2, 2.0, 3) == tuple(row[key] for key in ("column", "count", "mean", "max"))
    assert "v\n3\n" == xt("stats", "top", "foreign.db", "v", "--columns=v", "--csv").out
    assert "w\nc\n" == xt("stats", "top", "foreign.db", "w", "--columns=w", "--csv").out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["describe", "DB", "--columns", "acuracy"], 1, "Did you mean 'accuracy'?"),
        (["top", "DB", "acuracy"], 1, "Did you mean 'accuracy'?"),
        (["top", "DB", "gap"], 1, "has a value to work with in 'gap'"),
        (["top", "DB"], 2, "COLUMN is missing."),
        (["tpo", "DB", "accuracy"], 2, "Did you mean 'stats top'"),
        (["bottom", "DB", "accuracy", "-n", "-1"], 2, "Give 0 or more."),
    ],
)
def test_what_cannot_be_said_is_an_error(xt, db, words, code, said):
    """One line that ends in what to type."""
    Tracker(db, track_id="gap-1").log({"gap": None})
    done = xt("stats", *[db if word == "DB" else word for word in words])
    assert (code, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert said in done.err


def test_top_counts_rows_that_are_not_shown_though_they_are_as_good(xt, tmp_path):
    """Where all of them are shown, nothing is said."""
    with Tracker(tmp_path / "ties.db") as tracker:
        tracker.log_batch([{"v": value} for value in (0.5, 1, 1.0, 1, 0.25)])
    for n, hidden in ((1, "2 rows not shown have"), (2, "1 row not shown has"), (3, ""), (4, "")):
        done = xt("stats", "top", "ties.db", "v", "-n", str(n), "--json")
        assert done.err == (f"{hidden} the same 'v'. Show them with: -n 3\n" if hidden else "")
        assert n == done.out.count('"v"')
