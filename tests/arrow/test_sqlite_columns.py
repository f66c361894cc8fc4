"""Whole columns by a driver of Arrow are what the plain way gives, or it is not asked."""

from __future__ import annotations

import math
import os
import resource
import sqlite3
import sys
import tempfile
import threading
import time
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from adbc_driver_sqlite import dbapi

from tests.engines import ended_well, quiet
from xetrack import Reader, Tracker
from xetrack.builtin.sqlite.reading import snapshots
from xetrack.frames.whole_columns import WholeColumns
from xetrack.views.table_view import TableView
from xetrack_arrow import adbc

NEVER = 10**12

CELLS = {
    "i": [1, -(2**53), 0],
    "i gaps": [None, 7],
    "big": [2**63 - 1, -(2**63), 5],
    "huge": [1, 2**64],
    "f": [0.1, -0.0, math.inf, 5e-324, -math.inf],
    "f gaps": [0.5, None, math.nan],
    "f and i": [1, 0.5, 2**53, None],
    "f late": [None, None, None, 1.5],
    "b": [True, False],
    "b gaps": [False, None],
    "s": ["", "é\U0001f600", "a\0b", "same", "same", "'\"\n"],
    "s gaps": [None, "x"],
    "once": ["always"],
    "raw": ["a", "\udcff"],
    'select "from" -- ;': [1],
    "über\nlang": ["ü"],
    "mixed": [1, "1", 1.5, b"1", True, None],
    "b and i": [True, 1],
    "bytes": [b"\0", b""],
    "json": [[1, None], {"a": 1}],
    "day": [date(2024, 1, 2)],
    "naive": [datetime(2024, 1, 2, 3, 4, 5, 6)],  # noqa: DTZ001 - a value too
    "zoned": [datetime(2024, 1, 2, tzinfo=UTC)],
    "decimal": [Decimal("1.10")],
    "path": [Path("a/b")],
    **{f"more {number}": [number, None] for number in range(20)},  # mostly of one type
}

ROWS = 700
"""More than a piece of a range of rows, with the sizes below."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A table of every kind, with gaps among its row numbers and an index on a column."""
    db = tmp_path_factory.mktemp("snapshots") / "x.db"
    with Tracker(db, warnings=False) as tracker:
        tracker.log_batch(
            [{name: cells[at % len(cells)] for name, cells in CELLS.items()} for at in range(ROWS)]
        )
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute('DELETE FROM "default" WHERE _rowid_ IN (1, 5, 300) OR _rowid_ > 690')
        connection.execute('CREATE INDEX by_text ON "default" (s, i)')
    return db


@pytest.fixture
def small(monkeypatch):
    """Let tables be large that have but a few rows, and count the answers of the driver."""
    monkeypatch.setattr(snapshots, "ROWS", 1)
    monkeypatch.setattr(snapshots, "BYTES", NEVER)
    monkeypatch.setattr(adbc, "CELLS", 2_000)
    monkeypatch.setattr(adbc, "TOGETHER", 2)
    given = []
    real = WholeColumns.arrow

    def arrow(answer):
        columns = real(answer)
        if answer._answer._is_whole:
            given.append(columns)
        return columns

    monkeypatch.setattr(WholeColumns, "arrow", arrow)
    return given


@contextmanager
def plainly():
    """Read without the driver."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshots, "ROWS", NEVER)
        yield


def shown(frame, name):
    """Return the cells of a column so that equal ones are of one type, and nan equals itself."""
    column = frame[name]
    return list(map(repr, column.to_pylist() if hasattr(column, "to_pylist") else column.to_list()))


def alike(one, other):
    """Tell whether two frames have the same columns, dtypes and cells."""
    names = list(getattr(one, "column_names", one.columns))
    return names == list(getattr(other, "column_names", other.columns)) and all(
        shown(one, name) == shown(other, name) for name in names
    )


def frames(db):
    """Return what a reader makes of all rows."""
    with Reader(db) as reader:
        return reader.to_df(), reader.to_df(backend="polars"), reader.to_arrow()


def test_every_cell_and_dtype_is_that_of_the_plain_way(filled, small):
    """In pandas, polars and Arrow; columns of several kinds come the plain way beside."""
    pandas, polars, arrow = frames(filled)
    names = {"timestamp", "track_id", "i", "i_gaps", "big", "f", "f_gaps", "b", "s", "once"}
    assert len(small) == 3
    with plainly():
        plain = frames(filled)
    assert small[-1] is None
    for expected, found in zip(plain, (pandas, polars, arrow), strict=True):
        assert alike(expected, found)
    assert pandas.dtypes.equals(plain[0].dtypes)
    assert plain[1].schema == polars.schema
    assert plain[2].schema.equals(arrow.schema)
    with Reader(filled) as reader:
        found, rest = WholeColumns(TableView(reader.engine, reader.table).selection()).arrow()
        assert names <= set(found)
        assert {"mixed", "huge", "json", "raw", "zoned"} <= {one.name for one in rest.columns}
        assert all(len(array) == len(pandas) for array in found.values())
        assert sum(len(batch[0]) for batch in rest.batches) == len(pandas)
    pandas.loc[0, ["i", "f", "b"]] = 3, 2.5, False  # a frame of ours may be written to


@pytest.mark.parametrize("row", [2, 600])
@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("s", b"x"),
        ("once", b"\xff"),
        ("i", 1.5),
        ("i_gaps", "x"),
        ("f", "x"),
        ("f", b"x"),
        ("b", 2),
        ("b_gaps", -1),
        ("b", 0.5),
    ],
)
def test_promise_3_what_another_program_wrote_is_read_as_it_is(
    filled, small, tmp_path, column, cell, row
):
    """What another program wrote is read as it is, in the driver's first batch, which decides
    types, and later.
    """
    db = tmp_path / "x.db"
    db.write_bytes(filled.read_bytes())
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute(f'UPDATE "default" SET "{column}" = ? WHERE _rowid_ = ?', (cell, row))
    with Reader(db) as reader:
        found = reader.to_df()
        with plainly():
            plain = reader.to_df()
    assert small == [None, None]
    assert plain.dtypes.equals(found.dtypes)
    assert alike(plain, found)
    assert cell in plain[column].tolist()


def test_promise_9_all_acknowledged_rows_are_there_and_of_one_moment(db, small):
    """Those in the log too, and none that came between the columns."""
    with Tracker(db, warnings=False) as tracker, Reader(db) as reader:
        for number in range(5):
            tracker.log({"i": number, "mixed": [number, "a"][number % 2]})
        selection = WholeColumns(TableView(reader.engine, reader.table).selection())
        tracker.log({"i": 5, "mixed": 5})
        found, rest = selection.arrow()
        tracker.log({"i": 6, "mixed": 6})
        assert found["i"].to_pylist() == list(range(5))
        assert [list(cells) for batch in rest.batches for cells in batch] == [[0, "a", 2, "a", 4]]
        assert reader.to_df()["i"].tolist() == list(range(7))
    assert not any(one is None for one in small)


def test_a_question_for_some_rows_is_answered_the_plain_way(filled, small):
    """Where a filter, an order or an end is asked for, and in memory."""
    with Reader(filled) as reader:
        assert len(reader.to_df(head=3)) == len(reader.to_df(tail=3)) == 3
        assert len(reader.latest()) == len(reader.to_df())
    assert len(small) == 1
    memory = Tracker(Tracker.IN_MEMORY)
    memory.log({"i": 1})
    assert len(memory.to_df(all=True)) == 1
    assert len(small) == 1


def _no_driver(patch):
    patch.setitem(sys.modules, "adbc_driver_sqlite", None)


class _Broken:
    def find_spec(self, name, *_):
        if name == "adbc_driver_sqlite":
            raise OSError("not a library of this machine")


def _broken_driver(patch):
    patch.delitem(sys.modules, "adbc_driver_sqlite")
    patch.setattr(sys, "meta_path", [_Broken(), *sys.meta_path])


def _old_driver(patch):
    patch.setattr(dbapi.Connection, "cursor", lambda _connection: None)


def _no_folder(patch):
    patch.setattr(tempfile, "tempdir", "/nowhere/at/all")


def _little_room(patch):
    patch.setattr(snapshots.shutil, "disk_usage", lambda path: type("", (), {"free": 1_000}))


def _much_else(patch):
    patch.setattr(snapshots, "BYTES", 1)


def _few_rows(patch):
    patch.setattr(snapshots, "ROWS", ROWS)


def _full_disk(patch):
    """Let each file of this process end after 64 kB: the copy fails half way."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    real = snapshots.copy

    @contextmanager
    def copy(*args):
        resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, limit[1]))
        try:
            with real(*args) as path:
                yield path
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)

    patch.setattr(snapshots, "copy", copy)


def _interrupted(patch):
    def fail(*_args, **_more):
        raise KeyboardInterrupt

    patch.setattr(adbc, "parts", fail)


@pytest.mark.parametrize(
    "hinder",
    [
        *(_no_driver, _broken_driver, _old_driver, _no_folder),
        *(_little_room, _much_else, _few_rows, _full_disk),
    ],
)
def test_what_hinders_the_driver_leaves_the_plain_way(filled, small, left, monkeypatch, hinder):
    """What hinders the driver leaves the plain way, and nothing behind: no file, no thread, no
    descriptor.
    """
    hinder(monkeypatch)
    with Reader(filled) as reader:
        found = reader.to_df()
    assert small == [None]
    assert len(found) == 687


def test_nothing_is_left_behind(filled, left, monkeypatch):
    """After an answer, after one that nobody read, and after an interrupt."""
    with Reader(filled) as reader:
        reader.to_df()
        WholeColumns(TableView(reader.engine, reader.table).selection()).arrow()
        _interrupted(monkeypatch)
        with pytest.raises(KeyboardInterrupt):
            reader.to_df()


def test_an_interrupt_closes_nothing_that_a_thread_still_reads(filled, left, monkeypatch):
    """Which would crash the process: Ctrl-C comes while one waits for the other threads."""
    reading, seen = threading.Event(), []
    take, close = adbc._checked, dbapi.Connection.close

    def checked(*args):
        if isinstance(threading.current_thread(), Impatient):
            reading.set()
            time.sleep(0.05)
            reading.clear()
        return take(*args)

    class Impatient(threading.Thread):
        def join(self, timeout=None):
            assert reading.wait(10)
            monkeypatch.setattr(Impatient, "join", threading.Thread.join)
            raise KeyboardInterrupt

    def closing(connection):
        seen.append(reading.is_set())
        close(connection)

    monkeypatch.setattr(adbc, "_checked", checked)
    monkeypatch.setattr(adbc, "ranges", lambda first, last: [(10, last), (first, 9)])
    monkeypatch.setattr(dbapi.Connection, "close", closing)
    monkeypatch.setattr(adbc.threading, "Thread", Impatient)
    with Reader(filled) as reader, pytest.raises(KeyboardInterrupt):
        reader.to_df()
    assert seen == [False, False]
    for thread in set(threading.enumerate()) - {threading.current_thread()}:
        if isinstance(thread, Impatient):
            thread.join()


def threads():
    """Count all but the one that makes files whole in a quiet moment, and ends by itself."""
    return sum(one.name != "xetrack-idle" for one in threading.enumerate())


@pytest.fixture
def left(filled, small, tmp_path, monkeypatch):
    """Use a folder for temporary files that must be empty in the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with Reader(filled) as reader:
        reader.to_df()  # what libraries open when they are first used is not counted
    small.clear()
    quiet()
    before = threads(), len(list(Path("/proc/self/fd").iterdir()))
    yield
    assert list(folder.iterdir()) == []
    quiet()
    assert before == (threads(), len(list(Path("/proc/self/fd").iterdir())))


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_in_another_thread_waits_for_the_driver(filled, small, monkeypatch):
    """So the child inherits neither the copy nor the driver's locks."""
    forked = []

    def fork():
        if (child := os.fork()) == 0:
            os._exit(0)
        forked.append(child)

    thread = threading.Thread(target=fork)
    real = adbc.parts

    def parts(*args, **more):
        thread.start()
        thread.join(0.1)
        assert not forked
        return real(*args, **more)

    monkeypatch.setattr(adbc, "parts", parts)
    with Tracker(filled.with_name("fork.db")) as tracker:
        tracker.log_batch([{"i": number} for number in range(10)])
        assert tracker.to_df(all=True)["i"].tolist() == list(range(10))
    thread.join()
    assert ended_well(forked[0])
    assert small[0] is not None
