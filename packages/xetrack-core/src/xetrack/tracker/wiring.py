"""What a tracker is put together from: its cache, filters and hooks, and who is told of its run."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any
from weakref import finalize

from xetrack.dispatch.run_state import RunState
from xetrack.errors import InvalidArgumentError, RunNotFoundError, report
from xetrack.model.clock import generate_track_id
from xetrack.model.names import REPRODUCE, SKIP_INSERT
from xetrack.model.validation import checked_text
from xetrack.process.forks import ForkLock
from xetrack.recording.recorder import RowRecorder
from xetrack.recording.run_description import RunDescription
from xetrack.runs.live import LiveRun
from xetrack.runs.recorders.usual import UsualRecorders
from xetrack.runs.writer import RunWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from xetrack.configuration.choice import PartChoice
    from xetrack.dispatch.fan_out import Sinks
    from xetrack.dispatch.run_hooks import RunHooksGroup
    from xetrack.interfaces.cache import CallCache
    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.runs.record import RunRecord
    from xetrack.runs.recorders.chosen import Recorders

TRACKING = "TRACKING"
"""Level of the log records of rows."""


def is_reproduction(db: object) -> bool:
    """Return True if a tracker of this database repeats a run for ``xt reproduce``.

    Parameters
    ----------
    db
        What the tracker was given; rows in memory are those of the program alone.
    """
    return REPRODUCE in os.environ and db not in (":memory:", SKIP_INSERT)


def reproduced(
    track_id: str | None, name: str | None
) -> tuple[str, str, str | None, str, None, None, bool]:
    """Return what holds for a tracker that repeats a run, whatever it was given.

    These are its database, the id, the name and the parent of its run, no engine but that of the
    database, no results of a cache, and that no table is dropped.

    Parameters
    ----------
    track_id, name
        The id that the tracker was given, and the name for people: both find one run alone.

    Raises
    ------
    InvalidArgumentError
        The variable says something else.
    """
    from xetrack.runs.conditions.reproduction import read_reproduction  # noqa: PLC0415 - seldom

    repeated = read_reproduction()
    track_id = repeated.name(checked_track_id(track_id))
    if name is not None:
        name = repeated.name(checked_text("name", name, "a text that is not empty"))
    return repeated.db, track_id, name, repeated.parent, None, None, False


def checked_track_id(track_id: object) -> str:
    """Return the name of a run; a new one for None.

    Parameters
    ----------
    track_id
        What the user gave.

    Raises
    ------
    InvalidArgumentError
        It is no text, or empty.
    """
    if track_id is None:
        return generate_track_id()
    return checked_text("track_id", track_id, "a text that is not empty")


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
    """Return the run hooks that were chosen; None where there are none.

    Parameters
    ----------
    chosen
        What `choose` returned for each.
    """
    if not chosen:
        return None
    from xetrack.dispatch.run_hooks import RunHooksGroup  # noqa: PLC0415 - few have one

    return RunHooksGroup(chosen)


def recorder_class(chosen: Sequence[Any]) -> Callable[..., RowRecorder]:
    """Return what makes the recorder of a tracker with the row filters that were chosen.

    Parameters
    ----------
    chosen
        What `choose` returned for each row filter.
    """
    if not chosen:
        return RowRecorder
    from xetrack.dispatch.row_filters import RowFilters  # noqa: PLC0415 - few have one
    from xetrack.recording.filtered_recorder import FilteredRecorder  # noqa: PLC0415

    return functools.partial(FilteredRecorder, RowFilters(chosen))


def listener_of_rows(sinks: Sinks) -> Callable[[Any], None] | None:
    """Return what is called with each row once it is stored; None where nothing is.

    Parameters
    ----------
    sinks
        The sinks of a tracker.
    """
    return functools.partial(sinks.emit, level=TRACKING) if sinks else None


def make_writer(
    engine: Engine,
    table: str,
    details: Mapping[str, Any],
    recorders: Sequence[Any] | None,
) -> RunWriter:
    """Return what writes the record of a tracker's run.

    Parameters
    ----------
    engine, table
        Where the rows go, and with them the record.
    details
        The name of the run, and what else the user gave.
    recorders
        The choices of recorders; None for the usual ones.
    """
    group: Recorders | UsualRecorders | None = None
    if recorders is None:
        group = UsualRecorders()
    elif recorders:
        from xetrack.runs.recorders.chosen import Recorders  # noqa: PLC0415 - for those who choose

        group = Recorders(recorders)
    return RunWriter(engine, table, details, group)


def listen_to_runs(
    owner: object,
    recorder: RowRecorder,
    table: str,
    engine: Engine,
    writer: RunWriter,
    sinks: Sinks,
    hooks: RunHooksGroup | None,
) -> RunState:
    """Return what tells of a tracker's run, also where the tracker is never closed.

    Parameters
    ----------
    owner
        The tracker, whose deletion ends the run.
    recorder, table, engine
        What describes the run.
    writer, sinks, hooks
        Those who are told.
    """

    def arm(begin: Callable[[], None] | None) -> None:
        recorder.arm(begin)
        sinks.before_first = begin

    listeners = [writer, *([sinks] if sinks else ()), *([hooks] if hooks else ())]
    describe = RunDescription(recorder, table, engine.location)
    state = RunState(listeners, describe, arm, sinks or ForkLock())
    finalize(owner, state.end, None).atexit = False  # see `run_state`
    return state


def resume(
    writer: RunWriter,
    engine: Engine,
    table: str,
    track_id: str,
    params: Mapping[str, Any],
    how: object,
    *,
    warn: bool = True,
) -> dict[str, Any]:
    """Go on with a run, and return its params with those that are given now.

    Parameters
    ----------
    writer
        Writes its record.
    engine, table, track_id
        The run.
    params
        What the user gave; values that the run had in its last row count less.
    how
        True, or ``"must"`` if the run has to exist.
    warn
        Whether to warn of params that the run had otherwise.

    Raises
    ------
    InvalidArgumentError
        `how` is neither.
    RunNotFoundError
        There is no such run, and there has to be one.
    """
    if how is not True and how != "must":
        raise InvalidArgumentError("resume", how, "True, False or 'must'")
    if REPRODUCE in os.environ:  # from its begin, as the first part is not run again
        how = True
    from xetrack.runs.reading import read_state  # noqa: PLC0415 - few go on

    record, known = read_state(engine, table, track_id)
    if record is None and known is None and how == "must":
        raise RunNotFoundError(track_id, table)
    writer.resume(record)
    known = known or {}
    changed = [
        f"{name} {known[name]!r} → {value!r}"
        for name, value in params.items()
        if type(value) in _ATOMS and type(known.get(name)) in _ATOMS and value != known[name]
    ]
    if changed and warn:
        report(
            f"The run {track_id!r} goes on with other params: {', '.join(changed)}. Its earlier "
            "rows keep theirs; its record has the new ones."
        )
    return {**known, **params}


_ATOMS = {bool, int, float, str}
"""Types of params that can be compared."""


def live_run(writer: RunWriter, recorder: RowRecorder, engine: Engine, table: str) -> LiveRun:
    """Return the run as its user sees and names it.

    Parameters
    ----------
    writer
        Stores changes.
    recorder
        Knows which run it is.
    engine, table
        Where the record is.
    """

    def read() -> RunRecord | None:
        from xetrack.runs.reading import read_record  # noqa: PLC0415 - few ask

        return read_record(engine, table, recorder.track_id)

    return LiveRun(writer, lambda: recorder.track_id, read)
