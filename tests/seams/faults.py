"""Faults that tests arm: one method of one part raises, before or after it did its work."""

from __future__ import annotations

import functools
import signal
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from xetrack.errors import XetrackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class DriverError(Exception):
    """What a driver of a stranger raises."""


class TypedError(XetrackError, OSError):
    """What a part raises that keeps its promise."""


class AlarmError(Exception):
    """What a handler of a signal raises."""


def _alarm(*_: object) -> None:
    raise AlarmError("time is up")


def _signal() -> None:
    before = signal.signal(signal.SIGUSR1, _alarm)
    try:
        signal.raise_signal(signal.SIGUSR1)
    finally:
        _HANDLERS.append(before)


_HANDLERS: list[Any] = []


def _raise(error: Callable[[], BaseException]) -> Callable[[], None]:
    def strike() -> None:
        raise error()

    return strike


RAW = {
    "FileNotFoundError": _raise(lambda: FileNotFoundError(2, "No such file", "bucket")),
    "OSError": _raise(lambda: OSError("the host is down")),
    "DriverError": _raise(lambda: DriverError("connection refused")),
    "RuntimeError": _raise(lambda: RuntimeError("generator didn't stop")),
    "SystemExit": _raise(lambda: SystemExit(3)),
}
"""Exceptions of a part that are none of xetrack's, by name."""

TYPED = {"typed": _raise(lambda: TypedError("The host is away. Try again."))}

OUTSIDE = {"KeyboardInterrupt": _raise(KeyboardInterrupt), "handler": _signal}
"""What is nobody's fault, and passes unchanged."""

ALL = {**RAW, **TYPED, **OUTSIDE}


@dataclass
class Plan:
    """What is to fail next."""

    method: str = ""
    moment: str = ""
    strike: Callable[[], None] | None = None
    struck: list[str] = field(default_factory=list)


PLAN = Plan()


@contextmanager
def armed(method: str, moment: str, kind: str) -> Iterator[Plan]:
    """Let a method fail as long as a block runs, each time it is called."""
    PLAN.method, PLAN.moment, PLAN.strike = method, moment, ALL[kind]
    PLAN.struck.clear()
    try:
        yield PLAN
    finally:
        PLAN.method = PLAN.moment = ""
        while _HANDLERS:
            signal.signal(signal.SIGUSR1, _HANDLERS.pop())


def strike(method: str, moment: str) -> None:
    """Raise what is armed, if it is this method's turn."""
    if (PLAN.method, PLAN.moment) == (method, moment) and PLAN.strike is not None:
        PLAN.struck.append(method)
        PLAN.strike()


def _plain(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    """A method that can fail before and after its work."""

    @functools.wraps(real)
    def method(self: Any, *args: Any, **options: Any) -> Any:
        strike(name, "before")
        answer = real(self, *args, **options)
        strike(name, "after")
        return answer

    return method


def _block(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    """A method whose context can fail at its begin, before its end, and after that."""

    @functools.wraps(real)
    @contextmanager
    def method(self: Any, *args: Any, **options: Any) -> Iterator[Any]:
        strike(name, "begin")
        with real(self, *args, **options) as value:
            yield value
            strike(name, "end")
        strike(name, "after")

    return method


def faulty(*names: str, blocks: tuple[str, ...] = ()) -> Callable[[type], type]:
    """Let methods of a class fail when they are armed."""

    def change(cls: type) -> type:
        for name in names:
            setattr(cls, name, _plain(name, getattr(cls, name)))
        for name in blocks:
            setattr(cls, name, _block(name, getattr(cls, name)))
        return cls

    return change
