"""`xt watch`."""

from __future__ import annotations

import json
import signal
import subprocess

import pytest

from tests.cli.conftest import RUN, XT, environment
from tests.preloaded import start_command
from xetrack import Reader, Tracker


@pytest.fixture
def watching(db):
    """Begin to watch; what it prints is read line by line, and Ctrl-C ends it."""
    processes = []

    def begin(*words):
        process = start_command(
            [*XT, "watch", str(db), "--interval", "0.05", *words],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield begin
    for process in processes:
        process.kill()
        process.communicate()


def ended(process):
    process.send_signal(signal.SIGINT)
    rest, err = process.communicate(timeout=30)
    return process.returncode, rest, err


def test_new_rows_are_shown_as_they_are_logged(watching, db):
    """First the last rows, then each that comes, whole and once; Ctrl-C is a good end."""
    process = watching("-n", "2")
    lines = [process.stdout.readline() for _ in range(2)]
    assert f" {RUN} accuracy=0.56 epoch=6 model=resnet18\n" == lines[0][26:]
    assert "other-1 accuracy=0.25 epoch=0" in lines[1]
    with Tracker(db, track_id="new-1") as tracker:
        tracker.log({"epoch": 1, "text": "two words\x1b[2J"})
        line = process.stdout.readline()
        assert " new-1 epoch=1" in line
        assert r'text="two words\u001b[2J"' in line
        tracker.log_batch([{"epoch": epoch} for epoch in range(300)])
    shown = [process.stdout.readline().split()[-1] for _ in range(300)]
    assert [f"epoch={epoch}" for epoch in range(300)] == shown
    assert (0, "", "") == ended(process)


def test_rows_that_are_deleted_meanwhile_show_nothing_twice(watching, db):
    """The place where new rows begin is found by those that are left."""
    process = watching("-n", "1", "--json", "--columns", "epoch")
    assert {"epoch": 0} == json.loads(process.stdout.readline())
    Reader(db).delete_run("other-1")
    Tracker(db, track_id="new-1").log({"epoch": 77})
    assert {"epoch": 77} == json.loads(process.stdout.readline())
    assert (0, "", "") == ended(process)


def test_only_the_rows_that_were_chosen_are_shown(watching, db):
    """As CSV, with its line of names."""
    process = watching("-n", "0", "--csv", "--columns=epoch", "--where", "epoch", "gt", "10")
    assert "epoch\n" == process.stdout.readline()
    Tracker(db, track_id="new-1").log_batch([{"epoch": 9}, {"epoch": 11}])
    assert "11\n" == process.stdout.readline()
    assert (0, "", "") == ended(process)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nope.db"], 1, "There is no database at 'nope.db'."),
        (["runs.db", "--columns", "epohc"], 1, "Did you mean 'epoch'?"),
        (["runs.db", "--track-id", "nobody"], 1, "There is no run 'nobody'"),
        (["runs.db", "--interval", "0"], 2, "give more than 0"),
        (["runs.db", "--interval", "soon"], 2, "--interval"),
    ],
)
def test_what_cannot_be_watched_is_an_error(xt, db, words, code, said):
    """What cannot be watched is an error, at once, with what to type."""
    done = xt("watch", *words)
    assert (code, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert said in done.err
