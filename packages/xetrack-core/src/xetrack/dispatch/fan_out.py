"""The sinks and probes of one tracker, none of which can cost a row."""

from __future__ import annotations

import atexit
from math import isfinite
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic
from weakref import WeakSet

from xetrack.dispatch.isolated_part import IsolatedPart, P
from xetrack.errors import InvalidArgumentError, PluginError, XetrackError, describe_error
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.probes import Probe
from xetrack.interfaces.sinks import Sink
from xetrack.model.kinds import plain
from xetrack.model.names import checked_key
from xetrack.plugins.registry import registry
from xetrack.process.forks import protect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from xetrack.model.kinds import Value

SHUTDOWN_TIMEOUT = 1.0
"""Seconds that all parts of a tracker, or of a program that ends, have to finish together."""

_open_groups: WeakSet[PartGroup[Any]] = WeakSet()


@atexit.register
def _end() -> None:
    """Shut down the parts of trackers that were not closed."""
    deadline = monotonic() + SHUTDOWN_TIMEOUT
    for parts in list(_open_groups):
        parts.shut_down(deadline)


class PartGroup(Generic[P]):
    """The parts of one kind, isolated from each other and from the row.

    Parameters
    ----------
    parts
        The parts.
    """

    def __init__(self, parts: Iterable[IsolatedPart[P]]) -> None:
        self._parts: list[IsolatedPart[P]] = list(parts)
        self._closed = False
        if self:
            _open_groups.add(self)

    def __bool__(self) -> bool:
        return bool(self._parts)

    @property
    def missed(self) -> int:
        """The number of rows that parts have missed, counted for each part."""
        return sum(each.missed for each in self._parts)

    def close(self) -> None:
        """Close every part; a second call does nothing unless parts were used since."""
        if not self._closed:
            self._closed = True
            for each in self._parts:
                each.call_later("close", each.part.close)
            self.shut_down(monotonic() + SHUTDOWN_TIMEOUT)

    def shut_down(self, deadline: float) -> None:
        """Shut down every part until a deadline, and report the rows that it missed."""
        for each in self._parts:
            each.shut_down(deadline)


class Sinks(PartGroup[Sink]):
    """The sinks of a tracker, which get rows one at a time.

    **Forks.** A fork waits until a row was passed to all sinks.
    """

    def __init__(self, parts: Iterable[IsolatedPart[Sink]]) -> None:
        super().__init__(parts)
        self.lock = RLock()
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
        with self.lock:
            self._closed = False
            begun = [(each, each.dispatch(each.part.emit, row, level)) for each in self._parts]
        # Not with the lock held: a sink may log with this tracker, in a thread of its own.
        for each, task in begun:
            if task is not None:
                each.wait_for(task)

    def before_fork(self) -> None:
        """Flush every sink, or both sides of the fork would write out its buffer."""
        deadline = monotonic() + SHUTDOWN_TIMEOUT
        for each in self._parts:
            if not (each.off or each.is_stuck()):
                each.call_later("flush", each.part.flush)
                each.drain(deadline)

    def close(self) -> None:
        """Flush and close every sink."""
        with self.lock:
            if not self._closed:
                for each in self._parts:
                    if not each.off:
                        each.call_later("flush", each.part.flush)
            super().close()


class Probes(PartGroup[Probe]):
    """The probes of a tracker. If two have a figure of the same name, that of the first counts."""

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


def _figures(ask: Callable[[], Mapping[str, Value]]) -> dict[str, Value]:
    """Return figures that can be in a row; an invalid figure counts as an error of the probe."""
    return {checked_key(key): plain(value) for key, value in ask().items()}


def _add(merged: dict[str, Value], figures: Mapping[str, Value] | None) -> None:
    for key, value in (figures or {}).items():
        merged.setdefault(key, value)


def sinks(chosen: Sequence[str | Sink], options: Mapping[str, Any]) -> Sinks:
    """Return the sinks of a tracker.

    Parameters
    ----------
    chosen
        Names of sinks, or sinks, which are taken as they are.
    options
        The tracker's options for its sinks.

    Raises
    ------
    InvalidArgumentError
        An item is neither.
    UnknownComponentError
        No plugin offers a sink of that name.
    PluginError
        A sink cannot be made.
    """
    return Sinks(_parts(PartKind.SINK, Sink, chosen, options))


def probes(chosen: Sequence[str | Probe], options: Mapping[str, Any]) -> Probes:
    """Return the probes of a tracker.

    Parameters
    ----------
    chosen
        Names of probes, or probes, which are taken as they are.
    options
        The tracker's options for its probes, ``interval`` among them.

    Raises
    ------
    InvalidArgumentError
        An item is neither, or the interval is not positive.
    UnknownComponentError
        No plugin offers a probe of that name.
    PluginError
        A probe cannot be made.
    """
    interval = options["interval"]
    if not isinstance(interval, int | float) or not (isfinite(interval) and interval > 0):
        raise InvalidArgumentError("measurement_interval", interval, "seconds, more than 0")
    return Probes(_parts(PartKind.PROBE, Probe, chosen, options))


def _parts(kind: Any, base: Any, chosen: Iterable[Any], options: Mapping[str, Any]) -> list[Any]:
    made: list[Any] = []
    try:
        for item in chosen:
            made.append(_part(kind, base, item, options))  # noqa: PERF401 - to close what was made
    except BaseException:
        PartGroup(made).close()
        raise
    return made


def _part(kind: Any, base: Any, chosen: Any, options: Mapping[str, Any]) -> IsolatedPart[Any]:
    if isinstance(chosen, base):
        return IsolatedPart(kind, type(chosen).__name__, chosen)
    if not isinstance(chosen, str):
        raise InvalidArgumentError(
            f"{kind}s", chosen, f"names or objects that extend {base.__name__}"
        )
    cls = registry().load(kind, chosen)
    try:
        return IsolatedPart(kind, chosen, cls(options))
    except XetrackError:
        raise
    except Exception as error:
        raise PluginError(chosen, f"making the {kind} raised {describe_error(error)}") from error
