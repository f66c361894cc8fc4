"""`xt head` and `xt tail`."""

from typing import Any

from xetrack import Reader
from xetrack.errors import RunNotFoundError
from xetrack_cli.options import Columns, Count, Database, Engine, TableName, TrackId
from xetrack_cli.render.model import Table


def head(
    db: Database,
    /,
    *,
    n: Count = 5,
    columns: Columns = None,
    track_id: TrackId = None,
    engine: Engine = None,
    table: TableName = "default",
) -> Table:
    """Show the first rows of a table, in the order they were logged."""
    return _rows(db, engine, table, track_id, columns=columns, head=n)


def tail(
    db: Database,
    /,
    *,
    n: Count = 5,
    columns: Columns = None,
    track_id: TrackId = None,
    engine: Engine = None,
    table: TableName = "default",
) -> Table:
    """Show the last rows of a table, in the order they were logged."""
    return _rows(db, engine, table, track_id, columns=columns, tail=n)


def _rows(db: str, engine: str | None, table: str, track_id: str | None, **query: Any) -> Table:
    with Reader(db, engine, table) as reader:
        found = reader.select(track_id=track_id, **query)
        if track_id is not None and not found and not reader.select(track_id=track_id, head=1):
            raise RunNotFoundError(track_id, table)
    return Table(names=found.names, rows=found.rows(), numbered=True)
