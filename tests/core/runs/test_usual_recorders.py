"""The recorders of a tracker that chooses none: they work behind its first row."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from xetrack import Reader, Tracker, XetrackWarning
from xetrack.runs.recorders import chosen, usual


@pytest.fixture(autouse=True)
def _as_users_have_it(monkeypatch):
    """Recorders are on."""
    monkeypatch.delenv("XETRACK_RECORDERS", raising=False)


PROGRAM = """
import sys
from xetrack import Reader, Tracker
from xetrack.runs.recorders import usual
usual.PAUSE = 60
tracker = Tracker(sys.argv[1], track_id="first")
tracker.log({"n": 1})
late = {"xetrack.runs.recorders.chosen", "xetrack.dispatch.worker", "queue", "subprocess"}
print(sorted(late & {*sys.modules}))
tracker.close()
print(sorted(Reader(sys.argv[1]).run("first").facts))
"""


def test_the_first_row_imports_nothing_of_them(tmp_path):
    """And the end of the run does not wait out the pause."""
    command = [sys.executable, "-c", PROGRAM, tmp_path / "runs.db"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=50).stdout
    before, facts = printed.splitlines()
    assert "[]" == before
    assert "'environment', 'git', 'packages'" in facts


def test_a_thread_that_cannot_begin_costs_no_row(db, monkeypatch):
    """As where there are as many threads as there may be; it is reported once."""

    def refuse(_):
        raise RuntimeError("can't start new thread")

    tracker = Tracker(db, track_id="first")
    with monkeypatch.context() as patch:
        patch.setattr(usual.threading.Thread, "start", refuse)
        tracker.log({"n": 1})
    with pytest.warns(XetrackWarning, match="is not complete: .*start new thread"):
        tracker.close()
    with Reader(db) as reader:
        assert 1 == len(reader)
        assert {} == reader.run("first").facts


def test_what_keeps_them_from_being_called_is_reported(db, monkeypatch):
    """Once, at the end of the run; each run tries anew."""

    def fail(*_):
        raise OSError("the disk is gone")

    monkeypatch.setattr(chosen, "record_usual", fail)
    tracker = Tracker(db, track_id="first")
    tracker.log({"n": 1})
    with pytest.warns(XetrackWarning, match="not complete: .*the disk is gone"):
        tracker.track_id = "second"
    monkeypatch.undo()
    monkeypatch.delenv("XETRACK_RECORDERS", raising=False)
    tracker.log({"n": 2})
    tracker.close()
    with Reader(db) as reader:
        assert {} == reader.run("first").facts
        assert "packages" in reader.run("second").facts


def test_a_run_that_ends_in_their_own_thread_waits_for_nobody(db, monkeypatch):
    """As where a tracker that was dropped is collected there."""
    ended = threading.Event()
    tracker = Tracker(db, track_id="first")

    def end(*_):
        tracker.close()
        ended.set()

    monkeypatch.setattr(chosen, "record_usual", end)
    tracker.log({"n": 1})
    assert ended.wait(5)
    with Reader(db) as reader:
        assert "finished" == reader.run("first").status
