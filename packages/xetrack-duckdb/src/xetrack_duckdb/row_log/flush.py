"""Bringing the rows of the row log into DuckDB, in bulk and once.

The number up to which a table's rows were brought is stored in the same transaction as the rows;
only then are they discarded from the log. So a kill at any moment neither loses nor doubles one.
What was drawn when the log's table was made is stored too: where it differs, the table was
dropped meanwhile, and DuckDB's is dropped after it.
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
from xetrack_duckdb.row_log import packed_batches
from xetrack_duckdb.tables import arrays, cell_kinds, schema, widening

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.capabilities import NumberedRows
    from xetrack.model.kinds import Value
    from xetrack_duckdb.row_log.packed import Packed
    from xetrack_duckdb.row_log.packed_batches import Waiting
    from xetrack_duckdb.tables.schema import Table

ROWS = 100_000
"""Rows after which a transaction ends."""


@frozen
class Mark:
    """How far the rows of a table were brought."""

    made: int
    number: int = 0
    """Of the last row."""
    batch: int = 0
    """Of the last batch."""


@frozen
class _Piece:
    """Rows that are brought by one statement."""

    columns: Sequence[Column]
    cells: Sequence[Sequence[Value] | Packed]
    rows: int
    row: int = 0
    """The number of the last of them, if they are rows of the log."""
    batch: int = 0
    """Their number, if they are a batch."""


@contextmanager
def transaction(connection: DuckDBPyConnection) -> Iterator[None]:
    """Store all that is done, or nothing."""
    connection.execute("BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(duckdb.Error):  # what failed may have ended it
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _changing(connection: DuckDBPyConnection, table: str, mark: Mark | None) -> Iterator[None]:
    """Store all that is done to a table, unless it was brought further than that mark meanwhile.

    No other thread does so, but a signal handler or a finalizer that reads, within this very one.
    What is done then comes to nothing, and is to be done again.
    """
    with transaction(connection):
        if marks(connection).get(table) != mark:
            raise _overtaken(table)
        yield


def _overtaken(table: str) -> Exception:
    return duckdb.TransactionException(f"this thread brought {table!r} further meanwhile")


def marks(connection: DuckDBPyConnection) -> dict[str, Mark]:
    """Return how far each table was brought."""
    rows = connection.execute('SELECT "table", made, number, batch FROM db.main.xetrack_marks')
    return {table: Mark(*mark) for table, *mark in rows.fetchall()}


def set_mark(connection: DuckDBPyConnection, table: str, mark: Mark) -> None:
    """Store how far a table was brought; called inside a transaction."""
    connection.execute('DELETE FROM db.main.xetrack_marks WHERE "table" = ?', [table])
    connection.execute(
        "INSERT INTO db.main.xetrack_marks VALUES (?, ?, ?, ?)",
        [table, mark.made, mark.number, mark.batch],
    )


def fold(connection: DuckDBPyConnection, log: Any, there: Sequence[str]) -> None:
    """Bring in every row that the log has, and what it knows of tables.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    log
        An engine that numbers its rows.
    there
        All tables in DuckDB, which it takes long to ask for.
    """
    known = marks(connection)
    # Batches first: what is of no table then is of none later.
    waiting = packed_batches.waiting(log)
    tables = log.tables()
    for gone in known.keys() - set(tables):
        with _changing(connection, gone, known[gone]):
            schema.drop(connection, gone)
    for table in tables:
        with suppress(TableNotFoundError):  # dropped meanwhile: the next fold will see
            _fold_table(connection, log, table, known.get(table), there)
    _discard(log, [one.number for one in waiting if one.table not in tables])


def _discard(log: Any, numbers: Sequence[int]) -> None:
    if numbers:
        # Whoever writes may be waiting for the file. What stays is passed over by the mark.
        with suppress(DatabaseBusyError):
            packed_batches.discard(log, numbers)


def _fold_table(
    connection: DuckDBPyConnection, log: Any, name: str, known: Mark | None, there: Sequence[str]
) -> None:
    found = log.numbered(name, 0 if known is None else known.number)
    if known is not None and known.made != found.made:
        with closing(closable(found)), _changing(connection, name, known):
            schema.drop(connection, name)
        found, known = log.numbered(name), None
    with closing(closable(found)):
        mark = known or Mark(found.made)
        # Not before the moment that the rows are from, and the columns not before the batches:
        # a batch that comes after a row which is not among these rows has to wait.
        waiting = [one for one in packed_batches.waiting(log) if one.table == name]
        new = [one for one in waiting if one.made == mark.made and one.number > mark.batch]
        columns = found.columns
        if new:
            columns = log.columns(name)
            if log.numbering(name)[0] != mark.made:  # dropped and made anew, without the batches
                raise TableNotFoundError(name, log.location, ())
        pieces = _pieces(log, found, max(mark.number, found.discarded), new)
        first = next(pieces, None)
        if first or known is None or _is_behind(connection, name, columns, there):
            mark = _brought(connection, name, columns, chain([first], pieces), known, mark)
    if mark.number > found.discarded:
        with suppress(DatabaseBusyError):
            log.discard(name, mark.number, wait=False)
    _discard(
        log, [one.number for one in waiting if one.made != mark.made or one.number <= mark.batch]
    )


def closable(found: NumberedRows) -> Any:
    """Return what to close when the rows need not be read to their end."""
    return found.batches if hasattr(found.batches, "close") else _Nothing()


class _Nothing:
    def close(self) -> None:
        """Do nothing: batches that are all there hold nothing."""


def _pieces(
    log: Any, found: NumberedRows, last: int, waiting: Sequence[Waiting]
) -> Iterator[_Piece]:
    """Yield rows and batches in the order they were stored.

    `last` is the number of the last row that was brought before.
    """
    queue = deque(waiting)
    columns = [one for one in found.columns if one.key is not None]
    keyed = [at for at, one in enumerate(found.columns) if one.key is not None]
    for numbers, rows in found.batches:
        begin = 0
        while begin < len(numbers):
            end = bisect_right(numbers, queue[0].after) if queue else len(numbers)
            if end > begin:
                last = numbers[end - 1]
                yield _Piece(columns, [rows[at][begin:end] for at in keyed], end - begin, row=last)
                begin = end
            else:
                yield _loaded(log, queue.popleft())
    while queue and queue[0].after <= last:
        yield _loaded(log, queue.popleft())


def _loaded(log: Any, batch: Waiting) -> _Piece:
    columns = packed_batches.load(log, batch)
    if not columns and batch not in packed_batches.waiting(log):
        raise _overtaken(batch.table)
    described = [Column(name, name, frozenset()) for name in columns]
    return _Piece(described, list(columns.values()), batch.rows, batch=batch.number)


def _brought(
    connection: DuckDBPyConnection,
    name: str,
    columns: Sequence[Column],
    pieces: Iterator[_Piece | None],
    before: Mark | None,
    mark: Mark,
) -> Mark:
    """Bring in the rows that come before the first None, and return how far that was."""
    piece = next(pieces)
    while True:
        with _changing(connection, name, before):
            table = widening.brought_up(connection, name, columns)
            room = ROWS
            while piece is not None and room > 0:
                table = insert(connection, table, piece.columns, piece.cells, piece.rows)
                mark = evolve(
                    mark, number=piece.row or mark.number, batch=piece.batch or mark.batch
                )
                room -= piece.rows
                piece = next(pieces, None)
            set_mark(connection, name, mark)
        if piece is None:
            return mark
        before = mark


def _is_behind(
    connection: DuckDBPyConnection, name: str, columns: Sequence[Column], there: Sequence[str]
) -> bool:
    """Tell whether the log knows columns or kinds that DuckDB's table lacks."""
    table = schema.load(connection, name, there)
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


def insert(
    connection: DuckDBPyConnection,
    table: Table,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Value] | Packed],
    number: int,
) -> Table:
    """Append rows, given as the cells of each column; called inside a transaction.

    Returns
    -------
    Table
        The table, which may have got a column for notes.
    """
    given = [
        (table.by_name[column.name], column_cells)
        for column, column_cells in zip(columns, rows, strict=True)
        if column.key is not None
    ]
    into = [column for column, _ in given]
    found, noted = arrays.arrays(into, [column_cells for _, column_cells in given], number)
    names = [column.sql for column in into]
    values = [f"CAST(c{at} AS {column.type})" for at, column in enumerate(into)]
    if noted is not None:
        table = widening.with_notes(connection, table)
        names.append(quoted(cell_kinds.COLUMN))
        values.append("CAST(notes AS VARCHAR)")
        found.append(arrays.objects(noted))
    source = {f"c{at}": array for at, array in enumerate(found)}
    if noted is not None:
        source["notes"] = source.pop(f"c{len(found) - 1}")
    connection.register("xetrack_rows", source)
    try:
        connection.execute(
            f"INSERT INTO {table.sql} ({', '.join(names)}) "
            f"SELECT {', '.join(values)} FROM xetrack_rows"
        )
    finally:
        connection.unregister("xetrack_rows")
    return table
