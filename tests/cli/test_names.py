"""`xt columns` and `xt ls`."""

from __future__ import annotations

import json

from xetrack import Tracker

OWN = {"timestamp", "track_id"}


def test_columns_says_what_each_column_holds(xt, db):
    """One row a column: its name, and the kinds of its values."""
    done = xt("columns", db, "--json")
    kinds = {row["column"]: row["kinds"] for row in json.loads(done.out)}
    assert {*OWN, "model", "accuracy", "epoch"} == set(kinds)
    assert ("float", "int", "text") == (kinds["accuracy"], kinds["epoch"], kinds["model"])
    assert "" == done.err


def test_ls_lists_names_a_line_each(xt, db):
    """Without a column, `xt ls` is the names, bare, for a shell to loop over."""
    assert {*OWN, "model", "accuracy", "epoch"} == set(xt("ls", db).out.splitlines())


def test_ls_lists_the_values_of_a_column(xt, db):
    """With a column, `xt ls` is its values in the order they were logged."""
    assert "0\n1\n2\n3\n4\n5\n6\n0\n" == xt("ls", db, "epoch").out


def test_ls_unique_lists_each_value_once(xt, db):
    """`--unique` keeps the first of equals, in order."""
    assert "calm-fox-1\nother-1\n" == xt("ls", db, "track_id", "--unique").out
    assert ["calm-fox-1", "other-1"] == json.loads(
        xt("ls", db, "track_id", "--unique", "--json").out
    )


def test_ls_unique_tells_values_of_different_types_apart(xt, tmp_path):
    """1, 1.5, True and "1" are four values; two equal lists, nans or numbers are one."""
    with Tracker(tmp_path / "u.db", warnings=False) as tracker:
        for value in (1, 1.5, True, "1", [1], [1], 1, float("nan"), 1.0, float("nan")):
            tracker.log({"v": value})
    assert [1, 1.5, True, "1", [1], None] == json.loads(
        xt("ls", "u.db", "v", "--unique", "--json").out
    )


def test_ls_of_a_mistyped_column_is_an_error(xt, db):
    """The exit code is 1 and the near name is there."""
    done = xt("ls", db, "epochs")
    assert (1, "") == (done.code, done.out)
    assert "Did you mean 'epoch'?" in done.err


def test_a_value_cannot_break_the_line_or_the_terminal(xt, tmp_path):
    """Control characters are escaped in a list too."""
    with Tracker(tmp_path / "c.db") as tracker:
        tracker.log({"v": "two\nlines\x1b[2J"})
    assert "two\\nlines\\x1b[2J\n" == xt("ls", "c.db", "v").out
