"""The sinks and probes of one tracker, none of which can cost a row."""

from __future__ import annotations

import atexit
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from weakref import WeakSet

from xetrack.interfaces.probes import Probe
from xetrack.interfaces.sinks import Sink
from xetrack.model.kinds import plain
from xetrack.model.names import checked_key
from xetrack.model.validation import checked_interval
from xetrack.process.forks import protect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from xetrack.dispatch.isolated_part import IsolatedPart, IsolatedProbe
    from xetrack.dispatch.isolated_sink import IsolatedSink
    from xetrack.interfaces.runs import Run
    from xetrack.model.kinds import Value

Isolated = TypeVar("Isolated", bound="IsolatedPart[Any]")

FORK_TIMEOUT = 1.0
"""Seconds that a fork waits for all sinks together, until they are flushed."""

_open_groups: WeakSet[PartGroup[Any]] = WeakSet()


@atexit.register
def shut_down_all() -> None:
    """Shut down the parts of trackers that were not closed."""
    began = monotonic()
    for group in list(_open_groups):
        group.shut_down(began)


class PartGroup(Generic[Isolated]):
    """The parts of one kind, isolated from each other and from the row.

    Parameters
    ----------
    chosen
        Names of parts, choices of them, or parts, which are taken as they are.
    options
        The tracker's options for its parts of this kind.

    Raises
    ------
    InvalidArgumentError
        An item is neither.
    UnknownComponentError
        No plugin offers a part of that name.
    PluginError
        A part cannot be made.
    """

    interface: type[Any]
    argument: ClassVar[str]
    """The argument by which a tracker is given the parts, for errors."""

    @property
    def isolate(self) -> type[Isolated]:
        """The class that isolates one part; imported with the first, as most trackers have none."""
        raise NotImplementedError

    def __init__(self, chosen: Iterable[Any], options: Mapping[str, Any]) -> None:
        self._parts: list[Isolated] = []
        self._closed = False
        try:
            for part in chosen:
                self._parts.append(self._make(part, options))
        except BaseException:
            self.close()
            raise
        if self:
            _open_groups.add(self)

    def _make(self, chosen: Any, options: Mapping[str, Any]) -> Isolated:
        kind: Any = self.isolate.kind
        if isinstance(chosen, self.interface):
            return self.isolate(type(chosen).__name__, chosen)
        from xetrack.configuration.choice import choose  # noqa: PLC0415 - with the first part
        from xetrack.configuration.making import make_row_part  # noqa: PLC0415

        choice = choose(kind, chosen, self.argument)
        part = make_row_part(choice, options)
        name = choice.name if choice.is_named else type(part).__name__
        return self.isolate(name, part)

    def __bool__(self) -> bool:
        return bool(self._parts)

    @property
    def missed(self) -> int:
        """The number of rows that parts have missed, counted for each part."""
        return sum(each.missed for each in self._parts)

    def close(self) -> None:
        """Close every part; a second call does nothing unless parts were used since."""
        if not self._closed:
            self._begin_to_close()
            self.shut_down(monotonic())

    def _begin_to_close(self) -> None:
        self._closed = True
        for each in self._parts:
            each.call_later("close")

    def shut_down(self, began: float) -> None:
        """Shut down every part, and report the rows that it missed.

        Parameters
        ----------
        began
            The moment of `monotonic` from which the time of each part counts.
        """
        for each in self._parts:
            each.shut_down(began)


class Sinks(PartGroup["IsolatedSink"]):
    """The sinks of a tracker, which get rows one at a time; see `PartGroup`.

    **Forks.** A fork waits until a row was passed to all sinks.
    """

    interface, argument = Sink, "sinks"

    @property
    def isolate(self) -> type[IsolatedSink]:
        """The class that isolates one sink."""
        from xetrack.dispatch.isolated_sink import IsolatedSink  # noqa: PLC0415

        return IsolatedSink

    def __init__(self, chosen: Sequence[Any], options: Mapping[str, Any]) -> None:
        self.before_first: Callable[[], None] | None = None
        """Called before the first row of a run; None while a run goes on."""
        self.lock = RLock()
        super().__init__(chosen, options)
        if self:
            protect(self)

    def emit(self, row: Mapping[str, Value], level: str) -> None:
        """Pass a row to every sink; see `Sink.emit`.

        Parameters
        ----------
        row
            Cells by column.
        level
            The level of the row.
        """
        if self.before_first is not None:
            self.before_first()
        with self.lock:
            self._closed = False
            begun = [(each, each.dispatch(row, level)) for each in self._parts]
        # Not with the lock held: a sink may log with this tracker, in a thread of its own.
        for each, task in begun:
            if task is not None:
                each.wait_for(task)

    def open_run(self, run: Run) -> None:
        """Tell every sink of a run that begins.

        Parameters
        ----------
        run
            The run, with its params.
        """
        for each in self._parts:
            each.open_run(run)

    def close_run(self, run: Run, error: BaseException | None) -> None:
        """Tell every sink of a run that ended, after the rows of it.

        Parameters
        ----------
        run
            The run, with its params at the end.
        error
            What ended it; None if nothing went wrong.
        """
        with self.lock:
            for each in self._parts:
                each.close_run(run, error)

    def wait(self) -> None:
        """Do nothing: rows go to the sinks behind what they are told of the run."""

    def is_calling(self) -> bool:
        """Return True if this thread is in a call of a sink."""
        return any(each.is_calling() for each in self._parts)

    def before_fork(self) -> None:
        """Flush every sink, or both sides of the fork would write out its buffer."""
        deadline = monotonic() + FORK_TIMEOUT
        for each in self._parts:
            if not (each.off or each.is_stuck()):
                each.call_later("flush")
                each.drain(deadline)

    def close(self) -> None:
        """Flush and close every sink."""
        with self.lock:
            if self._closed:
                return
            for each in self._parts:
                if not each.off:
                    each.call_later("flush")
            self._begin_to_close()
        # Not with the lock held: a sink that is told of the end may log with this tracker.
        self.shut_down(monotonic())


class Probes(PartGroup["IsolatedProbe"]):
    """The probes of a tracker; see `PartGroup`.

    Of two figures of the same name, that of the first probe counts.

    Raises
    ------
    InvalidArgumentError
        The option ``interval`` is not positive.
    """

    interface, argument = Probe, "probes"

    @property
    def isolate(self) -> type[IsolatedProbe]:
        """The class that isolates one probe."""
        from xetrack.dispatch.isolated_part import IsolatedProbe  # noqa: PLC0415

        return IsolatedProbe

    def __init__(self, chosen: Sequence[Any], options: Mapping[str, Any]) -> None:
        checked_interval("measurement_interval", options["interval"])
        super().__init__(chosen, options)

    def present(self) -> dict[str, Value]:
        """Return the current figures of all probes; see `Probe.present`."""
        self._closed = False
        merged: dict[str, Value] = {}
        for each in self._parts:
            if not each.off:
                _add(merged, each.call("present", _figures, each.part.present))
        return merged

    def start(self) -> Callable[[], dict[str, Value]]:
        """Begin to measure a call, and return a function that ends it and returns the figures."""
        self._closed = False
        live = [each for each in self._parts if not each.off]
        begun = [(each, each.call("start", each.part.start)) for each in live]

        def stop() -> dict[str, Value]:
            merged: dict[str, Value] = {}
            for each, measurement in begun:
                if measurement is not None and not each.off:
                    _add(merged, each.call("stop", _figures, measurement.stop))
            return merged

        return stop


def _figures(method: Callable[[], Mapping[str, Value]]) -> dict[str, Value]:
    """Return figures that can be in a row; an invalid figure counts as an error of the probe."""
    return {checked_key(key): plain(value) for key, value in method().items()}


def _add(merged: dict[str, Value], figures: Mapping[str, Value] | None) -> None:
    for key, value in (figures or {}).items():
        merged.setdefault(key, value)
