"""Tokens of tables, for engines that have none of their own; see `Engine.change_token`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.errors import DatabaseNotFoundError, TableNotFoundError
from xetrack.interfaces.query import Query
from xetrack.model.names import OWN

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine


def counted(engine: Engine, table: str) -> str:
    """Return the token of a table from its columns, its count, and its last row.

    **Limits.** It cannot see cells that are set in place, nor rows that are deleted before the
    last one while as many older ones are copied in.

    Parameters
    ----------
    engine
        The open database.
    table
        Name of the table.

    Returns
    -------
    str
        Equal texts for what looks equal; the one of a missing table is empty.
    """
    columns = engine.columns(table)
    if not columns:
        return ""
    names = {column.name for column in columns}
    identity = tuple(name for name in OWN if name in names)
    try:
        count = engine.count(table)
        batches = [*engine.read(table, Query(columns=identity, tail=1)).batches]
    except (DatabaseNotFoundError, TableNotFoundError):  # dropped meanwhile
        return ""
    described = [(column.name, column.key, sorted(column.kinds)) for column in columns]
    return repr((described, count, batches))
