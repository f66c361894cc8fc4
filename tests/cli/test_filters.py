"""The options that choose rows, and the database that the environment names."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from tests.cli.conftest import RUN
from xetrack import Reader, Tracker


def epochs(done):
    assert (0, "") == (done.code, done.err)
    return [row["epoch"] for row in json.loads(done.out)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--where", "epoch", ">", "4"], [5, 6]),
        (["--where", "epoch", "ge", "2", "--where", "epoch", "lt", "4"], [2, 3]),
        (["--where", "accuracy", "=", "0.25"], [0]),
        (["--where", "epoch", "!=", "-1", "-n", "1"], [0]),
        (["--where", "model", "eq", "null"], [0]),
        (["--where", "track_id", "=", RUN, "--sort", "epoch", "--desc", "-n", "2"], [6, 5]),
        (["--sort", "accuracy", "-n", "2"], [0, 0]),
        (["--where", "model", "eq", "resnet18", "--track-id", "other-1"], []),
    ],
)
def test_rows_are_chosen_and_sorted(xt, db, words, expected):
    """Conditions must all hold; words stand for signs that a shell would take."""
    assert expected == epochs(xt("head", db, "--json", *words))


def test_the_last_rows_are_the_last_of_the_sorted(xt, db):
    """`tail` shows the end of whatever order was asked for."""
    assert [1, 0] == epochs(
        xt("tail", db, "--json", "--sort", "epoch", "--desc", "--track-id", RUN, "-n2")
    )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--where", "epohc", ">", "4"], 1, "Did you mean 'epoch'?"),
        (["--where", "epoch", "~", "4"], 2, 'Choose from: "=", "!="'),
        (["--where", "epoch", ">"], 2, "Type: --where epoch gt 0.9\n"),
        (["--where", "epoch >= 2"], 2, "--where takes three words: a column, one of eq ne lt le"),
        (["--where", "epoch>=2"], 2, "Type: --where epoch ge 2\n"),
        (["--where", "model = 'res net'"], 2, "Type: --where model eq 'res net'\n"),
        (["--where", "epoch"], 2, "Type: --where epoch gt 0.9\n"),
        (["--where", "epoch>=2", "-n", "1"], 2, "Type: --where epoch ge 2\n"),
        (["--where"], 2, "Type: --where accuracy gt 0.9\n"),
        (["--where", "epoch", ">", "four"], 1, "Give a value such as 'epoch' has, which are: int."),
        (["--columns", ""], 2, "Give names of columns: a,b,c."),
        (["-n", "9" * 30], 2, "No table has so many rows."),
        (["--sort", "epohc"], 1, "Did you mean 'epoch'?"),
        (["--track-id", "calm-fox-2"], 1, "Did you mean 'calm-fox-1'? List the runs with: xt runs"),
    ],
)
def test_a_wrong_choice_is_told(xt, db, words, code, said):
    """One line that ends in what to type."""
    done = xt("head", db, *words)
    assert (code, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert said in done.err


def test_text_that_looks_like_a_number_is_found_as_text(xt, tmp_path):
    """In a column of texts, 007 and 5 are texts."""
    with Tracker(tmp_path / "t.db") as tracker:
        tracker.log_batch([{"code": "007"}, {"code": "5"}])
    for code in ("007", "5"):
        done = xt("head", "t.db", "--where", "code", "=", code, "--columns", "code", "--csv")
        assert f"code\n{code}\n" == done.out


@pytest.mark.parametrize(
    ("words", "out"),
    [
        (["head", "-n1", "--columns", "epoch", "--csv"], "epoch\n0\n"),
        (["sql", "SELECT 7 AS a", "--csv"], "a\n7\n"),
        (["ls", "track_id", "--unique"], "calm-fox-1\nother-1\n"),
        (["stats", "top", "accuracy", "--columns", "epoch", "--csv"], "epoch\n6\n"),
        (["tables", "--csv"], "table,rows,columns\ndefault,8,5\n"),
    ],
)
def test_the_environment_names_a_database(xt, db, words, out):
    """With XETRACK_DB, commands need no database."""
    assert (0, out, "") == xt(*words, XETRACK_DB="runs.db")


def test_a_database_that_is_given_wins(xt, db, tmp_path):
    """XETRACK_DB is for those who name none; a mistyped path is not taken for another argument."""
    Tracker(tmp_path / "b.db", track_id="x-1").log({"b": 1})
    assert "b\n1\n" == xt("head", "b.db", "--columns=b", "--csv", XETRACK_DB="runs.db").out
    done = xt("head", "rusn.db", XETRACK_DB="runs.db")
    assert 1 == done.code
    assert "There is no database at 'rusn.db'. Did you mean 'runs.db'?" in done.err
    done = xt("delete", "rusn.db", RUN, XETRACK_DB="runs.db")
    assert (1, 8) == (done.code, len(Reader(db)))


def test_without_a_database_the_message_names_the_variable(xt):
    """Who names none anywhere is told so."""
    done = xt("head")
    assert 2 == done.code
    assert "DB is missing, the path or URL of a database: give it, or set XETRACK_DB." in done.err
    assert "XETRACK_DB" in xt("head", "--help").out


def test_keys_are_typed_as_they_were_logged(xt, tmp_path):
    """In conditions, columns and order; dates compare, also with a day alone."""
    with Tracker(tmp_path / "keys.db") as tracker:
        tracker.log_batch(
            [{"val/loss": n / 4, "epoch": n, "day": datetime(2024, 5, 1 + n)} for n in range(4)]  # noqa: DTZ001
        )
    words = ["--columns", "val/loss,epoch", "--sort", "val/loss", "--desc", "--json"]
    assert [2, 1] == epochs(
        xt("head", "keys.db", "--where", "val/loss", ">", "0", "--where", "epoch", "<", "3", *words)
    )
    assert [0, 1] == epochs(xt("head", "keys.db", "--where", "day", "<", "2024-05-03", "--json"))
    done = xt("stats", "describe", "keys.db", "--columns", "val/loss")
    assert (0, "") == (done.code, done.err)
    done = xt("set", "keys.db", "val/loss", "9", "--where-key", "val/loss", "--where-value", "0.5")
    assert (0, "") == (done.code, done.err)
    assert [2] == epochs(xt("head", "keys.db", "--where", "val_loss", "=", "9", "--json"))
