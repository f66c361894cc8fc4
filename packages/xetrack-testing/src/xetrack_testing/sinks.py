"""The contract of sinks: see `xetrack.interfaces.sinks`, whose promises these tests hold."""

from __future__ import annotations

import gc
import os
import re
import statistics
import threading
import time
import weakref
from datetime import UTC, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

import pytest

from xetrack.interfaces.runs import Run
from xetrack.interfaces.sinks import Sink
from xetrack_testing.declared import Contract, signature_differences
from xetrack_testing.hangs.patience import allowed
from xetrack_testing.processes import ended_well, forked, meanwhile
from xetrack_testing.rows import exact
from xetrack_testing.samples import VALUES
from xetrack_testing.threads import threads_left

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xetrack.model.kinds import Value

LEVELS = ("TRACKING", "MONITOR", "EXPERIMENT")

SOON = 0.002
"""Seconds that the median of `emit` may take. The promise is microseconds; machines that test are
often busy with something else."""

_MARK = re.compile(r"mark-(\d{5})-end")


class _Row(dict[str, Any]):
    """A dict to which weak references are possible."""


def row(number: int, **values: Value) -> _Row:
    """Return a row as a tracker makes it, with a mark that is searched for in `received`.

    Parameters
    ----------
    number
        The number in the mark.
    **values
        Further cells.
    """
    named = {"timestamp": f"2024-01-31 12:00:00.{number:06d}", "track_id": "brave-fox-1234"}
    return _Row(mark=f"mark-{number:05d}-end", accuracy=0.5, epoch=number, **values, **named)


def run(number: int) -> Run:
    """Return the description of a run, as a tracker makes it.

    Parameters
    ----------
    number
        The number in its name.
    """
    return Run(
        track_id=f"brave-fox-{number:04d}",
        table="default",
        location="/tmp/runs.db",  # noqa: S108 - nothing is there
        params={"model": "resnet18", "layers": [1, 2]},
        started=datetime(2024, 1, 31, 12, tzinfo=UTC),
    )


class SinkContract(Contract):
    """All that a sink promises.

    Set `sink_class`, and override `received` and, if need be, `options`.

    For example::

        class TestKafkaSink(SinkContract):
            sink_class = KafkaSink

            @pytest.fixture
            def options(self, topic):
                return {"topic": topic}

            @pytest.fixture
            def received(self, topic):
                return lambda: "".join(message.text for message in all_messages(topic))
    """

    sink_class: type[Sink]

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        """The options that the tracker passes to the sink."""
        return {}

    @pytest.fixture
    def received(self) -> Callable[[], str]:
        """Return a function that returns all that has arrived so far, as one text."""
        raise NotImplementedError("override the fixture `received`: it returns what has arrived")

    @pytest.fixture
    def sink(self, options: dict[str, Any]) -> Iterator[Sink]:
        """The sink under test.

        Parameters
        ----------
        options
            What `Sink.options` becomes, from the fixture.
        """
        made = self.sink_class(options)
        yield made
        made.flush()
        made.close()

    @pytest.fixture
    def numbers(self, received: Callable[[], str]) -> Callable[[], list[int]]:
        """Return a function that returns the numbers of the rows that have arrived.

        Parameters
        ----------
        received
            Returns the text of all that has arrived, from the fixture.
        """

        def received_numbers() -> list[int]:
            return [*map(int, _MARK.findall(received()))]

        return received_numbers

    def test_signatures_are_those_of_the_interface(self) -> None:
        """Every method takes what the interface says, so that all sinks are called alike."""
        assert [] == signature_differences(self.sink_class, Sink)

    def test_rows_arrive_once_and_in_order(
        self, sink: Sink, numbers: Callable[[], list[int]]
    ) -> None:
        """Rows of every level arrive once and in order, when the sink is closed at the latest."""
        for number in range(30):
            sink.emit(row(number), LEVELS[number % 3])
        sink.flush()
        sink.close()
        assert [*range(30)] == numbers()

    def test_rows_have_arrived_when_flush_returns(
        self, sink: Sink, numbers: Callable[[], list[int]]
    ) -> None:
        """A row counts as delivered from then on, and is removed from a spool."""
        for number in range(30):
            sink.emit(row(number), "TRACKING")
        sink.flush()
        assert [*range(30)] == numbers()

    def test_runs_begin_and_end_around_their_rows(
        self, sink: Sink, numbers: Callable[[], list[int]]
    ) -> None:
        """Any number of runs, one after the other, however they end."""
        errors = (None, ValueError("what a user raised"), KeyboardInterrupt())
        for number, error in enumerate(errors):
            sink.opened(run(number))
            sink.emit(row(number), "TRACKING")
            sink.closed(run(number), error)
        sink.flush()
        sink.close()
        assert [0, 1, 2] == numbers()

    def test_its_limits_can_be_used(self) -> None:
        """A tracker refuses a sink whose limits are none."""
        cls = self.sink_class
        assert isfinite(cls.shutdown_timeout), "shutdown_timeout is no number of seconds"
        assert cls.shutdown_timeout >= 0, "shutdown_timeout is negative"
        for name in ("queue_limit", "spool_limit"):
            limit = getattr(cls, name)
            assert type(limit) is int, f"{name} is no whole number"
            assert limit >= 1, f"{name} leaves no room for a row"
        assert isinstance(cls.spool, bool), "spool is True or False"

    def test_values_of_every_kind_are_taken(
        self, sink: Sink, numbers: Callable[[], list[int]]
    ) -> None:
        """None, nan, bytes, lone surrogates, nested lists: each one's row arrives."""
        for number, value in enumerate(VALUES.values()):
            sink.emit(row(number, value=value), "TRACKING")
        hostile: dict[str, Value] = {
            '"': 1,
            "a\nb": 2,
            "{x}": 3,
            "<a>": 4,
            "\ud800": 5,
            "level": "x",
            "message": "y",
        }
        sink.emit(row(len(VALUES), **hostile), "TRACKING")
        sink.flush()
        assert [*range(len(VALUES) + 1)] == numbers()

    def test_a_row_is_not_changed(self, sink: Sink) -> None:
        """It is shared with other sinks, and with the user who gets it from `log`."""
        emitted = row(1, values=[1, {"a": None}])
        before = exact(dict(emitted))
        sink.emit(emitted, "TRACKING")
        sink.flush()
        assert before == exact(dict(emitted)), "emit changed the row"

    def test_a_row_is_not_kept(self, sink: Sink) -> None:
        """A sink with a thread or a queue of its own copies what it needs."""
        emitted = row(1)
        reference = weakref.ref(emitted)
        sink.emit(emitted, "TRACKING")
        del emitted
        gc.collect()
        assert reference() is None, "the sink still refers to the row after emit has returned"

    def test_options_of_others_are_left(self, options: dict[str, Any]) -> None:
        """A tracker gives all of its options to all of its sinks."""
        extended = {**options, "an option of another sink": object()}
        sink = self.sink_class(extended)
        sink.emit(row(1), "TRACKING")
        sink.close()
        assert {*options, "an option of another sink"} == {*extended}, "the options were changed"

    def test_emit_returns_soon(self, sink: Sink) -> None:
        """Whoever logs waits for it. Slow work belongs into a thread of the sink's own."""
        took = []
        for number in range(200):
            emitted = row(number)
            began = time.perf_counter()
            sink.emit(emitted, "TRACKING")
            took.append(time.perf_counter() - began)
        median = statistics.median(took)
        assert median < allowed(SOON), f"the median of emit took {median * 1e6:.0f} microseconds"

    def test_rows_come_from_any_thread(self, sink: Sink, numbers: Callable[[], list[int]]) -> None:
        """One call at a time, but not in the thread that made the sink."""
        for number in range(8):
            with meanwhile(lambda number=number: sink.emit(row(number), "TRACKING")):  # type: ignore[misc]
                pass
        sink.flush()
        assert [*range(8)] == numbers()

    def test_closing_twice_does_nothing(self, sink: Sink) -> None:
        """Closing twice does nothing, neither before the first row nor after."""
        for number in range(2):
            sink.flush()
            sink.close()
            sink.close()
            sink.emit(row(number), "TRACKING")
        sink.close()
        sink.close()

    def test_a_row_after_close_arrives(self, sink: Sink, numbers: Callable[[], list[int]]) -> None:
        """The sink opens anew what it needs."""
        for number in range(3):
            sink.emit(row(number), "TRACKING")
            sink.flush()
            sink.close()
        assert [0, 1, 2] == numbers()

    def test_closing_ends_every_thread(self, options: dict[str, Any]) -> None:
        """A program must be able to end within seconds, whatever the sink still has to do."""
        before = {*threading.enumerate()}
        sink = self.sink_class(options)
        sink.emit(row(1), "TRACKING")
        sink.flush()
        sink.close()
        assert [] == threads_left(before, seconds=2), "threads that live on after close"

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
    @pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
    def test_after_a_fork_both_sides_emit(
        self, sink: Sink, numbers: Callable[[], list[int]]
    ) -> None:
        """The sink is flushed before; the child has its copy, without its threads."""
        sink.emit(row(0), "TRACKING")
        sink.flush()

        def child() -> None:
            sink.emit(row(1), "TRACKING")
            sink.flush()
            sink.close()

        assert ended_well(forked(child), 10), "the child failed or hangs; see what it printed"
        sink.emit(row(2), "TRACKING")
        sink.flush()
        sink.close()
        assert [0, 1, 2] == sorted(numbers()), "the rows of before, of the child, and of after"
