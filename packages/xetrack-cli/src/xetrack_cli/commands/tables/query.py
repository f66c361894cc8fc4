"""`xt sql`."""

from typing import Annotated

from cyclopts import Parameter

from xetrack import Reader
from xetrack.errors import InvalidArgumentError, QueryError
from xetrack.interfaces.sql import RunsSQL
from xetrack_cli.options import ANY, Database, Source
from xetrack_cli.render.model import Table


def sql(
    db: Database,
    query: Annotated[str, Parameter(help="One statement that reads.")],
    /,
    *,
    timeout: Annotated[
        float, Parameter(help="Seconds after which the query is stopped; 0 for no end.")
    ] = 60.0,
    source: Source = ANY,
) -> Table:
    """Run a query in SQL; it only reads.

    `events` and `default` name the table of that name, in quotes or not.
    """
    with Reader(db, source.engine, source.table) as reader:
        if not isinstance(reader.engine, RunsSQL):
            raise InvalidArgumentError(
                "engine", source.engine, "the name of an engine that runs SQL"
            )
        found = reader.engine.sql(query, timeout=timeout if timeout > 0 else None)
    if not found.names:
        raise QueryError(query, "it asks for nothing", "Begin it with SELECT or WITH.")
    return Table(names=found.names, rows=found.rows)
