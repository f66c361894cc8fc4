"""`xt head` and `xt tail`."""

from typing import Any

from xetrack_cli.options import ROWS, Count, Database, Location, Rows
from xetrack_cli.queries.table_query import iterate_rows, open_query
from xetrack_cli.render.fit import ranks_of
from xetrack_cli.render.model import Table


def head(db: Database, /, *, n: Count = 5, rows: Rows = ROWS) -> Table:
    """Show the first rows of a table, in the order they were logged.

    Parameters
    ----------
    db
        Path or URL of the database.
    n
        How many rows.
    rows
        Which rows are meant, and how the database is opened.

    Returns
    -------
    Table
        The rows, numbered from 0.
    """
    return _table(db, rows, limit=n)


def tail(db: Database, /, *, n: Count = 5, rows: Rows = ROWS) -> Table:
    """Show the last rows of a table, in the order they were logged.

    Parameters
    ----------
    db
        Path or URL of the database.
    n
        How many rows.
    rows
        Which rows are meant, and how the database is opened.

    Returns
    -------
    Table
        The rows, numbered from 0.
    """
    return _table(db, rows, tail=n)


def _table(db: Location, rows: Rows, **cut: Any) -> Table:
    with open_query(db, rows) as query:
        selected = query.selection(rows.columns, order=rows.sort, descending=rows.desc, **cut)
        names = rows.columns or tuple(column.name for column in selected.columns)
        asked = query.asked_columns(rows.columns, rows.sort)
        return Table(
            names=names,
            rows=[*iterate_rows(selected)],
            numbered=True,
            selectable=True,
            ranks=ranks_of(names, asked),
        )
