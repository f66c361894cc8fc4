"""What a tracker logs: rows with the measurements of its probes, and records for its sinks only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError
from xetrack.model.objects.nested_values import checked_config
from xetrack.model.validation import checked_batch
from xetrack.recording.frame_rows import read_frame, rounded_columns, rows_of_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from xetrack.dispatch.fan_out import Probes, Sinks
    from xetrack.model.kinds import Row, Value
    from xetrack.recording.recorder import RowRecorder


class RunLogger:
    """Logs the rows of one run.

    Parameters
    ----------
    recorder
        Stores the rows.
    probes
        Measure what rows get beside the user's values.
    sinks
        Take the records that are not stored.
    """

    def __init__(self, recorder: RowRecorder, probes: Probes, sinks: Sinks) -> None:
        self._recorder = recorder
        self._probes = probes
        self._sinks = sinks
        self.log: Callable[[Mapping[Any, object]], Row] = (
            self._log_measured if probes else recorder.log
        )
        """Stores one row with what the probes measure now; see `RowRecorder.log`."""

    @property
    def params(self) -> dict[str, Value]:
        """A copy of the values that every row gets."""
        return self._recorder.to_plain(self._recorder.params)

    @property
    def latest(self) -> dict[str, Value]:
        """The row logged last; empty before the first."""
        return self._recorder.last

    def _log_measured(self, data: Mapping[Any, object]) -> Row:
        measurements = self._probes.present()
        if measurements and isinstance(data, Mapping):
            data = {**data, **self._missing_from(data, measurements)}
        return self._recorder.log(data)

    def _missing_from(
        self, data: Mapping[Any, object], measurements: Mapping[str, Value]
    ) -> dict[str, Value]:
        """Return the measurements that neither a row nor the params have a value for."""
        params = self._recorder.params
        return {k: v for k, v in measurements.items() if k not in data and k not in params}

    def log_batch(self, batch: Sequence[Mapping[Any, object]]) -> dict[str, Value]:
        """Store many rows, all or none, with what the probes measure now.

        Returns
        -------
        dict
            The last row as it was stored; empty for an empty batch.

        Raises
        ------
        InvalidArgumentError
            It is neither a list of mappings nor a frame.
        InvalidKeyError, UnsupportedValueError, StorageError
            See `RowRecorder.log_batch`.
        """
        if type(batch) is not list:
            frame = read_frame(batch)
            batch = rows_of_frame(frame)
            self._recorder.note_rounded(rounded_columns(frame))
        if not checked_batch(batch):
            return {}
        measurements = self._probes.present() if self._probes else {}
        return self._recorder.log_batch(batch, measurements)

    def set_params(self, params: Mapping[str, object] | object) -> None:
        """Add values that every later row gets where it has none of its own.

        Parameters
        ----------
        params
            A mapping of names to values, or a config object with fields.
        """
        self._recorder.set_params(checked_config(params))

    def record(self, rows: Iterable[Mapping[Any, object]], level: str) -> None:
        """Pass rows to the sinks, and do not store them.

        Parameters
        ----------
        rows
            What the user logs, a mapping a row.
        level
            The level of their records.

        Raises
        ------
        InvalidArgumentError
            The tracker has no log.
        """
        if not self._sinks:
            expected = "Tracker(logs_path=...), Tracker(logs_stdout=True) or Tracker(jsonl=...)"
            raise InvalidArgumentError("logger", "a tracker without a log", expected)
        for row in rows:
            built = self._recorder.build_row(row)
            if built is not None:
                self._sinks.emit(built, level)
            self._recorder.issue_warnings()
