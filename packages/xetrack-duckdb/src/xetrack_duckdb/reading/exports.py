"""Files that DuckDB writes by itself, which read as those that xetrack writes from its rows.

The columns of most tables are of one kind each, and go from DuckDB into the file. Where one column
of an answer means more than its type says, or was made by another program, its rows become plain
values first. So Parquet can always be written, and CSV only from columns of the first sort.
"""

from __future__ import annotations

import math
import os
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

import duckdb

from xetrack.frames.csv_injection import BEGINNING, MARK, NUMBER, guarded
from xetrack.model.dtypes import are_naive
from xetrack.model.kinds import Kind
from xetrack.model.names import quoted
from xetrack_duckdb.driver_errors import error_message, literal
from xetrack_duckdb.reading import select
from xetrack_duckdb.tables import arrays, cell_kinds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.engine import Column
    from xetrack.interfaces.engines.capabilities import ColumnUnifier
    from xetrack.interfaces.query import Query
    from xetrack.model.kinds import Value
    from xetrack_duckdb.tables.schema import StoredColumn, Table

# No temporary file of DuckDB's own: the path is that of one already.
_PARQUET = "(FORMAT parquet, USE_TMP_FILE false)"
_CSV = "(FORMAT csv, HEADER true, NULLSTR '', COMPRESSION none, USE_TMP_FILE false)"

_IN_CSV = (
    frozenset({Kind.BOOL}),
    frozenset({Kind.INT, Kind.BIGINT}),
    frozenset({Kind.FLOAT, Kind.INT, Kind.NAN}),
    frozenset({Kind.TEXT}),
    frozenset({Kind.DATE}),
)
"""Kinds whose cells DuckDB prints as Python does, if a column has no others."""

_ALONE = (Kind.BYTES, Kind.DATETIME, Kind.TIME, Kind.DECIMAL, Kind.PATH, Kind.JSON)
_IN_PARQUET = (*_IN_CSV, *(frozenset({kind}) for kind in _ALONE))

_TYPES = {
    None: "VARCHAR",
    Kind.BOOL: "BOOLEAN",
    Kind.INT: "BIGINT",
    Kind.FLOAT: "DOUBLE",
    Kind.TEXT: "VARCHAR",
    Kind.BYTES: "BLOB",
    Kind.DATE: "DATE",
    Kind.TIME: "TIME",
    Kind.DURATION: "DOUBLE",
}


def write_parquet(
    connection: DuckDBPyConnection, table: Table, query: Query, path: str, uniform: ColumnUnifier
) -> int:
    """Write an answer as Parquet; called inside a transaction.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        The table as it is now.
    query
        What to write.
    path
        Where to; what is there is replaced.
    uniform
        Makes the cells of a column those of one kind; see
        `xetrack.interfaces.engines.capabilities`.

    Returns
    -------
    int
        How many rows were written.

    Raises
    ------
    OSError
        The system takes no such file.
    """
    columns = select.selected_columns(table, query)
    if _are_of_one_kind(columns, _IN_PARQUET) and not _have_zones(connection, table, columns):
        shown = [f"{_in_parquet(column, table)} AS {quoted(column.name)}" for column in columns]
        return _copy(
            connection, *select.select_sql(connection, table, query, shown), path, _PARQUET
        )
    batches = select.read_batches(connection, table, query)
    return write_cells(connection, [column.public() for column in columns], batches, path, uniform)


def is_plain_csv(table: Table, query: Query) -> bool:
    """Return True if DuckDB can write an answer as CSV.

    Parameters
    ----------
    table
        The table as it is now.
    query
        What to write.
    """
    columns = select.selected_columns(table, query)
    # A missing cell that is alone in its line would make it an empty one, which readers pass over.
    return len(columns) > 1 and _are_of_one_kind(columns, _IN_CSV)


def write_csv(
    connection: DuckDBPyConnection,
    table: Table,
    query: Query,
    path: str,
    nan: str,
    *,
    guard: bool,
    quote: Collection[str] = (),
) -> int:
    """Write an answer as CSV; called inside a transaction.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        The table as it is now.
    query
        What to write, for which `is_plain_csv` is true.
    path
        Where to; what is there is replaced.
    nan
        The text for nan.
    guard
        Whether to mark texts that a spreadsheet would run as formulas.
    quote
        Names of columns whose texts all stand in quotes, and get a mark if they look like JSON.

    Returns
    -------
    int
        How many rows were written.

    Raises
    ------
    OSError
        The system takes no such file.
    """
    columns = select.selected_columns(table, query)
    names = [guarded(column.name) if guard else column.name for column in columns]
    shown = [
        f"{_in_csv(column, table, nan, guard=guard, quote=column.name in quote)} AS {quoted(name)}"
        for column, name in zip(columns, names, strict=True)
    ]
    texts = [
        quoted(name)
        for column, name in zip(columns, names, strict=True)
        if column.name in quote and column.kinds == {Kind.TEXT}
    ]
    how = f"{_CSV[:-1]}, FORCE_QUOTE ({', '.join(texts)}))" if texts else _CSV
    return _copy(connection, *select.select_sql(connection, table, query, shown), path, how)


def _are_of_one_kind(columns: Sequence[StoredColumn], which: Sequence[frozenset[Kind]]) -> bool:
    """Return True if SQL can give all cells, and no column twice, which SQL would rename."""
    return len({column.name for column in columns}) == len(columns) and all(
        column.layout is not None
        and column.type == column.layout.type
        and bool(column.kinds - {Kind.NAN})
        and any(column.kinds <= kinds for kinds in which)
        for column in columns
    )


def _have_zones(
    connection: DuckDBPyConnection, table: Table, columns: Sequence[StoredColumn]
) -> bool:
    """Return True if a datetime or time has a zone, which is noted."""
    conditions = [
        cell_kinds.is_noted(column.name)
        for column in columns
        if column.kinds <= {Kind.DATETIME, Kind.TIME}
    ]
    if not conditions or not table.has_kinds_column:
        return False
    query = f"SELECT 1 FROM {table.sql} WHERE {' OR '.join(conditions)} LIMIT 1"
    return connection.execute(query).fetchone() is not None


def _in_parquet(column: StoredColumn, table: Table) -> str:
    if Kind.NAN in column.kinds:
        return _or_nan(column, table, column.sql, "'nan'::DOUBLE")
    return f"CAST({column.sql} AS VARCHAR)" if column.kinds == {Kind.JSON} else column.sql


def _in_csv(column: StoredColumn, table: Table, nan: str, *, guard: bool, quote: bool) -> str:
    if column.kinds == {Kind.BOOL}:
        return f"CASE WHEN {column.sql} THEN 'True' WHEN NOT {column.sql} THEN 'False' END"
    if Kind.NAN in column.kinds and nan:
        return _or_nan(column, table, f"CAST({column.sql} AS VARCHAR)", literal(nan))
    if column.kinds == {Kind.TEXT} and guard:
        harmless = f"regexp_full_match({column.sql}, {literal(NUMBER)})"
        formula = f"regexp_matches({column.sql}, {literal(BEGINNING)}) AND NOT {harmless}"
        if quote:
            formula = f"({formula}) OR {_looks_like_json(column.sql)}"
        return f"CASE WHEN {formula} THEN {literal(MARK)} || {column.sql} ELSE {column.sql} END"
    return column.sql


def _looks_like_json(text: str) -> str:
    """Return the SQL for a text that quotes do not tell from a list or dict, which need them."""
    begins = literal(f"^{MARK}*[\\[{{]")
    needs = literal('[,\\t"\\r\\n]')
    bare = f"ltrim({text}, {literal(MARK)})"
    return (
        f"(regexp_matches({text}, {begins}) AND regexp_matches({text}, {needs}) "
        f"AND json_valid({bare}))"
    )


def _or_nan(column: StoredColumn, table: Table, cell: str, nan: str) -> str:
    if not table.has_kinds_column:
        return cell
    return f"coalesce({cell}, CASE WHEN {cell_kinds.is_noted(column.name, 'nan;')} THEN {nan} END)"


def _copy(
    connection: DuckDBPyConnection, sql: str, values: Sequence[Value], path: str, how: str
) -> int:
    try:
        path.encode()
    except UnicodeEncodeError as error:
        reason = "DuckDB takes no path that is not UTF-8"
        raise OSError(reason) from error
    try:
        row = connection.execute(f"COPY ({sql}) TO {literal(path)} {how}", values).fetchone()
    except duckdb.IOException as error:
        text, number = error_message(error)
        if path not in text:  # what was to be read is at fault
            raise
        raise OSError(text if number is None else os.strerror(number)) from error
    return 0 if row is None else int(row[0])


def write_cells(
    connection: DuckDBPyConnection,
    columns: Sequence[Column],
    batches: Iterable[Sequence[Sequence[Value]]],
    path: str,
    uniform: ColumnUnifier,
) -> int:
    """Write plain values as Parquet.

    Parameters
    ----------
    connection
        A connection to any database.
    columns
        The columns, whose names those in the file are.
    batches
        The cells of each column, for some rows after the other.
    path
        Where to; what is there is replaced.
    uniform
        Makes the cells of a column those of one kind; see
        `xetrack.interfaces.engines.capabilities`.

    Returns
    -------
    int
        How many rows were written.

    Raises
    ------
    OSError
        The system takes no such file.
    """
    chunks = list(batches)
    source: dict[str, Any] = {}
    shown = []
    for at, column in enumerate(columns):
        cells = list(chain.from_iterable(batch[at] for batch in chunks))
        arrays_of_column, sql = _typed_arrays(*uniform(cells, column.kinds), f"c{at}")
        source |= arrays_of_column
        shown.append(f"{sql} AS {quoted(column.name)}")
    connection.register("xetrack_rows", source)
    try:
        return _copy(connection, f"SELECT {', '.join(shown)} FROM xetrack_rows", [], path, _PARQUET)
    finally:
        connection.unregister("xetrack_rows")


def _iso_texts(cells: Sequence[Any]) -> list[str | None]:
    return [None if cell is None else cell.isoformat() for cell in cells]


def _typed_arrays(
    kind: Kind | None, cells: Sequence[Value], name: str
) -> tuple[dict[str, Any], str]:
    """Return arrays of the cells of one kind, and the SQL that makes a column of them."""
    if kind is Kind.DATETIME:
        declared = "TIMESTAMP" if are_naive(cells) else "TIMESTAMPTZ"
        return {name: arrays.object_array(_iso_texts(cells))}, f"CAST({name} AS {declared})"
    if kind is Kind.TIME:
        cells = _iso_texts(cells)
    if kind is Kind.DURATION:  # Parquet's own type has milliseconds only
        cells = [cell.total_seconds() if isinstance(cell, timedelta) else None for cell in cells]
    nans = [type(cell) is float and math.isnan(cell) for cell in cells]
    source = {name: arrays.typed_array(_TYPES[kind], cells)}
    sql = "NULL" if kind is None else f"CAST({name} AS {_TYPES[kind]})"
    if any(nans):  # NumPy's nan is DuckDB's NULL
        source[f"{name}_nan"] = arrays.typed_array("BOOLEAN", nans)
        sql = f"CASE WHEN {name}_nan THEN 'nan'::DOUBLE ELSE {sql} END"
    return source, sql
