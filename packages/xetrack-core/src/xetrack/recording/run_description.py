"""The description of a tracker's run, for the parts that are told of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from xetrack.interfaces.runs import Run
from xetrack.model.locations import shown_location
from xetrack.runs.processes import describe_process

if TYPE_CHECKING:
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
            params=self._recorder.described_params(),
            process=describe_process(),
            started=datetime.now(UTC).astimezone(),
        )
