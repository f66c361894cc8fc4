"""Reading: a query becomes SQL, and its cells become plain values again."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from itertools import count
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from xetrack.errors import ColumnNotFoundError
from xetrack.model.kinds import Kind
from xetrack.model.names import quoted
from xetrack_postgres.names import MORE, ROW
from xetrack_postgres.reading.conditions import native_sql
from xetrack_postgres.tables.storage import decoder, unpack_strays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from psycopg import Connection, ServerCursor

    from xetrack.interfaces.query import Condition, Query
    from xetrack.model.kinds import Value
    from xetrack_postgres.reading.conditions import SQL
    from xetrack_postgres.tables.schema import StoredColumn, TableSchema

BATCH = 2_000
"""Rows fetched at once."""

_SORTED_BY_SERVER = frozenset(Kind) - {Kind.JSON, Kind.PATH}
_numbers = count()


def find_column(table: TableSchema, name: str) -> StoredColumn:
    """Return a column by name.

    Parameters
    ----------
    table
        Where to look.
    name
        The name of the column.

    Raises
    ------
    ColumnNotFoundError
        The table has no such column.
    """
    try:
        return table.by_name[name]
    except KeyError:
        raise ColumnNotFoundError(name, table.name, table.by_name) from None


class TableReader:
    """Reads a table inside a transaction that sees one moment of it."""

    def __init__(self, connection: Connection[Any], table: TableSchema, relation: str) -> None:
        self._connection = connection
        self._table = table
        self._name = relation.replace("%", "%%")
        self._from = f"FROM {self._name}"

    def wanted(self, query: Query) -> list[StoredColumn]:
        """Return the columns that a query asks for, in its order.

        Parameters
        ----------
        query
            The query.
        """
        if query.columns is None:
            return list(self._table.columns)
        return [find_column(self._table, name) for name in query.columns]

    def where(self, conditions: Sequence[Condition]) -> SQL:
        """Return SQL for conditions, after deciding in Python what SQL cannot.

        Parameters
        ----------
        conditions
            What rows must fulfil, all of it.

        Returns
        -------
        SQL
            The text, and the values of its parameters.
        """
        easy: list[SQL] = []
        decided: list[SQL] = []
        hard: list[Condition] = []
        only_python = False
        for condition in conditions:
            column = find_column(self._table, condition.column)
            sql = native_sql(column, condition)
            if sql is not None and not (column.strays or column.in_more):
                easy.append(sql)
                continue
            hard.append(condition)
            only_python = only_python or sql is None
            decided += [] if sql is None else [sql]
        if hard:
            without = (f"{MORE} IS NULL", list["Value"]())
            sure = _joined([without, *decided], " AND ")
            asked = easy if only_python else [*easy, (f"{MORE} IS NOT NULL", [])]
            rows = self._fulfilling(hard, _joined(asked, " AND "))
            matching: SQL = (f"{ROW} = ANY(%s::bigint[])", [rows])
            easy.append(matching if only_python else _joined([sure, matching], " OR "))
        return _joined(easy, " AND ")

    def _fulfilling(self, conditions: Sequence[Condition], where: SQL) -> list[Value]:
        """Return the numbers of those rows that fulfil conditions in Python."""
        columns = [find_column(self._table, condition.column) for condition in conditions]
        return [
            number
            for number, *cells in self._rows(columns, where)
            if all(
                condition.matches(cell) for cell, condition in zip(cells, conditions, strict=True)
            )
        ]

    def _rows(self, columns: Sequence[StoredColumn], where: SQL) -> Iterator[list[Value]]:
        """Yield the number and the plain cells of each row."""
        sql = f"SELECT {ROW}, {MORE}{''.join(map(_listed, columns))} {self._from} WHERE {where[0]}"
        cursor = self._connection.execute(sql, where[1], binary=True)
        decoders = [_lenient(decoder(column.meaning)) for column in columns]
        for number, text, *stored in cursor:
            strays, cells = unpack_strays(text), iter(stored)
            row = [number]
            for column, decode in zip(columns, decoders, strict=True):
                cell = decode(next(cells)) if column.is_real else None
                row.append(strays.get(column.name, cell))
            yield row

    def count(self, conditions: Sequence[Condition]) -> int:
        """Count the rows that fulfil all conditions.

        Parameters
        ----------
        conditions
            What rows must fulfil, all of it.
        """
        where, values = self.where(conditions)
        sql = f"SELECT count(*) {self._from} WHERE {where}"
        return int((self._connection.execute(sql, values).fetchone() or [0])[0])

    def numbers(self, conditions: Sequence[Condition]) -> list[int]:
        """Return the numbers of the rows that fulfil all conditions.

        Parameters
        ----------
        conditions
            What rows must fulfil, all of it.
        """
        where, values = self.where(conditions)
        numbers = self._connection.execute(f"SELECT {ROW} {self._from} WHERE {where}", values)
        return [number for (number,) in numbers]

    def delete(self, conditions: Sequence[Condition]) -> int:
        """Delete the rows that fulfil all conditions, and return how many that were.

        Parameters
        ----------
        conditions
            What rows must fulfil, all of it.

        Returns
        -------
        int
            The number of rows that were deleted.
        """
        where, values = self.where(conditions)
        return self._connection.execute(f"DELETE {self._from} WHERE {where}", values).rowcount

    def opened(self, query: Query) -> ServerCursor[Any]:
        """Return a cursor on the cells of an answer, which the server keeps until they are fetched.

        The cursor outlives the transaction, so that no table stays locked while it is read.

        Parameters
        ----------
        query
            The query.
        """
        listed = "".join(map(_listed, self.wanted(query)))
        sql, values = self._select(query, f"{MORE}{listed}")
        name = f"xetrack_answer_{next(_numbers)}"
        cursor = self._connection.cursor(name, binary=True, withhold=True)
        cursor.execute(sql, values)
        return cursor

    def _select(self, query: Query, listed: str) -> SQL:
        where, values = self.where(query.where)
        column = None if query.order is None else find_column(self._table, query.order)
        if column is not None and (
            column.strays or not column.is_real or column.meaning not in _SORTED_BY_SERVER
        ):
            rows = sorted(self._rows([column], (where, values)), key=itemgetter(0))
            numbers = replace(query, tail=None).arrange(*zip(*rows, strict=True)) if rows else []
            sql = (
                f"SELECT {listed} {self._from} JOIN unnest(%s::bigint[]) WITH ORDINALITY "
                # Names with blanks, which no key gets.
                f'AS o ("the row", "its place") ON {ROW} = "the row" ORDER BY "its place"'
            )
            return sql, [numbers]
        backwards = is_read_from_end(query)
        limit = query.tail if backwards else query.limit
        order = f"{ROW} {'DESC' if query.descending != backwards else 'ASC'}"
        if column is not None:
            name = quoted(column.name).replace("%", "%%")
            collation = ' COLLATE "C"' if column.meaning is Kind.TEXT else ""
            way = "DESC" if query.descending else "ASC"
            order = f"{name}{collation} {way} NULLS LAST, {ROW}"
        sql = f"SELECT {listed} {self._from} WHERE {where} ORDER BY {order}"
        if limit is not None or query.offset:
            sql += " LIMIT %s OFFSET %s"
            values = [*values, limit, query.offset]
        return sql, values


def read_batches(
    cursor: ServerCursor[Any], columns: Sequence[StoredColumn], query: Query
) -> Iterator[Sequence[Sequence[Value]]]:
    """Yield the cells of an answer, column by column.

    Parameters
    ----------
    cursor
        From `TableReader.opened`.
    columns
        The columns that the query asks for.
    query
        What is asked.
    """
    decoders = [decoder(column.meaning) for column in columns]
    for rows in _chunks(cursor, query):
        texts, *stored_columns = zip(*rows, strict=True)
        stored = iter(stored_columns)
        cells: list[list[Value]] = [
            _decode_cells(next(stored), decode) if column.is_real else [None] * len(rows)
            for column, decode in zip(columns, decoders, strict=True)
        ]
        for at, text in enumerate(texts):
            if text is not None:
                strays = unpack_strays(text)
                for column, taker in zip(columns, cells, strict=True):
                    if column.name in strays:
                        taker[at] = strays[column.name]
        yield cells


def is_read_from_end(query: Query) -> bool:
    """Return True if the tail is read from the end of the table, without passing over the rest.

    Parameters
    ----------
    query
        The query.
    """
    return query.tail is not None and (query.limit, query.offset, query.order) == (None, 0, None)


def _chunks(cursor: ServerCursor[Any], query: Query) -> Iterator[Sequence[tuple[Value, ...]]]:
    if query.tail is None:
        return _fetched(cursor)
    if is_read_from_end(query):
        rows = cursor.fetchall()[::-1]
    else:
        rows = list(deque(iter(cursor.fetchone, None), maxlen=query.tail))
    return (rows[at : at + BATCH] for at in range(0, len(rows), BATCH))


def _fetched(cursor: ServerCursor[Any]) -> Iterator[Sequence[tuple[Value, ...]]]:
    """Yield rows until fewer come than were asked for: no server is asked after the last."""
    full = True
    while full:
        rows = cursor.fetchmany(BATCH)
        full = len(rows) == BATCH
        if rows:
            yield rows


def _listed(column: StoredColumn) -> str:
    name = quoted(column.name).replace("%", "%%")
    return f", {name}{column.cast}" if column.is_real else ""


def _decode_cells(cells: Sequence[Value], decode: Callable[[Value], Value] | None) -> list[Value]:
    return list(cells) if decode is None else list(map(_lenient(decode), cells))


def _joined(parts: Sequence[SQL], how: str) -> SQL:
    text = how.join(f"({sql})" for sql, _ in parts) or "true"
    return text, [value for _, values in parts for value in values]


def _lenient(decode: Callable[[Value], Value] | None) -> Callable[[Value], Value]:
    """Return a function that decodes a cell, but leaves as it is what another program wrote."""

    def decoded(cell: Value) -> Value:
        if cell is None or decode is None:
            return cell
        try:
            return decode(cell)
        except (ValueError, ArithmeticError, TypeError, LookupError):
            return cell

    return decoded
