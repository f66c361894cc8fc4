"""Errors about databases, tables, rows and logs that are missing, busy or refused."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import TYPE_CHECKING

from xetrack.errors.base import XetrackError, near

if TYPE_CHECKING:
    from collections.abc import Iterable


class DatabaseNotFoundError(XetrackError, FileNotFoundError):
    """The database to read does not exist; reading never creates one."""

    def __init__(self, location: str, near_names: Iterable[str] = ()) -> None:
        # By file name: in one folder the paths are all alike.
        names = [PurePath(name).name for name in near_names]
        super().__init__(
            f"There is no database at {location!r}. "
            f"{near(PurePath(location).name, names, all_else=False)}"
            "Check the path; a Tracker creates the file with its first row."
        )
        self.location = location


class LogsNotFoundError(XetrackError, FileNotFoundError):
    """There is no log to read at a path."""

    def __init__(self, location: str) -> None:
        super().__init__(
            f"There is no log at {location!r}. Check the path: it is what a Tracker was given as "
            "logs_path=... or jsonl=..."
        )
        self.location = location


class UnreadableLogsError(XetrackError, OSError):
    """A log is there, and cannot be read: no regular file, or rows beyond all measure."""

    def __init__(self, location: str, reason: str) -> None:
        super().__init__(
            f"The log {location!r} cannot be read: {reason}. Check the path: it is what a Tracker "
            "was given as logs_path=... or jsonl=..."
        )
        self.location = location
        self.reason = reason


class NotADatabaseError(XetrackError, ValueError):
    """The file exists, but no engine, or not the named engine, knows its format."""

    def __init__(self, location: str, reason: str, hint: str = "") -> None:
        advice = "Give the path of a database, or install the engine that wrote it: see xt plugins."
        super().__init__(
            f"{location!r} cannot be opened: {reason}. Nothing was changed. {hint or advice}"
        )
        self.location = location
        self.reason = reason


class TableNotFoundError(XetrackError, LookupError):
    """The table does not exist in this database."""

    def __init__(self, table: str, location: str, known: Iterable[str]) -> None:
        # The records of runs are read by other methods.
        tables = tuple(name for name in known if not name.startswith("xetrack_"))
        is_view = table == "events" and "default" in tables
        alias = "Only in SQL is 'default' called so. " if is_view else ""
        super().__init__(
            f"There is no table {table!r} in {location!r}. {near(table, tables)}{alias}"
            "Choose one with table=... (on the command line --table)."
        )
        self.table = table
        self.location = location
        self.known = tables


class ColumnNotFoundError(XetrackError, KeyError):
    """The table has no such column."""

    def __init__(self, column: str, table: str, known: Iterable[str]) -> None:
        columns = tuple(known)
        super().__init__(
            f"There is no column {column!r} in the table {table!r}. {near(column, columns)}"
            "List them with: xt columns DB"
        )
        self.column = column
        self.table = table
        self.known = columns


class RunNotFoundError(XetrackError, LookupError):
    """The table has no row of this track id."""

    def __init__(
        self, track_id: str, table: str, known: Iterable[str] = (), count: int | None = None
    ) -> None:
        hint = near(track_id, known, all_else=False)
        if count:
            oldest = f" and @{count} the oldest" if count > 1 else ", the only one"
            hint = f"@1 is the newest run{oldest}. "
        super().__init__(
            f"There is no run {track_id!r} in the table {table!r}. "
            f"{hint}List the runs with: xt runs DB"
        )
        self.track_id = track_id
        self.table = table


class StorageError(XetrackError, OSError):
    """The database could not be read or written; rows accepted before are still there."""

    def __init__(self, location: str, doing: str, reason: str, hint: str = "") -> None:
        hint = hint or "Check the free space and the permissions of the folder, then try again."
        super().__init__(
            f"{doing} {location!r} failed: {reason}. Rows logged before are still there. {hint}"
        )
        self.location = location
        self.doing = doing
        self.reason = reason


class AccessDeniedError(StorageError, PermissionError):
    """A permission of the file system is missing, for the database or a file beside it."""

    def __init__(self, location: str, doing: str, reason: str, hint: str) -> None:
        XetrackError.__init__(self, f"{doing} {location!r} failed: {reason}. {hint}")
        self.location = location
        self.doing = doing
        self.reason = reason


class DatabaseBusyError(StorageError, TimeoutError):
    """Another process or connection had the database locked until the deadline."""

    def __init__(self, location: str, seconds: float, pid: int | None = None) -> None:
        who = "another process" if pid is None else f"process {pid}"
        if pid == os.getpid():
            who = "another connection of this process, such as tracker.conn,"
        time = f" for {seconds:g} seconds" if seconds else ""
        super().__init__(location, "Waiting for", f"{who} held its lock{time}")
        self.seconds = seconds
        self.pid = pid


class NestedWriteError(DatabaseBusyError):
    """The calling thread is in the midst of another write to the database.

    A signal handler, a finalizer or a sink requested a change that cannot wait for its end.
    """

    def __init__(self, location: str, doing: str) -> None:
        XetrackError.__init__(
            self,
            f"{doing} {location!r} failed: this very thread is in the midst of another write, for "
            "whose end it cannot wait. Nothing was changed. Log at any time in a signal handler, a "
            "finalizer or a sink, but do all else after the write.",
        )
        self.location = location
        self.doing = doing
        self.reason = "this very thread is in the midst of another write"
        self.seconds = 0.0
        self.pid = None


class FileInTheWayError(XetrackError, FileExistsError):
    """A file to be written exists already."""

    def __init__(self, path: str, reason: str, hint: str) -> None:
        super().__init__(f"{path!r} {reason}. Nothing was changed. {hint}")
        self.path = path


class RowRefusedError(StorageError):
    """A trigger or a constraint of the table left rows out, or as they were, without an error."""

    def __init__(self, location: str, doing: str) -> None:
        reason = (
            "a trigger (RAISE(IGNORE)) or a constraint (ON CONFLICT IGNORE) of the table, which "
            "another program made, left rows out"
        )
        XetrackError.__init__(
            self,
            f"{doing} {location!r} failed: {reason}. Nothing of this call was stored. "
            "Choose another table with table=..., or drop the trigger or the constraint.",
        )
        self.location = location
        self.doing = doing
        self.reason = reason


class RowNotStoredError(XetrackError, RuntimeError):
    """A tracked function returned, but the row of its call could not be stored.

    Where `is_known` is False, the engine failed, and could not be asked whether the row is stored.
    """

    def __init__(
        self, function: str, reason: str, result: object, *, is_known: bool = True
    ) -> None:
        outcome = "its row was not stored" if is_known else "its row may not be stored"
        super().__init__(
            f"{function} returned, but {outcome}: {reason} "
            "What it returned is in the attribute `result` of this error. To be warned instead, "
            "give Tracker(raise_on_error=False)."
        )
        self.function = function
        self.reason = reason
        self.result = result
        self.is_known = is_known


class RowExistsError(XetrackError, ValueError):
    """The table already has a row of this track id and timestamp, and allows only one."""

    def __init__(
        self, location: str, hint: str = "Log it again: it gets a timestamp of its own."
    ) -> None:
        super().__init__(
            f"{location!r} has a row of the same track_id and timestamp already, and allows only "
            f"one. {hint}"
        )
        self.location = location


class InterruptedReadError(StorageError):
    """A fork in another thread, another process that writes, or a lost server cut a read."""

    def __init__(self, location: str, what: str = "the process was forked") -> None:
        super().__init__(location, "Reading", f"{what} meanwhile", "Read again.")


class InterruptedWriteError(StorageError):
    """A server was lost, or the process forked, amid a transaction: nothing of it is stored."""

    def __init__(self, location: str, what: str = "the server was lost meanwhile") -> None:
        reason = f"{what}, and nothing of it is stored"
        super().__init__(location, "Writing to", reason, "Write it again.")


class OutcomeUnknownError(StorageError):
    """A server was lost while it stored or deleted something; nobody knows whether it did."""

    def __init__(self, location: str, what: str = "the answer of the server was lost") -> None:
        reason = f"{what}, and it is not known whether it was done"
        super().__init__(location, "Writing to", reason)
        hint = "Read what is there before you do it again."
        XetrackError.__init__(self, f"Writing to {location!r} failed: {reason}. {hint}")


class ReadOnlyError(XetrackError, PermissionError):
    """A change was requested where only reading is allowed."""

    def __init__(self, location: str, what: str) -> None:
        super().__init__(
            f"{what} is not allowed: {location!r} is open for reading only. "
            "Change rows with a Tracker, Reader.set_value or Reader.delete_run."
        )
        self.location = location
        self.what = what
