"""`xt set` and `xt delete`."""

from __future__ import annotations

import os
import pty
import subprocess
from array import array

import pytest

from tests.cli.conftest import RUN, XT, environment
from xetrack import Reader, Tracker


def column(db, name):
    return [value for (value,) in Reader(db).select([name]).rows()]


def test_set_changes_every_row_or_those_of_a_run(xt, db):
    """A new column is made; the message says how many rows were set."""
    assert (0, "Set best to True in 8 rows.\n", "") == xt("set", db, "best", "true")
    assert [True] * 8 == column(db, "best")
    done = xt("set", db, "accuracy", "0.8", "--track-id", "other-1")
    assert "Set accuracy to 0.8 in 1 row.\n" == done.out
    assert 0.8 == column(db, "accuracy")[-1]


def test_set_says_when_another_column_may_have_been_meant(xt, db):
    """It is set all the same."""
    done = xt("set", db, "acuracy", "1", "--track-id", "@1")
    assert (0, "The column 'acuracy' is new. Did you mean 'accuracy'?\n") == (done.code, done.err)
    assert 1 in column(db, "acuracy")


def test_set_changes_rows_where_another_column_has_a_value(xt, db):
    """As the documents show it: --where-key, --where-value and --track-id."""
    words = ("--where-key", "epoch", "--where-value", "0", "--track-id", RUN)
    assert "in 1 row." in xt("set", db, "accuracy", "-0.5", *words).out
    assert [-0.5, 0.51] == column(db, "accuracy")[:2]
    assert 1 == xt("set", db, "accuracy", "1", *words[:2], "--where-value", "99").code


def test_set_reads_a_value_as_the_column_holds_it(xt, db):
    """5 is a text in a column of texts, and null makes a cell empty."""
    assert 0 == xt("set", db, "model", "5", "--track-id", RUN).code
    assert ["5"] * 7 + [None] == column(db, "model")
    assert "Set model to nothing" in xt("set", db, "model", "null").out
    assert [None] * 8 == column(db, "model")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["set", "DB", "a"], 2, "VALUE is missing."),
        (["set", "DB", "a", "1", "--where-key", "epoch"], 2, "belong together"),
        (["set", "DB", "a", "1", "--where-key", "epohc", "--where-value", "1"], 1, "'epoch'"),
        (["set", "DB", "a", "1", "--track-id", "calm-fox-2"], 1, "Did you mean 'calm-fox-1'?"),
        (["set", "DB", "a", "1", "--table", "defualt"], 1, "Did you mean 'default'?"),
        (["set", "DB", "track_id", "x"], 1, "it is what names a row"),
        (["set", "DB", "", "x"], 1, "it is empty"),
        (["delete", "DB"], 2, "RUN is missing."),
        (["delete", "DB", "calm-fox-2"], 1, "Did you mean 'calm-fox-1'?"),
    ],
)
def test_a_change_that_fails_changes_nothing(xt, db, words, code, said):
    """A change that fails changes nothing, not a cell, not even a column."""
    before = Reader(db).select()
    done = xt(*[db if word == "DB" else word for word in words])
    assert (code, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert said in done.err
    after = Reader(db).select()
    assert (before.names, before.rows()) == (after.names, after.rows())


def test_delete_removes_a_run_and_says_how_many_rows(xt, db):
    """Without a terminal nobody is asked."""
    assert (0, f"Deleted 7 rows of the run {RUN}.\n", "") == xt("delete", db, RUN)
    assert ["other-1"] == column(db, "track_id")
    assert 1 == xt("delete", db, RUN).code


def typed(answer, *words):
    """Run `xt` on a terminal, and type an answer to what it asks."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*XT, *map(str, words)],
        env=environment(TERM="xterm-256color"),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    ) as process:
        os.close(theirs)
        os.write(ours, f"{answer}\n".encode())
        out = process.stdout.read()
    seen = b""
    try:
        while piece := os.read(ours, 65_536):
            seen += piece
    except OSError:  # Linux says so when the other side is closed
        pass
    os.close(ours)
    return process.returncode, out, seen.decode()


def test_delete_asks_first_on_a_terminal(db):
    """It says how many rows of which run; only yes goes on, and --yes is not asked."""
    code, out, seen = typed("n", "delete", db, RUN)
    assert (1, "", 8) == (code, out, len(Reader(db)))
    assert f"Delete 7 rows of the run {RUN} from default in {db}? [y/N]" in seen
    assert "Nothing was changed." in seen
    code, out, _ = typed("y", "delete", db, RUN)
    assert (0, f"Deleted 7 rows of the run {RUN}.\n", 1) == (code, out, len(Reader(db)))
    code, _, seen = typed("n", "delete", db, "other-1", "--yes")
    assert (0, 0) == (code, len(Reader(db)))
    assert "[y/N]" not in seen


def test_what_plugins_delete_is_asked_for_too(db, tmp_path):
    """Their commands say what it is; --yes and a pipe are not asked."""
    folder = tmp_path / "results"
    with Tracker(db, track_id=RUN, cache=folder) as tracker:
        asset = tracker.log({"labels": array("b", [1, 2])})["labels"]
        tracker.track(abs, args=[-1])
    for words, question in (
        (("cache", "clear", folder), f"Delete all 1 cached result in {folder}? [y/N]"),
        (("cache", "delete", folder, RUN), f"Delete 1 cached result of {RUN} in {folder}? [y/N]"),
        (("assets", "delete", db, asset), f"Delete {asset} (pickle), which 1 run keeps? [y/N]"),
    ):
        code, out, seen = typed("n", *words)
        assert (1, "") == (code, out)
        assert question in seen
        assert "Nothing was changed." in seen
    assert asset in Reader(db).assets
    code, out, seen = typed("n", "cache", "clear", folder, "--yes")
    assert (0, "Deleted 1 cached result.\n") == (code, out)
    assert "[y/N]" not in seen
    assert 0 == typed("y", "assets", "delete", db, asset)[0]
    assert asset not in Reader(db).assets


def test_a_file_that_may_not_be_written_is_an_error(xt, tmp_path):
    """Setting in a missing database makes none."""
    done = xt("set", "nope.db", "a", "1")
    assert 1 == done.code
    assert "There is no database at 'nope.db'." in done.err
    assert [] == list(tmp_path.iterdir())


def test_another_table_can_be_changed(xt, tmp_path):
    """`--table` is for changes as for reading."""
    Tracker(tmp_path / "t.db", table="other", track_id="a-b-1").log({"v": 1})
    assert 0 == xt("set", "t.db", "v", "2", "--table", "other").code
    assert [2] == [v for (v,) in Reader(tmp_path / "t.db", table="other").select(["v"]).rows()]
    assert 0 == xt("delete", "t.db", "a-b-1", "--table", "other").code
    assert 0 == len(Reader(tmp_path / "t.db", table="other"))
