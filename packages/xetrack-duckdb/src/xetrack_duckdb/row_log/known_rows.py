"""Rows of the log that DuckDB has already, where their numbers do not say so.

A log that is older than its database gives numbers anew which the database's mark has passed: one
that was copied first, or brought back from a backup. Rows up to the mark lie in the log for a
moment only, after they were brought and before they are discarded. So where some do, it is looked
up whether they are the same rows.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from xetrack.model.names import TIMESTAMP, TRACK_ID
from xetrack_duckdb.row_log import packed_batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.engines.capabilities import NumberedRows
    from xetrack_duckdb.row_log.packed_batches import PendingBatch
    from xetrack_duckdb.tables.schema import Table

    Identity = tuple[Any, Any]


def find_known(
    connection: DuckDBPyConnection, table: Table | None, identities: Iterable[Identity]
) -> set[Identity]:
    """Return those of some rows that DuckDB has, by timestamp and track id.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        The table in DuckDB; None where there is none.
    identities
        Timestamp and track id of each row.
    """
    if table is None or not {TIMESTAMP, TRACK_ID} <= table.by_name.keys():
        return set()
    stamps = [stamp for stamp, _ in identities]
    names = f"{table.by_name[TIMESTAMP].sql}, {table.by_name[TRACK_ID].sql}"
    query = f"SELECT {names} FROM {table.sql} WHERE {table.by_name[TIMESTAMP].sql} IN "
    rows = connection.execute(f"{query} (SELECT unnest(?::VARCHAR[]))", [stamps]).fetchall()
    return {(stamp, track_id) for stamp, track_id in rows}


def has_row(
    connection: DuckDBPyConnection, table: Table | None, log: Any, name: str, number: int
) -> bool:
    """Return True if a row of the log is there, and in DuckDB.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        The table in DuckDB; None where there is none.
    log
        An engine that numbers its rows.
    name
        The name of the table.
    number
        The number of the row.
    """
    rows = log.read_numbered(name, max(0, number - 1))
    with closing(closable(rows)):
        numbers, cells = next(iter(rows.batches), ((), ()))
        if not numbers or numbers[0] != number:
            return False
        at = [column.name for column in rows.columns]
        identity = cells[at.index(TIMESTAMP)][0], cells[at.index(TRACK_ID)][0]
    return identity in find_known(connection, table, [identity])


def has_batch(
    connection: DuckDBPyConnection, table: Table | None, log: Any, batch: PendingBatch
) -> bool:
    """Return True if DuckDB has the rows of a batch.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        The table in DuckDB; None where there is none.
    log
        The engine of the log.
    batch
        The batch, of which all rows were brought or none.
    """
    columns = packed_batches.load(log, batch)
    if not columns:  # it was discarded meanwhile
        return True
    identities = row_identities(columns, columns.values(), batch.rows)
    return identities[0] in find_known(connection, table, identities[:1])


def row_identities(names: Iterable[str], columns: Iterable[Any], rows: int) -> Sequence[Identity]:
    """Return timestamp and track id of each row.

    Parameters
    ----------
    names
        The name of each column.
    columns
        The cells of each column, packed or not.
    rows
        How many rows that are.
    """
    by_name = dict(zip(names, columns, strict=True))
    stamps, track_ids = (
        cells.values(rows) if hasattr(cells, "values") else cells
        for cells in (by_name[TIMESTAMP], by_name[TRACK_ID])
    )
    return list(zip(stamps, track_ids, strict=True))


def closable(rows: NumberedRows) -> Any:
    """Return an object to close when the rows need not be read to their end.

    Parameters
    ----------
    rows
        An iterator over rows, or any other iterable.
    """
    return rows.batches if hasattr(rows.batches, "close") else _NullCloser()


class _NullCloser:
    def close(self) -> None:
        """Do nothing: batches that are all there hold nothing."""
