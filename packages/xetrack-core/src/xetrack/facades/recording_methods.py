"""The methods of a `Tracker` that store rows, and set values in rows of its run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.logs.logger import Logger
from xetrack.model.names import checked_key
from xetrack.model.objects.nested_values import SEPARATOR, flattened, with_step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xetrack.editing.run_editor import RunEditor
    from xetrack.model.kinds import Row
    from xetrack.recording.run_logger import RunLogger


class RecordingMethods:
    """Stores the rows of one run, and sets values in those that are stored."""

    _run_logger: RunLogger
    _run_editor: RunEditor

    @property
    def params(self) -> dict[str, Any]:
        """The values that every row gets; a copy, to be changed by `set_params`.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> Tracker(Tracker.IN_MEMORY, params={"model": "resnet18"}).params
        {'model': 'resnet18'}
        """
        return self._run_logger.params

    @property
    def latest(self) -> Row:
        """The row that this tracker logged last; empty before the first.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log({"loss": 0.5})
        >>> tracker.latest == row
        True
        """
        return self._run_logger.latest

    @property
    def logger(self) -> Logger:
        """Writes records to the logs only; see `xetrack.logs.logger.Logger`.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> with Tracker(Tracker.SKIP_INSERT, jsonl="rows.jsonl") as tracker:
        ...     tracker.logger.experiment({"accuracy": 0.9}, {"model": "resnet18"})
        >>> Reader.read_jsonl("rows.jsonl")[["model", "accuracy"]].values.tolist()
        [['resnet18', 0.9]]
        """
        return Logger(self._run_logger.record)

    def log(
        self,
        data: Mapping[Any, object],
        flatten: bool = False,
        sep: str = SEPARATOR,
        *,
        step: float | None = None,
    ) -> Row:
        """Store one row; it is durable when this returns.

        Parameters
        ----------
        data
            Values by name. Models (dataclass, Pydantic, attrs) become a column for each field.
        flatten
            Give each value within a dict a column of its own, named ``{key}_{inner key}``; by
            default a dict is one cell.
        sep
            What stands between these keys instead of ``_``.
        step
            A number that is stored as ``step``, such as that of the batch or the epoch.

        Returns
        -------
        dict
            What was stored, by column, with the params, ``timestamp`` and ``track_id``.

        Raises
        ------
        InvalidArgumentError
            The step is no number, or `data` has another one.
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
        >>> tracker.log({"scores": {"f1": 0.5, "auc": 0.75}}, flatten=True)["scores_f1"]
        0.5
        >>> tracker.log({"loss": 0.25}, step=7)["step"]
        7
        """
        if flatten:
            data = flattened(data, sep)
        if step is not None:
            data = with_step(data, step)
        return self._run_logger.log(data)

    def log_batch(self, data: Sequence[Mapping[Any, object]] | Any) -> Row:
        """Store many rows at once, all of them or none.

        Parameters
        ----------
        data
            One mapping of names to values a row, as `log` takes it; or a frame of pandas (with
            the levels of its index that have names) or polars, or a table of Arrow.

        Returns
        -------
        dict
            The last row as it was stored; empty for an empty batch.

        Raises
        ------
        InvalidArgumentError
            It is neither a list of mappings nor a frame.
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
        return self._run_logger.log_batch(data)

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
        self._run_logger.set_params({checked_key(key): value})

    def set_params(self, params: Mapping[str, object] | object) -> None:
        """Set values that every later row gets where it has none of its own.

        Parameters
        ----------
        params
            Values by name, or a whole config as `Tracker` takes it; others that were set before
            stay.

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
        self._run_logger.set_params(params)

    def set_value(self, key: str, value: object) -> int:
        """Set a value in all rows of this run that are stored already.

        Parameters
        ----------
        key
            Name of the value; a column that is not there is added.
        value
            A plain value, or an object for the asset store.

        Returns
        -------
        int
            How many rows were set.

        Raises
        ------
        InvalidKeyError
            The key is empty, or names what identifies a row.
        UnsupportedValueError
            The value is no plain one, and no asset store is installed.
        StorageError
            The rows could not be changed; none of them is.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log_batch([{"epoch": 0}, {"epoch": 1}])
        >>> tracker.set_value("accuracy", 0.9)
        2
        >>> tracker[1]["accuracy"]
        0.9
        """
        return self._run_editor.set_value(key, value)

    def set_where(self, key: str, value: object, where_key: str, where_value: object) -> int:
        """Set a value in those rows of this run where another column has a given value.

        Parameters
        ----------
        key, value
            What is set; a column that is not there is added.
        where_key, where_value
            Rows count in which this column has this value.

        Returns
        -------
        int
            How many rows were set.

        Raises
        ------
        ColumnNotFoundError
            The table has no column `where_key`.
        InvalidKeyError, UnsupportedValueError, StorageError
            See `set_value`.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log_batch([{"epoch": 0}, {"epoch": 1}])
        >>> tracker.set_where("best", True, "epoch", 1)
        1
        >>> [row["best"] for row in tracker]
        [None, True]
        """
        return self._run_editor.set_where(key, value, where_key, where_value)
