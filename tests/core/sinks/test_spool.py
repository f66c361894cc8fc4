"""Rows wait on disk for a sink that asks for it, and each arrives at least once."""

from __future__ import annotations

import json
import os
import stat
import threading
import time

import pytest

from tests.core.sinks.spooled import Away, appended, received
from xetrack import Tracker, XetrackWarning
from xetrack.dispatch.spool import delivery, spool_file
from xetrack.dispatch.spool.spool_file import SpoolFile
from xetrack.interfaces.sinks import Sink
from xetrack_testing.processes import ended_well, forked
from xetrack_testing.rows import exact
from xetrack_testing.samples import VALUES


@pytest.fixture(autouse=True)
def spools(tmp_path, monkeypatch):
    """The folder of all spools."""
    monkeypatch.setenv("XETRACK_SPOOL_FOLDER", str(tmp_path / "spools"))
    return tmp_path / "spools"


def files(spools):
    """The files in which rows wait."""
    return sorted(spools.rglob("*.rows"))


def log(tracker, numbers):
    for x in numbers:
        tracker.log({"x": x})


def run(sink, numbers):
    """Log rows to a sink, and close the tracker; return how many rows it missed."""
    with Tracker(":memory:", sinks=[sink]) as tracker:
        log(tracker, numbers)
        assert len(numbers) == len(tracker)
        return tracker._sinks.missed


def until(condition):
    """Wait until something holds."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def test_every_row_arrives_in_order_and_leaves_no_file(tmp_path, spools):
    """Behind the thread that logs, which waits for none of them."""
    with Tracker(":memory:", sinks=[Away({"folder": tmp_path})]) as tracker:
        log(tracker, range(200))
    assert [*range(200)] == received(tmp_path)
    assert [] == files(spools)


def test_what_the_destination_does_not_take_waits_for_the_next_tracker(tmp_path, spools):
    """It is delivered before the rows of that one; nothing is switched off."""
    (tmp_path / "down").touch()
    options = {"folder": str(tmp_path), "shutdown_timeout": 0.2}
    with pytest.warns(XetrackWarning) as found:
        run(Away(options), range(20))
    failed, waits = (str(warning.message) for warning in found)
    assert "'Away' failed: ConnectionError: the server is away. Its rows wait in" in failed
    assert "20 rows wait for the sink 'Away'" in waits
    assert ([], 1) == (received(tmp_path), len(files(spools)))
    (tmp_path / "down").unlink()
    run(Away({"folder": str(tmp_path)}), range(20, 25))
    assert [*range(25)] == received(tmp_path)
    assert [] == files(spools)


def test_a_slow_sink_gives_its_rows_back_in_time(tmp_path, spools, monkeypatch):
    """What it has not processed is there for the next tracker, of this process too."""
    monkeypatch.setenv("AWAY_PAUSE", "0.02")
    options = {"folder": str(tmp_path), "shutdown_timeout": 0.3}
    with pytest.warns(XetrackWarning, match="rows wait for the sink 'Away'") as found:
        run(Away(options), range(100))
    assert 1 == len(found)
    assert 0 < len(received(tmp_path)) < 100
    monkeypatch.setenv("AWAY_PAUSE", "0")
    run(Away({"folder": str(tmp_path)}), [100])
    assert [*range(101)] == received(tmp_path)
    assert [] == files(spools)


def test_a_sink_that_hangs_gives_its_rows_back_when_it_goes_on(tmp_path, spools):
    """Nobody waits for it; a later tracker of this process gets what is left."""
    gate = threading.Event()
    first, second = [], []
    hanging = Keeps(first)
    hanging.options = {"shutdown_timeout": 0.2}
    hanging.emit = lambda row, level: (gate.wait(20), first.append(row["x"]))
    with pytest.warns(XetrackWarning, match="hangs, so its rows wait in") as found:
        run(hanging, range(3))
    assert 1 == len(found)
    gate.set()
    until(lambda: first)
    until(lambda: not [*hanging_threads()])
    run(Keeps(second), [3])
    assert [0, 1, 2, 3] == [*first, *(row["x"] for row, _ in second)]
    assert [] == files(spools)


def hanging_threads():
    return [one for one in threading.enumerate() if one.name == "xetrack-sink-Keeps"]


def test_a_destination_that_comes_back_gets_its_rows_from_the_same_tracker(tmp_path, spools):
    """However long it was away."""
    (tmp_path / "down").touch()
    tracker = Tracker(":memory:", sinks=[Away({"folder": tmp_path})])

    def work():
        log(tracker, range(10))
        until(lambda: tracker._sinks._parts[0].failures > 6)
        assert [] == received(tmp_path)
        (tmp_path / "down").unlink()
        log(tracker, range(10, 20))
        tracker.close()

    with pytest.warns(XetrackWarning, match="failed") as found:
        work()
    assert ([*range(20)], 1) == (received(tmp_path), len(found))
    assert [] == files(spools)


def test_other_options_are_another_destination(tmp_path, spools):
    """Rows for one server never go to another; limits and folders of logs do not count."""
    (tmp_path / "down").touch()
    other = tmp_path / "other"
    other.mkdir()
    quickly = {"shutdown_timeout": 0.1}
    with pytest.warns(XetrackWarning):
        run(Away({"folder": str(tmp_path), **quickly}), [1])
    (tmp_path / "down").unlink()
    run(Away({"folder": str(other)}), [2])
    assert ([], [2]) == (received(tmp_path), received(other))
    jsonl = {"jsonl": tmp_path / "x.jsonl", "queue_limit": 7}
    run(Away({"folder": str(tmp_path), **jsonl}), [3])
    assert [1, 3] == received(tmp_path)


def test_values_arrive_exactly(tmp_path):
    """Each kind of value comes back from the file as it was logged."""
    with Tracker(":memory:", sinks=[Away({"folder": tmp_path})], warnings=False) as tracker:
        rows = [tracker.log({"x": x, "value": value}) for x, value in enumerate(VALUES.values())]
    lines = (tmp_path / "received").read_text().splitlines()
    sent = [json.dumps(["TRACKING", row["x"], exact(row["value"])], default=ascii) for row in rows]
    assert sent == lines


def test_hostile_keys_arrive(tmp_path):
    """Lone surrogates and line feeds too, in keys and levels."""
    rows = []
    sink = Keeps(rows)
    keys = ["a\nb", "\ud800", '"', "$xetrack", "x" * 100_000]
    with Tracker(":memory:", sinks=[sink], warnings=False) as tracker:
        logged = tracker.log({key: key for key in keys})
        tracker.logger.monitor({"y": 1})
    assert [logged, "MONITOR"] == [rows[0][0], rows[1][1]]


class Keeps(Sink):
    """Keeps what it gets, in order with its flushes."""

    spool = True
    shutdown_timeout = 20.0

    def __init__(self, rows, fail=None):
        super().__init__({})
        self.rows, self.fail, self.flushed = rows, fail, 0

    def emit(self, row, level):
        self.rows.append((row, level))

    def flush(self):
        self.flushed += 1
        if self.fail:
            self.fail()


def test_rows_are_acknowledged_by_flush(spools):
    """What a flush loses is emitted again, in the same order."""
    rows, turns = [], iter([OSError("lost"), OSError("again")])

    def fail():
        error = next(turns, None)
        if error:
            raise error

    tracker = Tracker(":memory:", sinks=[Keeps(rows, fail)])

    def work():
        log(tracker, [0])
        until(lambda: len(rows) == 3)
        log(tracker, [1])
        tracker.close()

    with pytest.warns(XetrackWarning, match="'Keeps' failed: OSError: lost"):
        work()
    assert [0, 0, 0, 1] == [row["x"] for row, _ in rows]
    assert [] == files(spools)


def test_the_row_is_in_the_file_when_log_returns(tmp_path, spools):
    """While the sink has not even begun; only this user may read it."""
    gate = threading.Event()
    rows = []
    sink = Keeps(rows)
    sink.emit = lambda row, level: (gate.wait(20), rows.append(row))
    with Tracker(":memory:", sinks=[sink]) as tracker:
        log(tracker, range(3))
        (path,) = files(spools)
        assert 4 == path.read_bytes().count(b"\n")
        assert 0o600 == stat.S_IMODE(path.stat().st_mode)
        assert 0o700 == stat.S_IMODE(path.parent.stat().st_mode)
        gate.set()
    assert [0, 1, 2] == [row["x"] for row in rows]


def test_a_file_that_a_process_has_is_left_alone(tmp_path, spools):
    """Whoever has it delivers it."""
    gate = threading.Event()
    first, second = [], []
    slow = Keeps(first)
    slow.emit = lambda row, level: (gate.wait(20), first.append(row["x"]))
    tracker = Tracker(":memory:", sinks=[slow])
    log(tracker, [1])
    with Tracker(":memory:", sinks=[Keeps(second)]) as other:
        log(other, [2])
    assert [2] == [row["x"] for row, _ in second]
    gate.set()
    tracker.close()
    assert [1] == first


def test_what_does_not_fit_is_dropped_and_counted(tmp_path, spools):
    """It is told of once; the rows that are there arrive."""
    (tmp_path / "down").touch()
    options = {"folder": tmp_path, "spool_limit": 2_000, "shutdown_timeout": 0.1}
    sink = Away(options)
    with pytest.warns(XetrackWarning) as found:
        missed = run(sink, range(100))
    assert 50 < missed < 100
    (tmp_path / "down").unlink()
    run(Away({"folder": tmp_path}), [100])
    assert [*range(100 - missed), 100] == received(tmp_path)
    texts = [str(warning.message) for warning in found]
    assert 1 == sum("cannot store rows in" in text for text in texts)
    assert f"The sink 'Away' missed {missed} rows in all." == texts[-1]


def test_a_folder_that_cannot_be_made_costs_no_row_of_the_table(tmp_path, spools):
    """The sink misses them, and the user is told."""
    spools.write_text("in the way")
    with pytest.warns(XetrackWarning) as found:
        run(Away({"folder": tmp_path}), range(3))
    assert "cannot store rows in" in str(found[0].message)
    assert "missed 3 rows in all" in str(found[1].message)


def test_a_long_run_does_not_fill_the_disk(tmp_path, spools, monkeypatch):
    """What was delivered is removed from the file while it is in use."""
    monkeypatch.setattr(spool_file, "_REUSE", 10_000)
    rows = []
    with Tracker(":memory:", sinks=[Keeps(rows)]) as tracker:
        largest = 0
        for x in range(300):
            tracker.log({"x": x, "text": "y" * 1_000})
            if x % 20 == 0:
                until(lambda x=x: len(rows) == x + 1)
                largest = max(largest, *(path.stat().st_size for path in files(spools)))
    assert [*range(300)] == [row["x"] for row, _ in rows]
    assert largest < 100_000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_after_a_fork_each_side_has_a_file_of_its_own(tmp_path, spools):
    """Both deliver their rows, and the child does not keep the lock of its parent's file."""
    tracker = Tracker(":memory:", sinks=[Away({"folder": tmp_path})])
    log(tracker, [0])

    def child():
        log(tracker, [1])
        tracker.close()

    assert ended_well(forked(child), 20)
    log(tracker, [2])
    tracker.close()
    assert [0, 1, 2] == sorted(received(tmp_path))
    assert [] == files(spools)


def test_a_damaged_line_costs_itself_and_holds_up_nothing(tmp_path, spools):
    """It is named, and the rows around it arrive."""
    rows = []
    sink = Keeps(rows)
    tracker = Tracker(":memory:", sinks=[sink])
    path = appended(tracker._sinks._parts[0]._spool.folder, 3)
    data = path.read_bytes()
    path.write_bytes(data.replace(b'{"x": 1}', b'{"x":\xff1}'))
    with pytest.warns(XetrackWarning, match="holds no row; it was passed over"):
        run(sink, [9])
    tracker.close()
    assert [0, 2, 9] == [row["x"] for row, _ in rows]
    assert [] == files(spools)


def test_a_row_that_comes_while_the_file_is_emptied_arrives(tmp_path, spools, monkeypatch):
    """Though it lies where rows lay that were delivered, and is longer than all of these."""
    monkeypatch.setattr(spool_file, "_REUSE", 100)
    monkeypatch.setattr(delivery, "ACKNOWLEDGE_AFTER", -1.0)  # after each row
    rows = []
    tracker = Tracker(":memory:", sinks=[Keeps(rows)])
    spool = tracker._sinks._parts[0]._spool
    acknowledge = SpoolFile.acknowledge
    later = [{"x": 1, "text": "y" * 2_000}]

    def acknowledge_and_append(file, position):
        acknowledge(file, position)
        if later:
            file.append(later.pop(), "TRACKING", 10**6)

    monkeypatch.setattr(SpoolFile, "acknowledge", acknowledge_and_append)
    tracker.log({"x": 0, "text": "y" * 1_000})
    until(lambda: len(rows) > 1 or (rows and spool._own.is_done()))
    tracker.close()
    assert [0, 1] == [row["x"] for row, _ in rows]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_closes_a_tracker_while_its_parent_waits_to_deliver(tmp_path, spools):
    """A thread that is gone in the child may have had the lock of what it waited for."""
    tracker = Tracker(":memory:", sinks=[Away({"folder": tmp_path})])
    with tracker._sinks._parts[0]._spool._hurry._cond:
        assert ended_well(forked(tracker.close), 20)
    tracker.close()
