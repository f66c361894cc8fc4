"""The Reader: reads everything, creates nothing."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
import sqlite3
from concurrent.futures import ProcessPoolExecutor

import pytest

from xetrack import Reader, Tracker
from xetrack.errors import (
    DatabaseNotFoundError,
    NotADatabaseError,
    TableNotFoundError,
)


@pytest.fixture
def runs(db):
    """Two runs; the second began first."""
    with Tracker(db, track_id="late") as late, Tracker(db, track_id="early") as early:
        early.log_batch([{"at": 1}, {"at": 2}])
        late.log({"at": 3})
        early.log({"at": 4})
        late.log_batch([{"at": 5}, {"at": 6}])
    return Reader(db)


def ats(frame) -> list[int]:
    return frame["at"].tolist()


def test_rows_are_read_in_the_order_they_were_logged(db, runs):
    """Rows are read in the order they were logged, in one call or two."""
    assert [1, 2, 3, 4, 5, 6] == ats(runs.to_df()) == ats(Reader.read_db(db))
    assert 6 == len(runs)


def test_promise_17_track_id_head_and_tail_combine(db, runs):
    """Head cuts first, and tail what is left; tail stays in order."""
    assert [1, 2, 4] == ats(runs.to_df("early"))
    assert [1, 2] == ats(runs.to_df("early", head=2))
    assert [2, 4] == ats(runs.to_df("early", tail=2))
    assert [2, 3] == ats(runs.to_df(head=3, tail=2))
    assert [5] == ats(Reader.read_db(db, track_id="late", head=2, tail=1))
    assert [] == ats(runs.to_df("nobody"))
    for cut in ({"head": -1}, {"tail": -1}):
        with pytest.raises(ValueError, match="whole number"):
            runs.to_df(**cut)


def test_promise_9_latest_is_the_run_logged_last(db, runs):
    """`latest` is the run logged last, not the one that began last, nor that of the latest
    timestamp.
    """
    assert [3, 5, 6] == ats(runs.latest())
    with Tracker(db, track_id="early") as early:
        early.log({"at": 7})
    assert [1, 2, 4, 7] == ats(runs.latest())
    connection = sqlite3.connect(db)
    connection.execute('UPDATE "default" SET timestamp = \'2999\' WHERE "at" = 1')
    connection.commit()
    connection.close()
    with Tracker(db, track_id="late") as late:
        late.log({"at": 8})
    assert [3, 5, 6, 8] == ats(runs.latest())


def test_the_only_table_need_not_be_named(db):
    """None means the default table; where there is none of that name, the only one there is."""
    for table, meant in (("metrics", "metrics"), ("other", "default"), ("default", "default")):
        with Tracker(db, table=table) as tracker:
            tracker.log({"x": 1})
        with Reader(db, table=None) as reader:
            assert meant == reader.table == pickle.loads(pickle.dumps(reader)).table


def test_latest_of_an_empty_table_is_an_empty_frame(db):
    """`latest` of an empty table is an empty frame with its columns."""
    Tracker(db)
    assert (0, 2) == Reader(db).latest().shape


@pytest.mark.parametrize("name", ["missing.db", "folder/missing.db", "trak.db"])
def test_promise_20_a_missing_database_is_an_error_and_stays_missing(tmp_path, db, name):
    """The text names the file that was meant."""
    Tracker(db).close()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(DatabaseNotFoundError) as caught:
        Reader(tmp_path / name)
    assert isinstance(caught.value, FileNotFoundError)
    assert before == sorted(tmp_path.iterdir())
    assert ("Did you mean 'track.db'" in str(caught.value)) == (name == "trak.db")


def test_a_missing_database_names_a_near_file_as_it_was_written(db, monkeypatch):
    """A relative path is answered by one."""
    Tracker(db).close()
    monkeypatch.chdir(db.parent)
    with pytest.raises(DatabaseNotFoundError, match=r"Did you mean 'track\.db'"):
        Reader("trakc.db")


def test_promise_20_reading_changes_no_byte_and_adds_no_file(tmp_path):
    """Reading changes no byte and adds no file, of a file that another program made.

    Its tables are read as they are.
    """
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE runs (name TEXT, loss REAL)")
    connection.execute("INSERT INTO runs VALUES ('a', 0.5)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with Reader(path, table="runs") as reader:
        assert [("a", 0.5)] == reader.select().rows()
        assert (1, ["name", "loss"], ["runs"]) == (len(reader), reader.columns, reader.tables)
        assert [0.5] == reader.to_df()["loss"].tolist()
    with pytest.raises(TableNotFoundError, match="There are: runs"):
        Reader(path).to_df()
    assert (before, [path]) == (path.read_bytes(), list(tmp_path.iterdir()))


@pytest.mark.parametrize("content", [b"", b"plain text, no database", b"PK\x03\x04"])
def test_promise_20_what_is_no_database_is_an_error_and_stays_as_it_was(tmp_path, content):
    """An empty file is a database without tables."""
    path = tmp_path / "file.db"
    path.write_bytes(content)
    with pytest.raises((TableNotFoundError, NotADatabaseError), match=r"table|file\.db"):
        Reader(path).to_df()
    assert (content, [path]) == (path.read_bytes(), list(tmp_path.iterdir()))


def test_a_folder_is_no_database(tmp_path):
    """Neither to read nor to write."""
    for cls in (Reader, Tracker):
        with pytest.raises(NotADatabaseError, match="folder"):
            cls(tmp_path)


def test_a_reader_sees_what_others_log_meanwhile(db, runs):
    """A reader sees what others log meanwhile: new rows and new columns."""
    assert 6 == len(runs)
    with Tracker(db) as tracker:
        tracker.log({"new": "x"})
        assert (7, True) == (len(runs), "new" in runs.columns)
        assert ["x"] == runs.latest()["new"].tolist()


def test_a_reader_can_be_closed_and_is_true(runs):
    """A later read opens the file again."""
    with runs:
        assert bool(runs)
    runs.close()
    assert 6 == len(runs)


@pytest.mark.parametrize("later", ["default", "metrics"])
def test_a_pickled_reader_reads_the_table_that_was_chosen(tmp_path, later):
    """Tables that came since do not change what None meant."""
    path = tmp_path / "runs.db"
    Tracker(path, table="steps").log({"loss": 0.5})
    reader = Reader(path, table=None)
    Tracker(path, table=later).log({"loss": 0.25})
    copies = [copy.copy(reader), pickle.loads(pickle.dumps(reader))]
    copies.append(pickle.loads(pickle.dumps(copies[-1])))
    assert ["steps"] * 3 == [each.table for each in copies]
    assert [[0.5]] * 3 == [each.to_df()["loss"].tolist() for each in copies]


def test_a_reader_pickles_as_what_it_reads(db, runs):
    """A reader pickles as what it reads, and opens it again where it is needed."""
    again = pickle.loads(pickle.dumps(Reader(db, "sqlite", "default")))
    with again:
        assert (str(db), "default") == (again.db, again.table)
        assert len(Reader(db)) == len(again)
    db.unlink()
    with pytest.raises(DatabaseNotFoundError):
        pickle.loads(pickle.dumps(again))


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_a_reader_goes_to_other_processes(db, runs, method):
    """However they are started."""
    reader = Reader(db)
    with ProcessPoolExecutor(1, multiprocessing.get_context(method)) as pool:
        assert len(reader) == pool.submit(len, reader).result()
