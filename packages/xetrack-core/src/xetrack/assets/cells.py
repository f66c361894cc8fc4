"""The cells that are the id of an asset, in all tables of a database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xetrack.interfaces.engines.repeats import read_chosen, read_whole
from xetrack.interfaces.query import Condition
from xetrack.model.kinds import Kind
from xetrack.model.names import ID_LENGTH, OWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.interfaces.engine import Column, Engine


# Compiled when it is first used: most log no object.
_SOME_ID = rf"(?<![0-9a-f])[0-9a-f]{{{ID_LENGTH}}}(?![0-9a-f])"
_MAY_HOLD_IDS = {Kind.TEXT, Kind.JSON}


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


def ids_in_rows(engine: Engine) -> set[str]:
    """Return everything in the rows of a database that may be the id of an asset.

    Parameters
    ----------
    engine
        Has the tables.
    """
    return {asset for table in engine.tables() for asset in ids_in(engine, table)}


def ids_in(engine: Engine, table: str) -> set[str]:
    """Return everything in the rows of a table that may be the id of an asset.

    Parameters
    ----------
    engine
        Has the table.
    table
        Name of the table.

    Returns
    -------
    set of str
        Texts in the form of an id, also from within other texts, lists and dicts.
    """
    return read_whole(engine, lambda: _ids_in(engine, table))


def _ids_in(engine: Engine, table: str) -> set[str]:
    ids: set[str] = set()
    selection = read_chosen(engine, table, _columns_of_ids)
    for columns in selection.batches if selection else ():
        for cell in (cell for cells in columns for cell in cells):
            if isinstance(cell, str | list | dict):
                ids.update(re.findall(_SOME_ID, str(cell)))
    return ids


def _columns_of_ids(columns: Sequence[Column]) -> tuple[str, ...]:
    return tuple(
        column.name
        for column in columns
        if column.name not in OWN
        # Nothing is known of a column that another program made.
        and (column.key is None or column.kinds & _MAY_HOLD_IDS)
    )
