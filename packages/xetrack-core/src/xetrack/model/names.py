"""Names of columns and tables: what a key of the user's becomes in a database.

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
    from collections.abc import Container, Iterable

MAX_LENGTH = 64
"""Longest column name, in characters."""

TRACK_ID = "track_id"
TIMESTAMP = "timestamp"

OWN = (TIMESTAMP, TRACK_ID)
"""The columns that every table begins with; together they name one row."""

RESULT = "function_result"
"""The column for what a tracked function returned, unless that was a dict."""

DEFAULT_TABLE = "default"
EVENTS_VIEW = "events"
"""The view that every file holds over its default table."""

ID_LENGTH = 16
"""Hexadecimal digits of a content's digest that make the id of an asset."""

SHORTEST_ID = 6
"""Digits of an id that find an asset, if no other begins so."""

INTERNAL = "xetrack_"
"""Prefix of the tables that belong to xetrack itself."""

LOG_DELIMITER = "!📁!"
"""Between what a text log says of a record and the record itself."""

_FORBIDDEN = re.compile(r"\W")


def checked_key(key: object) -> str:
    """Turn what a user gave as a key into a string.

    Raises
    ------
    InvalidKeyError
        When the key is empty, or neither a string nor a number.
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
    """Return the key of cells that are to be changed in stored rows.

    Raises
    ------
    InvalidKeyError
        When it can be no key, or names what identifies rows.
    """
    if key in OWN:
        raise InvalidKeyError(key, "it is what names a row")
    return checked_key(key)


def log_delimiter() -> str:
    """Return the delimiter of text logs; the environment's ``LOGS_DELIMITER`` names another."""
    return os.environ.get("LOGS_DELIMITER") or LOG_DELIMITER


def fold(name: str) -> str:
    """Return the form in which two names are the same column to every database."""
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
    """
    base = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", key))[:MAX_LENGTH]
    name, number = base, 2
    while fold(name) in taken:
        suffix = f"_{number}"
        name = base[: MAX_LENGTH - len(suffix)] + suffix
        number += 1
    return name


def checked_table(table: object, existing: Iterable[str] = ()) -> str:
    """Return the table name, or say why it cannot be one.

    Raises
    ------
    InvalidTableError
        When the name is empty, belongs to xetrack or to SQLite, or differs from an existing
        table in nothing but case.
    """
    if not isinstance(table, str) or not table.strip():
        raise InvalidTableError(table, "it is no text or is empty")
    folded = fold(table)
    if "\0" in table or not table.isprintable():
        raise InvalidTableError(table, "it holds a control character")
    if folded.startswith((INTERNAL, "sqlite_")):
        raise InvalidTableError(table, "names that begin so are kept for internal tables")
    for other in existing:
        if other != table and fold(other) == folded:
            hint = f"Give table={other!r}, or a name that differs in more than case."
            raise InvalidTableError(table, f"the database has {other!r} already", hint)
    return table


def quoted(name: str) -> str:
    """Quote an identifier for SQL."""
    return '"' + name.replace('"', '""') + '"'
