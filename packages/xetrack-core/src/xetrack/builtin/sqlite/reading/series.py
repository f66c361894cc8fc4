"""Buckets of a chart, computed by SQLite; see `xetrack.interfaces.engines.series`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from xetrack.builtin.sqlite.reading import number_series, row_axes, row_ranges
from xetrack.builtin.sqlite.reading.row_ranges import Rows
from xetrack.builtin.sqlite.reading.select import column_named, where_sql
from xetrack.builtin.sqlite.tables import cell_kinds
from xetrack.interfaces.engines.series import statements
from xetrack.interfaces.engines.series.axis import axis_columns, moment_of
from xetrack.interfaces.engines.series.computing import compute
from xetrack.interfaces.engines.series.statements import Dialect, Source
from xetrack.model.kinds import Kind
from xetrack.model.names import TIMESTAMP, TRACK_ID, UTC_OFFSET, quoted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from xetrack.builtin.sqlite.reading.row_ranges import RunRows, TableRuns
    from xetrack.builtin.sqlite.tables.stored_columns import StoredColumn, TableSchema
    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.engines.series import Bucket, SeriesQuery
    from xetrack.interfaces.runs.spans import RunSpan

_HIDDEN = frozenset({Kind.DECIMAL, Kind.HUGEINT, Kind.LONGDURATION})
"""Numbers that lie in the file as text."""

_MOMENT = "xetrack_moment"

_MOST_KNOWN = 100_000
"""Runs of a table whose places are remembered, which takes 15 MB."""

Known: TypeAlias = "dict[str, tuple[str, TableRuns | None]]"
FindRuns: TypeAlias = "Callable[[Rows], TableRuns | None]"
T = TypeVar("T")

# Two scalars have the smaller of them by `min`. A limit keeps SQLite from computing what is in a
# subquery anew wherever the outer statement names it.
_DIALECT = Dialect(
    parameter="?",
    infinity="9e999",
    floor="CAST({} AS INTEGER)",
    least="min",
    first="min(CASE WHEN {value} IS NOT NULL THEN {row} END)",
    last="max(CASE WHEN {value} IS NOT NULL THEN {row} END)",
    once=" LIMIT -1",
)


def read(
    engine: Engine,
    look: Callable[[Callable[[sqlite3.Connection], Any]], Any],
    find: Callable[[sqlite3.Connection, str], TableSchema],
    known: Known | None,
    table: str,
    query: SeriesQuery,
) -> Iterator[Bucket]:
    """Compute the buckets by SQL, or in Python where SQL cannot say them.

    Parameters
    ----------
    engine
        The database.
    look
        Calls a function with a connection in a transaction.
    find
        Returns a table as it is in the transaction of a connection.
    known
        Where runs of tables lay, by table, with the token of the file; None to scan each time.
    table
        Name of the table.
    query
        What to compute.
    """

    def at(find_runs: FindRuns) -> list[Bucket] | None:
        buckets: list[Bucket] | None = look(
            lambda connection: ask(connection, find(connection, table), query, find_runs)
        )
        return buckets

    buckets = _with_runs(engine, known, table, at)
    return compute(engine, table, query) if buckets is None else iter(buckets)


def read_spans(
    engine: Engine,
    look: Callable[[Callable[[sqlite3.Connection], Any]], Any],
    find: Callable[[sqlite3.Connection, str], TableSchema],
    known: Known | None,
    table: str,
) -> dict[str, RunSpan] | None:
    """Return the spans of runs whose rows lie together; None where others do not.

    Parameters
    ----------
    engine, look, find, known, table
        See `read`.
    """

    def spans(
        connection: sqlite3.Connection, stored: TableSchema, find_runs: FindRuns
    ) -> dict[str, RunSpan] | None:
        run, stamp, offset = map(stored.by_name.get, (TRACK_ID, TIMESTAMP, UTC_OFFSET))
        if run is None or stamp is None or (offset is not None and offset.in_overflow):
            return None
        name = quoted(stored.name)
        rows = Rows(
            connection=connection, table=name, row=stored.row_id, run=quoted(run.name), names=()
        )
        runs = find_runs(rows)
        zone = None if offset is None else quoted(offset.name)
        return None if runs is None else row_ranges.read_spans(rows, runs, quoted(TIMESTAMP), zone)

    def at(find_runs: FindRuns) -> dict[str, RunSpan] | None:
        answer: dict[str, RunSpan] | None = look(
            lambda connection: spans(connection, find(connection, table), find_runs)
        )
        return answer

    return _with_runs(engine, known, table, at)


def _with_runs(engine: Engine, known: Known | None, table: str, at: Callable[[FindRuns], T]) -> T:
    """Return what a function makes of the runs of a table, which a scan finds, or which are known.

    Within the transaction of `at` the token cannot be asked for, as a fork that holds the engine's
    lock may wait for that transaction. So the question is asked again if the table has changed.
    """
    if known is None:
        return at(row_ranges.find_runs)
    token = engine.change_token(table)
    before, runs = known.get(table, ("", None))
    if before == token:
        answer = at(lambda _: runs)
        if engine.change_token(table) == token:
            return answer
    scanned: list[TableRuns | None] = []

    def scan(rows: Rows) -> TableRuns | None:
        scanned.append(row_ranges.find_runs(rows))
        return scanned[-1]

    answer = at(scan)
    if scanned and engine.change_token(table) == token:
        runs = scanned[-1]
        if runs is None or len(runs.runs) <= _MOST_KNOWN:
            known[table] = token, runs
    return answer


def ask(
    connection: sqlite3.Connection,
    table: TableSchema,
    query: SeriesQuery,
    find_runs: FindRuns = row_ranges.find_runs,
) -> list[Bucket] | None:
    """Compute the buckets of a table.

    Parameters
    ----------
    connection
        In a transaction.
    table
        The table as it is in that.
    query
        What to compute.
    find_runs
        Finds where the runs of the table lie.

    Returns
    -------
    list of Bucket or None
        The answer; None where SQL cannot say it exactly.

    Raises
    ------
    ColumnNotFoundError
        The table lacks a column.
    """
    offset = table.by_key.get(UTC_OFFSET)
    names = axis_columns(query.x, None if offset is None else offset.name)
    axis = [column_named(table, name) for name in names]
    columns = [column_named(table, name) for name in query.y]
    run = column_named(table, TRACK_ID)
    where, values = where_sql(table, query.where)
    if not all(map(_is_plain, (*axis, *columns, run))):
        return None
    if query.x == TIMESTAMP:
        connection.create_function(_MOMENT, 2, moment_of, deterministic=True)
    row = f"{quoted(table.name)}.{table.row_id}"
    nans = _nans(connection, table, columns)
    where += f"{' AND' if where else ' WHERE'} typeof({quoted(run.name)}) = 'text'"
    if query.runs is not None:
        where += f" AND {quoted(run.name)} IN (SELECT value FROM json_each(?))"
        values.append(json.dumps(query.runs))
    source = Source(
        table=quoted(table.name),
        row=row,
        run=quoted(run.name),
        where=where,
        x=_axis(axis, query.x),
        numbers=tuple(map(_number, columns)),
        nans=tuple(
            f"{quoted(column.name)} IS NULL AND {row} IN {cell_kinds.ROWS}" if rows else "0"
            for column, rows in zip(columns, nans, strict=True)
        ),
        selected=tuple(json.dumps(rows) for rows in nans if rows),
        matched=tuple(values),
    )

    def execute(sql: str, parameters: Sequence[Any]) -> Iterable[Sequence[Any]]:
        return connection.execute(sql, parameters).fetchall()

    def look_up(at: int, rows: Sequence[int]) -> Mapping[int, float]:
        sql = (
            f"SELECT {table.row_id}, {_number(columns[at])} FROM {quoted(table.name)} "
            f"WHERE {table.row_id} IN {cell_kinds.ROWS}"
        )
        return dict(connection.execute(sql, (json.dumps(rows),)))

    is_time = query.x == TIMESTAMP
    are_numbers = number_series.are_numbers((*(() if is_time else axis), *columns))
    rows = Rows(
        connection=connection,
        table=source.table,
        row=table.row_id,
        run=source.run,
        names=[quoted(column.name) for column in columns],
    )
    if are_numbers and not query.where:
        buckets, source = _ask_ranges(rows, find_runs(rows), source, axis, query)
        if buckets is not None:
            return buckets
    if are_numbers and not (is_time if axis else number_series.needs_axis(query)):
        x = quoted(axis[0].name) if axis else None
        buckets = number_series.ask(connection, source, x, rows.names, query)
        if buckets is not None:
            return buckets
    return statements.ask(execute, _DIALECT, source, query, look_up)


def _ask_ranges(
    rows: Rows,
    runs: TableRuns | None,
    source: Source,
    axis: Sequence[StoredColumn],
    query: SeriesQuery,
) -> tuple[list[Bucket] | None, Source]:
    """Compute the buckets where they are ranges of rows; None where they are not.

    Then the rows of the source are looked up by their numbers, if that is quicker.
    """
    if runs is None:
        return None, source
    wanted = runs.only(query.runs)
    if wanted.is_in_ranges(query.buckets, is_time=query.x == TIMESTAMP):
        scale = _scale(rows, wanted.runs, axis, query)
        lines = None if scale is None else row_ranges.read(rows, wanted.runs, scale, query.buckets)
        if lines is not None:
            number_series.look_up(rows.connection, source, rows.names, lines)
            return statements.to_buckets(lines, len(rows.names)), source
    if not wanted.is_small_part:
        return None, source
    where = f"{source.where} AND {source.row} IN {row_ranges.numbers(rows)}"
    ranges = json.dumps([(run.first, run.last) for run in wanted.runs])
    return None, replace(source, where=where, matched=(*source.matched, ranges))


def _scale(
    rows: Rows, runs: Sequence[RunRows], axis: Sequence[StoredColumn], query: SeriesQuery
) -> row_axes.Axis | None:
    if not axis:
        return row_axes.position_axis(runs, query)
    if query.x == TIMESTAMP:
        stamp, offset, *_ = [*(quoted(column.name) for column in axis), "NULL"]
        return row_axes.time_axis(rows, runs, query, stamp, offset)
    return row_axes.number_axis(rows, runs, query, quoted(axis[0].name))


def _is_plain(column: StoredColumn) -> bool:
    """Return True if SQLite knows each number of a column as one."""
    return not column.in_overflow and _HIDDEN.isdisjoint(column.kinds)


def _number(column: StoredColumn) -> str:
    name = quoted(column.name)
    return f"CASE WHEN typeof({name}) IN ('integer', 'real') THEN CAST({name} AS REAL) END"


def _axis(axis: Sequence[StoredColumn], x: str | None) -> str | None:
    if x is None:
        return None
    if x != TIMESTAMP:
        return _number(axis[0])
    offset = quoted(axis[1].name) if len(axis) > 1 else "NULL"
    return f"{_MOMENT}({quoted(axis[0].name)}, {offset})"


def _nans(
    connection: sqlite3.Connection, table: TableSchema, columns: Sequence[StoredColumn]
) -> list[list[int]]:
    """Return for each column the numbers of the rows in which it is nan."""
    rows: list[list[int]] = [[] for _ in columns]
    names = [column.name for column in columns if Kind.NAN in column.kinds]
    if names:
        places = [at for at, column in enumerate(columns) if Kind.NAN in column.kinds]
        for row, notes in cell_kinds.load(connection, table, names).items():
            for place, kind in notes:
                if kind is Kind.NAN:
                    rows[places[place]].append(row)
    return rows
