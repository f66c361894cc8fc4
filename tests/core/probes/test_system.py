"""What is recorded of the system: which columns, of which moment, in which unit."""

from __future__ import annotations

import asyncio
import sys
import threading
import time

import psutil
import pytest

from xetrack import Tracker, XetrackWarning
from xetrack.builtin.probes.network import NetworkProbe
from xetrack.builtin.probes.system import SystemProbe

NEVER = 3600
"""Seconds: an interval that no test lasts."""

ROW = ["cpu_percent", "ram_percent", "p_memory_percent", "disk_percent"]
CALL = ["cpu", "memory_percent", *ROW]


@pytest.fixture
def tracker(machine):
    """A tracker that takes one sample, of a machine that the test decides."""
    with Tracker(":memory:", log_system_params=True, measurement_interval=NEVER) as made:
        yield made


@pytest.fixture
def quick(machine):
    """One that takes samples all the time."""
    with Tracker(":memory:", log_system_params=True, measurement_interval=1e-9) as made:
        yield made


def more(tracker, number=2):
    """Wait until so many more samples were taken."""
    samples = tracker._probes._parts[0].part._sampler._samples
    wanted = samples.count + number
    while samples.count < wanted:
        time.sleep(0.001)


def test_a_row_has_the_present_figures(tracker):
    """A row has the present figures: all in per cent; rows of a batch too."""
    row = tracker.log({"x": 1})
    assert [30.0, 40.0, 4.0, 55.0] == [row[name] for name in ROW]
    last = tracker.log_batch([{"x": 1}, {"x": 2}])
    assert [30.0, 40.0, 4.0, 55.0] == [last[name] for name in ROW]
    assert ROW == [name for name in row if name.endswith("percent")]


def test_promise_6_a_call_shorter_than_the_interval_has_figures(tracker):
    """The first of all, too; under all their names."""
    tracker.track(lambda: None)
    assert [30.0, 40.0, 30.0, 40.0, 4.0, 55.0] == [tracker.latest[name] for name in CALL]


def test_promise_6_a_call_has_the_means_of_the_samples_taken_while_it_ran(quick, machine):
    """A call has the means of the samples taken while it ran, neither the first nor the last, nor
    any before.
    """

    def work():
        machine.memory = 80.0
        more(quick, 3)
        machine.memory = 20.0
        more(quick, 3)

    quick.log({})
    quick.track(work)
    machine.memory = 99.0
    assert 20 < quick.latest["memory_percent"] < 80
    assert pytest.approx(quick.latest["memory_percent"] / 10) == quick.latest["p_memory_percent"]


def test_promise_6_the_processors_figure_is_of_the_time_between_two_samples(machine):
    """The processor's figure is of the time between two samples, not since the machine began.

    The first is since the probe was made. Without time between two of them it stays.
    """
    machine.pace = (0, 0)
    probe = SystemProbe({"interval": NEVER})
    measure = probe._sampler._measure
    figures = [measure()["cpu_percent"]]
    for busy, idle in [(1, 3), (2, 2), (0, 5), (5, 0), (0, 0)]:
        machine.busy += busy
        machine.idle += idle
        figures.append(measure()["cpu_percent"])
    assert pytest.approx([0, 25, 50, 0, 100, 100]) == figures


@pytest.mark.parametrize(
    ("busy", "idle", "share"), [(1, 3, 25), (3, 1, 75), (0, 9, 0), (0.04, 0, 30), (0, 0, 30)]
)
def test_a_calls_share_of_the_processors_is_of_its_own_time(machine, busy, idle, share):
    """A call has the share of the time from its begin to its end, not since the machine began.

    A call too short to be measured has that of the last sample. Both names have one value.
    """

    def work():
        machine.busy += busy
        machine.idle += idle

    with Tracker(":memory:", log_system_params=True, measurement_interval=NEVER) as tracker:
        tracker.log({})
        machine.pace = (0, 0)
        tracker.track(work)
        assert pytest.approx(share) == tracker.latest["cpu"] == tracker.latest["cpu_percent"]


def test_no_row_goes_without_figures_on_a_busy_machine(machine, monkeypatch):
    """The first row has them, though threads begin late; those of a forked child too."""
    begin = threading.Thread.start

    def start_late(thread):
        run = thread.run
        thread.run = lambda: (time.sleep(0.3), run())
        begin(thread)

    monkeypatch.setattr(threading.Thread, "start", start_late)
    with Tracker(":memory:", log_system_params=True, log_network_params=True) as tracker:
        for _ in range(3):
            row = tracker.log({})
            assert {*ROW, "bytes_sent", "bytes_recv"} <= set(row)
            tracker.track(lambda: None)
            assert {*CALL, "bytes_sent", "bytes_recv"} <= set(tracker.latest)


def test_a_process_that_was_stopped_for_long_has_its_figures(machine, monkeypatch):
    """A sample that seems to last is given up for a disk only."""
    with Tracker(":memory:", log_system_params=True, measurement_interval=NEVER) as tracker:
        tracker.log({})
        probe = tracker._probes._parts[0].part
        probe._sampler._samples.began = -1e9
        assert set(ROW) <= set(tracker.log({}))
        probe._disk._samples.began = -1e9
        with pytest.warns(XetrackWarning, match="'disk_percent'.*no answer from the system"):
            row = tracker.log({})
        assert set(ROW) - {"disk_percent"} <= set(row)
        assert "cpu_percent" in tracker.log({})


def test_the_real_machine_gives_figures_in_per_cent():
    """All of them, from 0 to 100; the process has some of the memory."""
    with Tracker(":memory:", log_system_params=True, log_network_params=True) as tracker:
        row = tracker.log({})
        tracker.track(lambda: None)
        for figures, names in ((row, ROW), (tracker.latest, CALL)):
            assert all(0 <= figures[name] <= 100 and type(figures[name]) is float for name in names)
            assert 0 < figures["p_memory_percent"]
            assert all(0 <= figures[name] < 1e9 for name in ("bytes_sent", "bytes_recv"))


def test_calls_at_once_and_within_each_other_have_figures_of_their_own(quick, machine):
    """Each of its own time."""
    inside = threading.Event()

    def outer():
        machine.memory = 10.0
        more(quick)
        quick.track(inner)

    def inner():
        machine.memory = 90.0
        more(quick, 3)

    def beside():
        inside.set()
        more(quick)
        return "beside"

    thread = threading.Thread(target=quick.track, args=(beside,))
    quick.track(outer)
    thread.start()
    thread.join()
    rows = {row["function_name"]: row["memory_percent"] for row in quick}
    assert {"outer", "inner", "beside"} == set(rows)
    assert 10 < rows["outer"] < rows["inner"] <= rows["beside"] == 90.0


def test_async_calls_have_figures(quick, machine):
    """Async calls have figures, also many at once in one thread."""

    async def work(number):
        await asyncio.sleep(0.001)
        return number

    async def all_of_them():
        return await asyncio.gather(*(quick.track(work, args=[at]) for at in range(5)))

    assert list(range(5)) == asyncio.run(all_of_them())
    assert [40.0] * 5 == [row["memory_percent"] for row in quick]


def test_a_result_or_value_of_the_same_name_counts_more_than_a_figure(tracker):
    """So does a param; nothing is renamed."""
    tracker.track(lambda: {"cpu": "mine"})
    assert ("mine", 40.0) == (tracker.latest["cpu"], tracker.latest["memory_percent"])
    row = tracker.log({"cpu_percent": "mine"})
    assert ("mine", 40.0) == (row["cpu_percent"], row["ram_percent"])
    tracker.set_params({"disk_percent": "mine"})
    for row in (
        tracker.log({"x": 1}),
        tracker.log_batch([{"x": 1}]),
        tracker.track(dict) or tracker.latest,
    ):
        assert "mine" == row["disk_percent"]


test_a_result_or_value_of_the_same_name_counts_more_than_a_figure = pytest.mark.filterwarnings(
    "ignore:The column"
)(test_a_result_or_value_of_the_same_name_counts_more_than_a_figure)


def test_promise_6_network_figures_are_the_difference_over_the_call(machine):
    """Network figures are the difference over the call, in MB of 2**20 bytes.

    Of another row since the tracker was made.
    """
    machine.sent, machine.received = 5 << 20, 7 << 20

    def work():
        machine.sent += 1 << 20
        machine.received += 1 << 19

    with Tracker(":memory:", log_network_params=True, measurement_interval=NEVER) as tracker:
        machine.sent += 2 << 20
        row = tracker.log({})
        assert (2.0, 0.0) == (row["bytes_sent"], row["bytes_recv"])
        for _ in range(2):
            tracker.track(work)
            assert (1.0, 0.5) == (tracker.latest["bytes_sent"], tracker.latest["bytes_recv"])
        tracker.track(lambda: None)
        assert (0.0, 0.0) == (tracker.latest["bytes_sent"], tracker.latest["bytes_recv"])


def test_counters_that_begin_anew_give_no_negative_figures(machine):
    """An interface was reset, or is gone; a machine may have none."""
    machine.sent = 1 << 20
    probe = NetworkProbe({"interval": NEVER})
    call = probe.start()
    machine.sent = 0
    assert {"bytes_sent": 0.0, "bytes_recv": 0.0} == call.stop()
    probe.close()


def test_a_machine_without_network_has_zeros(monkeypatch):
    """psutil says None then."""
    monkeypatch.setattr(psutil, "net_io_counters", lambda **_: None)
    with Tracker(":memory:", log_network_params=True) as tracker:
        assert 0.0 == tracker.log({})["bytes_sent"]


def test_no_process_is_started_and_closing_ends_the_threads(tracker, python):
    """Neither by rows nor by calls."""
    found = python(
        "import sys, threading\n"
        "started = []\n"
        "sys.addaudithook(lambda event, _: event in ('subprocess.Popen', 'os.fork', "
        "'os.posix_spawn') and started.append(event))\n"
        "from xetrack import Tracker\n"
        "t = Tracker(':memory:', log_system_params=True, log_network_params=True)\n"
        "print(threading.active_count())\n"
        "t.log({}); t.track(len, args=['x'])\n"
        "print(threading.active_count(), started)\n"
        "threads = threading.enumerate()[1:]\n"
        "t.close(); [one.join(10) for one in threads]\n"
        "print(threading.active_count())\n"
    )
    assert ("1\n4 []\n1\n", "") == (found.stdout, found.stderr)


@pytest.mark.skipif(
    sys.version_info[:3] == (3, 13, 0),
    reason="Python 3.13.0 fails at any missing attribute of a module where the folder is gone",
)
def test_a_folder_that_was_deleted_costs_no_figure(python):
    """The working folder of a long run may be gone."""
    found = python(
        "import os\nfrom xetrack import Tracker\nos.mkdir('x'); os.chdir('x'); os.rmdir('../x')\n"
        "t = Tracker(':memory:', log_system_params=True)\n"
        "print(t.log({})['disk_percent'] >= 0)\n"
    )
    assert ("True\n", "") == (found.stdout, found.stderr)


@pytest.mark.slow
def test_psutil_that_fails_costs_no_row(tracker, monkeypatch):
    """It is said once, by the probe's name."""

    def fail():
        raise PermissionError("not here")

    monkeypatch.setattr(psutil, "virtual_memory", fail)
    with pytest.warns(XetrackWarning, match="probe 'system' failed: PermissionError: not here"):
        tracker.track(lambda: None)
    assert 1 == len(tracker)


def test_a_probe_may_be_chosen_by_name(machine):
    """It has the interval of the tracker."""
    with Tracker(":memory:", probes=["system", "network"], measurement_interval=7) as tracker:
        row = tracker.log({})
        assert {*ROW, "bytes_sent", "bytes_recv"} <= set(row)
        assert [7, 7] == [part.part._sampler._interval for part in tracker._probes._parts]
