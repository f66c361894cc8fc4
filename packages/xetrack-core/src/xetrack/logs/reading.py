"""Reads the logs of trackers: texts, and JSON lines."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from xetrack.errors import (
    LogsNotFoundError,
    UnreadableLogsError,
    XetrackError,
)
from xetrack.frames.result import Result
from xetrack.logs.json_lines import TooMuchError, columns_of, lines_of
from xetrack.model.kinds import FROM_TEXT, Kind
from xetrack.model.names import RUNS_TABLE, log_delimiter
from xetrack.model.validation import checked_path
from xetrack.process import open_files
from xetrack.process.forks import gate, locked
from xetrack.process.paths import expanded
from xetrack.process.regular_files import NotRegularError, read_text

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from xetrack.model.kinds import Value

_HEADER = r"\d{4}-\d\d-\d\d [\d:.]+ \| \w+ *\| [^\n]*?"
"""What a text log says of a record; a value can hold the delimiter, but not begin a line so."""


def read_logs(path: str | os.PathLike[str], limit: int | None = None) -> Result:
    """Read the rows in text logs; what they have of the runs themselves is passed over.

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
    UnreadableLogsError
        It is no regular file, the system refuses, or its rows need far more memory than the file.
    """
    checked_path(path)
    with _readable(path):
        records = chain.from_iterable(map(_records, _files(path)))
        return Result.of_columns(columns_of(islice(records, limit)))


@contextmanager
def _readable(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn what reading a log may raise into what users know."""
    try:
        yield
    except XetrackError:
        raise
    except NotRegularError as error:
        raise UnreadableLogsError(str(error.filename), f"it is {error.what}") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableLogsError(str(getattr(error, "filename", None) or path), reason) from error


def _files(path: str | os.PathLike[str]) -> list[Path]:
    place = expanded(path)
    if place.is_dir():
        return sorted(file for file in place.rglob("*") if file.is_file())
    if not place.exists():
        raise LogsNotFoundError(str(place))
    return [place]


def _lines(file: Path) -> Iterator[str]:
    """Yield the lines of a file, of which none is too long."""
    # A database among the logs, which closing it would cost its locks, has no lines.
    if b"\0" in (locked(gate(), lambda: open_files.head(file)) or b""):
        return
    try:
        with read_text(file, errors="replace") as opened:
            yield from lines_of(opened)
    except FileNotFoundError:
        raise LogsNotFoundError(str(file)) from None
    except TooMuchError as error:
        raise UnreadableLogsError(str(file), str(error)) from error


def _records(file: Path) -> Iterator[dict[str, Value]]:
    """Yield complete records; foreign lines and a record that was cut off are passed over."""
    start = re.compile(_HEADER + re.escape(log_delimiter()))
    for line in _lines(file):
        match = start.match(line)
        record = match and _object(line[match.end() :], FROM_TEXT[Kind.JSON])
        # xetrack 0.7 wrote an empty one after each row that it was told not to insert.
        if record and RUNS_TABLE not in record:
            yield record


def _object(line: str, read: Callable[[str], Any]) -> dict[str, Value] | None:
    """Return a JSON object, and None for anything else."""
    try:
        record = read(line)
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def read_jsonl(path: str | os.PathLike[str]) -> Result:
    """Read a file of JSON lines; what is no JSON object, and no row, is passed over.

    Parameters
    ----------
    path
        The file; ``~`` is expanded.

    Raises
    ------
    InvalidArgumentError
        It is no path.
    LogsNotFoundError
        There is no such file.
    UnreadableLogsError
        It is no regular file, the system refuses, or its rows need far more memory than the file.
    """
    checked_path(path)
    with _readable(path):
        records = (_object(line, json.loads) for line in _lines(expanded(path)))
        rows = (row for row in records if row is not None and RUNS_TABLE not in row)
        return Result.of_columns(columns_of(rows))
