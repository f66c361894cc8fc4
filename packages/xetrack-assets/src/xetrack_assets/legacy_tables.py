"""The assets of xetrack 0.7, read without unpickling anything but the objects themselves.

Its three tables are those of `sqlitedict`:

``assets``
    A pickle, or zlib of one, under the base64 of the pickled hash.
``keys``
    Under the base64 of a pickled column, the pickled hash of what was last logged there.
``counts``
    Under the hash itself, a pickle of how often it was logged.

The only pickles that have to be understood are those of a short text and of a small number: a few
fixed bytes each (protocol 5, https://peps.python.org/pep-0574/ and the standard library's
``pickletools``). Anything else is ignored.
"""

from __future__ import annotations

import base64
import binascii
import pickle
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_TEXT = re.compile(
    rb"\x80[\x04\x05](?:\x95.{8})?(?:\x8c(?P<short>.)|X(?P<long>.{4}))(?P<text>.*)\x94\.", re.DOTALL
)
"""PROTO, FRAME, SHORT_BINUNICODE or BINUNICODE, MEMOIZE, STOP."""
_NUMBER = re.compile(rb"\x80[\x04\x05](?:\x95.{8})?(?:K(.)|M(..)|J(....))\.", re.DOTALL)
"""PROTO, FRAME, one of BININT1, BININT2 and BININT, STOP."""
ZLIB = frozenset({"7801", "785E", "789C", "78DA"})
"""How a stream of zlib begins (RFC 1950), in hexadecimal; a pickle begins otherwise."""


def text_of(stored: object) -> str | None:
    """Decode a pickled text; None for anything else.

    Parameters
    ----------
    stored
        A cell of a table of 0.7.
    """
    match = _TEXT.fullmatch(stored) if isinstance(stored, bytes) else None
    if match is None:
        return None
    length = match["short"] or match["long"]
    if int.from_bytes(length, "little") != len(match["text"]):
        return None
    try:
        return match["text"].decode()
    except UnicodeDecodeError:
        return None


def number_of(stored: object) -> int:
    """Decode a pickled number; 0 for anything else.

    Parameters
    ----------
    stored
        A cell of a table of 0.7.
    """
    match = _NUMBER.fullmatch(stored) if isinstance(stored, bytes) else None
    digits = next((group for group in match.groups() if group), b"") if match else b""
    return int.from_bytes(digits, "little", signed=len(digits) == 4)  # noqa: PLR2004 - BININT


def _from_key(key: object) -> str | None:
    """Return the text that stands in a key of `assets` or `keys`."""
    try:
        return text_of(base64.b64decode(str(key), validate=True))
    except (binascii.Error, ValueError):
        return None


def as_key(text: str) -> str:
    """Return the key under which 0.7 stored a text.

    Parameters
    ----------
    text
        The id of an asset, or the name of a key.
    """
    return base64.b64encode(pickled(text)).decode()


def pickled(value: str | int) -> bytes:
    """Encode a text or a number as 0.7 stored it.

    Parameters
    ----------
    value
        A text, or an integer of 32 bits.
    """
    return pickle.dumps(value, protocol=5)


def ids(connection: sqlite3.Connection, *, tables: set[str]) -> dict[str, str]:
    """Return the assets of 0.7.

    Parameters
    ----------
    connection
        Of the file.
    tables
        The tables that the file has.

    Returns
    -------
    dict
        Their keys in the table `assets`, by id.
    """
    if "assets" not in tables:
        return {}
    # The first bytes of every pickle, which no id has: so others are not even looked at.
    query = """SELECT key FROM "assets" WHERE key >= 'gA' AND key < 'gB' ORDER BY rowid"""
    key_by_text = {_from_key(key): key for (key,) in connection.execute(query)}
    return {asset: key for asset, key in key_by_text.items() if asset}


def count(connection: sqlite3.Connection, asset: str, *, tables: set[str]) -> int:
    """Return how often 0.7 logged an asset.

    Parameters
    ----------
    connection
        Of the file.
    asset
        The id.
    tables
        The tables that the file has.

    Returns
    -------
    int
        0 where nothing is known of it.
    """
    if "counts" not in tables:
        return 0
    row = connection.execute('SELECT value FROM "counts" WHERE key = ?', (asset,)).fetchone()
    return number_of(row[0]) if row else 0


def columns(connection: sqlite3.Connection, asset: str, *, tables: set[str]) -> dict[str, str]:
    """Return the columns into which 0.7 last logged an asset.

    Parameters
    ----------
    connection
        Of the file.
    asset
        The id.
    tables
        The tables that the file has.

    Returns
    -------
    dict
        Their keys in the table `keys`, by column.
    """
    if "keys" not in tables:
        return {}
    rows = connection.execute('SELECT key, value FROM "keys" ORDER BY rowid')
    return {
        column: key
        for key, value in rows
        if text_of(value) == asset and (column := _from_key(key)) is not None
    }


def delete_count(connection: sqlite3.Connection, asset: str, *, tables: set[str]) -> None:
    """Delete the count of how often an asset was logged.

    Parameters
    ----------
    connection
        Of the file.
    asset
        The id.
    tables
        The tables that the file has.
    """
    if "counts" in tables:
        connection.execute('DELETE FROM "counts" WHERE key = ?', (asset,))
