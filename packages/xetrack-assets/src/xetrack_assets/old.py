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
``pickletools``). Whatever else stands there is passed over.
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
    """Return the text of a pickled one; None for anything else."""
    found = _TEXT.fullmatch(stored) if isinstance(stored, bytes) else None
    if found is None:
        return None
    length = found["short"] or found["long"]
    if int.from_bytes(length, "little") != len(found["text"]):
        return None
    try:
        return found["text"].decode()
    except UnicodeDecodeError:
        return None


def number_of(stored: object) -> int:
    """Return the number of a pickled one; 0 for anything else."""
    found = _NUMBER.fullmatch(stored) if isinstance(stored, bytes) else None
    digits = next((group for group in found.groups() if group), b"") if found else b""
    return int.from_bytes(digits, "little", signed=len(digits) == 4)  # noqa: PLR2004 - BININT


def _from_key(key: object) -> str | None:
    """Return the text that stands in a key of `assets` or `keys`."""
    try:
        return text_of(base64.b64decode(str(key), validate=True))
    except (binascii.Error, ValueError):
        return None


def as_key(text: str) -> str:
    """Return the key under which 0.7 kept a text."""
    return base64.b64encode(pickled(text)).decode()


def pickled(value: str | int) -> bytes:
    """Return what 0.7 kept of a text or a number."""
    return pickle.dumps(value, protocol=5)


def ids(connection: sqlite3.Connection, *, tables: set[str]) -> dict[str, str]:
    """Return the keys in `assets` of what 0.7 stored, by id."""
    if "assets" not in tables:
        return {}
    # The first bytes of every pickle, which no id has: so others are not even looked at.
    query = """SELECT key FROM "assets" WHERE key >= 'gA' AND key < 'gB' ORDER BY rowid"""
    found = {_from_key(key): key for (key,) in connection.execute(query)}
    return {asset: key for asset, key in found.items() if asset}


def count(connection: sqlite3.Connection, asset: str, *, tables: set[str]) -> int:
    """Return how often 0.7 logged an asset."""
    if "counts" not in tables:
        return 0
    row = connection.execute('SELECT value FROM "counts" WHERE key = ?', (asset,)).fetchone()
    return number_of(row[0]) if row else 0


def columns(connection: sqlite3.Connection, asset: str, *, tables: set[str]) -> dict[str, str]:
    """Return the columns into which 0.7 last logged an asset, with their keys in `keys`."""
    if "keys" not in tables:
        return {}
    found = connection.execute('SELECT key, value FROM "keys" ORDER BY rowid')
    return {
        column: key
        for key, value in found
        if text_of(value) == asset and (column := _from_key(key)) is not None
    }


def forget(connection: sqlite3.Connection, asset: str, *, tables: set[str]) -> None:
    """Forget how often an asset was logged."""
    if "counts" in tables:
        connection.execute('DELETE FROM "counts" WHERE key = ?', (asset,))
