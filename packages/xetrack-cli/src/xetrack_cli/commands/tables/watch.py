"""`xt watch`."""

import time
from collections import deque
from collections.abc import Iterator
from typing import Any

from xetrack import Reader
from xetrack.model.names import OWN
from xetrack_cli import messages
from xetrack_cli.options import ALL, Columns, Count, Database, Filter
from xetrack_cli.queries.table_query import TableQuery, iterate_rows
from xetrack_cli.render.model import Stream

REMEMBERED = 1_000
"""Rows by which the place is found where new ones begin; some of them may be deleted meanwhile."""

FIRST_LOOK, FURTHEST = 100, 100_000
"""Rows that are looked at from the end, when few came and when very many did."""


def watch(
    db: Database,
    /,
    *,
    n: Count = 5,
    interval: float = 1.0,
    columns: Columns = None,
    rows: Filter = ALL,
) -> Stream:
    """Show the last rows, and then each row as it is logged, until Ctrl-C.

    With --json it is a line of JSON for each row.

    Parameters
    ----------
    db
        Path or URL of the database.
    n
        How many rows.
    interval
        Seconds between two reads of the table.
    columns
        Only these columns, in this order.
    rows
        Which rows are meant, and how the database is opened.

    Returns
    -------
    Stream
        Rows without an end.

    Raises
    ------
    UsageError
        The interval is no positive number.
    """
    if not interval > 0:
        raise messages.UsageError("--interval: give more than 0. See: xt watch --help")
    reader = Reader(db, rows.engine, rows.table)
    query = TableQuery(reader, rows)
    columns = columns and tuple(query.column(name).name for name in columns)
    names = columns or tuple(query.columns)
    # Before anything is shown: what is logged from then on is new.
    last = _tail(query, max(n, REMEMBERED))
    fresh = last[-n:] if n else []
    return Stream(names=names, rows=_rows(reader, rows, columns, last, fresh, interval))


def _rows(
    reader: Reader,
    options: Filter,
    columns: tuple[str, ...] | None,
    last: list[dict[str, Any]],
    fresh: list[dict[str, Any]],
    interval: float,
) -> Iterator[dict[str, Any]]:
    with reader:
        seen: deque[tuple[Any, ...]] = deque(maxlen=REMEMBERED)
        seen.extend(map(_identity, last))
        while True:
            for row in fresh:
                yield row if columns is None else {name: row[name] for name in columns}
            time.sleep(interval)
            fresh = _new(TableQuery(reader, options), seen)
            seen.extend(map(_identity, fresh))


def _identity(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(map(row.get, OWN))


def _tail(query: TableQuery, n: int) -> list[dict[str, Any]]:
    selection = query.selection(tail=n)
    names = [column.name for column in selection.columns]  # others add some at any moment
    return [dict(zip(names, row, strict=True)) for row in iterate_rows(selection)]


def _new(query: TableQuery, seen: deque[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Return the rows behind the last one that was seen."""
    known = set(seen)
    look = FIRST_LOOK
    while True:
        rows = _tail(query, look)
        old = [at for at, row in enumerate(rows) if _identity(row) in known]
        if old:
            return rows[old[-1] + 1 :]
        if len(rows) < look:
            return rows
        if look >= FURTHEST:
            messages.note(f"More than {FURTHEST:,} rows came at once; these are the last.")
            return rows
        look *= 10
