"""The description of a tracker's run, for the parts that are told of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from weakref import finalize

from xetrack.dispatch.run_state import RunState
from xetrack.interfaces.runs import Run
from xetrack.model.locations import shown_location

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xetrack.dispatch.run_state import Listeners
    from xetrack.recording.recorder import RowRecorder


class RunDescription:
    """Describes the run that a recorder stores rows of.

    Parameters
    ----------
    recorder
        Knows the run and its params.
    table, location
        Where the rows go.
    """

    def __init__(self, recorder: RowRecorder, table: str, location: str) -> None:
        self._recorder = recorder
        self._table = table
        self._location = shown_location(location)

    def __call__(self) -> Run:
        """Return the description as of now."""
        return Run(
            track_id=self._recorder.track_id,
            table=self._table,
            location=self._location,
            params=self._recorder.to_plain(self._recorder.params),
            started=datetime.now(UTC).astimezone(),
        )


def listen(
    owner: object,
    described: tuple[RowRecorder, str, str],
    listeners: Sequence[Listeners],
    arm: Callable[[Callable[[], None] | None], None],
) -> RunState:
    """Return what tells parts of a tracker's run, also where the tracker is never closed.

    Parameters
    ----------
    owner
        The tracker, whose deletion ends the run.
    described
        Its recorder, table and location.
    listeners, arm
        See `RunState`.
    """
    state = RunState(listeners, RunDescription(*described), arm)
    finalize(owner, state.end, None).atexit = False  # see `run_state`
    return state
