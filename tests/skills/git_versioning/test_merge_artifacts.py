"""Merging and rebasing: everything arrives, or nothing changes."""

from __future__ import annotations

import math
import sqlite3
from array import array

import duckdb
import pandas as pd
import pytest

from tests.skills.git_versioning.conftest import Script
from xetrack import Reader, Tracker


@pytest.fixture
def merging(tmp_path):
    """The script, in a folder of its own."""
    return Script("merge_artifacts", tmp_path)


def log(path, run, rows, **options):
    """Log rows as one run."""
    with Tracker(path, track_id=run, **options) as tracker:
        tracker.log_batch(rows)


def contents(folder):
    """Every file with its bytes."""
    return {one.name: one.read_bytes() for one in folder.iterdir()}


def test_merging_databases_brings_rows_columns_tables_and_objects(merging, tmp_path):
    """What the target has beside its rows stays; merging again adds nothing."""
    mine, yours, theirs = (tmp_path / f"{name} runs.db" for name in ("my", "your", "their"))
    log(mine, "one", [{"accuracy": 1, "code": "007"}])
    with sqlite3.connect(mine) as connection:
        connection.execute("CREATE TABLE notes (words TEXT)")
        connection.execute("INSERT INTO notes VALUES ('keep me')")
    connection.close()
    mine.chmod(0o640)
    log(yours, "two", [{"accuracy": 0.5, "model": array("b", [1, 2, 3])}])
    log(yours, "two", [{"k": 1}], table="metrics")
    log(theirs, "three", [{"accuracy": math.nan, "code": 7}])
    with sqlite3.connect(theirs) as connection:
        connection.execute("CREATE TABLE words (word TEXT)")
    connection.close()

    before = contents(tmp_path)
    tried = merging.json("merge", yours, theirs, "--into", mine, "--dry-run")
    assert ({str(yours): 2, str(theirs): 1}, False) == (tried["rows"], tried["changed"])
    assert before == contents(tmp_path)

    done = merging.json("merge", yours, theirs, "--into", mine)
    assert tried["rows"] == done["rows"]
    assert ["default.model", "metrics.timestamp"] == done["new_columns"][:2]
    assert "default.accuracy (int -> float|int|nan)" in done["other_kinds"]
    with Reader(mine) as reader:
        rows = reader.select(["track_id", "accuracy", "code"]).rows()
        assert [("one", 1, "007"), ("two", 0.5, None)] == rows[:2]
        assert ("three", 7) == (rows[2][0], rows[2][2])
        assert math.isnan(rows[2][1])
        assert array("b", [1, 2, 3]) == reader.assets.get(reader.select(["model"]).rows()[1][0])
        assert ["default", "notes", "metrics"] == reader.tables
    with sqlite3.connect(mine) as connection:
        assert [("keep me",)] == connection.execute("SELECT words FROM notes").fetchall()
    connection.close()
    assert 0o640 == mine.stat().st_mode & 0o777
    assert before.keys() == contents(tmp_path).keys()
    assert before[yours.name] == contents(tmp_path)[yours.name]

    again = merging.text("merge", yours, "--into", mine)
    assert f"Merged into {mine}: 0 rows from {yours}." in again
    assert f"Next, if DVC keeps it: dvc add '{mine}' && git commit -a" in again


def test_a_merge_that_fails_changes_nothing(merging, tmp_path):
    """A merge that fails changes nothing, not even where the first of two tables was copied
    already, and no file is left.
    """
    mine, yours = tmp_path / "mine.db", tmp_path / "yours.db"
    log(mine, "one", [{"a": 1}])
    log(yours, "two", [{"a": 2}])
    log(yours, "two", [{"model": array("b", [1, 2])}], table="models")
    with sqlite3.connect(yours) as connection:
        assert 1 == connection.execute("UPDATE assets SET value = zeroblob(9)").rowcount
    connection.close()
    before = contents(tmp_path)
    assert "does not match its digest" in merging.fails("merge", yours, "--into", mine)
    assert "does not match its digest" in merging.fails("rebase", yours, "--into", mine)
    assert before == contents(tmp_path)
    done = merging.json("merge", yours, "--into", mine, "--table", "default")
    assert {str(yours): 1} == done["rows"]


def test_what_cannot_be_merged_is_refused_with_what_to_type(merging, tmp_path):
    """What cannot be merged is refused with what to type, and every file stays as it is."""
    mine, yours = tmp_path / "mine.db", tmp_path / "yours.db"
    log(mine, "one", [{"a": 1}])
    log(yours, "two", [{"a": 2}])
    (tmp_path / "text.db").write_text("no database" * 100)
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "a.parquet")
    before = contents(tmp_path)
    into = ["--into", mine]
    assert "There is no file no.db." in merging.fails("merge", "no.db", *into)
    assert "Copy to or from a server: xt copy" in merging.fails("merge", "postgresql://h/d", *into)
    assert "not of one kind" in merging.fails("merge", "a.parquet", *into)
    assert "are one file" in merging.fails("merge", "mine.db", *into)
    assert "are one file" in merging.fails("merge", yours, "yours.db", *into)
    assert "text.db" in merging.fails("merge", "text.db", *into)
    assert "There is no table 'x'" in merging.fails("merge", yours, *into, "--table", "x")
    assert "There is no table 'x'" in merging.fails("rebase", yours, *into, "--table", "x")
    assert "is there already" in merging.fails("merge", yours, *into, "--output", "text.db")
    assert "Type: mkdir -p 'no'" in merging.fails("merge", yours, *into, "--output", "no/new.db")
    assert "--into" in merging.fails("merge", yours, code=2)
    assert before == contents(tmp_path)
    with Tracker(mine) as tracker:
        tracker.log({"a": 3})
        said = merging.fails("merge", yours, *into)
        assert "mine.db is open elsewhere" in said
        assert "xt doctor" in said
    with Reader(mine) as reader:
        assert [1, 3] == [row[0] for row in reader.select(["a"]).rows()]


def test_rebasing_replaces_tables_and_keeps_the_old_file(merging, tmp_path):
    """Other tables stay, and the engine is the target's."""
    mine, yours = tmp_path / "mine.db", tmp_path / "yours.db"
    log(mine, "one", [{"acc": 1}, {"acc": 2}], engine="duckdb")
    log(mine, "one", [{"model": array("b", [5, 5])}], table="models", engine="duckdb")
    log(yours, "two", [{"accuracy": 0.5, "weights": array("b", [1, 2])}])
    old = mine.read_bytes()
    done = merging.json("rebase", yours, "--into", mine)
    assert {"brought": 1, "replaced": 2} == done["rows"]
    assert ["default.acc"] == done["gone_columns"]
    with Reader(mine) as reader:
        assert "DuckDBEngine" == type(reader.engine).__name__
        assert {"default", "models"} == {*reader.tables}
        assert [0.5] == [row[0] for row in reader.select(["accuracy"]).rows()]
        assert array("b", [1, 2]) == reader.assets.get(reader.select(["weights"]).rows()[0][0])
    with Reader(mine, table="models") as reader:
        assert array("b", [5, 5]) == reader.assets.get(reader.select(["model"]).rows()[0][0])
    backup = tmp_path / "mine.db.before-rebase"
    assert (old, str(backup)) == (backup.read_bytes(), done["backup"])
    with Reader(backup, table="models") as reader:
        assert array("b", [5, 5]) == reader.assets.get(reader.select(["model"]).rows()[0][0])
    assert f"Look at it, then type: rm '{backup}'" in merging.fails("rebase", yours, "--into", mine)

    # Another engine's rows are merged as well, into a file of their own.
    merging.text("merge", mine, "--into", yours, "--output", tmp_path / "all.db")
    with Reader(tmp_path / "all.db") as reader:
        assert ("SQLiteEngine", 1) == (type(reader.engine).__name__, len(reader))


def test_merging_parquet_goes_by_name_and_widens_without_loss(merging, tmp_path):
    """Merging parquet goes by name and widens without loss, in the order of the rows.

    What is there already is not added again.
    """
    mine, yours = tmp_path / "it's mine.parquet", tmp_path / "yours.parquet"
    pd.DataFrame({"id": [3, 1, 2], "x": [1, 2, 3], "only": ["a", "b", "c"]}).to_parquet(mine)
    pd.DataFrame({"x": [2.5, None, 2.5, 3.0], "id": [9, 8, 9, 2]}).to_parquet(yours)
    done = merging.json("merge", yours, "--into", mine)
    # The last row is known: it equals one in all columns that its file has.
    assert ({str(yours): 3}, []) == (done["rows"], done["new_columns"])
    found = duckdb.read_parquet(str(mine).replace("'", "?")).fetchall()
    assert [(3, 1.0, "a"), (1, 2.0, "b"), (2, 3.0, "c")] == found[:3]
    assert [(9, 2.5, None), (8, None, None), (9, 2.5, None)] == found[3:]
    assert {str(yours): 0} == merging.json("merge", yours, "--into", mine)["rows"]

    before = contents(tmp_path)
    pd.DataFrame({"x": [2**60 + 1]}).to_parquet(tmp_path / "big.parquet")
    pd.DataFrame({"X": [1]}).to_parquet(tmp_path / "case.parquet")
    (tmp_path / "cut.parquet").write_bytes(before[yours.name][:-9])
    said = merging.fails("merge", tmp_path / "big.parquet", "--into", mine)
    assert "1 values of 'x' in" in said
    assert "DOUBLE cannot hold them exactly" in said
    said = merging.fails("merge", tmp_path / "case.parquet", "--into", mine)
    assert "One file has a column 'X', another 'x'. Rename one of them first." in said
    for command in ("merge", "rebase"):
        assert "Nothing was changed." in merging.fails(
            command, tmp_path / "cut.parquet", "--into", mine
        )
    assert before.items() <= contents(tmp_path).items()
    assert 5 == len(contents(tmp_path))

    done = merging.json("rebase", yours, "--into", mine)
    assert ({"brought": 4, "replaced": 6}, ["it's mine.parquet.only"]) == (
        done["rows"],
        done["gone_columns"],
    )
    after = contents(tmp_path)
    assert after[mine.name] == after[yours.name]
    assert before[mine.name] == after[f"{mine.name}.before-rebase"]
