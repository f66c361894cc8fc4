"""Many sinks and probes on one tracker: none of them can cost a row or a result."""

from __future__ import annotations

import threading
import warnings

import pytest

from xetrack import Reader, Tracker, XetrackWarning
from xetrack.errors import InvalidArgumentError, PartFailedError, UnknownComponentError
from xetrack.interfaces.probes import Measurement, Probe
from xetrack.interfaces.sinks import Sink
from xetrack.plugins.registry import registry


class Heard(Sink):
    """Keeps what it hears, and does more if it is told to."""

    def __init__(self, act=None):
        super().__init__({})
        self.rows, self.levels, self.closed, self.act = [], [], 0, act

    def emit(self, row, level):
        self.rows.append(dict(row))
        self.levels.append(level)
        if self.act:
            self.act()

    def close(self):
        self.closed += 1


class Figures(Probe):
    """Says what it was given; whatever it raises otherwise."""

    def __init__(self, present=None, begin=None, stop=None):
        super().__init__({})
        self._present, self._begin, self._stop = present or dict, begin or dict, stop or dict
        self.asked = 0

    def present(self):
        self.asked += 1
        return self._present()

    def start(self):
        self.asked += 1
        self._begin()
        probe = self

        class Call(Measurement):
            def stop(self):
                return probe._stop()

        return Call()


def fail():
    raise OSError("no more space")


def _twice(times, *actions):
    for _ in range(times):
        for action in actions:
            action()


def answer():
    return 42


def test_every_row_reaches_every_sink_after_it_was_stored(db):
    """Every row reaches every sink after it was stored, in order, with params and identity, from
    log, log_batch and track.
    """
    stored = []
    one, other = Heard(lambda: stored.append(len(Reader(db)))), Heard()
    with Tracker(db, {"p": 1}, sinks=[one, other]) as tracker:
        first = tracker.log({"x": 1})
        tracker.log_batch([{"x": 2}, {"x": 3}])
        tracker.track(answer)
        assert first == one.rows[0]
        assert [1, 2, 3, None] == [row.get("x") for row in one.rows]
        assert ([1] * 4, 42) == ([row["p"] for row in one.rows], one.rows[3]["function_result"])
        assert {tracker.track_id} == {row["track_id"] for row in one.rows}
    assert [1, 3, 3, 4] == stored
    assert one.rows == other.rows
    assert (["TRACKING"] * 4, 1, 1) == (one.levels, one.closed, other.closed)


def test_promise_24_a_sink_that_fails_costs_nothing_and_is_named_once(db):
    """Other sinks hear of every row; the failing one is warned of, counted and switched off."""
    broken, sound = Heard(fail), Heard()
    with Tracker(db, sinks=[broken, sound]) as tracker:
        with pytest.warns(XetrackWarning, match="sink 'Heard' failed: OSError: no more space"):
            assert 42 == tracker.track(answer)
        tracker.log({"x": 1})
        tracker.log({"x": 2})
        tracker.log({"x": 3})
        with pytest.warns(XetrackWarning, match="'Heard' is switched off"):
            tracker.log({"x": 4})
        tracker.log({"x": 5})
        assert (5, [5, 0]) == (len(broken.rows), [part.failures for part in tracker._sinks._parts])
        assert 6 == len(sound.rows) == len(tracker)


def test_a_sink_that_fails_now_and_then_stays_on():
    """Only failures in a row count; it is reported once all the same."""
    turns = iter([fail, None] * 8)

    def act():
        (next(turns) or dict)()

    sink = Heard(act)
    tracker = Tracker(":memory:", sinks=[sink])
    with pytest.warns(XetrackWarning, match="failed") as found:
        tracker.log_batch([{"x": at} for at in range(16)])
    tracker.close()
    assert (1, 16) == (len(found), len(sink.rows))


@pytest.mark.parametrize("method", ["present", "begin", "stop"])
def test_a_probe_that_fails_costs_nothing_and_is_named_once(method):
    """A probe that fails costs nothing and is named once, in any of its methods.

    Figures of others are there, and it is switched off in the end.
    """
    broken = Figures(**{method: fail})
    sound = Figures(lambda: {"here": 1}, stop=lambda: {"there": 2})
    with Tracker(":memory:", probes=[broken, sound]) as tracker:
        with pytest.warns(XetrackWarning, match="probe 'Figures'") as found:
            _twice(7, lambda: tracker.track(answer), lambda: tracker.log({}))
        rows = list(tracker)
    assert [False, True] == ["is switched off" in str(one.message) for one in found]
    assert [2, None] * 7 == [row["there"] for row in rows]
    assert [None, 1] * 7 == [row["here"] for row in rows]
    assert sound.asked > broken.asked


@pytest.mark.parametrize("figures", [None, 7, {"": 1}, {("a",): 1}, {"gpu": object()}])
def test_figures_that_cannot_be_in_a_row_are_the_probes_failure(figures):
    """Neither the row nor the call is lost."""
    probe = Figures(lambda: figures, stop=lambda: figures)
    with Tracker(":memory:", probes=[probe]) as tracker:
        with pytest.warns(XetrackWarning, match="probe 'Figures' failed"):
            tracker.log({"x": 1})
        assert 42 == tracker.track(answer)
        assert 2 == len(tracker)


@pytest.mark.parametrize(
    "parts",
    [
        {"sinks": [Heard(fail)]},
        {"probes": [Figures(present=fail, begin=fail)]},
        {"probes": [Figures(present=fail, stop=fail)]},
    ],
)
def test_where_warnings_are_errors_a_failing_part_costs_neither_row_nor_result(parts, monkeypatch):
    """It is shown as a warning all the same."""
    reported = []
    with Tracker(":memory:", **parts) as tracker, warnings.catch_warnings():
        monkeypatch.setattr(warnings, "showwarning", lambda text, *_: reported.append(str(text)))
        warnings.simplefilter("error")
        assert 42 == tracker.track(answer)
        assert 1 == tracker.log({"x": 1})["x"]
        assert 2 == len(tracker)
    assert [True] == ["OSError: no more space" in text for text in reported]


def test_an_error_that_cannot_say_what_it_is_costs_no_row():
    """Its type is named."""

    class MuteError(Exception):
        def __str__(self):
            raise self

    def cry():
        raise MuteError

    with Tracker(":memory:", sinks=[Heard(cry)]) as tracker:
        with pytest.warns(XetrackWarning, match="'Heard' failed: MuteError"):
            tracker.log({"x": 1})
        assert 1 == len(tracker)


def test_promise_32_an_interrupt_in_a_sink_goes_through():
    """It is the user's, not the sink's; the row is stored by then."""

    def interrupt():
        raise KeyboardInterrupt

    with Tracker(":memory:", sinks=[Heard(interrupt)]) as tracker:
        with pytest.raises(KeyboardInterrupt):
            tracker.log({"x": 1})
        assert 1 == len(tracker)


def test_a_sink_may_log_with_its_own_tracker():
    """What it logs is stored and reaches the other sinks, but not itself."""
    made = []
    echo, sound = Heard(lambda: made[0].log({"echo": True})), Heard()
    with Tracker(":memory:", sinks=[echo, sound]) as tracker:
        made.append(tracker)
        tracker.log({"x": 1})
        assert (2, 1, 2) == (len(tracker), len(echo.rows), len(sound.rows))


def test_a_probe_may_log_with_its_own_tracker():
    """What it logs is stored, without figures of its own."""
    made = []
    probe = Figures(lambda: made[0].log({"echo": True}) and {"figure": 1})
    with Tracker(":memory:", probes=[probe]) as tracker:
        made.append(tracker)
        tracker.log({"x": 1})
        assert [(True, None), (None, 1)] == [(row["echo"], row["figure"]) for row in tracker]


def test_threads_reach_a_sink_one_at_a_time():
    """So a sink needs no lock of its own; each thread's rows come in their order."""
    inside, most = [], []

    def look():
        inside.append(1)
        most.append(len(inside))
        inside.pop()

    sink = Heard(look)
    with Tracker(":memory:", sinks=[sink]) as tracker:

        def work(number):
            for at in range(100):
                tracker.log({"thread": number, "at": at})

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {1} == set(most)
    for number in range(4):
        heard = [row["at"] for row in sink.rows if row["thread"] == number]
        assert list(range(100)) == heard


def test_a_part_is_closed_once_and_again_when_it_was_used_since():
    """Closing a tracker twice is no error, and a later row still reaches the sink."""
    sink = Heard()
    tracker = Tracker(":memory:", sinks=[sink])
    tracker.close()
    tracker.close()
    assert 1 == sink.closed
    tracker.log({"x": 1})
    tracker.close()
    assert (1, 2) == (len(sink.rows), sink.closed)


def test_an_unknown_name_lists_the_near_one():
    """An unknown name lists the near one, for sinks and probes."""
    with pytest.raises(UnknownComponentError, match=r"no sink named 'jsonll'.*'jsonl'"):
        Tracker(":memory:", sinks=["jsonll"])
    with pytest.raises(UnknownComponentError, match=r"no probe named 'sytem'.*'system'"):
        Tracker(":memory:", probes=["sytem"])


@pytest.mark.parametrize("wrong", [dict, 7, None, ("stdout",), ("stdout", 3), (Heard(), {"a": 1})])
def test_what_is_neither_a_name_nor_a_part_is_refused(wrong):
    """The error lists the forms that are."""
    with pytest.raises(InvalidArgumentError, match="a class that extends Sink, or an object of"):
        Tracker(":memory:", sinks=[wrong])
    with pytest.raises(InvalidArgumentError, match="a class that extends Probe, or an object of"):
        Tracker(":memory:", probes=[wrong])


@pytest.mark.parametrize(("sink", "argument"), [("jsonl", "jsonl"), ("log", "logs_path")])
def test_a_sink_by_name_says_which_argument_it_lacks(sink, argument):
    """A sink by name says which argument it lacks, and the tracker is not made."""
    with pytest.raises(InvalidArgumentError, match=f"{argument}=None cannot be used"):
        Tracker(":memory:", sinks=[sink])


def test_a_part_that_cannot_be_made_reaches_the_user(monkeypatch, db):
    """As a typed error, before the database is touched; parts made before it are closed."""

    class Broken(Sink):
        def __init__(self, options):
            fail()

        def emit(self, row, level):
            """Never called."""

    sound = Heard()
    monkeypatch.setattr(type(registry()), "load", lambda self, kind, name: Broken)
    with pytest.raises(PartFailedError, match="failed in '__init__': OSError: no more space"):
        Tracker(db, sinks=[sound, "stdout"])
    assert (1, False) == (sound.closed, db.exists())


@pytest.mark.parametrize("interval", [0, -1, float("nan"), float("inf"), "1", None])
def test_an_interval_that_is_no_time_is_refused(interval):
    """An interval that is no time is refused, whether or not something is sampled."""
    with pytest.raises(InvalidArgumentError, match="measurement_interval"):
        Tracker(":memory:", measurement_interval=interval)
