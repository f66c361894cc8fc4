"""What is the journal's own: its lines, its lock, its command."""

from __future__ import annotations

import fcntl
import time

import pytest
from xetrack_example.history import journal
from xetrack_example.journal import HEAD
from xetrack_example.journal_engine import JournalEngine

from xetrack import Reader, Tracker
from xetrack.errors import DatabaseBusyError, StorageError
from xetrack.interfaces.engine import Settings


@pytest.fixture
def path(tmp_path):
    return tmp_path / "runs.journal"


def test_a_tracker_finds_the_engine_by_the_ending_of_the_file(path):
    """And the probe by its name; every event is a line that people can read."""
    with Tracker(path, {"model": "small"}, probes=["load"]) as tracker:
        tracker.log({"loss": 0.5, "when": None})
        assert [0.5] == tracker["loss"].tolist()
        assert tracker[1]["load"] >= 0
    assert {"loss", "when", "model", "load"} <= {*Reader(path).to_df().columns}
    head, columns, *others = path.read_text().splitlines()
    assert HEAD.decode().strip() == head
    assert columns.startswith('[["columns", "default", [')
    assert any(line.startswith('[["rows", "default", [') for line in others)


@pytest.mark.parametrize("left", [b'["rows", "def', b'["drop", "default"]', b"\xff"])
def test_what_a_killed_process_left_unfinished_is_cut_off(path, left):
    """Readers pass over it, and the next line is whole."""
    with Tracker(path) as tracker:
        tracker.log({"x": 1})
        whole = path.read_bytes()
        path.write_bytes(whole + left)
        assert len(Reader(path).to_df()) == 1
        tracker.log({"x": 2})
    assert path.read_bytes().startswith(whole)
    assert Reader(path).to_df()["x"].tolist() == [1, 2]


@pytest.mark.parametrize("size", [0, 1, len(HEAD) - 1])
def test_a_first_line_left_unfinished_is_begun_anew(path, size):
    """A process may be killed at any byte."""
    path.write_bytes(HEAD[:size])
    with Tracker(path, engine="journal") as tracker:
        tracker.log({"x": 1})
    assert path.read_bytes().startswith(HEAD)


def test_a_file_that_others_hold_is_waited_for(path):
    """Until the deadline, which is a typed error."""
    engine = JournalEngine(str(path), Settings(timeout=0.1))
    engine.add_columns("default", [])
    with path.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        began = time.monotonic()
        with pytest.raises(DatabaseBusyError):
            engine.drop("default")
        assert time.monotonic() - began < 5
    engine.drop("default")
    engine.close()


def test_a_file_that_became_shorter_is_an_error(path):
    """Somebody has restored an old copy: what is in memory no longer fits."""
    with Tracker(path) as tracker:
        tracker.log({"x": 1})
        path.write_bytes(HEAD)
        with pytest.raises(StorageError, match="shorter"):
            tracker.log({"x": 2})


def test_the_command_shows_what_is_history(path):
    """Rows that were deleted are still in the file."""
    with Tracker(path) as tracker:
        tracker.log_batch([{"x": n} for n in range(5)])
    with Reader(path) as reader:
        reader.delete_run(tracker.track_id)
    assert journal(path) == [{"table": "default", "rows": 0, "logged": 5}]
