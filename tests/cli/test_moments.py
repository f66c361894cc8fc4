"""What commands show is of one moment, though others log what has new columns between two reads."""

from __future__ import annotations

import json

import pytest

from xetrack import Reader, Tracker
from xetrack_cli.__main__ import main
from xetrack_cli.commands.tables.watch import _tail
from xetrack_cli.options import ALL
from xetrack_cli.queries.table_query import TableQuery


@pytest.fixture
def db(tmp_path, monkeypatch):
    """A database that gets a row as soon as a command knows its columns."""
    path = str(tmp_path / "runs.db")
    tracker = Tracker(path, track_id="run", warnings=False)
    tracker.log({"n": 1, "m": 1})
    begin = TableQuery.__init__

    def meddled(self, reader, source):
        begin(self, reader, source)
        tracker.log({"n": "wide", "m": 2, "new": 2})

    monkeypatch.setattr(TableQuery, "__init__", meddled)
    yield path
    tracker.close()


@pytest.mark.parametrize("command", ["head", "tail"])
def test_rows_are_shown_with_all_their_cells(db, command, capfd):
    """A row that is shown has the cell of its new column."""
    assert main([command, db, "--json"]) == 0
    rows = json.loads(capfd.readouterr().out)
    assert [(1, None), ("wide", 2)] == [(row["n"], row["new"]) for row in rows]


@pytest.mark.parametrize("more", [[], ["--columns", "new"]])
def test_a_ranked_row_is_shown_with_all_its_cells(db, more, capfd):
    """Also one that came after the table was opened."""
    assert main(["top", db, "m", "--json", *more]) == 0
    (row,) = json.loads(capfd.readouterr().out)
    assert row["new"] == 2


@pytest.mark.parametrize("name", ["rows.csv", "rows.tsv", "rows.jsonl", "rows.parquet"])
def test_rows_are_written_with_all_their_cells(db, tmp_path, name):
    """And read back as what they were: a number, and a text in the same column."""
    assert main(["export", db, str(tmp_path / name)]) == 0
    assert main(["import", str(tmp_path / "back.db"), str(tmp_path / name)]) == 0
    rows = Reader(tmp_path / "back.db").select(["n", "new"]).rows()
    number = "1" if name == "rows.parquet" else 1  # a mixture is a column of texts there
    assert [(number, None), ("wide", 2)] == rows


def test_a_row_that_is_watched_has_all_its_cells(db):
    """It is shown once, and so must be whole."""
    with Reader(db) as reader:
        assert [None, 2] == [row["new"] for row in _tail(TableQuery(reader, ALL), 5)]
