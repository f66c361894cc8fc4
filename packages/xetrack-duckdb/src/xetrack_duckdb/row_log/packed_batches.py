"""Large batches in the row log: until a flush, all cells of a column are in one cell of SQLite.

As rows they would cost SQLite, and later the flush, several times as much. A batch says after which
row of the log it came; its number is never used again, so that a mark can say how far batches were
brought to DuckDB. It is stored in one transaction, as rows are.

Numbers are NumPy's of 64 bits, truths a byte each; texts are UTF-8 with a NUL between them, or one
text that all cells are. ``missing`` has a byte for each cell, or is NULL where none is missing. A
batch with other values is stored as rows.
"""

from __future__ import annotations

from struct import error, pack
from typing import TYPE_CHECKING, Any

from attrs import frozen

from xetrack.errors import StorageError
from xetrack.model.kinds import Kind
from xetrack_duckdb.row_log import validation
from xetrack_duckdb.row_log.packed import ONE_TEXT, TEXTS, PackedColumn

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from xetrack.interfaces.engine import Field
    from xetrack.model.kinds import Value

LARGE = 2_000
"""Rows from which on a batch is kept by columns."""

_MOST = 2**28
"""Bytes of text in one column; a cell of SQLite can have four times as many."""

_TABLES = """
CREATE TABLE IF NOT EXISTS xetrack_batches (
    number INTEGER PRIMARY KEY AUTOINCREMENT, "table" TEXT, made INTEGER, after INTEGER,
    rows INTEGER
);
CREATE TABLE IF NOT EXISTS xetrack_batch_columns (
    batch INTEGER, "column" TEXT, type TEXT, cells BLOB, missing BLOB
)
"""

_CODES = {Kind.INT: "q", Kind.FLOAT: "d", Kind.BOOL: "?"}
"""How `struct` and NumPy call them. Both take the machine's order of bytes, and DuckDB runs only
where the lowest comes first."""


@frozen
class PendingBatch:
    """A batch that is in the log, and not in DuckDB yet."""

    number: int
    table: str
    made: int
    after: int
    rows: int


def pack_batch(
    fields: Sequence[Field], columns: Sequence[Sequence[Value]]
) -> list[tuple[int, PackedColumn]] | None:
    """Return the columns of a batch, but for those that are all missing.

    Parameters
    ----------
    fields
        What is stored in each column.
    columns
        The cells of each column.

    Returns
    -------
    list[tuple[int, PackedColumn]] | None
        The position and the cells of each column; None for a batch that has to be stored as rows.
    """
    packed = []
    for at, (field, cells) in enumerate(zip(fields, columns, strict=True)):
        if field.kinds:
            column = _pack_column(_kind(field.kinds), cells)
            if column is None:
                return None
            packed.append((at, column))
    rows = len(columns[0]) if columns else 0
    return packed if validation.has_enough_bytes([column for _, column in packed], rows) else None


def _kind(kinds: frozenset[Kind]) -> Kind | None:
    """Return the kind that says how to keep a column; None for those that are kept as rows."""
    if kinds <= {Kind.INT, Kind.BIGINT}:
        return Kind.INT
    if kinds == {Kind.NAN} or (Kind.FLOAT in kinds and kinds <= {Kind.FLOAT, Kind.INT, Kind.NAN}):
        return Kind.FLOAT
    return next(iter(kinds)) if kinds in ({Kind.BOOL}, {Kind.TEXT}) else None


def _pack_column(kind: Kind | None, cells: Sequence[Value]) -> PackedColumn | None:
    if kind is None:
        return None
    try:
        return _pack_cells(kind, cells, None)
    except (TypeError, error):  # cells are missing
        missing = bytes([cell is None for cell in cells])
        filling: Value = "" if kind is Kind.TEXT else 0
        return _pack_cells(kind, [filling if cell is None else cell for cell in cells], missing)


def _pack_cells(kind: Kind, cells: Sequence[Any], missing: bytes | None) -> PackedColumn | None:
    if kind is Kind.BOOL:  # `struct` would take None for False
        return PackedColumn(_CODES[kind], bytes(cells), missing)
    if kind is not Kind.TEXT:
        return PackedColumn(_CODES[kind], pack(f"{len(cells)}{_CODES[kind]}", *cells), missing)
    if cells.count(cells[0]) == len(cells):
        return PackedColumn(ONE_TEXT, cells[0].encode(), missing)
    text = "\0".join(cells)
    if text.count("\0") != len(cells) - 1 or len(text) > _MOST:
        return None
    return PackedColumn(TEXTS, text.encode(), missing)


def store(
    log: Any,
    table: str,
    fields: Sequence[Field],
    columns: Sequence[tuple[int, PackedColumn]],
    rows: int,
) -> tuple[str, ...]:
    """Store a batch in the log.

    Parameters
    ----------
    log
        The engine of the log.
    table
        The name of the table, which is made if need be.
    fields
        What is stored in each column.
    columns
        The position and the cells of each column; see `pack_batch`.
    rows
        How many rows that are.

    Returns
    -------
    tuple[str, ...]
        The name of the column that each field got.
    """
    with log.write_sqlite() as connection:
        # Asked each time, as others may have dropped the table and made it anew.
        names: tuple[str, ...] = log.add_columns(table, fields)
        state = log.table_states((table,))[table]
        for statement in _TABLES.split(";"):
            connection.execute(statement)
        number = connection.execute(
            "INSERT INTO xetrack_batches VALUES (NULL, ?, ?, ?, ?)",
            (table, state.made, state.last, rows),
        ).lastrowid
        connection.executemany(
            "INSERT INTO xetrack_batch_columns VALUES (?, ?, ?, ?, ?)",
            (
                (number, names[at], column.type, column.cells, column.missing)
                for at, column in columns
            ),
        )
    return names


def list_pending(log: Any) -> list[PendingBatch]:
    """Return the batches that are in the log, in the order they were stored.

    Parameters
    ----------
    log
        The engine of the log.

    Raises
    ------
    StorageError
        What is said of one is damaged.
    """

    def read(connection: sqlite3.Connection) -> list[PendingBatch]:
        exists = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'xetrack_batches'"
        if connection.execute(exists).fetchone() is None:
            return []
        query = 'SELECT number, "table", made, after, rows FROM xetrack_batches ORDER BY number'
        rows = connection.execute(query).fetchall()
        if any(type(fact) is not int for _, _, *facts in rows for fact in facts):
            raise StorageError(log.location, "Reading", "a batch of its log is damaged")
        return [PendingBatch(*row) for row in rows]

    pending: list[PendingBatch] = log.read_sqlite(read, brief=True)
    return pending


def load(log: Any, batch: PendingBatch) -> dict[str, PackedColumn]:
    """Return the columns of a batch by name.

    Parameters
    ----------
    log
        The engine of the log.
    batch
        Which.

    Raises
    ------
    StorageError
        They are not what was stored.
    """

    def read(connection: sqlite3.Connection) -> dict[str, PackedColumn]:
        query = 'SELECT "column", type, cells, missing FROM xetrack_batch_columns WHERE batch = ?'
        return {
            name: PackedColumn(*rest) for name, *rest in connection.execute(query, (batch.number,))
        }

    columns: dict[str, PackedColumn] = log.read_sqlite(read)
    try:
        validation.check_columns(columns, batch.rows)
    except ValueError as error:
        reason = f"batch {batch.number} of its log is damaged: {error}"
        raise StorageError(log.location, "Reading", reason) from error
    return columns


def discard(log: Any, numbers: Iterable[int]) -> None:
    """Delete batches from the log.

    Parameters
    ----------
    log
        The engine of the log.
    numbers
        Those of the batches.

    Raises
    ------
    DatabaseBusyError
        Others are writing.
    """
    with log.write_sqlite(wait=False) as connection:
        for number in numbers:
            connection.execute("DELETE FROM xetrack_batches WHERE number = ?", (number,))
            connection.execute("DELETE FROM xetrack_batch_columns WHERE batch = ?", (number,))
