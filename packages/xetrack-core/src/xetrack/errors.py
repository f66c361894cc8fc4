"""Every error and warning that a user of xetrack can meet.

Each error inherits from `XetrackError` and from the built-in exception that it specialises, so
that ``except FileNotFoundError`` works as well as ``except XetrackError``. The facts are
attributes, the text is made from them, and it ends with what to type next. All of them survive
pickling, because they may be raised in a worker process.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


_SHOWN = 12
"""Names that a text lists at most."""


def near(name: str, known: Iterable[str], *, all_else: bool = True) -> str:
    """Say which of the known names was probably meant, as a sentence that ends in a blank.

    Where none is near, the known names are listed, unless `all_else` is False.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - for those who err, not for all

    names = sorted(set(known))
    close = get_close_matches(name, names, n=3, cutoff=0.6)
    if close:
        return f"Did you mean {' or '.join(repr(match) for match in close)}? "
    if not names or not all_else:
        return ""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"There are: {', '.join(names[:_SHOWN])}{more}. "


def _restore(cls: type[XetrackError], args: tuple[object, ...], facts: dict[str, Any]) -> Exception:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(facts)
    return error


def _picklable(fact: object) -> object:
    """Return a fact, or its text where it cannot go to another process."""
    import pickle  # noqa: PLC0415 - for errors that travel, not for all

    try:
        pickle.dumps(fact)
    except Exception:  # noqa: BLE001 - a user's object may raise anything
        return repr(fact)
    return fact


class XetrackError(Exception):
    """Base of all errors that xetrack raises on purpose."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[Callable[..., Exception], tuple[object, ...]]:
        facts = {name: _picklable(fact) for name, fact in self.__dict__.items()}
        return _restore, (type(self), self.args, facts)


class XetrackWarning(UserWarning):
    """Something was done in another way than asked; nothing was lost."""


def warn(text: str) -> None:
    """Warn a user, at the line of the user's own code that led here."""
    level, frame = 2, sys._getframe(1)  # noqa: SLF001 - the documented way to walk the stack
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == "xetrack":
        level, frame = level + 1, frame.f_back
    warnings.warn(text, XetrackWarning, stacklevel=level)


def report(text: str) -> None:
    """Warn without ever raising, where that would lose the result of a function.

    Where warnings are errors (``python -W error``), it is shown instead.
    """
    try:
        warn(text)
    except XetrackWarning as error:
        warnings.showwarning(error, XetrackWarning, "xetrack", 0)


class InvalidKeyError(XetrackError, ValueError):
    """A key that cannot name a column."""

    def __init__(self, key: object, reason: str) -> None:
        super().__init__(
            f"The key {key!r} cannot name a column: {reason}. Use a non-empty string or a number."
        )
        self.key = key
        self.reason = reason


class InvalidTableError(XetrackError, ValueError):
    """A name that cannot be given to a table."""

    def __init__(self, table: object, reason: str, hint: str = "Choose another table=...") -> None:
        super().__init__(f"The table name {table!r} cannot be used: {reason}. {hint}")
        self.table = table
        self.reason = reason


class InvalidArgumentError(XetrackError, ValueError):
    """An argument out of its range; the text says which values are taken."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        super().__init__(f"{name}={value!r} cannot be used. Give {expected}.")
        self.name = name
        self.value = value
        self.expected = expected


class UnsupportedValueError(XetrackError, TypeError):
    """A value that is no plain value, where there is no asset store to keep it."""

    def __init__(self, key: str, value: object) -> None:
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
        super().__init__(
            f"The value of {key!r} is a {kind}, which is no plain value but an asset, and no "
            "asset store is installed. Type: pip install 'xetrack[assets]', or log a number or "
            "a text made from it."
        )
        self.key = key
        self.kind = kind


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


class NotADatabaseError(XetrackError, ValueError):
    """The file exists, but no engine knows its format."""

    def __init__(self, location: str, reason: str) -> None:
        super().__init__(
            f"{location!r} cannot be opened: {reason}. Nothing was changed. "
            "Give the path of a database, or install the engine that wrote it (see: xt plugins)."
        )
        self.location = location
        self.reason = reason


class TableNotFoundError(XetrackError, LookupError):
    """The table does not exist in this database."""

    def __init__(self, table: str, location: str, known: Iterable[str]) -> None:
        tables = tuple(known)
        super().__init__(
            f"There is no table {table!r} in {location!r}. {near(table, tables)}"
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

    def __init__(self, track_id: str, table: str) -> None:
        super().__init__(
            f"There is no run {track_id!r} in the table {table!r}. "
            "List the runs with: xt ls DB track_id --unique"
        )
        self.track_id = track_id
        self.table = table


class StorageError(XetrackError, OSError):
    """The database could not be read or written; rows accepted before are still there."""

    def __init__(self, location: str, doing: str, reason: str) -> None:
        super().__init__(
            f"{doing} {location!r} failed: {reason}. Rows logged before are still there. "
            "Check the free space and the permissions of the folder, then try again."
        )
        self.location = location
        self.doing = doing
        self.reason = reason


class DatabaseBusyError(StorageError, TimeoutError):
    """Another process kept the database locked until the deadline."""

    def __init__(self, location: str, seconds: float) -> None:
        super().__init__(
            location, "Waiting for", f"another process held its lock for {seconds:g} seconds"
        )
        self.seconds = seconds


class RowNotStoredError(XetrackError, RuntimeError):
    """A tracked function returned, but the row of its call could not be stored."""

    def __init__(self, function: str, reason: str, result: object) -> None:
        super().__init__(
            f"{function} returned, but its row was not stored: {reason} "
            "What it returned is in the attribute `result` of this error. To be warned instead, "
            "give Tracker(raise_on_error=False)."
        )
        self.function = function
        self.reason = reason
        self.result = result


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
    """A fork in another thread closed the connection in the middle of a read."""

    def __init__(self, location: str) -> None:
        super().__init__(location, "Reading", "the process was forked meanwhile; read again")


class ReadOnlyError(XetrackError, PermissionError):
    """A change was asked for where only reading is allowed."""

    def __init__(self, location: str, what: str) -> None:
        super().__init__(
            f"{what} is not allowed: {location!r} is open for reading only. "
            "Change rows with a Tracker, Reader.set_value or Reader.delete_run."
        )
        self.location = location
        self.what = what


class QueryError(XetrackError, ValueError):
    """The SQL was refused or could not be run."""

    def __init__(self, query: str, reason: str, hint: str = "") -> None:
        super().__init__(
            f"The query failed: {reason}. {hint or 'See the names with: xt columns DB'}"
        )
        self.query = query
        self.reason = reason


class TrustKeyError(XetrackError, ValueError):
    """The key that signs pickles cannot be used."""

    def __init__(self, path: object, reason: str, command: str = "") -> None:
        remedy = f"Type: {command or f'rm {path}'}"
        super().__init__(f"The key {str(path)!r} cannot be used: {reason}. {remedy}")
        self.path = str(path)
        self.reason = reason


class CacheNotFoundError(XetrackError, FileNotFoundError):
    """There is no cache to read at a path; reading never makes one."""

    def __init__(self, location: str) -> None:
        super().__init__(
            f"There is no cache at {location!r}. Check the path: it is the folder that a Tracker "
            "was given as cache=..., which the first result makes."
        )
        self.location = location


class ResultNotFoundError(XetrackError, LookupError):
    """The cache has no result of this run."""

    def __init__(self, track_id: str, location: str) -> None:
        super().__init__(
            f"There is no cached result of the run {track_id!r} in {location!r}. "
            f"List the results with: xt cache ls {location}"
        )
        self.track_id = track_id
        self.location = location


class CacheError(XetrackError, OSError):
    """A result could not be kept in a cache, or a cache could not be read."""

    def __init__(self, location: str, reason: str, hint: str = "") -> None:
        super().__init__(
            f"The cache {location!r} cannot be used: {reason}. "
            f"{hint or f'See what is in it with: xt cache stats {location}'}"
        )
        self.location = location
        self.reason = reason


class UntrustedPickleError(XetrackError, PermissionError):
    """A pickle that this user did not store; loading it would run what its author wrote."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} is a pickle that you did not store yourself, and loading it can run any code. "
            "Give trust=True, XETRACK_TRUST=1, or --trust with xt, if you know where it comes from."
        )
        self.what = what


class UnknownComponentError(XetrackError, LookupError):
    """No installed plugin offers a component of this name."""

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "") -> None:
        names = tuple(known)
        super().__init__(
            f"There is no {kind} named {name!r}. {near(name, names)}"
            f"{hint or 'See what is installed with: xt plugins'}"
        )
        self.kind = kind
        self.name = name
        self.known = names


class MissingPackageError(XetrackError, ImportError):
    """An optional package is not installed; the text names the extra that brings it."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} is not installed. Type: pip install 'xetrack[{extra}]'")
        self.what = what
        self.extra = extra


class PluginError(XetrackError, RuntimeError):
    """A plugin, or a component that it offers, is unusable; it is quarantined by name."""

    def __init__(self, plugin: str, reason: str) -> None:
        super().__init__(
            f"The plugin {plugin!r} cannot be used: {reason}. "
            f"See it with: xt plugins; leave it out with: XETRACK_DISABLE_PLUGINS={plugin}"
        )
        self.plugin = plugin
        self.reason = reason
