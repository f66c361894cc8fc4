"""Which rows a table has already, by their content, in memory that does not grow with them.

`track_id` and `timestamp` name a row, but two processes that share a track id by hand may stamp
alike. So rows are the same only if their other cells are equal too. Of two such rows each counts:
what one table has twice, the other is to have twice.
"""

from __future__ import annotations

import marshal
import sqlite3
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from xetrack.errors import StorageError
from xetrack.interfaces.query import Query
from xetrack.model.kinds import EXACT_INT, TO_TEXT, Value, kind_of
from xetrack.model.names import OWN, column_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from xetrack.interfaces.engine import Column, Engine

_TABLE = """
CREATE TABLE known (
    timestamp, track_id, content, number, PRIMARY KEY (timestamp, track_id, content)
) WITHOUT ROWID
"""
_ADD = "INSERT INTO known VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET number = number + 1"
_TAKE = """
UPDATE known SET number = number - 1
WHERE timestamp = ? AND track_id = ? AND content = ? AND number > 0
"""
_NAMESAKE = "SELECT 1 FROM known WHERE timestamp = ? AND track_id = ? LIMIT 1"

_SAME_ANYWHERE = {str, bool, bytes, type(None)}
"""Types of which equal cells are the same on every engine."""

_Row = tuple[Value, Value, bytes]
"""Timestamp, track id, and a digest of all cells."""


class KnownRows:
    """The rows of a table, as far as they can be those of another; see the module.

    They are kept in a temporary file, which SQLite makes when they need much room.

    Parameters
    ----------
    engine, table
        Where the rows are.
    keys
        The keys of the columns in which rows are compared, those of `xetrack.model.names.OWN` among
        them. What a row holds beside them, such as a value that was set later, does not count.
    """

    def __init__(self, engine: Engine, table: str, keys: Sequence[str]) -> None:
        self._own = [keys.index(name) for name in OWN]
        self.namesakes = 0
        """How many rows were new although a known one has their track id and timestamp."""
        self._file = sqlite3.connect("", isolation_level=None)
        try:
            self._fill(engine, table, keys)
        except BaseException as error:
            self._file.close()
            if isinstance(error, sqlite3.Error):
                raise _no_room(error) from error
            raise

    def _fill(self, engine: Engine, table: str, keys: Sequence[str]) -> None:
        for statement in ("PRAGMA journal_mode=OFF", _TABLE, "BEGIN"):
            self._file.execute(statement)
        columns = engine.columns(table)
        names = [_column_of(key, columns) for key in keys]
        present = list(dict.fromkeys(name for name in names if name is not None))
        for batch in engine.read(table, Query(columns=tuple(present))).batches:
            cells = dict(zip(present, batch, strict=True))
            missing = [None] * len(batch[0])
            rows = self._rows([missing if name is None else cells[name] for name in names])
            self._file.executemany(_ADD, rows)

    def _rows(self, cells: Sequence[Sequence[Value]]) -> Iterator[_Row]:
        content = zip(*map(_comparable, cells), strict=True)
        timestamps, track_ids = (cells[at] for at in self._own)
        return zip(timestamps, track_ids, map(_digest, content), strict=True)

    def others(self, cells: Sequence[Sequence[Value]]) -> list[int]:
        """Return the positions of the rows that are not known.

        Each known row is the same as one of them only.

        Parameters
        ----------
        cells
            A batch: the cells of each key.

        Returns
        -------
        list of int
            Positions in the batch.
        """
        positions = []
        execute = self._file.execute
        try:
            for at, row in enumerate(self._rows(cells)):
                if not execute(_TAKE, row).rowcount:
                    positions.append(at)
                    self.namesakes += execute(_NAMESAKE, row[:2]).fetchone() is not None
        except sqlite3.Error as error:
            raise _no_room(error) from error
        return positions

    def close(self) -> None:
        """Remove the file."""
        self._file.close()


def _no_room(error: sqlite3.Error) -> StorageError:
    return StorageError("a temporary file", "Writing", str(error))


def _column_of(key: str, columns: Iterable[Column]) -> str | None:
    """Return the column that a key has or will get; None where that is yet to be made."""
    unclaimed = None
    for column in columns:
        if column.key == key:
            return column.name
        if column.key is None and column.name == column_name(key):
            unclaimed = column.name
    return unclaimed


def _comparable(cells: Sequence[Value]) -> Sequence[Any]:
    """Return cells of which the same bytes are made whenever engines may call them equal."""
    if _SAME_ANYWHERE.issuperset(map(type, cells)):
        return cells
    return list(map(_form, cells))


def _form(cell: Value) -> Any:
    if type(cell) is float:
        return cell + 0.0 if cell == cell else ("nan",)  # noqa: PLR0124 - minus zero is zero
    if type(cell) is int:  # among floats it may have become one
        return float(cell) if -EXACT_INT <= cell <= EXACT_INT else cell
    kind = kind_of(cell)
    return (str(kind), TO_TEXT[kind](cell)) if kind in TO_TEXT else cell


# Its second format has no references, so equal values make equal bytes.
_dumps: Callable[[Any, int], bytes] = marshal.dumps


def _digest(row: tuple[Any, ...]) -> bytes:
    return blake2b(_dumps(row, 2), digest_size=16).digest()
