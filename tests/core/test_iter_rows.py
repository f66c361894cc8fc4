"""Rows read one by one: the same as `select`, from one moment, and with little memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from xetrack import Condition, Reader, Tracker
from xetrack.errors import ColumnNotFoundError, InvalidArgumentError, TableNotFoundError

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/fd").is_dir(), reason="open files are counted in /proc"
)


def descriptors(path):
    """How many files at this path the process has open."""
    links = [str(entry.resolve()) for entry in Path("/proc/self/fd").iterdir()]
    return sum(link.startswith(str(path)) for link in links)


@pytest.fixture
def reader(db):
    """Two runs with cells of several kinds, some of them missing."""
    with Tracker(db, track_id="first", warnings=False) as tracker:
        tracker.log_batch([{"n": n, "x": [n]} if n % 3 else {"n": n} for n in range(2_000)])
    with Tracker(db, track_id="second", warnings=False) as tracker:
        tracker.log({"n": "text", "y": True})
    return Reader(db)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"columns": ["y", "n"]},
        {"columns": []},
        {"where": [Condition("n", ">=", 1_990), Condition("x", "!=", None)]},
        {"track_id": "second"},
        {"track_id": "nobody"},
        {"head": 1_500, "tail": 700},
        {"head": 0},
        {"order": "n", "descending": True, "head": 5},
        {"columns": ["n"], "order": "x", "tail": 3},
    ],
    ids=repr,
)
def test_the_rows_are_those_of_select(reader, query):
    """The rows are those of select, with every parameter."""
    assert reader.select(**query).dicts() == list(reader.iter_rows(**query))


def test_mistakes_are_errors_of_the_call(db, reader):
    """Mistakes are errors of the call, not of the first row that is asked for."""
    for wrong, error in (
        ({"columns": ["nothing"]}, ColumnNotFoundError),
        ({"where": [Condition("nothing", "=", 1)]}, ColumnNotFoundError),
        ({"order": "nothing"}, ColumnNotFoundError),
        ({"head": -1}, InvalidArgumentError),
    ):
        with pytest.raises(error):
            reader.iter_rows(**wrong)
    with pytest.raises(TableNotFoundError):
        Reader(db, table="nothing").iter_rows()


def test_rows_that_are_logged_meanwhile_are_not_among_them(db, reader):
    """All are from one moment."""
    rows = reader.iter_rows()
    next(rows)
    with Tracker(db) as tracker:
        tracker.log({"n": -1})
    assert 2_000 == len(list(rows))


@needs_proc
@pytest.mark.parametrize("steps", [0, 1, 2_001, 2_002])
@pytest.mark.parametrize("end", ["close", "forget"])
def test_the_connection_is_closed_with_the_iterator(db, reader, steps, end):
    """The connection is closed with the iterator, whether it is closed, forgotten or read to its
    end, and also before the first row.
    """
    assert 0 == descriptors(db)
    rows = reader.iter_rows()
    for _ in range(steps):
        next(rows, None)
    assert (steps < 2_002) == (0 < descriptors(db))
    if end == "close":
        rows.close()
    else:
        del rows
    assert 0 == descriptors(db)


@pytest.mark.slow
def test_the_memory_does_not_grow_with_the_table(db):
    """A batch at a time is in it."""
    with Tracker(db) as tracker:
        tracker.log_batch([{"text": f"{n:01000}"} for n in range(20_000)])
    reader = Reader(db)
    assert 20_000 == sum(1 for _ in reader.iter_rows())  # all is imported
    tracemalloc.start()
    try:
        assert 20_000 == sum(len(row["text"]) == 1_000 for row in reader.iter_rows())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000
