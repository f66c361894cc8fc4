"""Names of columns and tables: how the keys of users become columns.

A key keeps its letters, digits and ``_``; anything else becomes ``_``. Two keys never share a
column: names are compared as the strictest database compares them (case folded, the first 64
characters), and the later key gets a suffix such as ``loss_2``.
"""

from __future__ import annotations

import os
import re
import unicodedata
from numbers import Number
from typing import TYPE_CHECKING

from xetrack.errors import InvalidKeyError, InvalidTableError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

MAX_LENGTH = 64
"""Longest column name, in characters."""

TRACK_ID = "track_id"
"""The column of the run's name."""

TIMESTAMP = "timestamp"
"""The column of the row's timestamp."""

UTC_OFFSET = "utc_offset"
"""The column of the offset from UTC of the row's timestamp, where local time is not clear."""

OWN = (TIMESTAMP, TRACK_ID)
"""The columns that every table begins with; together they identify a row."""

ERROR = "error"
"""The column of what a tracked function raised."""

CALL_COLUMNS = frozenset({"function_name", "args", "kwargs", ERROR, "function_time"})
"""What is recorded of every tracked call."""

CACHE = "cache"
"""The column of the run that computed a result, in the rows of cached calls."""

FIGURE_COLUMNS = frozenset(
    {
        "cpu",
        "cpu_percent",
        "memory_percent",
        "ram_percent",
        "p_memory_percent",
        "disk_percent",
        "bytes_sent",
        "bytes_recv",
        "git_commit",
        "git_dirty",
    }
)
"""What the built-in probes measure."""

BOOKKEEPING = CALL_COLUMNS | FIGURE_COLUMNS | {TIMESTAMP, TRACK_ID, UTC_OFFSET, CACHE}
"""Columns that xetrack fills by itself, which a reader of results wants to see last."""

RESULT = "function_result"
"""The column for the return value of a tracked function, unless that is a dict."""

DEFAULT_TABLE = "default"
EVENTS_VIEW = "events"
"""The view of its default table that every file has."""

ID_LENGTH = 16
"""Number of hexadecimal digits of a content's digest that are the id of an asset."""

SHORTEST_ID = 6
"""The least number of digits of an id that select an asset."""

INTERNAL = "xetrack_"
"""Prefix of the tables that belong to xetrack itself."""

SKIP_INSERT = "SKIP_INSERT"
"""The location of a tracker that stores no rows."""

RUNS_TABLE = "xetrack_runs"
"""The table in which the records of runs are kept."""

SERIES_TABLE = "xetrack_series"
"""The table in which goals and units of metrics are kept."""

HIDDEN_TABLES = (RUNS_TABLE, SERIES_TABLE)
"""Tables that engines keep as those of rows, which users neither see listed nor write into."""

REPRODUCE = "XETRACK_REPRODUCE"
"""The variable by which ``xt reproduce`` tells trackers which run they repeat."""

RESERVED: Mapping[str, str] = {
    EVENTS_VIEW: "a view 'events' of the default table",
    **{
        name: f"a table {name!r}, in which xetrack 0.7 kept objects"
        for name in ("assets", "keys", "counts")
    },
    **{name: f"a function {name!r} of SQL" for name in ("json_each", "json_tree")},
}
"""Names without case that no table may have in any database, and what has them."""

RESERVED_PREFIXES = (INTERNAL, "sqlite_", "duckdb_", "pragma_")
"""How the names of internal tables begin, ours and those of the databases."""

LOG_DELIMITER = "!📁!"
"""The delimiter between the header of a record in a text log and the record itself."""

_FORBIDDEN = re.compile(r"\W")


def checked_key(key: object) -> str:
    """Return a key of a user as a string.

    Parameters
    ----------
    key
        A non-empty string, or a number.

    Raises
    ------
    InvalidKeyError
        The key is empty, or neither a string nor a number.
    """
    if isinstance(key, str):
        if not key:
            raise InvalidKeyError(key, "it is empty")
        # A subclass of str may print as something else; its characters are what counts.
        text = key if type(key) is str else str.__str__(key)
        # Lone surrogates have no UTF-8, and a database keeps the key too.
        return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
    if isinstance(key, Number) and not isinstance(key, bool):
        return str(key)
    raise InvalidKeyError(key, f"it is a {type(key).__name__}")


def checked_change(key: object) -> str:
    """Return the key of cells to change in stored rows, as a string.

    Parameters
    ----------
    key
        What the user gave.

    Raises
    ------
    InvalidKeyError
        The key is not valid, or its column identifies rows.
    """
    if key in OWN:
        raise InvalidKeyError(key, "it is what names a row")
    return checked_key(key)


def log_delimiter() -> str:
    """Return the delimiter of text logs: ``LOGS_DELIMITER`` of the environment, or the default."""
    return os.environ.get("LOGS_DELIMITER") or LOG_DELIMITER


def fold(name: str) -> str:
    """Return a form of a name that is equal for names that a database may not distinguish.

    Parameters
    ----------
    name
        The name of a column or a table.
    """
    return name.casefold()


def column_name(key: str, taken: Container[str] = ()) -> str:
    """Choose the column for a key.

    Parameters
    ----------
    key
        A checked key.
    taken
        Folded names of the columns that belong to other keys.

    Returns
    -------
    str
        At most 64 letters, digits and underscores, and not among `taken`.

    Examples
    --------
    >>> column_name("the loss", taken={"the_loss"})
    'the_loss_2'
    """
    base = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", key))[:MAX_LENGTH]
    name, number = base, 2
    while fold(name) in taken:
        suffix = f"_{number}"
        name = base[: MAX_LENGTH - len(suffix)] + suffix
        number += 1
    return name


def checked_table(table: object, existing: Iterable[str] = ()) -> str:
    """Return the name of a table if it is valid.

    Parameters
    ----------
    table
        The name.
    existing
        Names of the tables in the database.

    Raises
    ------
    InvalidTableError
        The name is empty or not printable, is reserved for xetrack or a database, or differs from
        an existing table only in case. A table that another program made may have any name.
        `HIDDEN_TABLES` are valid for engines only; see `checked_rows_table`.
    """
    if table in HIDDEN_TABLES:
        return str(table)
    if not isinstance(table, str) or not table.strip():
        raise InvalidTableError(table, "it is no text or is empty")
    folded = fold(table)
    if "\0" in table or not table.isprintable():
        raise InvalidTableError(table, "it holds a control character")
    tables = tuple(existing)
    if folded.startswith(RESERVED_PREFIXES):
        raise InvalidTableError(table, "names that begin so are kept for internal tables", _HINT)
    if folded in RESERVED and table not in tables:
        raise InvalidTableError(table, f"databases have {RESERVED[folded]}", _HINT)
    for other in tables:
        if other != table and fold(other) == folded:
            hint = f"Give table={other!r}, or a name that differs in more than case."
            raise InvalidTableError(table, f"the database has {other!r} already", hint)
    return table


_HINT = (
    f"Choose another table=..., but none of {', '.join(sorted(RESERVED))}, and none that begins "
    f"with {', '.join(RESERVED_PREFIXES)}."
)


def checked_rows_table(table: object, existing: Iterable[str] = ()) -> str:
    """Return the name of a table that a user wants to write rows into, if it is valid.

    Parameters
    ----------
    table, existing
        See `checked_table`.

    Raises
    ------
    InvalidTableError
        See `checked_table`; or it is the table of the records of runs, or of metrics' settings.
    """
    if table == RUNS_TABLE:
        raise InvalidTableError(table, "it is the table of the records of runs", _HINT)
    if table == SERIES_TABLE:
        raise InvalidTableError(table, "it is the table of the settings of metrics", _HINT)
    return checked_table(table, existing)


def quoted(name: str) -> str:
    """Return an identifier quoted for SQL.

    Parameters
    ----------
    name
        The name as it is; quotes within it are doubled.
    """
    return '"' + name.replace('"', '""') + '"'
