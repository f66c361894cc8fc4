"""`xt export` and `xt import`."""

from __future__ import annotations

import csv
import json
import math
import sqlite3
from datetime import datetime

import pyarrow.parquet
import pytest

from tests.cli.conftest import RUN
from xetrack import Reader, Tracker

FORMATS = ["csv", "jsonl", "parquet"]


@pytest.fixture
def rich(tmp_path):
    """Rows of many types, hostile texts among them."""
    path = tmp_path / "rich.db"
    with Tracker(path, track_id=RUN, warnings=False) as tracker:
        tracker.log(
            {"f": 0.1, "i": 2**60, "b": True, "t": "=1+1", "c": "007", "l": [1, {"a": None}]}
        )
        tracker.log(
            {"f": -math.inf, "i": -1, "b": False, "t": 'a,"b"\nש\x1b[0m', "c": "8", "l": []}
        )
        tracker.log({"f": None, "i": None, "b": None, "t": "'quoted", "c": None, "l": None})
    return path


def cells(path):
    found = Reader(path).select()
    assert 3 == len(found)
    return dict(zip(found.names, found.cells, strict=True))


@pytest.mark.parametrize("ending", FORMATS)
def test_what_was_exported_comes_back(xt, rich, tmp_path, ending):
    """Into a new database, with types, track ids and timestamps; a second time adds nothing."""
    file = tmp_path / f"rows.{ending}"
    assert (0, f"Wrote 3 rows to {file}.\n", "") == xt("export", rich, file)
    assert f"Imported 3 rows of 1 run into default of {tmp_path / 'new.db'}.\n" == (
        xt("import", tmp_path / "new.db", file).out
    )
    before, after = cells(rich), cells(tmp_path / "new.db")
    if ending == "parquet":  # a list is a text there
        before["l"] = [None if cell is None else json.dumps(cell) for cell in before["l"]]
    assert before == after
    assert list(map(type, before["i"])) == list(map(type, after["i"]))
    done = xt("import", tmp_path / "new.db", file)
    assert "Imported 0 rows of 0 runs" in done.out
    assert "3 rows had been there before." in done.out
    assert 3 == len(Reader(tmp_path / "new.db"))


def test_an_export_has_the_rows_and_columns_that_were_chosen(xt, db, tmp_path):
    """Sorted, too; and it replaces an older file."""
    (tmp_path / "out.csv").write_text("old")
    words = ("--columns", "epoch", "--sort", "epoch", "--desc", "--where", "epoch", "gt", "4")
    assert 0 == xt("export", db, "out.csv", *words).code
    assert "epoch\n6\n5\n" == (tmp_path / "out.csv").read_text()


def test_formulas_in_csv_are_neutralised(xt, rich, tmp_path):
    """Formulas in CSV are neutralised, as in `--csv`; `--raw` leaves them alone, both ways."""
    texts = {}
    for words in ([], ["--raw"]):
        xt("export", rich, "o.csv", "--columns", "t", *words)
        with (tmp_path / "o.csv").open(newline="") as file:
            texts[len(words)] = [row[0] for row in csv.reader(file)][1]
    assert ("'=1+1", "=1+1") == (texts[0], texts[1])
    (tmp_path / "q.csv").write_text("t\n'=x\n")
    xt("import", "raw.db", "q.csv", "--raw")
    xt("import", "not.db", "q.csv")
    assert ["'=x"] == Reader(tmp_path / "raw.db").select(["t"]).cells[0]
    assert ["=x"] == Reader(tmp_path / "not.db").select(["t"]).cells[0]


def test_rows_without_identity_become_a_run(xt, tmp_path):
    """A file of anybody's: numbers are numbers, and a column with one text is texts."""
    (tmp_path / "in.csv").write_text("a,b,c,d\n1,2.5,x,007\n2,,7,8\n")
    done = xt("import", "new.db", "in.csv", "--table", "other")
    assert "Imported 2 rows of 1 run into other of new.db.\n" == done.out
    found = Reader(tmp_path / "new.db", table="other").select(["a", "b", "c", "d"])
    assert [(1, 2.5, "x", "007"), (2, None, "7", "8")] == found.rows()
    identity = Reader(tmp_path / "new.db", table="other").select(["track_id", "timestamp"]).rows()
    assert (1, 2) == (len({one for one, _ in identity}), len({one for _, one in identity}))


def test_cells_are_read_as_the_column_holds_them(xt, tmp_path):
    """What a table knows of its columns counts more than what a file looks like."""
    with Tracker(tmp_path / "k.db") as tracker:
        tracker.log({"code": "x", "when": datetime(2026, 1, 2)})  # noqa: DTZ001
    (tmp_path / "in.csv").write_text("code,when\n5,2026-03-04 05:06:07\n")
    assert 0 == xt("import", "k.db", "in.csv").code
    assert ("5", datetime(2026, 3, 4, 5, 6, 7)) == (  # noqa: DTZ001
        Reader(tmp_path / "k.db").select(["code", "when"], tail=1).rows()[0]
    )


def test_a_file_of_json_lines_may_lack_keys(xt, tmp_path):
    """What a line lacks is missing; an infinity is a number too large."""
    (tmp_path / "in.jsonl").write_text('{"a": 1}\n\n{"b": "x", "c": 1e999}\n')
    assert 0 == xt("import", "new.db", "in.jsonl").code
    found = Reader(tmp_path / "new.db").select(["a", "b", "c"]).rows()
    assert [(1, None, None), (None, "x", math.inf)] == found


def test_parquet_of_another_program_is_imported(xt, tmp_path):
    """Its columns are what their types say."""
    table = pyarrow.table({"a": [1, None], "s": ["x", "y"], "d": [{"k": 1}, None]})
    pyarrow.parquet.write_table(table, tmp_path / "in.parquet")
    assert 0 == xt("import", "new.db", "in.parquet").code
    found = Reader(tmp_path / "new.db").select(["a", "s", "d"]).rows()
    assert [(1, "x", {"k": 1}), (None, "y", None)] == found


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"a,b\n1,2\n3\n", "line 3 has 1 cells instead of 2"),
        ("a.csv", b"a,a\n1,2\n", "it has two columns named 'a'"),
        ("a.csv", b'a\n"1\n', "line 2: unexpected end of data"),
        ("a.csv", b"", "it has no line of names"),
        ("a.csv", b"a\n\xff\n", "it is no UTF-8"),
        ("a.csv", b"a,b;c\n1,2;3\n", "can be split at ',' and ';'"),
        ("a.csv", b"a;b\n1;2;3\n4;5\n", "whatever they are split at"),
        ("a.csv", b'a,b\n"x"y,1\n', "line 2 goes on behind a closing quote"),
        ("a.csv", "a,b\n1,2\n".encode("utf-16-le"), "--encoding utf-16-le"),
        ("a.jsonl", b'{"a": 1}\n{"a": \n', "line 2 is no JSON"),
        ("a.jsonl", b"[1]\n", "line 1 is no JSON object"),
        ("a.parquet", b"not parquet at all", "Nothing was imported."),
        ("a.txt", b"a\n1\n", "ends in .csv, .tsv, .jsonl"),
        ("a.csv", None, "There is no file 'a.csv'."),
    ],
)
def test_a_bad_file_imports_nothing(xt, tmp_path, name, content, said):
    """A bad file imports nothing, not a row, and no database."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = xt("import", "new.db", name)
    assert (1, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert said in done.err
    assert not (tmp_path / "new.db").exists()


def test_a_failed_export_leaves_no_file(xt, db, tmp_path):
    """A failed export leaves no file, neither a new one, nor another in place of the old."""
    (tmp_path / "old.csv").write_text("old")
    assert 1 == xt("export", db, "old.csv", "--columns", "nope").code
    assert "old" == (tmp_path / "old.csv").read_text()
    assert 1 == xt("export", "nope.db", "new.csv").code
    assert 1 == xt("export", db, "runs.db/x.csv").code
    done = xt("export", db, "x.xlsx")
    assert 1 == done.code
    assert "ends in .csv, .tsv, .jsonl" in done.err
    assert {"runs.db", "old.csv"} == {path.name for path in tmp_path.iterdir()}


def test_foreign_columns_keep_their_names(xt, tmp_path):
    """Rows go into the columns of a table that another program made."""
    with sqlite3.connect(tmp_path / "f.db") as connection:
        connection.execute('CREATE TABLE "default" (timestamp, track_id, "a b")')
        connection.execute("""INSERT INTO "default" VALUES ('t', 'x-1', 1)""")
    connection.close()
    assert 0 == xt("export", "f.db", "o.jsonl").code
    assert "Imported 0 rows" in xt("import", "f.db", "o.jsonl").out
    assert "Imported 1 row " in xt("import", "g.db", "o.jsonl").out


@pytest.mark.parametrize("words", [["--format", "csv"], ["--format", "jsonl"]])
def test_no_file_of_rows_takes_the_place_of_a_database(xt, rich, tmp_path, words):
    """Its own or another one, whatever the names say."""
    other = tmp_path / "other.csv"
    with Tracker(other, engine="sqlite") as tracker:
        tracker.log({"x": 1})
    for target in (rich, other):
        done = xt("export", rich, target, *words)
        assert (1, "") == (done.code, done.out)
        assert "is a database (sqlite), which is not replaced" in done.err
    assert [3, 1] == [len(Reader(each)) for each in (rich, other)]
