"""The records of one run in the logs that its sinks wrote: JSON lines, and text logs in folders."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xetrack.errors import XetrackError
from xetrack.model.kinds import FROM_TEXT, Kind
from xetrack.model.names import TIMESTAMP, TRACK_ID, UTC_OFFSET, log_delimiter
from xetrack.process.regular_files import read_regular

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_BYTES = 64 * 2**20
"""So many bytes are read of each log, from its end: of a folder from its last file, by its name."""

_HEADER = re.compile(r"(?P<time>\d{4}-\d\d-\d\d [\d:.]+) \| (?P<level>\w+) *\| [^\n]*?")
_PLAIN = re.compile(r"[\w.-]+", re.ASCII)
"""An id that stands in JSON as it is."""


@dataclass(frozen=True, slots=True)
class LogRecord:
    """What was logged at one moment."""

    time: str
    """ISO 8601; the time of a text log is local."""
    level: str
    source: int
    """Which of the logs has it."""
    cells: dict[str, Any]
    """The row, or the record of a logger, without the run and the time."""


@dataclass(slots=True)
class RunLogs:
    """The records of one run."""

    records: list[LogRecord] = field(default_factory=list)
    """In the order of their times."""
    is_cut: bool = False
    """Whether older lines of a long file, or older files of a folder, were not looked at."""
    failures: dict[int, str] = field(default_factory=dict)
    """Why one of the logs could not be read, by its number."""


def read_run_logs(locations: Sequence[str], run: str) -> RunLogs:
    """Return what some logs have of a run.

    Parameters
    ----------
    locations
        Files of JSON lines or of text logs, and folders of such.
    run
        Its track id.
    """
    logs = RunLogs()
    for source, location in enumerate(locations):
        try:
            left = MOST_BYTES
            for path in reversed(_files(Path(location))):
                content, is_cut = _read_end(path, left)
                left -= len(content)
                logs.is_cut |= is_cut
                records = (_record(line, run, source) for line in _lines(content, run))
                logs.records += [record for record in records if record is not None]
        except (OSError, XetrackError) as error:
            logs.failures[source] = getattr(error, "strerror", None) or str(error)
    logs.records.sort(key=lambda record: _moment(record.time))
    return logs


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file())


def _read_end(path: Path, most: int) -> tuple[bytes, bool]:
    """Return the whole lines at the end of a file, and whether there are others."""
    with read_regular(path) as file:
        size = file.seek(0, 2)
        begin = max(0, size - most)
        file.seek(begin)
        content = file.read(size - begin)
    return (content.partition(b"\n")[2], True) if begin else (content, False)


def _lines(content: bytes, run: str) -> Iterator[str]:
    """Yield the lines that may be about a run."""
    needle = run.encode() if _PLAIN.fullmatch(run) else b""
    for line in content.split(b"\n"):
        if line and needle in line:
            yield line.decode("utf-8", "replace")


def _record(line: str, run: str, source: int) -> LogRecord | None:
    """Return what a line says of a run; None where it is of another, or no record."""
    try:
        if line.startswith("{"):
            cells: Any = json.loads(line)
            time, level = str(cells.get(TIMESTAMP)), str(cells.pop("level", ""))
        else:
            header, delimiter, text = line.partition(log_delimiter())
            match = _HEADER.match(header)
            if match is None or not delimiter:
                return None
            cells = FROM_TEXT[Kind.JSON](text)
            # The header has milliseconds only.
            time, level = str(cells.get(TIMESTAMP, match["time"])), match["level"]
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return None
    if not isinstance(cells, dict) or cells.get(TRACK_ID) != run:
        return None
    shown = {
        str(name): cell
        for name, cell in cells.items()
        if name not in {TRACK_ID, TIMESTAMP, UTC_OFFSET}
    }
    return LogRecord(time, level, source, shown)


def _moment(time: str) -> float:
    try:
        return datetime.fromisoformat(time).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0
