"""The limits of a sink, a run hook or a recorder: its own, or those that its options set."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError

if TYPE_CHECKING:
    from xetrack.interfaces.runs.hooks import RunHooks
    from xetrack.interfaces.runs.recorders import Recorder
    from xetrack.interfaces.sinks import Sink

SETTINGS = ("shutdown_timeout", "queue_limit", "spool", "spool_limit", "spool_folder")
"""Options that every sink has, and that say nothing of where its rows go."""


def options_of(part: object) -> Mapping[Any, Any]:
    """Return the options that a part was made with; empty where it has not kept them.

    Parameters
    ----------
    part
        A sink, a recorder, or another part with ``options``.
    """
    options = getattr(part, "options", None)
    return options if isinstance(options, Mapping) else {}


def _setting(part: object, name: str) -> Any:
    value = options_of(part).get(name)
    return getattr(part, name) if value is None else value


def shutdown_timeout(sink: Sink) -> float:
    """Return the seconds that the end waits for a sink.

    Parameters
    ----------
    sink
        An option counts more than the attribute of its class.

    Raises
    ------
    InvalidArgumentError
        It is no time.
    """
    return _seconds(sink, "shutdown_timeout")


def call_timeout(part: RunHooks | Recorder) -> float:
    """Return the seconds that a call of a part is waited for; raises as `shutdown_timeout` does.

    Parameters
    ----------
    part
        An option counts more than the attribute of its class.
    """
    return _seconds(part, "timeout")


def _seconds(part: object, name: str) -> float:
    value = _setting(part, name)
    if type(value) not in {int, float} or not (isfinite(value) and value >= 0):
        raise InvalidArgumentError(name, value, "seconds, 0 or more")
    return float(value)


def queue_limit(sink: Sink) -> int:
    """Return the number of rows that may wait for a sink; raises as `shutdown_timeout` does.

    Parameters
    ----------
    sink
        An option counts more than the attribute of its class.
    """
    return _positive(sink, "queue_limit", "a number of rows, 1 or more")


def spool_limit(sink: Sink) -> int:
    """Return the number of bytes that may wait; raises as `shutdown_timeout` does.

    Parameters
    ----------
    sink
        An option counts more than the attribute of its class.
    """
    return _positive(sink, "spool_limit", "a number of bytes, 1 or more")


def _positive(sink: Sink, name: str, expected: str) -> int:
    value = _setting(sink, name)
    if type(value) is not int or value < 1:
        raise InvalidArgumentError(name, value, expected)
    return value


def wants_spool(sink: Sink) -> bool:
    """Return True if rows are to wait on disk; raises as `shutdown_timeout` does.

    Parameters
    ----------
    sink
        An option counts more than the attribute of its class.
    """
    value = _setting(sink, "spool")
    if type(value) is not bool:
        raise InvalidArgumentError("spool", value, "True or False")
    return value
