"""Logs and probes among many processes, forks, full disks and hanging machines."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import pytest

from tests.engines import run, together
from xetrack import Tracker, XetrackWarning
from xetrack.interfaces.sinks import Sink
from xetrack.logs.reading import read_jsonl, read_logs
from xetrack_testing.processes import ended_well, forked

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    # The warning about forks with threads is about what is tested here.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

MANY = """
from xetrack import Tracker
folder, rows = sys.argv[1], int(sys.argv[2])
with Tracker(Tracker.SKIP_INSERT, {"who": number}, logs_path=folder + "/logs",
             jsonl=folder + "/rows.jsonl") as tracker:
    ready()
    for at in range(rows):
        tracker.log({"at": at, "text": "x" * 6000, "end": number})
"""

MIDNIGHT = """
import itertools
from datetime import timedelta
import loguru
from xetrack import Tracker
now, turns = loguru._logger.aware_now, itertools.count()
first = now().replace(hour=23, minute=59)
# The day turns in the middle, for each process at another record.
clock = lambda: first + timedelta(seconds=60 * (next(turns) > 90 + 5 * number))
loguru._logger.aware_now = clock
with Tracker(Tracker.SKIP_INSERT, logs_path=sys.argv[1], logs_file_format=sys.argv[2]) as tracker:
    ready()
    for at in range(200):
        tracker.log({"who": number, "at": at})
"""


KILLED = """
import sys
from xetrack import Tracker
folder = sys.argv[1]
tracker = Tracker("SKIP_INSERT", logs_path=folder + "/logs", jsonl=folder + "/rows.jsonl")
for at in range(10**9):
    tracker.log({"at": at})
    print(at, flush=True)
"""


@pytest.fixture
def tracker(tmp_path):
    """A tracker that only logs."""
    with Tracker(
        Tracker.SKIP_INSERT, logs_path=tmp_path / "logs", jsonl=tmp_path / "rows.jsonl"
    ) as made:
        yield made


def both(tmp_path):
    """The rows of both logs, which must be the same but for the time's form and the level."""
    texts, lines = read_logs(tmp_path / "logs").dicts(), read_jsonl(tmp_path / "rows.jsonl").dicts()

    def key(rows):
        own = ("timestamp", "level")
        return Counter(
            json.dumps({k: v for k, v in row.items() if k not in own}, sort_keys=True)
            for row in rows
        )

    assert key(texts) == key(lines)
    return texts


def test_r14_many_processes_with_long_lines_lose_none(tmp_path):
    """Each line is whole, in both logs, and each process's are in order."""
    together(MANY, tmp_path, 150, processes=4)
    rows = both(tmp_path)
    assert 600 == len(rows)
    assert {("x" * 6000, True)} == {(row["text"], row["who"] == row["end"]) for row in rows}
    for number in range(4):
        assert list(range(150)) == [row["at"] for row in rows if row["who"] == number]
    for file in (tmp_path / "rows.jsonl", *(tmp_path / "logs").iterdir()):
        # Who begins in the middle of a write sees a line without an end, and leaves a blank one.
        lines = [
            line for line in file.read_bytes().split(b"\n") if line and b" | RUN | " not in line
        ]
        assert 600 == len(lines)


@pytest.mark.parametrize(("name", "files"), [("{time:YYYY-MM-DD}.log", 2), ("all.log", 1)])
def test_r15_midnight_among_many_processes_loses_no_line(tmp_path, name, files):
    """Whoever turns the day first; files without a time in their name are not renamed."""
    together(MIDNIGHT, tmp_path, name, processes=4)
    assert files == len(list(tmp_path.iterdir()))
    rows = read_logs(tmp_path).dicts()
    expected = {(who, at) for who in range(4) for at in range(200)}
    assert (800, expected) == (len(rows), {(row["who"], row["at"]) for row in rows})


def test_r7_after_a_fork_both_sides_log(tracker, tmp_path):
    """After a fork both sides log, with files that were open before it."""
    tracker.log({"who": "parent", "at": 0})
    for at in range(3):
        assert ended_well(forked(lambda at=at: tracker.log({"who": "child", "at": at})))
        tracker.log({"who": "parent", "at": at + 1})
    rows = [(row["who"], row["at"]) for row in both(tmp_path)]
    assert [("parent", at) for at in range(4)] == [row for row in rows if row[0] == "parent"]
    assert [("child", at) for at in range(3)] == [row for row in rows if row[0] == "child"]


def test_r7_a_fork_while_another_thread_logs_finds_no_lock_closed(tracker, tmp_path):
    """The child logs at once, and no row of either side is lost."""
    stop = threading.Event()
    logged = []

    def work():
        while not stop.is_set():
            logged.append(tracker.log({"who": "thread"}))

    thread = threading.Thread(target=work)
    thread.start()
    answers = [ended_well(forked(lambda: tracker.log({"who": "child"}))) for _ in range(20)]
    stop.set()
    thread.join()
    assert [True] * 20 == answers
    counted = Counter(row["who"] for row in both(tmp_path))
    assert {"thread": len(logged), "child": 20} == counted


def test_r7_what_a_sink_holds_back_is_handed_on_before_a_fork():
    """What a sink holds back is handed on before a fork, or both sides would print it."""
    found = run(
        "import os\nfrom xetrack import Tracker\n"
        "tracker = Tracker(Tracker.SKIP_INSERT, logs_stdout=True)\n"
        "tracker.log({'who': 'parent'})\n"
        "child = os.fork()\n"
        "tracker.log({'who': 'child' if not child else 'after'})\n"
        "if child: os.waitpid(child, 0)\n"
    )
    assert "" == found.stderr
    assert [1, 1, 1] == [found.stdout.count(f'"{who}"') for who in ("parent", "child", "after")]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_promise_23_workers_log_with_system_params_on(tmp_path, method):
    """With a tracker made before, where that can be, and with their own."""
    context = multiprocessing.get_context(method)
    with Tracker(
        tmp_path / "a.db", jsonl=tmp_path / "rows.jsonl", log_system_params=True
    ) as tracker:
        tracker.log({"who": -1})
        made_before = tracker.log if method == "fork" else None
        workers = [
            context.Process(target=_work, args=(tmp_path, number, made_before))
            for number in range(2)
        ]
        for one in workers:
            one.start()
        for one in workers:
            one.join(30)
        assert [0, 0] == [one.exitcode for one in workers]
        rows = read_jsonl(tmp_path / "rows.jsonl").dicts()
        assert tracker.count_all() == len(rows) == (5 if method == "fork" else 3)
        assert all(row["ram_percent"] > 0 for row in rows)


def _work(folder, number, made_before):
    if made_before:
        made_before({"who": number})
    with Tracker(folder / "a.db", jsonl=folder / "rows.jsonl", log_system_params=True) as tracker:
        tracker.log({"who": number})


def test_r3_a_full_disk_costs_the_log_its_lines_and_nothing_else(tmp_path):
    """It is said once; the rows are stored, and once there is room a line begins anew."""
    found = run(
        "import resource, signal, sys, warnings\n"
        "from xetrack import Tracker\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "tracker = Tracker(':memory:', jsonl=sys.argv[1])\n"
        "with warnings.catch_warnings(record=True) as said:\n"
        "    warnings.simplefilter('always')\n"
        "    tracker.log({'at': 0})\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (150, resource.RLIM_INFINITY))\n"
        "    for at in (1, 2, 3): tracker.log({'at': at})\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)\n"
        "    tracker.log({'at': 4})\n"
        "print(len(tracker), [str(one.message) for one in said])\n",
        tmp_path / "rows.jsonl",
    )
    assert found.stdout.startswith("5 [\"The sink 'jsonl' failed: OSError")
    assert 1 == found.stdout.count("The sink")
    assert [0, 4] == read_jsonl(tmp_path / "rows.jsonl").cells[2]


def test_r20_a_machine_that_does_not_answer_holds_up_neither_rows_nor_exit(tmp_path):
    """psutil hangs for ever, as on a dead network disk; rows go without the figure of the disk."""
    began = time.monotonic()
    found = run(
        "import threading, time, psutil\n"
        "from xetrack import Tracker\n"
        "psutil.disk_usage = lambda path: threading.Event().wait()\n"
        "tracker = Tracker(':memory:', log_system_params=True)\n"
        "for _ in range(3): tracker.log({'x': 1}); tracker.track(len, args=['x'])\n"
        "names = 'cpu_percent', 'disk_percent'\n"
        "print(len(tracker), [name in tracker.columns for name in names])\n"
        "tracker.close()\n"
    )
    assert ("6 [True, False]\n", "") == (found.stdout, found.stderr)
    assert time.monotonic() - began < 30


def test_r20_the_interpreter_ends_while_samples_are_taken(tmp_path):
    """Without close, and though the next sample is an hour away."""
    code = (
        "from xetrack import Tracker\n"
        "t = Tracker(':memory:', log_system_params=True, measurement_interval={})\n"
        "t.log({{}}); print('logged', flush=True); sys.stdin.readline()\n"
    )
    for interval in (3600, 1e-9):
        started = subprocess.Popen(
            [sys.executable, "-c", "import sys\n" + code.format(interval)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert "logged\n" == started.stdout.readline()
        began = time.monotonic()
        assert ("", "") == started.communicate("end\n", timeout=20)
        assert (0, True) == (started.returncode, time.monotonic() - began < 10)


def test_r21_a_kill_in_the_middle_of_logging_leaves_whole_lines(tmp_path):
    """Every row whose log call returned is in both logs."""
    started = subprocess.Popen(
        [
            sys.executable,
            "-c",
            KILLED,
            str(tmp_path),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    for _ in range(200):
        started.stdout.readline()
    started.send_signal(signal.SIGKILL)
    acknowledged = 200 + len(started.stdout.read().split())
    started.wait()
    started.stdout.close()
    for rows in (read_logs(tmp_path / "logs").dicts(), read_jsonl(tmp_path / "rows.jsonl").dicts()):
        assert list(range(len(rows))) == [row["at"] for row in rows]
        assert acknowledged <= len(rows) <= acknowledged + 1


class _Slow(Sink):
    def emit(self, row, level):
        raise TimeoutError("the queue is full")


def test_r21_a_sink_that_drops_rows_counts_them():
    """A sink that drops rows counts them until it is switched off."""
    with Tracker(":memory:", sinks=[_Slow({})]) as tracker:
        with pytest.warns(XetrackWarning, match="the queue is full"):
            tracker.log({})
        with pytest.warns(XetrackWarning, match="is switched off"):
            tracker.log_batch([{}] * 8)
        (part,) = tracker._sinks._parts
        assert (5, True, 9) == (part.failures, part.off, len(tracker))
