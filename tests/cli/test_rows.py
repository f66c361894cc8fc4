"""`xt head` and `xt tail`."""

from __future__ import annotations

import csv
import io
import json
import sqlite3

import pytest

from xetrack import Reader, Tracker

RUN = "calm-fox-1"


def test_head_prints_the_first_rows_as_a_numbered_markdown_table(xt, db):
    """In a pipe, the table is Markdown with the rows numbered from 0, and nothing else."""
    first, second = (time for (time,) in Reader(db).select(["timestamp"], head=2).rows())
    done = xt("head", "runs.db", "--n=2", "--columns", "timestamp,track_id,model,accuracy,epoch")
    assert [
        "|    | timestamp                  | track_id   | model    |   accuracy |   epoch |",
        "|---:|:---------------------------|:-----------|:---------|-----------:|--------:|",
        f"|  0 | {first} | calm-fox-1 | resnet18 |        0.5 |       0 |",
        f"|  1 | {second} | calm-fox-1 | resnet18 |       0.51 |       1 |",
    ] == done.out.splitlines()
    assert (0, "") == (done.code, done.err)


def test_head_shows_five_rows_unless_told_otherwise(xt, db):
    """Five is the number of rows without `-n`."""
    assert 5 == len(json.loads(xt("head", db, "--json").out))


def test_tail_shows_the_last_rows_in_the_order_they_were_logged(xt, db):
    """The rows are the last ones, the newest at the end."""
    rows = json.loads(xt("tail", db, "-n", "3", "--json").out)
    assert [5, 6, 0] == [row["epoch"] for row in rows]
    assert "other-1" == rows[-1]["track_id"]


def test_rows_of_one_run_are_chosen_by_its_track_id(xt, db):
    """`--track-id` leaves the rows of other runs out, before `-n` counts."""
    rows = json.loads(xt("tail", db, "-n", "2", "--track-id", RUN, "--json").out)
    assert [(RUN, 5), (RUN, 6)] == [(row["track_id"], row["epoch"]) for row in rows]


def test_columns_come_in_the_order_asked_for(xt, db):
    """`--columns a,b` shows these and no others, in this order."""
    done = xt("head", db, "-n1", "--columns", "epoch,accuracy", "--csv")
    assert "epoch,accuracy\n0,0.5\n" == done.out


def test_json_gives_back_every_value(xt, tmp_path):
    """JSON is one strict array; what JSON lacks is null or text, control characters survive."""
    with Tracker(tmp_path / "v.db") as tracker:
        tracker.log(
            {
                "text": 'a\x1b[31m\n"ü שלום',
                "nan": float("nan"),
                "inf": -float("inf"),
                "big": 2**70,
                "flag": True,
                "bytes": b"\x00\xff",
                "list": [1, {"a": None}],
            }
        )
    done = xt("head", "v.db", "--json", "--columns", "text,nan,inf,big,flag,bytes,list")
    assert "\x1b" not in done.out
    assert [
        {
            "text": 'a\x1b[31m\n"ü שלום',
            "nan": None,
            "inf": "-Infinity",
            "big": 2**70,
            "flag": True,
            "bytes": "00ff",
            "list": [1, {"a": None}],
        }
    ] == json.loads(done.out, parse_constant=pytest.fail)


def test_csv_neutralises_formulas_but_not_numbers(xt, tmp_path):
    """A text that a spreadsheet would run gets a quote in front; numbers are never touched."""
    with Tracker(tmp_path / "f.db") as tracker:
        tracker.log({"a": "=1+1", "b": -2.5, "c": "-7", "d": "@SUM(A1)", "e": "plain, text"})
    words = ("head", "f.db", "--csv", "--columns", "a,b,c,d,e")
    assert ["'=1+1", "-2.5", "-7", "'@SUM(A1)", "plain, text"] == records(xt(*words).out)[1]
    assert ["=1+1", "-2.5", "-7", "@SUM(A1)", "plain, text"] == records(xt(*words, "--raw").out)[1]


def records(text):
    return list(csv.reader(io.StringIO(text)))


def test_control_characters_are_escaped_and_nothing_is_cut_in_a_pipe(xt, tmp_path):
    """A cell of 200 characters is whole, and none of its characters can move the cursor."""
    cell = "x" * 190 + "\x1b]0;t\x07\r\nש|"
    with Tracker(tmp_path / "c.db") as tracker:
        tracker.log({"cell": cell})
    out = xt("head", "c.db", "--columns", "cell").out
    assert rf"{'x' * 190}\x1b]0;t\x07\r\nש\| |" in out
    assert 3 == len(out.splitlines())


@pytest.mark.parametrize(
    "name", ['a"b', "x|y", "new\nline", "=cmd()", "a,b", "日本", "Robert'); --"]
)
def test_hostile_names_of_columns_are_only_names(xt, tmp_path, name):
    """A column that another program named can be shown, chosen and exported."""
    quoted = '"' + name.replace('"', '""') + '"'
    connection = sqlite3.connect(tmp_path / "foreign.db")
    connection.execute(f'CREATE TABLE "default" (timestamp, track_id, {quoted})')
    connection.execute("""INSERT INTO "default" VALUES ('2026-01-01', 'a-b-1', 'here')""")
    connection.commit()
    connection.close()
    chosen = '"' + name.replace('"', '""') + '"'
    done = xt("head", "foreign.db", "--json", "--columns", chosen)
    assert ([{name: "here"}], "") == (json.loads(done.out), done.err)
    assert "here" in xt("head", "foreign.db").out
    assert 2 == len(records(xt("head", "foreign.db", "--csv", "--columns", chosen).out))


def test_an_empty_table_has_its_columns_and_says_so(xt, tmp_path):
    """No row is no failure: the names are there, and stderr says that nothing else is."""
    Tracker(tmp_path / "empty.db").close()
    assert (0, "[]\n", "") == xt("head", "empty.db", "--json")
    assert (0, "timestamp,track_id\n", "") == xt("head", "empty.db", "--csv")
    done = xt("tail", "empty.db")
    assert (0, "No rows.\n", 2) == (done.code, done.err, len(done.out.splitlines()))


def test_asking_for_no_row_is_allowed(xt, db):
    """`-n 0` shows the names of the columns."""
    assert (0, "[]\n", "") == xt("head", db, "-n", "0", "--json")


def test_a_missing_file_is_an_error_and_is_not_made(xt, db, tmp_path):
    """The error names near files; no file appears; the exit code is 1."""
    done = xt("head", "run.db")
    assert (1, "") == (done.code, done.out)
    assert "Error: There is no database at 'run.db'. Did you mean 'runs.db'?" in done.err
    assert not (tmp_path / "run.db").exists()


def test_a_mistyped_column_is_an_error_that_names_the_near_one(xt, db):
    """The exit code is 1, and the error says what exists and what to type."""
    done = xt("head", db, "--columns", "acuracy")
    assert (1, "") == (done.code, done.out)
    assert f"Did you mean 'accuracy'? List them with: xt columns {db}\n" in done.err


def test_a_missing_table_or_run_is_an_error(xt, db):
    """Neither is shown as an empty table, not even when no row is asked for."""
    done = xt("tail", db, "--table", "defualt")
    assert 1 == done.code
    assert "Did you mean 'default'?" in done.err
    done = xt("head", db, "--track-id", "calm-fox-2", "-n", "0")
    assert 1 == done.code
    assert "There is no run 'calm-fox-2'" in done.err


@pytest.mark.parametrize("content", [b"", b"not a database"], ids=["empty", "text"])
def test_a_file_that_is_no_database_is_an_error_and_stays_as_it_is(xt, tmp_path, content):
    """Exit code 1, one line on stderr, and not a byte of the file changes."""
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    done = xt("head", path)
    assert (1, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert content == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())
