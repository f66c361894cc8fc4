"""Reading: a query becomes one SELECT, and its cells become plain values again."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any

from xetrack.builtin.sqlite.reading.sql_functions import (
    FUNCTION,
    NUMBERS,
    is_native,
    is_sorted_exactly,
)
from xetrack.builtin.sqlite.tables import cell_kinds, overflow, schema
from xetrack.builtin.sqlite.tables.storage import decode_column, encoded, meanings
from xetrack.errors import ColumnNotFoundError
from xetrack.interfaces.query import Query
from xetrack.model.kinds import Kind, kind_of
from xetrack.model.names import quoted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from xetrack.builtin.sqlite.tables.stored_columns import StoredColumn, TableSchema
    from xetrack.interfaces.query import Condition
    from xetrack.model.kinds import Value

BATCH = 500
"""Rows fetched at once: few enough to stay in the processor's cache, and fewer than the 700 objects
after which Python's garbage collector looks through memory."""

NUMBERED = 25_000
"""Rows in a batch for another place, which stores each batch by a statement."""

_TEXT, _BYTES = "''", "x''"
"""The least text and the least bytes: to SQLite a number is less than any text, and a text less
than any bytes. To ask for `typeof` instead takes a third longer."""


def column_named(table: TableSchema, name: str) -> StoredColumn:
    """Return a column by name.

    Parameters
    ----------
    table
        The table.
    name
        Name of the column.

    Returns
    -------
    StoredColumn
        The column.

    Raises
    ------
    ColumnNotFoundError
        The table has no such column.
    """
    try:
        return table.by_name[name]
    except KeyError:
        raise ColumnNotFoundError(name, table.name, table.by_name) from None


def where_sql(table: TableSchema, where: Sequence[Condition]) -> tuple[str, list[Value]]:
    """Return conditions as SQL.

    Parameters
    ----------
    table
        The table.
    where
        Conditions that must all hold.

    Returns
    -------
    tuple
        SQL that begins with WHERE, empty for no condition, and the values for it.

    Raises
    ------
    ColumnNotFoundError
        The table lacks a column.
    """
    parts: list[str] = []
    values: list[Value] = []
    for condition in where:
        sql, needed = _condition_sql(table, condition)
        parts.append(sql)
        values += needed
    return (f" WHERE {' AND '.join(parts)}" if parts else ""), values


def _condition_sql(table: TableSchema, condition: Condition) -> tuple[str, list[Value]]:
    column, operator = column_named(table, condition.column), condition.operator
    name, kind = overflow.cell_sql(column), kind_of(condition.value)
    noted = "''"
    noted_values: list[Value] = []
    if column.in_overflow:
        noted = overflow.kind_sql(column)
    elif set(column.kinds) - NUMBERS - {Kind.TEXT}:
        noted, noted_values = cell_kinds.kind_sql(table), [table.name, column.name]
    if kind is None or kind is Kind.NAN:
        if operator not in {"=", "!="}:
            return "0", []  # nothing is less or more than a missing cell or nan
        missing = f"{name} IS NULL AND {noted} {'=' if kind else '!='} 'nan'"
        return f"{'NOT ' if operator == '!=' else ''}({missing})", noted_values
    value = encoded(condition.value)
    if not is_native(kind, column.kinds):
        sql = f"{FUNCTION}({name}, {noted}, ?, ?, ?, ?)"
        return sql, [*noted_values, ",".join(column.kinds), operator, value, kind]
    # The sign + takes the column's affinity off, by which a number could equal a text.
    sql = f"+{name} {operator} ?"
    if operator in {"<", "<="} and kind in {Kind.TEXT, Kind.BYTES}:
        sql += f" AND +{name} >= {_TEXT if kind is Kind.TEXT else _BYTES}"
    elif operator in {">", ">="} and kind is not Kind.BYTES:
        sql += f" AND +{name} < {_BYTES if kind is Kind.TEXT else _TEXT}"
    return sql, [value]


def _is_backwards(query: Query) -> bool:
    """Return True if the tail is read from the end of the table, without passing over the rest."""
    return (query.tail, query.limit, query.offset, query.order) == (query.tail, None, 0, None)


def selected_columns(table: TableSchema, query: Query) -> list[StoredColumn]:
    """Return the columns that a query asks for, in its order.

    Parameters
    ----------
    table
        The table.
    query
        The query.

    Returns
    -------
    list of StoredColumn
        All columns where it names none.

    Raises
    ------
    ColumnNotFoundError
        The table lacks a column.
    """
    if query.columns is None:
        return list(table.columns)
    return [column_named(table, name) for name in query.columns]


def select_sql(table: TableSchema, query: Query, *, numbered: bool) -> tuple[str, list[Value]]:
    """Return a query as SQL.

    Parameters
    ----------
    table
        The table.
    query
        The query.
    numbered
        Select the row number too, as the last column.

    Returns
    -------
    tuple
        The statement, and the values for it.
    """
    row = f"{quoted(table.name)}.{table.row_id}"
    names = _names_sql(table, selected_columns(table, query), numbered=numbered)
    where, values = where_sql(table, query.where)
    limit = query.limit
    backwards = query.tail is not None and _is_backwards(query)
    if backwards:
        limit = query.tail
    if query.order is None:
        order = f"{row} {'DESC' if query.descending != backwards else 'ASC'}"
    else:
        name = overflow.cell_sql(column_named(table, query.order))
        # To SQLite what is missing is less than all else.
        missing_last = f"{name} DESC" if query.descending else f"{name} IS NULL, {name}"
        order = f"{missing_last}, {row}"
    sql = f"SELECT {names} FROM {quoted(table.name)}{where} ORDER BY {order}"
    if limit is not None or query.offset:
        sql += " LIMIT ? OFFSET ?"
        values += [-1 if limit is None else limit, query.offset]
    return sql, values


def _names_sql(table: TableSchema, columns: Sequence[StoredColumn], *, numbered: bool) -> str:
    """Return what a SELECT lists for some columns; the row number, if wanted, comes last."""
    names = [quoted(column.name) for column in columns if not column.in_overflow]
    if len(names) < len(columns):
        names.append(overflow.MORE)
    if numbered or not names:
        names.append(f"{quoted(table.name)}.{table.row_id}")
    return ", ".join(names)


def _has_one_zone(connection: sqlite3.Connection, table: TableSchema, by: StoredColumn) -> bool:
    """Return True if a column holds datetimes of one offset, or of none: they sort as texts do."""
    if {*by.kinds} - {Kind.NAN} != {Kind.DATETIME}:
        return False
    name = overflow.cell_sql(by)
    # The offset begins behind seconds or microseconds.
    offset = f"substr({name}, CASE substr({name}, 20, 1) WHEN '.' THEN 27 ELSE 20 END)"
    sql = f"SELECT count(DISTINCT {offset}) FROM {quoted(table.name)}"
    return bool(connection.execute(sql).fetchone()[0] <= 1)


def _arranged(
    connection: sqlite3.Connection, table: TableSchema, query: Query, by: StoredColumn
) -> str:
    """Return, as a JSON array, the numbers of the rows of an answer that Python must sort."""
    noted = cell_kinds.load(connection, table, [] if by.in_overflow else [by.name])
    sql, values = select_sql(table, Query(columns=(by.name,), where=query.where), numbered=True)
    rows: list[int] = []
    cells: list[Value] = []
    for chunk in _chunks(connection.execute(sql, values), Query()):
        numbers, (read,) = _meant([by], noted, list(map(list, zip(*chunk, strict=True))))
        rows += numbers
        cells += read
    return json.dumps(query.arrange(rows, cells))


def _arranged_sql(table: TableSchema, columns: Sequence[StoredColumn], *, numbered: bool) -> str:
    """Return SQL for the rows whose numbers come as a JSON array, in its order."""
    name = quoted(table.name)
    # Names that neither a key nor a table of rows can have.
    order = 'SELECT key AS "its place", value AS "the row" FROM json_each(?)'
    return (
        f"SELECT {_names_sql(table, columns, numbered=numbered)} FROM ({order}) AS xetrack_order "
        f'CROSS JOIN {name} ON {name}.{table.row_id} = xetrack_order."the row" '
        'ORDER BY xetrack_order."its place"'
    )


def batches(
    connection: sqlite3.Connection, table: TableSchema, query: Query
) -> Iterator[Sequence[Sequence[Value]]]:
    """Yield the cells of the answer batch by batch, from one moment of the database.

    Parameters
    ----------
    connection
        In a transaction.
    table
        The table as it is in that.
    query
        The query.

    Yields
    ------
    list
        The plain values of each column.
    """
    columns = selected_columns(table, query)
    real = [column for column in columns if not column.in_overflow]
    noted = cell_kinds.load(connection, table, [column.name for column in real])
    numbered = bool(noted or not columns or len(real) < len(columns))
    by = None if query.order is None else column_named(table, query.order)
    if by is None or is_sorted_exactly(by.kinds) or _has_one_zone(connection, table, by):
        sql, values = select_sql(table, query, numbered=numbered)
    else:
        sql, values = _arranged_sql(table, columns, numbered=numbered), []
        values.append(_arranged(connection, table, query, by))
        query = Query()  # what follows reads all of these rows, as they come
    if not numbered:
        known = [meanings(column.kinds) for column in real]
        for rows in _chunks(connection.execute(sql, values), query):
            yield list(map(decode_column, zip(*rows, strict=True), known))
        return
    for rows in _chunks(connection.execute(sql, values), query):
        yield _meant(columns, noted, list(map(list, zip(*rows, strict=True))))[1]


def numbered(
    connection: sqlite3.Connection, table: TableSchema, after: int
) -> Iterator[tuple[list[int], Sequence[Sequence[Value]]]]:
    """Yield the rows with a higher number, in their order.

    Parameters
    ----------
    connection
        In a transaction.
    table
        The table as it is in that.
    after
        Only rows with a higher number than this.

    Yields
    ------
    tuple
        Row numbers, and the plain values of each column.
    """
    noted = cell_kinds.load(connection, table, [c.name for c in table.columns if not c.in_overflow])
    sql, _ = select_sql(table, Query(), numbered=True)
    # The text ends in the order, before which the condition goes.
    head, _, tail = sql.rpartition(" ORDER BY ")
    row = f"{quoted(table.name)}.{table.row_id}"
    cursor = connection.execute(f"{head} WHERE {row} > ? ORDER BY {tail}", (after,))
    while rows := cursor.fetchmany(BATCH):
        columns: list[list[Any]] = list(map(list, zip(*rows, strict=True)))
        while len(columns[0]) < NUMBERED and (rows := cursor.fetchmany(BATCH)):
            for cells, some in zip(columns, zip(*rows, strict=True), strict=True):
                cells.extend(some)
        yield _meant(table.columns, noted, columns)


def _meant(
    columns: Sequence[StoredColumn], noted: cell_kinds.Notes, stored: list[list[Any]]
) -> tuple[list[int], Sequence[Sequence[Value]]]:
    """Return the numbers of stored rows, the last of the stored columns, and their plain values."""
    real = [column for column in columns if not column.in_overflow]
    *stored_cells, numbers = stored
    texts = stored_cells.pop() if len(real) < len(columns) else None
    meant = cell_kinds.decode_noted(noted, numbers, stored_cells) if noted else ()
    cells = [
        decode_column(column_cells, meanings(column.kinds))
        for column_cells, column in zip(stored_cells, real, strict=True)
    ]
    for column, at, value in meant:
        cells[column][at] = value  # type: ignore[index]  # what was a list is one
    return numbers, cells if texts is None else overflow.spread(columns, cells, texts)


def _chunks(cursor: sqlite3.Cursor, query: Query) -> Iterator[Sequence[tuple[Value, ...]]]:
    if query.tail is None:
        return iter(lambda: cursor.fetchmany(BATCH), [])
    if _is_backwards(query):
        rows = cursor.fetchall()[::-1]
    else:
        rows = list(deque(cursor, maxlen=query.tail))
    return (rows[at : at + BATCH] for at in range(0, len(rows), BATCH))


def count(connection: sqlite3.Connection, table: str, where: Sequence[Condition]) -> int:
    """Count the rows that fulfil all conditions.

    Parameters
    ----------
    connection
        Open on the database.
    table
        Name of the table.
    where
        Conditions that must all hold.

    Returns
    -------
    int
        How many rows; 0 for a missing table.
    """
    stored = schema.load(connection, table)
    if stored is None:
        return 0
    sql, values = where_sql(stored, where)
    query = f"SELECT count(*) FROM {quoted(table)}{sql}"
    return int(connection.execute(query, values).fetchone()[0])


def row_numbers(
    connection: sqlite3.Connection, table: TableSchema, where: Sequence[Condition]
) -> tuple[str, int]:
    """Return the numbers of the rows that fulfil all conditions.

    Parameters
    ----------
    connection
        In a transaction.
    table
        The table as it is in that.
    where
        Conditions that must all hold.

    Returns
    -------
    tuple
        The numbers as a JSON array, and how many they are.
    """
    sql, values = where_sql(table, where)
    query = f"SELECT json_group_array({table.row_id}), count(*) FROM {quoted(table.name)}{sql}"
    numbers, count = connection.execute(query, values).fetchone()
    return str(numbers), int(count)
