"""Objects beside DuckDB's rows, and rows on their way between engines."""

from __future__ import annotations

import sqlite3
import threading
import time
from array import array
from contextlib import closing
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from xetrack import Reader, Tracker, copy

WHEN = datetime(2026, 1, 2)  # noqa: DTZ001 - without a zone, as most are logged
ROWS = [
    {"loss": 0.5, "epoch": 1, "name": "007", "ok": True, "tags": ["a", 1]},
    {"loss": float("nan"), "epoch": 2**70, "name": None, "ok": False, "when": WHEN},
    {"loss": 1, "epoch": None, "name": "x", "ok": None, "raw": b"\0"},
]


def values(path):
    """All rows, with their types."""
    with Reader(path) as reader:
        return [[(type(cell), repr(cell)) for cell in row] for row in reader.select().rows()]


def test_objects_are_kept_beside_the_rows(path):
    """Objects are kept beside the rows, also after the rows went from the log to DuckDB."""
    weights = np.arange(1_000)
    with Tracker(path) as tracker:
        asset = tracker.log({"weights": weights})["weights"]
        assert 1 == len(tracker.to_df())
        assert np.array_equal(weights, tracker.get("weights"))
    with Reader(path) as reader:
        assert [asset] == reader.select(["weights"]).cells[0]
        assert np.array_equal(weights, reader.assets[asset])
        assert [] == reader.assets.gc()
        reader.delete_run(tracker.track_id)
        assert [asset] == reader.assets.gc()


def test_a_removed_object_leaves_no_id(path):
    """In any table, and only where it stood; in the log and in DuckDB."""
    with Tracker(path) as tracker, Tracker(path, table="others") as other:
        asset = tracker.log({"a": array("b", [1, 2]), "b": "text"})["a"]
        tracker.to_df()
        tracker.log({"a": array("b", [3, 4])})
        other.log({"c": array("b", [1, 2])})
    with Reader(path) as reader, Reader(path, table="others") as others:
        assert reader.remove_asset(asset) is True
        first, second = reader.select(["a", "b"]).rows()
        assert (None, "text") == first
        assert second[0] in reader.assets
        assert [(None,)] == others.select(["c"]).rows()


def test_a_file_that_came_alone_has_no_objects(path, tmp_path):
    """Its rows are all there."""
    with Tracker(path) as tracker:
        tracker.log({"a": 1})
        tracker.to_df()
    alone = tmp_path / "alone" / "x.duckdb"
    alone.parent.mkdir()
    alone.write_bytes(path.read_bytes())
    with Reader(alone) as reader:
        assert 1 == len(reader)
        assert 0 == len(reader.assets)


@pytest.mark.parametrize("first", ["a.db", "a.duckdb"])
def test_there_and_back_the_frames_are_equal(tmp_path, first):
    """Dtypes too, and values with their types; again, nothing is new."""
    here = tmp_path / first
    there = tmp_path / ("b.duckdb" if first.endswith(".db") else "b.db")
    back = tmp_path / f"back-{first}"
    with Tracker(here, params={"model": "m"}) as tracker:
        for row in ROWS:
            tracker.log(row)
        tracker.log({"labels": array("b", [1, 2])})
    assert [4, 0, 4] == [copy(here, there), copy(here, there), copy(there, back)]
    assert values(here) == values(there) == values(back)
    frames = [Reader.read_db(path) for path in (here, there, back)]
    pd.testing.assert_frame_equal(frames[0], frames[1])
    pd.testing.assert_frame_equal(frames[0], frames[2])
    with Reader(back) as reader:
        assert [array("b", [1, 2])] == [reader.assets[info.id] for info in reader.assets]


@pytest.mark.slow
def test_a_copy_goes_on_while_others_read_and_log(path, tmp_path):
    """A copy goes on while others read and log, in threads of this process.

    Nobody waits for the other for ever.
    """
    source = tmp_path / "source.db"
    with Tracker(source) as tracker:
        tracker.log_batch([{"n": n} for n in range(20_000)])
    done = threading.Event()
    errors = []

    def meanwhile():
        try:
            with Tracker(path) as tracker, Reader(path) as reader:
                while not done.is_set():
                    tracker.log({"mine": 1})
                    len(reader)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells
            errors.append(error)

    thread = threading.Thread(target=meanwhile)
    thread.start()
    try:
        for _ in range(2):
            copy(source, path)
    finally:
        done.set()
        thread.join()
    assert [] == errors
    with Reader(path) as reader:
        assert 20_000 == len(reader.select(["n"], [])) - reader.select(["n"]).cells[0].count(None)


def test_a_fold_waits_for_nobody_who_writes(path):
    """Its rows stay in the log, count once, and go from there when the next one finds it free."""
    with Tracker(path) as tracker:
        tracker.log_batch([{"n": n} for n in range(5)])
        log = f"{path}.rows"
        with closing(sqlite3.connect(log, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            assert [*range(5)] == tracker.to_df()["n"].tolist()
            assert time.monotonic() - began < 20, "the fold waited for the writer's end"
            writer.execute("ROLLBACK")
            (kept,) = writer.execute('SELECT count(*) FROM "default"').fetchone()
        assert 5 == kept
        assert [*range(5)] == tracker.to_df()["n"].tolist()
        with closing(sqlite3.connect(log)) as reader:
            (left,) = reader.execute('SELECT count(*) FROM "default"').fetchone()
        assert 1 == left, "the last row alone stays, for its number"
