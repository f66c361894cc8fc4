"""Rows stored and written to logs: the part of a `Tracker` that records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from xetrack.logs.reading import Logger, no_logs
from xetrack.model.validation import checked_batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xetrack.dispatch.fan_out import Probes, Sinks
    from xetrack.model.kinds import Value
    from xetrack.recording.recorder import RowRecorder


class RunLoggingMixin:
    """Stores the rows of one run, with its params and what its probes measure."""

    _recorder: RowRecorder
    _sinks: Sinks
    _probes: Probes
    _has_no_probes: bool

    @property
    def params(self) -> dict[str, Value]:
        """The values that every row gets; a copy, to be changed by `set_params`.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> Tracker(Tracker.IN_MEMORY, params={"model": "resnet18"}).params
        {'model': 'resnet18'}
        """
        return self._recorder.to_plain(self._recorder.params)

    @property
    def latest(self) -> dict[str, Value]:
        """The row that this tracker logged last; empty before the first.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log({"loss": 0.5})
        >>> tracker.latest == row
        True
        """
        return self._recorder.last

    @property
    def logger(self) -> Logger:
        """Writes records to the logs only; see `xetrack.logs.reading.Logger`.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> with Tracker(Tracker.SKIP_INSERT, jsonl="rows.jsonl") as tracker:
        ...     tracker.logger.experiment({"accuracy": 0.9}, {"model": "resnet18"})
        >>> Reader.read_jsonl("rows.jsonl")[["model", "accuracy"]].values.tolist()
        [['resnet18', 0.9]]
        """
        return Logger(self._record)

    def _record(self, rows: Iterable[Mapping[Any, object]], level: str) -> None:
        if not self._sinks:
            raise no_logs("a tracker without a log")
        for row in rows:
            self._sinks.emit(self._recorder.build_row(row), level)

    def log(self, data: Mapping[Any, object]) -> dict[str, Value]:
        """Store one row; it is durable when this returns.

        Parameters
        ----------
        data
            Values by name. Models (dataclass, Pydantic, attrs) become a column for each field.

        Returns
        -------
        dict
            What was stored, by column, with the params, ``timestamp`` and ``track_id``.

        Raises
        ------
        InvalidKeyError
            A key is empty, or neither a string nor a number.
        UnsupportedValueError
            A value is no plain one, and no asset store is installed.
        StorageError
            The row could not be stored.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY, params={"model": "resnet18"})
        >>> row = tracker.log({"epoch": 1, "loss": 0.5})
        >>> row["model"], row["loss"]
        ('resnet18', 0.5)
        """
        if self._has_no_probes:
            return self._recorder.log(data)
        measurements = self._probes.present()
        if measurements and isinstance(data, Mapping):
            data = {**data, **self._lacking(data, measurements)}
        return self._recorder.log(data)

    def _lacking(
        self, data: Mapping[Any, object], measurements: Mapping[str, Value]
    ) -> dict[str, Value]:
        """Return the measurements that neither a row nor the params have a value for."""
        params = self._recorder.params
        return {k: v for k, v in measurements.items() if k not in data and k not in params}

    def log_batch(self, data: Sequence[Mapping[Any, object]]) -> dict[str, Value]:
        """Store many rows at once, all of them or none.

        Parameters
        ----------
        data
            One mapping of names to values a row, as `log` takes it.

        Returns
        -------
        dict
            The last row as it was stored; empty for an empty batch.

        Raises
        ------
        InvalidArgumentError
            It is no list of mappings.
        InvalidKeyError, UnsupportedValueError, StorageError
            See `log`; no row is stored.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> last = tracker.log_batch([{"epoch": 0, "loss": 0.5}, {"epoch": 1, "loss": 0.25}])
        >>> last["loss"], len(tracker)
        (0.25, 2)
        """
        if not checked_batch(data):
            return {}
        return self._recorder.log_batch(data, self._probes.present() if self._probes else {})

    def set_param(self, key: str, value: object) -> None:
        """Set a value that every later row gets where it has none of its own.

        Parameters
        ----------
        key
            Name of the value.
        value
            A plain value, or an object for the asset store.

        Raises
        ------
        InvalidKeyError, UnsupportedValueError, StorageError
            See `log`.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> tracker.set_param("model", "resnet18")
        >>> tracker.log({"loss": 0.5})["model"]
        'resnet18'
        """
        self._recorder.set_params({key: value})

    def set_params(self, params: Mapping[str, object]) -> None:
        """Set values that every later row gets where it has none of its own.

        Parameters
        ----------
        params
            Values by name; others that were set before stay.

        Raises
        ------
        InvalidKeyError, UnsupportedValueError, StorageError
            See `log`.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY, params={"model": "resnet18"})
        >>> tracker.set_params({"dataset": "cifar10"})
        >>> tracker.params
        {'model': 'resnet18', 'dataset': 'cifar10'}
        """
        self._recorder.set_params(params)
