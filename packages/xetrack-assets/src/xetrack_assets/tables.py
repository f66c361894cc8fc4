"""The tables of assets in a tracker's SQLite file.

``assets``
    The first piece of each content, under its id. xetrack 0.7 stored its pickles here, see
    `legacy_tables`.
``xetrack_asset_pieces``
    The further pieces: one blob takes at most 10**9 bytes, and no piece takes much memory.
``xetrack_assets``
    The facts of each asset beside its content.
``xetrack_asset_references``
    Which run refers to which asset under which key.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from xetrack.assets.chunked_content import compressed, recut
from xetrack.errors import AssetNotStoredError
from xetrack.interfaces.engines.sqlite_files import ordinary_tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack.interfaces.codecs import Pieces

_CHUNK = 2**18
"""Bytes that are read at a time: what fits a processor's cache is digested and copied fastest."""

TABLES = """
CREATE TABLE IF NOT EXISTS "assets" (key TEXT PRIMARY KEY, value BLOB);
CREATE TABLE IF NOT EXISTS xetrack_asset_pieces (
    asset VARCHAR, number BIGINT, value BLOB, PRIMARY KEY (asset, number)
);
CREATE TABLE IF NOT EXISTS xetrack_assets (
    id VARCHAR PRIMARY KEY, digest VARCHAR, codec VARCHAR, version BIGINT, size BIGINT, seal BLOB,
    compression VARCHAR, pieces BIGINT, stored_size BIGINT, time VARCHAR
);
CREATE TABLE IF NOT EXISTS xetrack_asset_references (
    asset VARCHAR, "table" VARCHAR, "key" VARCHAR, track_id VARCHAR,
    PRIMARY KEY (asset, "table", "key", track_id)
) WITHOUT ROWID
"""


def names(connection: sqlite3.Connection) -> set[str]:
    """Return the names of the tables that run nothing when they are read.

    Parameters
    ----------
    connection
        A connection to the file of the rows.

    Returns
    -------
    set[str]
        The names of the ordinary tables.
    """
    return ordinary_tables(connection)


def prepare(connection: sqlite3.Connection) -> None:
    """Create the missing tables of assets, inside a transaction.

    Parameters
    ----------
    connection
        The writing connection of the rows.

    Raises
    ------
    AssetNotStoredError
        A view, or a table of another layout, has the name of one of them.
    """
    if "xetrack_asset_references" not in names(connection):
        for statement in TABLES.split(";"):  # executescript would commit
            connection.execute(statement)
    if "assets" not in names(connection):
        reason = "the file has a view or a strange table 'assets'"
        raise AssetNotStoredError("object", f"{reason}, where xetrack keeps contents")


def write(
    connection: sqlite3.Connection, asset: str, pieces: Pieces, *, compress: bool
) -> tuple[int, int]:
    """Write a content.

    Parameters
    ----------
    connection
        Within a transaction.
    asset
        The id.
    pieces
        The content.
    compress
        Store it compressed by zlib.

    Returns
    -------
    int, int
        How many pieces, and how many bytes, were stored.
    """
    count = size = 0
    for piece in recut(compressed(pieces) if compress else pieces):
        if count == 0:
            connection.execute('INSERT OR REPLACE INTO "assets" VALUES (?, ?)', (asset, piece))
        else:
            sql = "INSERT OR REPLACE INTO xetrack_asset_pieces VALUES (?, ?, ?)"
            connection.execute(sql, (asset, count, piece))
        count += 1
        size += len(piece)
    return count, size


class PieceReader:
    """A reader of one piece; an interrupted read is continued where it was."""

    def __init__(self, asset: str, number: int) -> None:
        self._asset = asset
        self._number = number
        self._done = 0

    def read(self, connection: sqlite3.Connection, write: Callable[[bytes], object]) -> bool:
        """Read the rest of the piece.

        Parameters
        ----------
        connection
            For this call.
        write
            Takes the bytes.

        Returns
        -------
        bool
            False if there is no such piece.
        """
        table = "xetrack_asset_pieces" if self._number else "assets"
        if self._number:
            query = "SELECT _rowid_ FROM xetrack_asset_pieces WHERE asset = ? AND number = ?"
            row = connection.execute(query, (self._asset, self._number)).fetchone()
        else:
            query = 'SELECT _rowid_ FROM "assets" WHERE key = ?'
            row = connection.execute(query, (self._asset,)).fetchone()
        if row is None:
            return False
        try:
            # As a cell of a row, SQLite would copy the whole of it first.
            blob = connection.blobopen(table, "value", row[0], readonly=True)
        except sqlite3.OperationalError as error:
            if "cannot open value of type" in str(error):
                return False
            raise
        with blob:
            blob.seek(self._done)
            while chunk := blob.read(_CHUNK):
                write(chunk)
                self._done += len(chunk)
        return True
