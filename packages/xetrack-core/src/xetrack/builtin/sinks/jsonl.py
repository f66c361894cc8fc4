"""JSON lines: one row a line, for pipelines that build datasets.

A line is ``{"timestamp": ..., "level": ..., key: value, ...}``, in strict JSON. The timestamp is
ISO 8601 with the offset from UTC. What JSON lacks is said as most readers expect it: nan as null,
an infinity as a number too large for any float, durations as seconds, dates, paths, decimals and
integers of more than 64 bits as text, bytes as base64.
"""

from __future__ import annotations

import json
import math
from base64 import b64encode
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from xetrack.builtin.sinks.lines import Lines
from xetrack.errors import InvalidArgumentError
from xetrack.interfaces.sinks import Sink
from xetrack.model.kinds import INT64, TO_TEXT, Kind, kind_of
from xetrack.model.names import TIMESTAMP, UTC_OFFSET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.model.kinds import Value

_INFINITE = {math.inf: "1e999", -math.inf: "-1e999"}


_QUICK = {str, int, float, bool, type(None)}
_quickly = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def _row_to_json(row: Mapping[str, Value]) -> str:
    """Return a row as JSON; most hold nothing that JSON lacks, and need no look at each value."""
    values = row.values()
    if _QUICK.issuperset(map(type, values)) and all(
        -INT64 <= value < INT64 for value in values if type(value) is int
    ):
        with suppress(ValueError):  # nan or infinite
            return _quickly(row)
    return _dict_to_json(row)


def to_json(value: Value) -> str:
    """Return a plain value as JSON.

    Parameters
    ----------
    value
        A plain value; in a list or dict also those within it.

    Returns
    -------
    str
        JSON in one line.
    """
    kind = kind_of(value)
    if kind is Kind.NAN:
        return "null"
    if type(value) is float and value in _INFINITE:
        return _INFINITE[value]
    if type(value) is list:
        return f"[{', '.join(map(to_json, value))}]"
    if type(value) is dict:
        return _dict_to_json(value)
    if isinstance(value, timedelta):
        value = value.total_seconds()
    elif type(value) is bytes:
        value = b64encode(value).decode()
    elif kind in TO_TEXT:
        value = TO_TEXT[kind](value)
    return json.dumps(value, ensure_ascii=kind is Kind.RAWTEXT)


def _dict_to_json(value: Mapping[Any, Value]) -> str:
    items = (f"{json.dumps(_name(key))}: {to_json(item)}" for key, item in value.items())
    return f"{{{', '.join(items)}}}"


def _name(key: Value) -> str:
    return key if type(key) is str else str(key)


def _with_offset(timestamp: str, offset: Value) -> str:
    """Return a timestamp as ISO 8601, with the offset of its row or else that of local time."""
    moment = datetime.fromisoformat(timestamp)
    if type(offset) is str and offset[:1] in {"+", "-"}:
        with suppress(ValueError):  # a user may log such a key
            moment = datetime.fromisoformat(timestamp + offset)
    return (moment if moment.tzinfo else moment.astimezone()).isoformat()


class JsonlSink(Sink):
    """A line of JSON for each row, appended to the file of its option `path`, else of `jsonl`.

    Its columns are ``timestamp``, ``level`` and those of the row, ``track_id`` among them. A
    row's own ``level`` counts more than the sink's.
    """

    quick: ClassVar[bool] = True

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        name = "jsonl" if options.get("path") is None else "jsonl?path"
        path = options.get("path") or options.get("jsonl")
        if path is None:
            expected = (
                "the path of a file, as jsonl='rows.jsonl' or sinks=['jsonl?path=rows.jsonl']"
            )
            raise InvalidArgumentError(name, path, expected)
        try:
            self._lines = Lines(Path(path))
            self._lines.open()
        except (TypeError, OSError) as error:
            expected = f"the path of a file that can be written ({error})"
            raise InvalidArgumentError(name, path, expected) from error

    def emit(self, row: Mapping[str, Value], level: str) -> None:
        """Append one line; see `Sink.emit`."""
        entry = {TIMESTAMP: "", "level": level, **row}
        entry[TIMESTAMP] = _with_offset(str(row[TIMESTAMP]), row.get(UTC_OFFSET))
        self._lines.append(_row_to_json(entry) + "\n")

    def close(self) -> None:
        """Close the file."""
        self._lines.close()
