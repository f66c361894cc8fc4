"""How a process ends is the status of its run."""

from __future__ import annotations

import os
import signal

import pytest

from tests.engines import run, together
from xetrack import Reader, Tracker
from xetrack.interfaces.runs.record import RunStatus
from xetrack.runs.processes import ProcessIdentity, is_gone, this_process


def record_of(db, track_id="first"):
    with Reader(db) as reader:
        return reader.run(track_id)


SCRIPT = """
import sys, os, time
from xetrack import Tracker
tracker = Tracker(sys.argv[1], track_id="first")
tracker.log({"x": 1})
"""


@pytest.mark.parametrize(
    ("end", "status", "code"),
    [
        ("", RunStatus.FINISHED, 0),
        ("sys.exit(0)", RunStatus.FINISHED, 0),
        ("raise ValueError('at the end')", RunStatus.FAILED, 1),
        ("raise KeyboardInterrupt", RunStatus.INTERRUPTED, None),
        ("os.kill(os.getpid(), 9)", RunStatus.LOST, -signal.SIGKILL),
        ("os._exit(0)", RunStatus.LOST, 0),
        ("tracker = None; import gc; gc.collect()", RunStatus.FINISHED, 0),
    ],
)
def test_how_a_program_ends_is_the_status(db, end, status, code):
    """Without close, and without with."""
    done = run(SCRIPT + end, str(db), check=False, fresh=True)
    # Whether Ctrl-C shows in the code depends on who started all this.
    assert done.returncode == code or (code is None and done.returncode)
    record = record_of(db)
    assert record.status is status
    if status is RunStatus.FAILED:
        assert (record.error_type, record.error_message) == ("ValueError", "at the end")
    if status is RunStatus.LOST:
        assert record.ended is None


@pytest.mark.parametrize(("resume", "status"), [(True, "finished"), (False, "failed")])
def test_only_a_run_that_is_resumed_forgets_how_another_process_ended(db, resume, status):
    """Else the worst end counts, as with processes that share a run."""
    run(f"{SCRIPT}raise ValueError", str(db), check=False, fresh=True)
    assert record_of(db).status is RunStatus.FAILED
    with Tracker(db, track_id="first", resume=resume) as tracker:
        tracker.log({"x": 2})
    assert record_of(db).status == status


def test_a_forked_child_ends_no_run_of_its_parent(tmp_path):
    """It logs into it, and its end says nothing."""
    db = tmp_path / "runs.db"
    tracker = Tracker(db, track_id="first")
    tracker.log({"x": 1})
    child = os.fork()
    if not child:
        tracker.log({"x": 2})
        tracker.close()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert record_of(db).status is RunStatus.RUNNING
    tracker.close()
    assert record_of(db).status is RunStatus.FINISHED
    assert len(tracker) == 2


POOL = """
import multiprocessing, os, sys
from xetrack import Tracker

def work(number):
    with Tracker(sys.argv[1], track_id="first") as tracker:
        tracker.log({"x": number})
    if number == 3 and sys.argv[2] == "kill":
        tracker.log({"x": 10})
        os.kill(os.getpid(), 9)

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=work, args=(number,)) for number in range(4)]
    for worker in workers: worker.start()
    for worker in workers: worker.join()
"""


@pytest.mark.parametrize(("how", "status"), [("end", "finished"), ("kill", "lost")])
def test_processes_that_share_a_run_share_its_record(tmp_path, how, status):
    """Of all their ends the worst counts."""
    db = tmp_path / "runs.db"
    script = tmp_path / "pool.py"
    script.write_text(POOL)
    run(
        f"import runpy, sys; sys.argv = {[str(script), str(db), how]!r}; "
        f"runpy.run_path({str(script)!r}, run_name='__main__')",
        fresh=True,
    )
    with Reader(db) as reader:
        assert reader.runs()["status"].tolist() == [status]


EIGHT = """
from xetrack import Tracker
ready()
with Tracker(sys.argv[1], track_id=f"run-{number}") as tracker:
    for step in range(5):
        tracker.log({"step": step})
"""


def test_eight_processes_that_begin_at_once_have_eight_records(db):
    """Into a file that none of them made before."""
    together(EIGHT, str(db), processes=8)
    with Reader(db) as reader:
        frame = reader.runs()
    assert sorted(frame["track_id"]) == [f"run-{number}" for number in range(8)]
    assert set(frame["status"]) == {"finished"}
    assert set(frame["rows"]) == {5}


def test_a_process_is_gone_when_its_number_is_somebody_elses():
    """The begin of the process and the boot tell."""
    this = this_process()
    assert not is_gone(this)
    assert is_gone(this._replace(started="1"))
    assert is_gone(this._replace(pid=2**22 + 7))
    assert not is_gone(this._replace(host="elsewhere", pid=2**22 + 7))
    boot, _, namespace = this.boot.partition(":")
    assert is_gone(this._replace(boot=f"x{boot}:{namespace}"))
    assert not is_gone(this._replace(boot=f"{boot}:other", pid=2**22 + 7))
    assert isinstance(this, ProcessIdentity)
