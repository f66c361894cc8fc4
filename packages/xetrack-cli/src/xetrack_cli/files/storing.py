"""Storing the rows of a file in a table: all of them, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from xetrack import Tracker
from xetrack.interfaces.engine import Field, Settings
from xetrack.interfaces.engines.repeats import read_whole
from xetrack.interfaces.query import Query
from xetrack.model.clock import Clock
from xetrack.model.kinds import Kind, kind_of
from xetrack.model.names import OWN, TIMESTAMP, TRACK_ID, checked_key, checked_rows_table
from xetrack.opening import open_engine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.interfaces.engine import Column, Engine
    from xetrack.model.kinds import Value
    from xetrack_cli.files.content import Content
    from xetrack_cli.options import Location, Source


@frozen
class Stored:
    """How many rows of a file were stored."""

    rows: int
    there: int
    """Rows that were in the table before."""
    runs: int


def columns_of(db: Location, source: Source) -> Mapping[str, Column]:
    """Return the columns of the table that rows go to.

    Parameters
    ----------
    db
        Path or URL of the database, which is made if need be.
    source
        Which table is meant, and which engine opens it.

    Returns
    -------
    Mapping
        Columns by name; empty where there is no table yet.
    """
    engine = open_engine(db, source.engine, Settings())
    try:
        return {column.name: column for column in engine.columns(source.target)}
    finally:
        engine.close()


def store(content: Content, db: Location, source: Source) -> Stored:
    """Add the rows to the table, except those of which it has the track id and timestamp.

    Rows without a track id become one new run; rows without a timestamp get one.

    Parameters
    ----------
    content
        The rows.
    db
        Path or URL of the database, which is made if need be.
    source
        Which table is meant, and which engine opens it.

    Returns
    -------
    Stored
        How many rows are new, and how many were there.

    Raises
    ------
    InvalidArgumentError
        A table or a column cannot have its name.
    """
    engine = open_engine(db, source.engine, Settings())
    try:
        checked_rows_table(source.target, engine.tables())
        return _store(content, engine, source.target)
    finally:
        engine.close()


def _store(content: Content, engine: Engine, table: str) -> Stored:
    cells_by_name = dict(zip(content.names, content.columns, strict=True))
    length = len(content.columns[0]) if content.columns else 0
    run, clock = Tracker.generate_track_id(), Clock()
    stamps = [
        _text(cell) or clock.stamps(1)[0] for cell in cells_by_name.get(TIMESTAMP, [None] * length)
    ]
    track_ids = [_text(cell) or run for cell in cells_by_name.get(TRACK_ID, [None] * length)]
    column_by_name = {column.name: column for column in engine.columns(table)}
    names = [name for name in content.names if name not in OWN]
    fields = [Field(name, frozenset({Kind.TEXT})) for name in OWN]
    for name in names:
        kinds = frozenset(kind for kind in map(kind_of, cells_by_name[name]) if kind)
        known = column_by_name.get(name)
        fields.append(Field(checked_key(known.key if known and known.key else name), kinds))
    rows = list(zip(stamps, track_ids, *(cells_by_name[name] for name in names), strict=True))
    stored = (
        _identities(engine, table) if set(OWN) <= cells_by_name.keys() and column_by_name else set()
    )
    new = [row for row in rows if row[:2] not in stored]
    engine.inserter(table, fields).write(new)
    return Stored(len(new), len(rows) - len(new), len({row[1] for row in new}))


def _text(cell: Value) -> str | None:
    return None if cell is None else str(cell)


def _identities(engine: Engine, table: str) -> set[tuple[Value, ...]]:
    def read() -> set[tuple[Value, ...]]:
        batches = engine.read(table, Query(columns=OWN)).batches
        return {identity for batch in batches for identity in zip(*batch, strict=True)}

    return read_whole(engine, read)
