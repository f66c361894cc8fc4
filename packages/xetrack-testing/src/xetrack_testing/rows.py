"""Helpers to store rows with an engine, to read them, and to compare cells."""

from __future__ import annotations

import itertools
import os
import time
from itertools import chain
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.engine import Field
from xetrack.interfaces.query import Condition, Query
from xetrack.model.kinds import Kind, kind_of
from xetrack.model.names import DEFAULT_TABLE, OWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xetrack.interfaces.engine import Engine, Inserter
    from xetrack.interfaces.query import Operator
    from xetrack.model.kinds import Row, Value

_numbers = itertools.count()


def fields(rows: Sequence[Mapping[str, Value]]) -> list[Field]:
    """Return a field for each key of some rows, then those of `xetrack.model.names.OWN`.

    Parameters
    ----------
    rows
        Rows as a user logs them.
    """
    kinds: dict[str, set[Kind | None]] = {
        key: {kind_of(row.get(key)) for row in rows} for key in keys(rows)
    }
    kinds |= {name: {Kind.TEXT} for name in OWN}
    return [Field(key, frozenset(kinds_of_key - {None})) for key, kinds_of_key in kinds.items()]  # type: ignore[arg-type]


def keys(rows: Iterable[Mapping[str, Value]]) -> list[str]:
    """Return the keys of some rows, in the order of their first occurrence.

    Parameters
    ----------
    rows
        Rows as a user logs them.
    """
    return list(dict.fromkeys(chain.from_iterable(rows)))


def identity(run: str = "run") -> tuple[str, str]:
    """Return a unique timestamp, ascending within a process, and the track id.

    Parameters
    ----------
    run
        The track id.
    """
    return f"{time.time_ns():020d}-{os.getpid()}-{next(_numbers):06d}", run


def cells(row: Mapping[str, Value], names: Iterable[str], run: str = "run") -> list[Value]:
    """Return the cells of one row, in the order of the fields that `fields` returns.

    Parameters
    ----------
    row
        Cells by key.
    names
        The keys of the fields, in their order.
    run
        The track id.
    """
    return [*(row.get(name) for name in names), *identity(run)]


def log(
    engine: Engine, *rows: Mapping[str, Value], table: str = DEFAULT_TABLE, run: str = "run"
) -> Inserter:
    """Store rows in one batch, and return the inserter that was used.

    Parameters
    ----------
    engine
        Where to store them.
    *rows
        Cells by key.
    table
        Name of the table.
    run
        The track id.

    Returns
    -------
    Inserter
        The inserter, for further rows.
    """
    inserter = engine.inserter(table, fields(rows))
    names = keys(rows)
    inserter.write([cells(row, names, run) for row in rows])
    return inserter


def where(column: str, value: Value, operator: Operator = "=") -> Condition:
    """Return a condition on a column.

    Parameters
    ----------
    column
        Name of the column.
    value
        The plain value to compare its cells with.
    operator
        How to compare them.
    """
    return Condition(column, operator, value)


def read(engine: Engine, table: str = DEFAULT_TABLE, **query: Any) -> list[Row]:
    """Return the rows of a table, without the columns of `xetrack.model.names.OWN`.

    Parameters
    ----------
    engine
        Where to read.
    table
        Name of the table.
    **query
        Fields of `xetrack.interfaces.query.Query`.

    Returns
    -------
    list of dict
        Cells by key, or by column where there is no key.
    """
    selection = engine.read(table, Query(**query))
    names = [column.key or column.name for column in selection.columns]
    rows = [row for batch in selection.batches for row in zip(*batch, strict=True)]
    return [{k: v for k, v in zip(names, row, strict=True) if k not in OWN} for row in rows]


def column(engine: Engine, name: str, table: str = DEFAULT_TABLE, **query: Any) -> list[Any]:
    """Return the cells of one column.

    Parameters
    ----------
    engine
        Where to read.
    name
        The key or the column.
    table
        Name of the table.
    **query
        Fields of `xetrack.interfaces.query.Query`.
    """
    return [row[name] for row in read(engine, table, **query)]


def exact(value: object) -> object:
    """Return a form that is equal only for equal values of the same type; nan equals nan.

    Parameters
    ----------
    value
        The plain value of a cell.
    """
    if type(value) is list:
        return [exact(item) for item in value]
    if type(value) is dict:
        return {repr(exact(key)): exact(item) for key, item in value.items()}
    if type(value) is int:
        return "int", hex(value)  # decimal texts have a limit
    # Minus zero equals zero, and some databases keep the latter.
    return type(value).__name__, repr(value + 0.0 if type(value) is float else value)


def same(wanted: Sequence[Value], stored: Sequence[Value]) -> bool:
    """Return True if the cells of a column are as they were written.

    Among floats, an int may come back as the equal float.

    Parameters
    ----------
    wanted
        The cells that were written.
    stored
        The cells that were read.
    """
    floats = float in set(map(type, wanted))
    return len(wanted) == len(stored) and all(
        exact(expected) == exact(cell)
        or (floats and (int, float) == (type(expected), type(cell)) and expected == cell)
        for expected, cell in zip(wanted, stored, strict=True)
    )
