"""The cells that are the id of an asset, in all tables of a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.interfaces.query import Condition
from xetrack.model.kinds import Kind
from xetrack.model.names import OWN

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine


def clear_cells(engine: Engine, asset: str, key: str | None) -> None:
    """Set the cells of all tables that are the id of an asset to None.

    Parameters
    ----------
    engine
        May change the database.
    asset
        The whole id.
    key
        Only in the column of this key, or in one of this name that another program made.
    """
    for table in engine.tables():
        _clear_table(engine, table, asset, key)


def _clear_table(engine: Engine, table: str, asset: str, key: str | None) -> None:
    for column in engine.columns(table):
        if column.name in OWN or key not in {None, column.key or column.name}:
            continue
        is_id = [Condition(column.name, "=", asset)]
        # Nothing is known of the cells of a column that another program made.
        if (column.key is None or Kind.TEXT in column.kinds) and engine.count(table, is_id):
            engine.update(table, {column.name: None}, is_id)
