"""Flushing the row log into DuckDB, in bulk, and each row once.

The number up to which a table's rows were flushed is stored in the same transaction as the rows;
only then are they discarded from the log. So a kill at any moment neither loses nor doubles one.
The random number of the log's table is stored too: where it differs, the table was dropped
meanwhile, and DuckDB's is dropped after it. For a log that is older than its database, see
`known_rows`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from contextlib import closing, contextmanager, suppress
from itertools import chain
from typing import TYPE_CHECKING, Any

import duckdb
from attrs import evolve, frozen

from xetrack.errors import DatabaseBusyError, TableNotFoundError
from xetrack.interfaces.engine import Column
from xetrack.model.names import quoted
from xetrack_duckdb.row_log import known_rows, packed_batches
from xetrack_duckdb.tables import arrays, cell_kinds, schema, widening

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.engines.capabilities import NumberedRows, TableState
    from xetrack.model.kinds import Value
    from xetrack_duckdb.row_log.packed import PackedColumn
    from xetrack_duckdb.row_log.packed_batches import PendingBatch
    from xetrack_duckdb.tables.schema import Table

ROWS = 100_000
"""Rows after which a transaction ends."""


@frozen
class FlushMark:
    """How far a table was flushed."""

    made: int
    number: int = 0
    """Of the last row."""
    batch: int = 0
    """Of the last batch."""


@frozen
class _Chunk:
    """Rows that one statement inserts."""

    columns: Sequence[Column]
    cells: Sequence[Sequence[Value] | PackedColumn]
    rows: int
    row: int = 0
    """The number of the last of them, if they are rows of the log."""
    batch: int = 0
    """Their number, if they are a batch."""


@contextmanager
def transaction(connection: DuckDBPyConnection) -> Iterator[None]:
    """Run a block as one transaction: all of it is stored, or nothing.

    Parameters
    ----------
    connection
        A connection to DuckDB, outside any transaction.
    """
    connection.execute("BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(duckdb.Error):  # what failed may have ended it
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _table_transaction(
    connection: DuckDBPyConnection, table: str, mark: FlushMark | None
) -> Iterator[None]:
    """Store all that is done to a table, unless it was flushed further than that mark meanwhile.

    No other thread does so, but a signal handler or a finalizer that reads, within this very one.
    What is done then comes to nothing, and is to be done again.
    """
    with transaction(connection):
        if read_marks(connection).get(table) != mark:
            raise _overtaken_error(table)
        yield


def _overtaken_error(table: str) -> Exception:
    return duckdb.TransactionException(f"this thread brought {table!r} further meanwhile")


def read_marks(connection: DuckDBPyConnection) -> dict[str, FlushMark]:
    """Return how far each table was flushed, by name.

    Parameters
    ----------
    connection
        A connection on which the file is attached.
    """
    rows = connection.execute('SELECT "table", made, number, batch FROM db.main.xetrack_marks')
    return {table: FlushMark(*mark) for table, *mark in rows.fetchall()}


def set_mark(connection: DuckDBPyConnection, table: str, mark: FlushMark) -> None:
    """Store how far a table was flushed; called inside a transaction.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        The name of the table.
    mark
        The last row and batch that are in DuckDB now.
    """
    connection.execute('DELETE FROM db.main.xetrack_marks WHERE "table" = ?', [table])
    connection.execute(
        "INSERT INTO db.main.xetrack_marks VALUES (?, ?, ?, ?)",
        [table, mark.made, mark.number, mark.batch],
    )


def flush_log(
    connection: DuckDBPyConnection, log: Any, table_names: Sequence[str]
) -> Collection[str]:
    """Insert every row that the log has into DuckDB, and follow its drops of tables.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    log
        An engine that numbers its rows.
    table_names
        All tables in DuckDB, which it takes long to ask for.

    Returns
    -------
    Collection[str]
        The tables of the log.
    """
    known = read_marks(connection)
    # Batches first: what is of no table then is of none later.
    waiting = packed_batches.list_pending(log)
    with_batches = {batch.table for batch in waiting}
    states: dict[str, TableState] = log.table_states()
    stored = schema.load_all(connection, table_names)
    for dropped in known.keys() - states.keys():
        with _table_transaction(connection, dropped, known[dropped]):
            schema.drop_table(connection, dropped)
    for table, state in states.items():
        mark = known.get(table)
        if (
            table in with_batches
            or mark is None
            or _has_news(state, mark)
            or _is_behind(stored.get(table), state.columns)
        ):
            with suppress(TableNotFoundError):  # dropped meanwhile: the next flush will see
                _flush_table(connection, log, table, mark, stored.get(table))
    _discard(log, [batch.number for batch in waiting if batch.table not in states])
    return states.keys()


def _has_news(state: TableState, mark: FlushMark) -> bool:
    """Return True if the log has rows that DuckDB lacks, or rows that it may discard."""
    return state.made != mark.made or state.last > mark.number or state.discarded < mark.number


def _discard(log: Any, numbers: Sequence[int]) -> None:
    if numbers:
        # Whoever writes may be waiting for the file. What stays is passed over by the mark.
        with suppress(DatabaseBusyError):
            packed_batches.discard(log, numbers)


def _flush_table(
    connection: DuckDBPyConnection,
    log: Any,
    name: str,
    known: FlushMark | None,
    stored: Table | None,
) -> None:
    rows = log.read_numbered(name, 0 if known is None else known.number)
    if known is not None and known.made != rows.made:
        with closing(known_rows.closable(rows)), _table_transaction(connection, name, known):
            schema.drop_table(connection, name)
        rows, known, stored = log.read_numbered(name), None, None
    mark = known or FlushMark(rows.made)
    is_older = rows.discarded < mark.number and not known_rows.has_row(
        connection, stored, log, name, mark.number
    )
    if is_older:
        known_rows.closable(rows).close()
        rows = log.read_numbered(name)
        mark = evolve(mark, number=rows.discarded)
    with closing(known_rows.closable(rows)):
        # Not before the moment that the rows are from, and the columns not before the batches:
        # a batch that comes after a row which is not among these rows has to wait.
        waiting = [batch for batch in packed_batches.list_pending(log) if batch.table == name]
        new = [
            batch
            for batch in waiting
            if batch.made == mark.made
            and (
                batch.number > mark.batch
                or not known_rows.has_batch(connection, stored, log, batch)
            )
        ]
        columns = rows.columns
        if new:
            columns = log.columns(name)
            state = log.table_states((name,)).get(name)
            if state is None or state.made != mark.made:  # made anew, without the batches
                raise TableNotFoundError(name, log.location, ())
        pieces = _read_chunks(log, rows, max(mark.number, rows.discarded), new)
        if is_older:
            pieces = (_without_known(connection, stored, piece) for piece in pieces)
        first = next(pieces, None)
        if first or known is None or is_older or _is_behind(stored, columns):
            mark = _insert_chunks(connection, name, columns, chain([first], pieces), known, mark)
    if mark.number > rows.discarded:
        with suppress(DatabaseBusyError):
            log.discard(name, mark.number, wait=False)
    _discard(
        log,
        [
            batch.number
            for batch in waiting
            if batch.made != mark.made or batch.number <= mark.batch
        ],
    )


def _read_chunks(
    log: Any, numbered: NumberedRows, last: int, waiting: Sequence[PendingBatch]
) -> Iterator[_Chunk]:
    """Yield rows and batches in the order they were stored.

    `last` is the number of the last row that was brought before.
    """
    queue = deque(waiting)
    columns = [column for column in numbered.columns if column.key is not None]
    keyed = [at for at, column in enumerate(numbered.columns) if column.key is not None]
    for numbers, rows in numbered.batches:
        begin = 0
        while begin < len(numbers):
            end = bisect_right(numbers, queue[0].after) if queue else len(numbers)
            if end > begin:
                last = numbers[end - 1]
                yield _Chunk(columns, [rows[at][begin:end] for at in keyed], end - begin, row=last)
                begin = end
            else:
                yield _load_batch(log, queue.popleft())
    while queue and queue[0].after <= last:
        yield _load_batch(log, queue.popleft())


def _without_known(connection: DuckDBPyConnection, table: Table | None, chunk: _Chunk) -> _Chunk:
    """Return a chunk without the rows that DuckDB has; of a batch it has all or none."""
    if chunk.batch:
        return chunk
    identities = known_rows.row_identities(
        [column.name for column in chunk.columns], chunk.cells, chunk.rows
    )
    known = known_rows.find_known(connection, table, identities)
    missing = [at for at, identity in enumerate(identities) if identity not in known]
    cells: list[Any] = [[column[at] for at in missing] for column in chunk.cells]  # type: ignore[index]
    return evolve(chunk, cells=cells, rows=len(missing))


def _load_batch(log: Any, batch: PendingBatch) -> _Chunk:
    columns = packed_batches.load(log, batch)
    if not columns and batch not in packed_batches.list_pending(log):
        raise _overtaken_error(batch.table)
    described = [Column(name, name, frozenset()) for name in columns]
    return _Chunk(described, list(columns.values()), batch.rows, batch=batch.number)


def _insert_chunks(
    connection: DuckDBPyConnection,
    name: str,
    columns: Sequence[Column],
    chunks: Iterator[_Chunk | None],
    before: FlushMark | None,
    mark: FlushMark,
) -> FlushMark:
    """Insert the chunks that come before the first None, and return how far that was."""
    chunk = next(chunks)
    while True:
        with _table_transaction(connection, name, before):
            table = widening.widen_table(connection, name, columns)
            room = ROWS
            while chunk is not None and room > 0:
                if chunk.rows:
                    table = insert_rows(connection, table, chunk.columns, chunk.cells, chunk.rows)
                mark = evolve(
                    mark, number=chunk.row or mark.number, batch=chunk.batch or mark.batch
                )
                room -= chunk.rows
                chunk = next(chunks, None)
            set_mark(connection, name, mark)
        if chunk is None:
            return mark
        before = mark


def _is_behind(table: Table | None, columns: Sequence[Column]) -> bool:
    """Return True if the log knows columns or kinds that DuckDB's table lacks."""
    if table is None:
        return True
    by_name = table.by_name
    return any(
        column.name not in by_name
        or by_name[column.name].key is None
        or not column.kinds <= by_name[column.name].kinds
        for column in columns
        if column.key is not None
    )


def insert_rows(
    connection: DuckDBPyConnection,
    table: Table,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Value] | PackedColumn],
    number: int,
) -> Table:
    """Append rows to a table; called inside a transaction.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        The table as it is now, with a column for each of `columns`.
    columns
        The columns that the rows have; those without a key are left out.
    rows
        The cells of each column.
    number
        How many rows that are.

    Returns
    -------
    Table
        The table, which may have got a column for notes on kinds.
    """
    pairs = [
        (table.by_name[column.name], column_cells)
        for column, column_cells in zip(columns, rows, strict=True)
        if column.key is not None
    ]
    targets = [column for column, _ in pairs]
    column_arrays, notes = arrays.to_arrays(
        targets, [column_cells for _, column_cells in pairs], number
    )
    names = [column.sql for column in targets]
    values = [f"CAST(c{at} AS {column.type})" for at, column in enumerate(targets)]
    if notes is not None:
        table = widening.add_kinds_column(connection, table)
        names.append(quoted(cell_kinds.COLUMN))
        values.append("CAST(notes AS VARCHAR)")
        column_arrays.append(arrays.object_array(notes))
    source = {f"c{at}": array for at, array in enumerate(column_arrays)}
    if notes is not None:
        source["notes"] = source.pop(f"c{len(column_arrays) - 1}")
    connection.register("xetrack_rows", source)
    try:
        connection.execute(
            f"INSERT INTO {table.sql} ({', '.join(names)}) "
            f"SELECT {', '.join(values)} FROM xetrack_rows"
        )
    finally:
        # The error that ended the transaction is the one to tell; rows are registered anew.
        with suppress(duckdb.TransactionException):
            connection.unregister("xetrack_rows")
    return table
