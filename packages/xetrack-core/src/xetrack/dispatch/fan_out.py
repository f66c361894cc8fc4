"""The sinks and probes of one tracker: many, and none of them can cost a row."""

from __future__ import annotations

import atexit
from math import isfinite
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic
from weakref import WeakSet

from xetrack.dispatch.isolated_part import P, Part
from xetrack.errors import InvalidArgumentError, PluginError, XetrackError
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.probes import Probe
from xetrack.interfaces.sinks import Sink
from xetrack.model.kinds import plain
from xetrack.model.names import checked_key
from xetrack.plugins.quarantine import described
from xetrack.plugins.registry import registry
from xetrack.process.forks import protect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from xetrack.model.kinds import Value

END = 1.0
"""Seconds that all parts of a tracker, or of a program that ends, have to finish together."""

_living: WeakSet[Parts[Any]] = WeakSet()


@atexit.register
def _end() -> None:
    """Have parts finish that are behind, where nobody closed their tracker."""
    deadline = monotonic() + END
    for parts in list(_living):
        parts.end(deadline)


class Parts(Generic[P]):
    """Parts of one kind, each kept from harming the others and the row."""

    def __init__(self, parts: Iterable[Part[P]]) -> None:
        self._parts: list[Part[P]] = list(parts)
        self._closed = False
        if self:
            _living.add(self)

    def __bool__(self) -> bool:
        return bool(self._parts)

    @property
    def missed(self) -> int:
        """Rows that parts have missed, counted for each part."""
        return sum(each.missed for each in self._parts)

    def close(self) -> None:
        """Close every part, once, and again if it was used since."""
        if not self._closed:
            self._closed = True
            for each in self._parts:
                each.tell("close", each.part.close)
            self.end(monotonic() + END)

    def end(self, deadline: float) -> None:
        """Have every part finish, and say how many rows it missed."""
        for each in self._parts:
            each.end(deadline)


class Sinks(Parts[Sink]):
    """The sinks of a tracker. They hear of rows one at a time, and a fork waits for that."""

    def __init__(self, parts: Iterable[Part[Sink]]) -> None:
        super().__init__(parts)
        self.lock = RLock()
        if self:
            protect(self)

    def emit(self, row: Mapping[str, Value], level: str) -> None:
        """Hand a row to every sink."""
        with self.lock:
            self._closed = False
            begun = [(each, each.hand(each.part.emit, row, level)) for each in self._parts]
        # Not with the lock held: a sink may log with this tracker, in a thread of its own.
        for each, task in begun:
            if task is not None:
                each.answer(task)

    def before_fork(self) -> None:
        """Have every sink hand on what it holds back, or both sides would do so."""
        deadline = monotonic() + END
        for each in self._parts:
            if not (each.off or each.is_stuck()):
                each.tell("flush", each.part.flush)
                each.settle(deadline)

    def close(self) -> None:
        """Flush and close every sink."""
        with self.lock:
            if not self._closed:
                for each in self._parts:
                    if not each.off:
                        each.tell("flush", each.part.flush)
            super().close()


class Probes(Parts[Probe]):
    """The probes of a tracker. Where two have a figure of one name, the first one's counts."""

    def present(self) -> dict[str, Value]:
        """Return the figures of this moment."""
        self._closed = False
        found: dict[str, Value] = {}
        for each in self._parts:
            if not each.off:
                _add(found, each.ask("present", _figures, each.part.present))
        return found

    def start(self) -> Callable[[], dict[str, Value]]:
        """Begin to measure a call; the function that is returned ends it and gives the figures."""
        self._closed = False
        live = [each for each in self._parts if not each.off]
        begun = [(each, each.ask("start", each.part.start)) for each in live]

        def stop() -> dict[str, Value]:
            found: dict[str, Value] = {}
            for each, measurement in begun:
                if measurement is not None and not each.off:
                    _add(found, each.ask("stop", _figures, measurement.stop))
            return found

        return stop


def _figures(ask: Callable[[], Mapping[str, Value]]) -> dict[str, Value]:
    """Return figures that can be in a row; a wrong one is the probe's error, and not the row's."""
    return {checked_key(key): plain(value) for key, value in ask().items()}


def _add(found: dict[str, Value], figures: Mapping[str, Value] | None) -> None:
    for key, value in (figures or {}).items():
        found.setdefault(key, value)


def sinks(chosen: Sequence[str | Sink], options: Mapping[str, Any]) -> Sinks:
    """Make the sinks that were chosen by name; a sink that is made already is taken as it is."""
    return Sinks(_parts(PartKind.SINK, Sink, chosen, options))


def probes(chosen: Sequence[str | Probe], options: Mapping[str, Any]) -> Probes:
    """Make the probes that were chosen by name; one that is made already is taken as it is."""
    interval = options["interval"]
    if not isinstance(interval, int | float) or not (isfinite(interval) and interval > 0):
        raise InvalidArgumentError("measurement_interval", interval, "seconds, more than 0")
    return Probes(_parts(PartKind.PROBE, Probe, chosen, options))


def _parts(kind: Any, base: Any, chosen: Iterable[Any], options: Mapping[str, Any]) -> list[Any]:
    made: list[Any] = []
    try:
        for one in chosen:
            made.append(_part(kind, base, one, options))  # noqa: PERF401 - to close what was made
    except BaseException:
        Parts(made).close()
        raise
    return made


def _part(kind: Any, base: Any, chosen: Any, options: Mapping[str, Any]) -> Part[Any]:
    if isinstance(chosen, base):
        return Part(kind, type(chosen).__name__, chosen)
    if not isinstance(chosen, str):
        raise InvalidArgumentError(
            f"{kind}s", chosen, f"names or objects that extend {base.__name__}"
        )
    cls = registry().load(kind, chosen)
    try:
        return Part(kind, chosen, cls(options))
    except XetrackError:
        raise
    except Exception as error:
        raise PluginError(chosen, f"making the {kind} raised {described(error)}") from error
