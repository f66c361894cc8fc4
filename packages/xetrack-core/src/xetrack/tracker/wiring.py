"""What few trackers have: a cache, row filters, run hooks, and whoever else is told of runs."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from xetrack.recording.recorder import RowRecorder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xetrack.configuration.choice import PartChoice
    from xetrack.dispatch.fan_out import Probes, Sinks
    from xetrack.dispatch.run_hooks import RunHooksGroup
    from xetrack.dispatch.run_state import RunState
    from xetrack.interfaces.cache import CallCache

TRACKING = "TRACKING"
"""Level of the log records of rows."""


def make_call_cache(
    chosen: PartChoice | None, size_limit: int | None, **settings: Any
) -> CallCache | None:
    """Return what answers calls from a cache; None where there is none.

    Parameters
    ----------
    chosen
        The choice of the cache.
    size_limit
        Its largest size in bytes.
    **settings
        The fields of `CallSettings`.
    """
    if chosen is None:
        return None
    from xetrack.interfaces.cache import CallSettings  # noqa: PLC0415 - few have one
    from xetrack.opening import open_call_cache  # noqa: PLC0415

    return open_call_cache(chosen, CallSettings(**settings), size_limit)


def make_run_hooks(chosen: Sequence[Any]) -> RunHooksGroup | None:
    """Return the run hooks that were chosen; None where there are none."""
    if not chosen:
        return None
    from xetrack.dispatch.run_hooks import RunHooksGroup  # noqa: PLC0415 - few have one

    return RunHooksGroup(chosen)


def recorder_class(chosen: Sequence[Any]) -> Callable[..., RowRecorder]:
    """Return what makes the recorder of a tracker with the row filters that were chosen."""
    if not chosen:
        return RowRecorder
    from xetrack.dispatch.row_filters import RowFilters  # noqa: PLC0415 - few have one
    from xetrack.recording.filtered_recorder import FilteredRecorder  # noqa: PLC0415

    return functools.partial(FilteredRecorder, RowFilters(chosen))


def listener_of_rows(sinks: Sinks, hooks: RunHooksGroup | None) -> Callable[[Any], None] | None:
    """Return what is called with each row once it is stored; None where nothing is."""
    if sinks:
        return functools.partial(sinks.emit, level=TRACKING)
    return hooks.on_row if hooks is not None else None


def measure_of_calls(probes: Probes, hooks: RunHooksGroup | None) -> Callable[[], Any] | None:
    """Return what begins to measure a call, and the run before it; None where nothing does."""
    measure = probes.start if probes else None
    return hooks.measuring(measure) if hooks is not None else measure


def listen_to_runs(
    owner: object,
    recorder: RowRecorder,
    table: str,
    location: str,
    parts: Sequence[Sinks | RunHooksGroup | None],
) -> RunState | None:
    """Return what tells parts of a tracker's run, also where the tracker is never closed.

    Parameters
    ----------
    owner
        The tracker, whose deletion ends the run.
    recorder, table, location
        What describes the run.
    parts
        The parts, of which those that are empty are left out.
    """
    listeners = [part for part in parts if part]
    if not listeners:
        return None
    from weakref import finalize  # noqa: PLC0415 - many have no such part

    from xetrack.dispatch.fan_out import Sinks  # noqa: PLC0415
    from xetrack.dispatch.run_state import RunState  # noqa: PLC0415
    from xetrack.process.forks import ForkLock  # noqa: PLC0415
    from xetrack.recording.run_description import RunDescription  # noqa: PLC0415

    guard = next((part for part in listeners if isinstance(part, Sinks)), None) or ForkLock()
    state = RunState(listeners, RunDescription(recorder, table, location), guard)
    finalize(owner, state.end, None).atexit = False  # see `run_state`
    return state
