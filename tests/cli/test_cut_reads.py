"""Reads that are cut while a command collects all of an answer: it reads again."""

from __future__ import annotations

import pytest

from xetrack import Reader, Tracker
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.errors import InterruptedReadError
from xetrack.interfaces.engine import Selection
from xetrack_cli.files.storing import _identities
from xetrack_cli.files.writing import write
from xetrack_cli.options import Source
from xetrack_cli.queries.run_summary import read_params_and_results
from xetrack_cli.queries.table_query import TableQuery


@pytest.fixture
def query(tmp_path, monkeypatch):
    """The rows of a run, whose first answer is cut."""
    with Tracker(tmp_path / "runs.db", track_id="run", params={"lr": 0.1}) as tracker:
        for n in range(3):
            tracker.log({"n": n})
        read, left = SQLiteEngine.read, [1]

        def batches(selection):
            for batch in selection.batches:
                yield batch
                if left:
                    left.pop()
                    raise InterruptedReadError("runs.db")

        def cutting(self, table, query):
            selection = read(self, table, query)
            return Selection(selection.columns, batches(selection))

        monkeypatch.setattr(SQLiteEngine, "read", cutting)
        with Reader(tmp_path / "runs.db") as reader:
            yield TableQuery(reader, Source())
    assert not left


def test_a_run_is_summed_up_once(query):
    """Its cells do not count twice."""
    assert ({"lr": 0.1}, {"n": 2}) == read_params_and_results(query, "run")


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl", "rows.tsv"])
def test_a_file_is_written_once(query, tmp_path, name):
    """It is there when it is whole."""
    assert 3 == write(query, ["n"], tmp_path / name, raw=False)
    lines = (tmp_path / name).read_text().splitlines()
    assert [0, 1, 2] == [int("".join(filter(str.isdigit, line))) for line in lines[-3:]]
    assert len(lines) <= 6


def test_rows_that_are_known_are_known(query):
    """An import looks at them all."""
    assert 3 == len(_identities(query.engine, "default"))
