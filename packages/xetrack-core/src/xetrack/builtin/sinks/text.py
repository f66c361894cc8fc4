"""The text log: one record a row, by loguru, in a folder or on the terminal.

A record is a line ``time | level | place``, the delimiter, and the row as JSON::

    2026-01-31 21:46:55.290 | TRACKING | xetrack.builtin.sinks.text:emit:76!📁!{"accuracy": 0.9}

loguru has one logger for a whole process, and what goes to it reaches every handler that the
application added. So each sink here has a logger of its own, which nobody else sees.
"""

from __future__ import annotations

import sys
from abc import abstractmethod
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from loguru import _locks_machinery
from loguru._logger import Core, Logger

from xetrack.builtin.sinks.lines import Lines
from xetrack.errors import InvalidArgumentError
from xetrack.interfaces.sinks import Sink
from xetrack.model.kinds import TO_TEXT, Kind
from xetrack.model.names import RUNS_TABLE, SKIP_INSERT, TRACK_ID, log_delimiter
from xetrack.process.regular_files import check_regular

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from xetrack.interfaces.runs import Run
    from xetrack.model.kinds import Value

FILE_FORMAT = "{time:YYYY-MM-DD}.log"
"""loguru's way to name a file by its day."""

LEVELS = {"TRACKING": 25, "MONITOR": 25, "EXPERIMENT": 25, "RUN": 25}
"""Levels by their severity: above loguru's INFO and beneath its WARNING."""


_LINE = (
    "{time:YYYY-MM-DD HH:mm:ss.SSS} | {level} | {name}:{function}:{line}{extra[delimiter]}{message}"
)


def _untyped(function: Any) -> Any:
    """Return what loguru gives no types for."""
    return function


class TextSink(Sink):
    """Writes records where loguru writes them; the subclasses say where."""

    quick: ClassVar[bool] = True

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        core = _untyped(Core)()
        self._logger: Any = _untyped(Logger)(
            core=core,
            exception=None,
            depth=0,
            record=False,
            lazy=False,
            colors=False,
            raw=False,
            capture=False,
            patchers=[],
            extra={"delimiter": log_delimiter()},
        )
        for name, severity in LEVELS.items():
            self._logger.level(name, no=severity)
        # No diagnosis: it would print values of variables into the log.
        self._logger.add(
            self.write, format=_LINE, level=0, colorize=False, diagnose=False, catch=False
        )

        # A fork waits until no sink is at work. If it took loguru's locks too, and took them first,
        # a thread that is at work would wait for it in turn.
        for locks in ("logger_locks", "handler_locks"):
            getattr(_locks_machinery, locks, set()).difference_update(
                [core.lock, *(handler._lock for handler in core.handlers.values())]  # noqa: SLF001
            )

    def emit(self, row: Mapping[str, Value], level: str) -> None:
        """Write one record; see `Sink.emit`."""
        self._logger.log(level, TO_TEXT[Kind.JSON](dict(row)))

    def opened(self, run: Run) -> None:
        """Write that a run began, where that is stored nowhere else; see `Sink.opened`."""
        self._write_event("began", run, dict(run.process))

    def closed(self, run: Run, error: BaseException | None) -> None:
        """Write how a run ended, where that is stored nowhere else; see `Sink.closed`."""
        ended = {"status": "finished" if error is None else "failed"}
        self._write_event("ended", run, ended if error is None else {**ended, "error": repr(error)})

    def _write_event(self, kind: str, run: Run, event: Mapping[str, Value]) -> None:
        if run.location == SKIP_INSERT:
            start = {RUNS_TABLE: kind, TRACK_ID: run.track_id, "table": run.table}
            params: Any = dict(run.params)
            self.emit({**start, **event, "params": params}, "RUN")

    @abstractmethod
    def write(self, record: Any) -> None:
        """Write a line, which knows its time as ``record.record["time"]``.

        Parameters
        ----------
        record
            The line with its line break, as loguru passes it: a text with an attribute ``record``.
        """


class FolderSink(TextSink):
    """Text logs in a folder, each day in a new file; the folder is made when it is missing.

    A record holds the columns of the row. Any number of processes may log into one folder. The
    file's name is made at the first record of each day, from the option `format`, else from
    `logs_file_format`; files are never renamed, so one without ``{time}`` in its name takes the
    records of all days.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        folder = options.get("path") or options.get("logs_path")
        self._name: Any = options.get("format") or options.get("logs_file_format") or FILE_FORMAT
        if folder is None:
            expected = "the path of a folder, as logs_path='logs' or sinks=['log?path=logs']"
            raise InvalidArgumentError("logs_path", folder, expected)
        try:
            self._folder = Path(folder)
            self._folder.mkdir(parents=True, exist_ok=True)
        except (TypeError, OSError) as error:
            expected = f"a folder that can be made or written ({error})"
            raise InvalidArgumentError("logs_path", folder, expected) from error
        try:
            self._lines = Lines(self._file(datetime.now(UTC)))
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            expected = f"a text such as {FILE_FORMAT!r} ({error})"
            raise InvalidArgumentError("logs_file_format", self._name, expected) from error
        try:
            check_regular(self._lines.path)
        except OSError as error:
            expected = f"the name of a file that can be written ({error})"
            raise InvalidArgumentError("logs_file_format", self._name, expected) from error
        self._day: date | None = None

    def write(self, record: Any) -> None:
        """Append a line to the file of its day; see `TextSink.write`."""
        time = record.record["time"]
        if time.date() != self._day:
            self._lines.close()
            self._lines, self._day = Lines(self._file(time)), time.date()
        self._lines.append(record)

    def close(self) -> None:
        """Close the file."""
        self._lines.close()

    def _file(self, time: datetime) -> Path:
        return Path(self._folder, self._name.format(time=_FileTime(time)))


class _FileTime:
    """A time in the name of a file; loguru's own times know its tokens, such as ``YYYY``."""

    def __init__(self, time: datetime) -> None:
        self._time = time

    def __format__(self, spec: str) -> str:
        return format(self._time, spec or "YYYY-MM-DD_HH-mm-ss_SSSSSS")


class StdoutSink(TextSink):
    """Text logs on standard output, whatever that is when a row comes; as `FolderSink` has them."""

    def write(self, record: Any) -> None:
        """Print a line; see `TextSink.write`."""
        stream = sys.stdout
        try:
            stream.write(record)
        except UnicodeEncodeError as error:
            stream.write(record.encode(error.encoding, "backslashreplace").decode(error.encoding))

    def flush(self) -> None:
        """Print what is held back, or a forked child would print it too."""
        sys.stdout.flush()
