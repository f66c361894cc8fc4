"""`xt head` and `xt tail`."""

from typing import Any

from xetrack_cli.options import ROWS, Count, Database, Location, Rows
from xetrack_cli.queries.table_query import asking
from xetrack_cli.render.model import Table


def head(db: Database, /, *, n: Count = 5, rows: Rows = ROWS) -> Table:
    """Show the first rows of a table, in the order they were logged."""
    return _shown(db, rows, limit=n)


def tail(db: Database, /, *, n: Count = 5, rows: Rows = ROWS) -> Table:
    """Show the last rows of a table, in the order they were logged."""
    return _shown(db, rows, tail=n)


def _shown(db: Location, wanted: Rows, **cut: Any) -> Table:
    with asking(db, wanted) as asked:
        found = asked.rows(wanted.columns, order=wanted.sort, descending=wanted.desc, **cut)
        names = wanted.columns or tuple(asked.columns)
        return Table(names=names, rows=list(found), numbered=True)
