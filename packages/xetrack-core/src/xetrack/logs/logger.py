"""Writes records to the logs of a tracker, which need no database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError
from xetrack.model.validation import checked_params

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Logger:
    """Writes to the logs of a tracker, and not to its database.

    Parameters
    ----------
    record
        Takes rows and a level, and hands them to the sinks.
    """

    def __init__(self, record: Callable[[Iterable[Mapping[Any, object]], str], None]) -> None:
        self._record = record

    def monitor(self, data: Any) -> None:
        """Log what a model sees or says in production: a dict, or each row of a frame.

        All rows of a frame have the same keys in the log, missing values too.

        Parameters
        ----------
        data
            A dict, or a frame of pandas, polars or pyarrow.

        Raises
        ------
        InvalidArgumentError
            The tracker has no log, or `data` is neither a dict nor a frame.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> with Tracker(Tracker.SKIP_INSERT, jsonl="rows.jsonl") as tracker:
        ...     tracker.logger.monitor({"latency": 0.5})
        >>> Reader.read_jsonl("rows.jsonl")["latency"].tolist()
        [0.5]
        """
        self._record(_rows_of(data), "MONITOR")

    def experiment(
        self, evaluation: Mapping[str, object], params: Mapping[str, object] | None = None
    ) -> None:
        """Log how a model did, with the params that made it.

        Parameters
        ----------
        evaluation
            Metrics by name.
        params
            What the model was made with; metrics of the same name replace it.

        Raises
        ------
        InvalidArgumentError
            The tracker has no log, or `evaluation` or `params` is no mapping.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> with Tracker(Tracker.SKIP_INSERT, jsonl="rows.jsonl") as tracker:
        ...     tracker.logger.experiment({"accuracy": 0.9}, {"model": "resnet18"})
        >>> Reader.read_jsonl("rows.jsonl")[["model", "accuracy"]].values.tolist()
        [['resnet18', 0.9]]
        """
        if not isinstance(evaluation, Mapping):
            raise InvalidArgumentError("evaluation", evaluation, "a mapping of names to values")
        params = checked_params(params, "what the model was made with")
        self._record([{**params, **evaluation}], "EXPERIMENT")

    def info(self, message: object) -> None:
        """Log a message, or a dict of values, at the level ``INFO``.

        Parameters
        ----------
        message
            A text, which becomes the value of ``message``; or values by name.

        Raises
        ------
        InvalidArgumentError
            The tracker has no log.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> with Tracker(Tracker.SKIP_INSERT, jsonl="rows.jsonl") as tracker:
        ...     tracker.logger.info("the data is loaded")
        >>> Reader.read_jsonl("rows.jsonl")[["level", "message"]].values.tolist()
        [['INFO', 'the data is loaded']]
        """
        self._log("INFO", message)

    def warning(self, message: object) -> None:
        """Log a message, or a dict of values, at the level ``WARNING``.

        Parameters
        ----------
        message
            A text, which becomes the value of ``message``; or values by name.

        Raises
        ------
        InvalidArgumentError
            The tracker has no log.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> with Tracker(Tracker.SKIP_INSERT, jsonl="rows.jsonl") as tracker:
        ...     tracker.logger.warning({"loss": 7.5})
        >>> Reader.read_jsonl("rows.jsonl")[["level", "loss"]].values.tolist()
        [['WARNING', 7.5]]
        """
        self._log("WARNING", message)

    def error(self, message: object) -> None:
        """Log a message, or a dict of values, at the level ``ERROR``.

        Parameters
        ----------
        message
            A text, which becomes the value of ``message``; or values by name.

        Raises
        ------
        InvalidArgumentError
            The tracker has no log.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> with Tracker(Tracker.SKIP_INSERT, jsonl="rows.jsonl") as tracker:
        ...     tracker.logger.error({"loss": 7.5})
        >>> Reader.read_jsonl("rows.jsonl")[["level", "loss"]].values.tolist()
        [['ERROR', 7.5]]
        """
        self._log("ERROR", message)

    def _log(self, level: str, message: object) -> None:
        row = message if isinstance(message, Mapping) else {"message": str(message)}
        self._record([row], level)


def _rows_of(data: Any) -> Iterable[Mapping[Any, object]]:
    if isinstance(data, Mapping):
        return [data]
    for method in ("to_dicts", "to_pylist"):  # of polars, of pyarrow
        if hasattr(data, method):
            return list(getattr(data, method)())
    if hasattr(data, "to_dict") and hasattr(data, "columns"):
        # What is missing in a column of texts would be a float.
        frame = data.astype(object)
        return list(frame.where(frame.notna(), None).to_dict("records"))
    raise InvalidArgumentError("data", data, "a dict or a frame")
