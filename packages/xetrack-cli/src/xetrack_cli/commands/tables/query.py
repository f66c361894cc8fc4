"""`xt sql`."""

import sys
from typing import Annotated

from cyclopts import Parameter

from xetrack import Reader
from xetrack.errors import QueryError
from xetrack.parts.sql import sql_runner_for
from xetrack_cli.options import Database, EngineName
from xetrack_cli.render.model import Table

STDIN = "-"
"""In place of a query or a file: it comes from stdin."""


def sql(
    db: Database,
    query: Annotated[
        str,
        Parameter(
            help="One statement that reads; - reads it from stdin.", allow_leading_hyphen=True
        ),
    ],
    /,
    *,
    timeout: float = 60.0,
    engine: EngineName = None,
) -> Table:
    """Run a query in SQL; it only reads.

    `events` and `default` name the table of that name, in quotes or not. Where the engine of the
    database runs no SQL, DuckDB runs it over the rows, if xetrack-duckdb is installed.

    Parameters
    ----------
    db
        Path or URL of the database.
    query
        One statement that reads; ``-`` reads it from stdin.
    timeout
        Seconds after which the query is stopped; 0 for no limit.
    engine
        Storage engine; by default the one that the file belongs to.

    Returns
    -------
    Table
        The rows of the result.

    Raises
    ------
    UnsupportedOperationError
        The engine runs no SQL, and nothing is installed that does for it.
    QueryError
        The query is wrong, or would write.
    """
    if query == STDIN:
        query = sys.stdin.read() if sys.stdin is not None else ""
    with Reader(db, engine) as reader:
        runner = sql_runner_for(reader.engine)
        result = runner.sql(query, timeout=timeout if timeout > 0 else None)
    if not result.names:
        raise QueryError(query, "it asks for nothing", "Begin it with SELECT or WITH.")
    return Table(names=result.names, rows=result.rows)
