"""Promise 5: a clock that stands still or jumps costs no row and no order."""

from __future__ import annotations

import gc
import json
import re
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest

import xetrack.model.clock
from tests.engines import ended_well, forked
from xetrack import Reader, Tracker
from xetrack.model.clock import Clock, clock_of

START = 1_700_000_000 * 10**9


class Hands:
    """The system's clock, held in hand."""

    def __init__(self, now: int = START, offset: int = 0) -> None:
        self.now = now
        self.offset = offset
        self.step = 0

    def time_ns(self) -> int:
        self.now += self.step
        return self.now

    def localtime(self) -> SimpleNamespace:
        return SimpleNamespace(tm_gmtoff=self.offset)


@pytest.fixture
def hands(monkeypatch):
    made = Hands()
    monkeypatch.setattr(xetrack.model.clock, "time_ns", made.time_ns)
    monkeypatch.setattr(xetrack.model.clock, "localtime", made.localtime)
    return made


def rising(stamps: list[str]) -> bool:
    """Strictly increasing as text, and all of the one form."""
    form = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}")
    return sorted(set(stamps)) == stamps and all(map(form.fullmatch, stamps))


def test_a_running_clock_tells_local_time(hands):
    """The offset from UTC is in it, and microseconds are cut, not rounded."""
    hands.offset = 3_600
    clock = Clock()
    hands.now += 1_999
    assert "2023-11-14 23:13:20.000001" == clock.stamp()
    hands.now += 2 * 10**9
    assert "2023-11-14 23:13:22.000001" == clock.stamp()


def test_a_frozen_clock_counts_on_by_microseconds(hands):
    """A frozen clock counts on by microseconds, also past the end of a second."""
    hands.now += 999_998_000
    clock = Clock()
    stamps = [clock.stamp() for _ in range(5)]
    assert rising(stamps)
    assert ("20.999998", "21.000002") == (stamps[0][-9:], stamps[-1][-9:])


@pytest.mark.parametrize("back", [1_000, 10**9, 3_600 * 10**9, 10**17])
def test_a_clock_that_jumps_back_goes_on(hands, back):
    """One microsecond at a time, until the clock is there again."""
    clock = Clock()
    stamps = [clock.stamp()]
    hands.now -= back
    stamps += [clock.stamp() for _ in range(3)]
    hands.now += back + 10**9
    stamps += [clock.stamp()]
    assert rising(stamps)
    assert "2023-11-14 22:13:21.000000" == stamps[-1]


@pytest.mark.parametrize("offset", [0, 10_800])
def test_a_change_of_summer_time_keeps_order_and_distance(hands, offset):
    """An hour comes twice, or is left out; the clock goes on in the offset that it began with."""
    hands.offset = 7_200
    hands.step = 60 * 10**9
    clock = Clock()
    stamps = [clock.stamp() for _ in range(3)]
    hands.offset = offset
    assert clock.is_clear
    stamps += [clock.stamp() for _ in range(240)]
    assert rising(stamps)
    moments = [datetime.fromisoformat(stamp + clock.utc_offset) for stamp in stamps]
    assert hands.now == moments[-1].timestamp() * 10**9
    steps = {after - before for before, after in pairwise(moments)}
    assert {timedelta(minutes=1)} == steps
    assert (False, "+02:00") == (clock.is_clear, clock.utc_offset)


def test_all_trackers_of_a_run_mark_the_rows_after_a_change(hands, tmp_path):
    """They share a clock, and each learns that timestamps are not clear without the offset."""
    hands.offset = 7_200
    # A name of its own: clocks outlive their trackers, and other tests have a run of most names.
    trackers = [Tracker(tmp_path / "a.db", track_id="marks both") for _ in range(2)]
    for _ in range(3):
        for tracker in trackers:
            tracker.log({"n": 1})
    hands.offset, hands.now = 3_600, hands.now + 10**9
    rows = [tracker.log({"n": 2}) for _ in range(3) for tracker in trackers]
    assert ["+02:00"] * 6 == [row.get("utc_offset") for row in rows]


def test_batches_go_on_through_a_change_of_summer_time(hands):
    """They raise nothing, as whoever takes them asks before."""
    clock = Clock()
    hands.offset = -3_600
    clock.check_offset()
    assert rising([*clock.stamps(3), clock.stamp()])
    assert "+00:00" == clock.utc_offset


@pytest.mark.parametrize(
    ("year", "second"),
    [(1970, 77), (1998, 900_000_000), (2001, 10**9 - 1), (2300, 10_420_000_000)],
)
def test_a_clock_that_is_set_wrong_tells_its_own_time(hands, year, second):
    """Its seconds have more or fewer digits than those of this age."""
    hands.now = second * 10**9
    clock = Clock()
    stamps = []
    for _ in range(4):
        hands.now += 300_000_001_000
        stamps += [clock.stamp(), clock.stamp()]
        hands.now += 123_456_000
        stamps += [clock.stamp()]
    assert rising(stamps)
    assert str(year) == stamps[0][:4]
    assert [".000001", ".000002", ".123457"] == [stamp[-7:] for stamp in stamps[:3]]


@pytest.mark.parametrize("offset", [0, -18_000])
def test_a_clock_that_was_never_set_has_a_date(hands, offset):
    """Computers without a battery begin with 1970, which has not come yet in the west."""
    hands.now, hands.offset = 0, offset
    clock = Clock()
    assert rising([clock.stamp(), *clock.stamps(3), clock.stamp()])


def test_a_batch_of_stamps_continues_the_single_ones(hands):
    """Over the end of a second, and on either side of it."""
    hands.now += 999_990_000
    clock = Clock()
    stamps = [clock.stamp(), *clock.stamps(100), clock.stamp(), *clock.stamps(1), clock.stamp()]
    assert 104 == len(stamps)
    assert rising(stamps)


def test_promise_5_rows_are_read_in_the_order_they_were_logged(db, hands):
    """With a clock that jumps about, each row under a timestamp of its own."""
    hands.step = -7 * 10**9
    with Tracker(db) as tracker:
        for at in range(50):
            tracker.log({"at": at})
            hands.offset = 3_600 if at % 3 else 0
        tracker.log_batch([{"at": at} for at in range(50, 100)])
    result = Reader(db).select(["at", "timestamp"])
    assert list(range(100)) == result.cells[0]
    assert rising(result.cells[1])


ZONE = """
import os, time
os.environ["TZ"] = "Europe/Paris"
time.tzset()
from xetrack import Reader, Tracker
from xetrack.model import clock
moment = [START * 10**9]
clock.time_ns = lambda: moment[0]
localtime = time.localtime
clock.localtime = lambda: localtime(moment[0] / 1e9)
with Tracker("x.db", {"model": "m"}, jsonl="x.jsonl") as tracker:
    for at in range(16):
        tracker.log({"at": at, "moment": moment[0] // 10**9})
        moment[0] += 15 * 60 * 10**9
    tracker.log_batch([{"at": 16, "moment": moment[0] // 10**9}])
    tracker.log({"at": 17, "new": 1, "moment": moment[0] // 10**9})
"""


@pytest.mark.parametrize(
    ("start", "first", "clear"),
    [
        (1_729_986_300, "2024-10-27 01:45:00", 5),  # an hour before summer time ends in Paris
        (1_729_991_700, "2024-10-27 02:15:00", 0),  # in the second pass of the repeated hour
        (1_711_844_100, "2024-03-31 01:15:00", 3),  # just before summer time begins
        (1_720_000_000, "2024-07-03 11:46:40", 18),  # in summer
    ],
)
def test_the_moment_of_each_row_is_known_in_a_real_zone(python, tmp_path, start, first, clear):
    """Differences are true, and rows whose local time is not clear have the offset with them."""
    done = python(ZONE.replace("START", str(start)))
    assert "" == done.stderr
    rows = Reader(tmp_path / "x.db").select().dicts()
    stamps = [row["timestamp"] for row in rows]
    assert rising(stamps)
    assert first == stamps[0][:19]
    assert [0] * 18 == [round(b - a) for a, b in zip(naive(stamps), seconds(rows), strict=True)]
    offsets = [row.get("utc_offset") for row in rows]
    assert [None] * clear == offsets[:clear]
    assert None not in offsets[clear:]
    lines = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines()]
    known = [round(datetime.fromisoformat(line["timestamp"]).timestamp()) for line in lines]
    assert [row["moment"] for row in rows] == known


def naive(stamps: list[str]) -> list[float]:
    """Seconds since the first timestamp, by their texts alone."""
    moments = [datetime.fromisoformat(stamp) for stamp in stamps]
    return [(moment - moments[0]).total_seconds() for moment in moments]


def seconds(rows) -> list[int]:
    """Seconds since the first row, by the clock."""
    return [row["moment"] - rows[0]["moment"] for row in rows]


def test_promise_5_processes_in_other_zones_cost_no_row_and_no_order(python, tmp_path):
    """Each tells its own local time; rows are read as they were logged."""
    zones = ("Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago")
    code = (
        "import sys; from xetrack import Tracker\n"
        "with Tracker('x.db') as tracker:\n"
        "    for _ in range(2): tracker.log({'zone': 'ZONE'})"
    )
    for zone in zones:
        assert "" == python(code.replace("ZONE", zone), TZ=zone).stderr
    found = Reader(tmp_path / "x.db").select(["zone", "timestamp"])
    assert [zone for zone in zones for _ in range(2)] == found.cells[0]
    assert rising(found.cells[1][:2])
    assert found.cells[1][0] > found.cells[1][2] > found.cells[1][4]


@pytest.mark.parametrize("name", ["x.db", "x.duckdb"])
def test_two_trackers_of_a_run_give_no_two_rows_one_identity(tmp_path, hands, name):
    """Side by side, one after the other, in threads; under a clock that stands still."""
    path = tmp_path / name

    def record(number: int) -> None:
        with Tracker(path, track_id="a-run") as tracker:
            for at in range(20):
                tracker.log({"number": number, "at": at})
            tracker.log_batch([{"number": number, "at": at} for at in range(20, 40)])

    hands.now += 5
    with Tracker(path, track_id="a-run") as first, Tracker(path, track_id="a-run") as second:
        for tracker in (first, second, first, second):
            tracker.log({"number": -1})
    record(0)
    gc.collect()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(record, range(1, 5)))
    stamps = Reader(path).select(["timestamp"]).cells[0]
    assert 4 + 5 * 40 == len(stamps) == len(set(stamps))


def test_runs_have_clocks_of_their_own(hands):
    """What one run is told of the time depends on no other run."""
    first, second = clock_of("one"), clock_of("two")
    assert first.stamp() == second.stamp()
    assert clock_of("one") is first


def test_threads_that_take_turns_at_every_line_get_no_timestamp_twice():
    """A clock has no lock: Python lets other threads in at calls, and it compares after them."""
    clock, interval = Clock(), sys.getswitchinterval()

    def take(thread):
        return [
            stamp
            for at in range(5_000)
            for stamp in (clock.stamps(1 + at % 4) if (at + thread) % 7 == 0 else [clock.stamp()])
        ]

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            taken = list(pool.map(take, range(4)))
    finally:
        sys.setswitchinterval(interval)
    for stamps in taken:
        assert stamps == sorted(stamps)
    every = [stamp for stamps in taken for stamp in stamps]
    assert len(every) == len(set(every))
    seconds = (datetime.fromisoformat(max(every)) - datetime.fromisoformat(min(every))).seconds
    assert seconds < 20  # none from a second that has not come


@pytest.mark.processes
def test_a_fork_while_another_thread_takes_a_timestamp_stops_nobody():
    """The child goes on with a lock of its own, and with a clock in a state that can go on."""
    clock, done = Clock(), threading.Event()

    def take() -> None:
        while not done.is_set():
            clock_of("another run").stamps(100)
            clock.stamps(100)

    thread = threading.Thread(target=take)
    thread.start()
    try:
        for _ in range(20):
            assert ended_well(forked(lambda: clock_of("another run").stamp() and clock.stamp()))
    finally:
        done.set()
        thread.join()
