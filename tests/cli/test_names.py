"""`xt columns` and `xt ls`."""

from __future__ import annotations

import json

import pytest

from xetrack import Reader, Tracker

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


@pytest.mark.parametrize(
    "words", [("head",), ("runs",), ("ls", "loss"), ("show", "@1"), ("columns",)]
)
def test_the_only_table_of_a_file_is_the_default(xt, tmp_path, words):
    """Where there are several and none has that name, the error lists them."""
    path = tmp_path / "metrics.db"
    with Tracker(path, table="metrics", track_id="a-1") as tracker:
        tracker.log({"loss": 0.5})
    command, *rest = words
    assert xt(command, path, *rest, "--table", "metrics") == xt(command, path, *rest)
    with Tracker(path, table="others") as tracker:
        tracker.log({"loss": 0.25})
    done = xt(command, path, *rest)
    assert (1, "") == (done.code, done.out)
    assert "There are: metrics, others." in done.err
    assert 0 == xt(command, path, *rest, "--table", "metrics").code


def test_rows_are_changed_in_the_only_table(xt, tmp_path):
    """And imported into the default one, which need not be there."""
    path = tmp_path / "metrics.db"
    with Tracker(path, table="metrics", track_id="a-1") as tracker:
        tracker.log({"loss": 0.5})
    assert 0 == xt("set", path, "loss", "1.5").code
    assert [1.5] == Reader(path, table="metrics").to_df()["loss"].tolist()
    (tmp_path / "rows.csv").write_text("loss\n2.5\n")
    assert "into default of" in xt("import", path, tmp_path / "rows.csv").out
    assert 1 == len(Reader(path)) == len(Reader(path, table="metrics"))
    done = xt("delete", path, "a-1", "--table", "metrics", "--yes")
    assert (0, 0) == (done.code, len(Reader(path, table="metrics")))
