"""Columns of plain values become Arrow tables, and files of Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]

from xetrack.interfaces.frames import FrameBackend, ParsesDates, ReadsColumns, WritesParquet
from xetrack.model.dtypes import are_naive, family_of, kind_of_cells, storable, uniform
from xetrack.model.kinds import Kind, kind_of
from xetrack_arrow import sqlite_columns
from xetrack_arrow.chunks import split, to_chunks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.interfaces.engines.snapshots import CopiesSQLite, StoredTable
    from xetrack.interfaces.frames import Columnar
    from xetrack.model.kinds import Value

_TYPES = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}

_MOST_TEXT = 2**31
"""Bytes that the offsets of an Arrow array of strings can count."""


class ArrowBackend(FrameBackend, ParsesDates, ReadsColumns, WritesParquet):
    """Makes Arrow tables.

    Integers are ``int64``, floats ``double``, dates, times and durations what Arrow has for them,
    aware datetimes in UTC. Paths, decimals, integers beyond 64 bits and JSON are text. A column of
    several kinds is a dense union of them, or text where a file format has no unions.
    """

    def frame(self, answer: Columnar) -> pa.Table:
        """Return a table of all rows; see `FrameBackend.frame`."""
        return _table(answer, mixtures_as_text=False)

    def parse_dates(self, frame: pa.Table, column: str) -> pa.Table:
        """Return the table with a column of timestamps parsed; see `ParsesDates.parse_dates`."""
        try:
            moments = frame[column].cast(pa.timestamp("us"))
        except pa.ArrowException:  # no timestamp, or one with a time zone
            return frame
        return frame.set_column(frame.column_names.index(column), column, moments)

    def columns(self, table: StoredTable, source: CopiesSQLite) -> dict[str, Any] | None:
        """Return the columns of one type as Arrow arrays; see `ReadsColumns.columns`."""
        return sqlite_columns.read(table, source)

    def write_parquet(self, answer: Columnar, path: str) -> int:
        """Write all rows as Parquet; see `WritesParquet.write_parquet`."""
        from pyarrow import parquet  # noqa: PLC0415 - few export

        table = _table(answer, mixtures_as_text=True)
        parquet.write_table(table, path)
        return int(table.num_rows)


def _table(answer: Columnar, *, mixtures_as_text: bool) -> pa.Table:
    arrays, rest = split(answer)
    chunked = to_chunks(
        rest.columns,
        rest.batches,
        lambda cls, cells: pa.array(cells, _TYPES[cls], from_pandas=False),
        lambda array: array.to_pylist(),
    )
    for column, chunks in zip(rest.columns, chunked, strict=True):
        arrays[column.name] = (
            _combined(pa.chunked_array(chunks.arrays, _TYPES[chunks.type]))
            if chunks.type
            else _array(chunks.cells, column.kinds, mixtures_as_text)
        )
    names = [column.name for column in answer.columns]
    return pa.table([arrays[name] for name in names], names=names)


def _combined(array: Any) -> Any:
    """Return a column in one piece, unless it has more text than one piece can hold."""
    return array if array.nbytes >= _MOST_TEXT else array.combine_chunks()


def _array(cells: Sequence[Value], kinds: frozenset[Kind], as_text: bool) -> Any:
    if not as_text:
        families = [kind and family_of(kind) for kind in map(kind_of, cells)]
        if kind_of_cells(cells, kinds) is None and len({*families} - {None}) > 1:
            return _union(cells, families)
    return _uniform(*uniform(cells, kinds))


def _uniform(kind: Kind | None, cells: Sequence[Value]) -> Any:
    """Return an array of one type, with gaps where cells are missing."""
    aware = kind is Kind.DATETIME and not are_naive(cells)
    types = {
        None: pa.null(),
        Kind.BOOL: pa.bool_(),
        Kind.INT: pa.int64(),
        Kind.FLOAT: pa.float64(),
        Kind.BYTES: pa.binary(),
        Kind.DATE: pa.date32(),
        Kind.TEXT: pa.string(),
        Kind.TIME: pa.time64("us"),
        Kind.DURATION: pa.duration("us"),
        Kind.DATETIME: pa.timestamp("us", "UTC" if aware else None),
    }
    return pa.array(cells, types[kind], from_pandas=False)


def _union(cells: Sequence[Value], families: Sequence[Kind | None]) -> Any:
    """Return a dense union with one child for each kind; missing cells are a child too."""
    groups: dict[Kind | None, list[Value]] = {kind: [] for kind in dict.fromkeys(families)}
    codes = {kind: code for code, kind in enumerate(groups)}
    offsets = []
    for cell, kind in zip(cells, families, strict=True):
        offsets.append(len(groups[kind]))
        groups[kind].append(cell)
    return pa.UnionArray.from_dense(
        pa.array([codes[kind] for kind in families], pa.int8()),
        pa.array(offsets, pa.int32()),
        [_uniform(*storable(group, kind)) for kind, group in groups.items()],
    )
