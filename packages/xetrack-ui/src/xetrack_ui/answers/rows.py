"""``/api/db/{db}/{table}/rows``: the rows of a table, with the code that gives the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.errors import ColumnNotFoundError, UnsupportedOperationError
from xetrack.interfaces.query import Condition, Query
from xetrack.model.names import DEFAULT_TABLE, TIMESTAMP, TRACK_ID, quoted
from xetrack.parts.sql import sql_runner_for
from xetrack_ui.answers.columns import describe
from xetrack_ui.values.cells import to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack import Reader
    from xetrack_ui.answers.question import Question
    from xetrack_ui.tables.state import TableState

MOST = 10_000
"""Rows in one answer."""

TIMEOUT = 30.0
"""Seconds after which a statement is stopped."""


def list_rows(question: Question) -> dict[str, Any]:
    """Return some of the rows.

    Parameters
    ----------
    question
        Its path names the table. Parameters: ``columns``, ``where``, ``runs``, ``sort``, ``desc``,
        ``offset``, and ``limit`` (100 rows if not given).
    """
    parameters = question.parameters("columns", "where", "runs", "sort", "desc", "offset", "limit")
    where, runs = parameters.text("where").strip(), parameters.names("runs")
    offset = parameters.whole("offset", 0, most=10**9)
    limit = parameters.whole("limit", 100, most=MOST)
    with question.opened() as (reader, state):
        names = _names(state, parameters.names("columns"))
        sort = parameters.text("sort")
        query = Query(
            columns=names,
            where=tuple(Condition(TRACK_ID, "=", run) for run in runs[:1]),
            order=_names(state, (sort,))[0] if sort else None,
            descending=parameters.flag("desc"),
            offset=offset,
            limit=limit,
        )
        code = {"sql": _statement(state, query, where, runs), "python": ""}
        if not where and len(runs) <= 1:
            total = reader.engine.count(reader.table, query.where)
            rows = _read(reader, query)
        elif where or _runs_sql(reader):
            total, rows = _run(reader, state, query, where, runs)
        else:
            total, rows = _pick(reader, query, runs)
        is_sql = bool(where) or len(runs) > 1
        code["python"] = _python(reader, query, code["sql"] if is_sql else "", len(rows))
        by_name = {each.name: each for each in state.columns}
        return {
            "total": total,
            "columns": describe(state, [by_name[name] for name in names]),
            "rows": to_json_rows(rows),
            **{name: to_json(text) for name, text in code.items()},
        }


def to_json_rows(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Return the cells of rows as values of JSON.

    Parameters
    ----------
    rows
        The cells of each row, of any types.
    """
    return [[to_json(cell) for cell in row] for row in rows]


def _names(state: TableState, names: Sequence[str]) -> tuple[str, ...]:
    known = {each.key: each.name for each in state.columns}
    known |= {each.name: each.name for each in state.columns}
    for name in names:
        if name not in known:
            raise ColumnNotFoundError(name, state.reader.table, known)
    return tuple(known[name] for name in names) or tuple(each.name for each in state.columns)


def _read(reader: Reader, query: Query) -> list[tuple[Any, ...]]:
    selection = reader.engine.read(reader.table, query)
    return [row for batch in selection.batches for row in zip(*batch, strict=True)]


def _runs_sql(reader: Reader) -> bool:
    try:
        sql_runner_for(reader.engine)
    except UnsupportedOperationError:
        return False
    return True


def _run(
    reader: Reader, state: TableState, query: Query, where: str, runs: Sequence[str]
) -> tuple[int, list[tuple[Any, ...]]]:
    """Let the database choose rows, or one that another distribution lends."""
    runner = sql_runner_for(reader.engine)
    table, condition = quoted(reader.table), _condition(where, runs)
    count = f"SELECT count(*) FROM {table}{condition}"  # noqa: S608 - by its user, who may only read
    ((total,),) = runner.sql(count, timeout=TIMEOUT).rows
    return total, runner.sql(_statement(state, query, where, runs), timeout=TIMEOUT).rows


def _pick(reader: Reader, query: Query, runs: Sequence[str]) -> tuple[int, list[tuple[Any, ...]]]:
    """Choose the rows of several runs from all rows, where no database does."""
    names = (*(query.columns or ()), TRACK_ID, *filter(None, [query.order]))
    wanted = set(runs)
    rows = [
        row
        for row in _read(reader, Query(columns=names))
        if row[len(query.columns or ())] in wanted
    ]
    if query.order is not None:
        chosen = query.arrange(rows, [row[-1] for row in rows])
    else:
        rows = rows[::-1] if query.descending else rows
        chosen = rows[query.offset :][: query.limit]
    return len(rows), [row[: len(query.columns or ())] for row in chosen]


def _condition(where: str, runs: Sequence[str]) -> str:
    texts = [f"(\n{where}\n)"] if where else []
    if runs:
        listed = ", ".join("'" + run.replace("'", "''") + "'" for run in runs)
        texts.append(f"{quoted(TRACK_ID)} IN ({listed})")
    return f" WHERE {' AND '.join(texts)}" if texts else ""


def _statement(state: TableState, query: Query, where: str, runs: Sequence[str]) -> str:
    """Return the statement of SQL that gives the rows."""
    table = state.reader.table
    columns = ", ".join(map(quoted, query.columns or ()))
    order = query.order
    if order is None and TIMESTAMP in {each.name for each in state.columns}:
        order = TIMESTAMP
    direction = " DESC" if query.descending else ""
    sort = f" ORDER BY {quoted(order)} IS NULL, {quoted(order)}{direction}" if order else ""
    end = f" LIMIT {query.limit}" + (f" OFFSET {query.offset}" if query.offset else "")
    return f"SELECT {columns} FROM {quoted(table)}{_condition(where, runs)}{sort}{end}"  # noqa: S608 - by its user, who may only read


def _python(reader: Reader, query: Query, statement: str, number: int) -> str:
    """Return the Python that gives the rows."""
    location = reader.engine.location
    table = "" if reader.table == DEFAULT_TABLE else f", table={reader.table!r}"
    begin = f"from xetrack import Reader\n\nreader = Reader({location!r}{table})\n"
    if statement:
        return f"{begin}reader.sql({statement!r})"
    options = [repr(list(query.columns or ()))]
    if query.where:
        options.append(f"track_id={query.where[0].value!r}")
    if query.order is not None:
        options.append(f"order={query.order!r}")
    if query.descending:
        options.append("descending=True")
    options.append(f"head={query.offset + (query.limit or 0)}")
    if query.offset:
        options.append(f"tail={number}")
    return f"{begin}reader.select({', '.join(options)})"
