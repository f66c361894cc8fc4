"""What the columns of a table hold, in the words of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from xetrack.errors import XetrackError
from xetrack.interfaces.query import Condition, Query
from xetrack.model.kinds import Kind, NotPlainError, kind_of
from xetrack.model.names import ID_LENGTH, OWN, TIMESTAMP, UTC_OFFSET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack import Reader
    from xetrack.interfaces.engine import Column, Engine
    from xetrack.model.kinds import Value

ColumnKind = Literal["number", "text", "bool", "time", "list", "asset", "other"]

NUMBERS = frozenset(
    {Kind.INT, Kind.BIGINT, Kind.HUGEINT, Kind.FLOAT, Kind.NAN, Kind.DECIMAL},
)
_TEXTS = frozenset({Kind.TEXT, Kind.RAWTEXT, Kind.PATH})
_TIMES = frozenset({Kind.DATETIME, Kind.DATE, Kind.TIME, Kind.DURATION, Kind.LONGDURATION})

ASSET_ID = re.compile(f"[0-9a-f]{{{ID_LENGTH}}}")
"""The id of an asset, as it stands in a cell."""

_LOOKED_AT = 100
"""So many cells of a text column are looked at, to find ids of assets."""


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column, as the page describes it."""

    name: str
    key: str
    kind: ColumnKind
    is_fixed: bool
    """Whether it is one of those that every table has."""


def describe_columns(reader: Reader) -> tuple[ShownColumn, ...]:
    """Return the columns of a reader's table, in the order they were added.

    Parameters
    ----------
    reader
        Has the table.
    """
    engine, table = reader.engine, reader.table
    return tuple(
        ShownColumn(
            column.name,
            column.key or column.name,
            _kind(reader, column),
            column.name in OWN or column.name == UTC_OFFSET,
        )
        for column in engine.columns(table)
    )


def _kind(reader: Reader, column: Column) -> ColumnKind:
    if column.name == TIMESTAMP:
        return "time"
    kinds = column.kinds
    cells: list[Value] = []
    if (not kinds and column.key is None) or kinds & _TEXTS:
        cells = list(_first_cells(reader.engine, reader.table, column.name))
    if not kinds:  # of another program
        kinds = frozenset(filter(None, map(_kind_of, cells)))
    if kinds & NUMBERS:
        return "number"
    if kinds & _TEXTS:
        return "asset" if column.name not in OWN and _names_asset(reader, cells) else "text"
    for kind, members in _BY_KINDS.items():
        if kinds and kinds <= members:
            return kind
    return "other"


_BY_KINDS: dict[ColumnKind, frozenset[Kind]] = {
    "bool": frozenset({Kind.BOOL}),
    "time": _TIMES,
    "list": frozenset({Kind.JSON}),
}


def _kind_of(cell: Value) -> Kind | None:
    try:
        return kind_of(cell)
    except NotPlainError:
        return None


def _first_cells(engine: Engine, table: str, name: str) -> Iterator[Value]:
    query = Query(columns=(name,), where=(Condition(name, "!=", None),), limit=_LOOKED_AT)
    for (cells,) in engine.read(table, query).batches:
        yield from cells


def _names_asset(reader: Reader, cells: list[Value]) -> bool:
    """Return True if one of the cells is the id of an asset that is there."""
    ids = [cell for cell in cells if isinstance(cell, str) and ASSET_ID.fullmatch(cell)]
    if not ids:
        return False
    try:
        assets = reader.assets
        return assets is not None and any(each in assets for each in ids[:3])
    except XetrackError:  # a store that cannot be read has no assets to show
        return False
