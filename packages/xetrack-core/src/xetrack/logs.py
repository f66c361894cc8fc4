"""Logs of a tracker: records that need no database, and the files they are read from."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError, LogsNotFoundError
from xetrack.kinds import FROM_TEXT, Kind
from xetrack.names import log_delimiter
from xetrack.paths import expanded
from xetrack.results import Result

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from xetrack.kinds import Value

_HEADER = r"\d{4}-\d\d-\d\d [\d:.]+ \| \w+ *\| [^\n]*?"
"""What a text log says of a record; a value can hold the delimiter, but not begin a line so."""


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
        """
        self._record(_rows_of(data), "MONITOR")

    def experiment(
        self, evaluation: Mapping[str, object], params: Mapping[str, object] | None = None
    ) -> None:
        """Log how a model did, with the params that made it.

        Raises
        ------
        InvalidArgumentError
            The tracker has no log, or `evaluation` is no mapping.
        """
        if not isinstance(evaluation, Mapping):
            raise InvalidArgumentError("evaluation", evaluation, "a mapping of names to values")
        self._record([{**(params or {}), **evaluation}], "EXPERIMENT")


def _rows_of(data: Any) -> Iterable[Mapping[Any, object]]:
    if isinstance(data, Mapping):
        return [data]
    for method in ("to_dicts", "to_pylist"):  # of polars, of pyarrow
        if hasattr(data, method):
            return list(getattr(data, method)())
    if hasattr(data, "to_dict") and hasattr(data, "columns"):
        # What is missing in a column of texts would be a float.
        given = data.astype(object)
        return list(given.where(given.notna(), None).to_dict("records"))
    raise InvalidArgumentError("data", data, "a dict or a frame")


def read_logs(path: str | os.PathLike[str], limit: int | None = None) -> Result:
    """Read the records of text logs.

    Parameters
    ----------
    path
        A log file, or a folder of them, which are read in the order of their names.
    limit
        At most so many records.

    Raises
    ------
    LogsNotFoundError
        There is no such file or folder.
    """
    records = chain.from_iterable(map(_records, _files(path)))
    return Result.of_dicts(list(islice(records, limit)))


def _files(path: str | os.PathLike[str]) -> list[Path]:
    place = expanded(path)
    if place.is_dir():
        return sorted(file for file in place.rglob("*") if file.is_file())
    if not place.exists():
        raise LogsNotFoundError(str(place))
    return [place]


def _records(file: Path) -> Iterator[dict[str, Value]]:
    """Yield complete records; foreign lines and a record that was cut off are passed over."""
    start = re.compile(_HEADER + re.escape(log_delimiter()))
    with file.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            found = start.match(line)
            record = found and _object(line[found.end() :], FROM_TEXT[Kind.JSON])
            # xetrack 0.7 wrote an empty one after each row that it was told not to insert.
            if record:
                yield record


def _object(line: str, read: Callable[[str], Any]) -> dict[str, Value] | None:
    """Return a JSON object, and None for anything else."""
    try:
        record = read(line)
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def read_jsonl(path: str | os.PathLike[str]) -> Result:
    """Read a file of JSON lines; lines that are no JSON object are passed over.

    Raises
    ------
    LogsNotFoundError
        There is no such file.
    """
    place = expanded(path)
    if not place.is_file():
        raise LogsNotFoundError(str(place))
    found: list[dict[str, Value]] = []
    with place.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            record = _object(line, json.loads)
            if record is not None:
                found.append(record)
    return Result.of_dicts(found)


def no_logs(what: str) -> InvalidArgumentError:
    """Return the error for a tracker without a log."""
    expected = "Tracker(logs_path=...), Tracker(logs_stdout=True) or Tracker(jsonl=...)"
    return InvalidArgumentError("logger", what, expected)
