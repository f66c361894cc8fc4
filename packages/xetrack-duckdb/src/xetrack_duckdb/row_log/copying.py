"""Copying: the rows of a table of any engine, into a table of DuckDB."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from xetrack.interfaces.engine import Column
from xetrack.model.kinds import kind_of
from xetrack_duckdb.row_log import flush
from xetrack_duckdb.tables import widening

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.engine import Selection
    from xetrack.model.kinds import Kind, Value


def copy_table(connection: DuckDBPyConnection, name: str, selection: Selection) -> None:
    """Copy all rows of a selection into a table, which is made; called inside a transaction.

    Parameters
    ----------
    connection
        On it the database that gets the table is ``db``.
    name
        The name of the table.
    selection
        The rows, of whatever engine.
    """
    columns = _with_keys(selection.columns)
    widening.widen_table(connection, name, columns)
    for rows in _chunks(selection):
        chunk_columns = [
            Column(source.name, source.name, _kinds(cells)) if source.key is None else column
            for column, source, cells in zip(columns, selection.columns, rows, strict=True)
        ]
        table = widening.widen_table(connection, name, chunk_columns)
        flush.insert_rows(connection, table, chunk_columns, rows, len(rows[0]))


def create_table(connection: DuckDBPyConnection, name: str, columns: Sequence[Column]) -> None:
    """Make a table with these columns and no rows; called inside a transaction.

    Parameters
    ----------
    connection
        On it the database that gets the table is ``db``.
    name
        The name of the table.
    columns
        The columns, of whatever engine.
    """
    widening.widen_table(connection, name, _with_keys(columns))


def _with_keys(columns: Sequence[Column]) -> list[Column]:
    # Columns without a key were made by another program; here their names are the keys.
    return [Column(source.name, source.key or source.name, source.kinds) for source in columns]


def _kinds(cells: Sequence[Value]) -> frozenset[Kind]:
    return frozenset(filter(None, map(kind_of, cells)))


def _chunks(selection: Selection) -> Iterator[list[list[Value]]]:
    parts: list[Sequence[Sequence[Value]]] = []
    for batch in selection.batches:
        parts.append(batch)
        if len(parts) * len(batch[0]) >= flush.ROWS:
            yield [list(chain.from_iterable(column)) for column in zip(*parts, strict=True)]
            parts = []
    if parts:
        yield [list(chain.from_iterable(column)) for column in zip(*parts, strict=True)]
