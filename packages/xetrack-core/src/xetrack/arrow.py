"""Columns of plain values become Arrow arrays, and files of Parquet."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from xetrack.dtypes import are_naive, fits, types_of
from xetrack.frames import library
from xetrack.kinds import TO_TEXT, Kind, kind_of
from xetrack.pieces import in_pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa  # type: ignore[import-untyped]

    from xetrack.interfaces.engine import Selection
    from xetrack.kinds import Value
    from xetrack.results import Result

_FAMILY = {Kind.BIGINT: Kind.INT, Kind.NAN: Kind.FLOAT}
"""Kinds that share an Arrow type with another."""

_KIND_OF_TYPE = {bool: Kind.BOOL, int: Kind.INT, float: Kind.FLOAT, str: Kind.TEXT}


def to_arrow(result: Result | Selection, *, mixtures_as_text: bool = False) -> pa.Table:
    """Return an Arrow table.

    Integers are ``int64``, floats ``double``, dates and times what Arrow has for them, aware
    datetimes in UTC. Paths, decimals, integers beyond 64 bits and JSON are text. A column of
    several kinds is a dense union of them, or text where a file format has no unions.

    Raises
    ------
    MissingPackageError
        pyarrow is not installed.
    """
    arrow = library("pyarrow", "arrow")
    types = {
        bool: arrow.bool_(),
        int: arrow.int64(),
        float: arrow.float64(),
        str: arrow.string(),
    }
    every = in_pieces(
        result.columns,
        result.batches,
        lambda cls, cells: arrow.array(cells, types[cls], from_pandas=False),
        lambda array: array.to_pylist(),
    )
    arrays = [
        _whole(arrow.chunked_array(one.arrays, types[one.type]))
        if one.type
        else _array(arrow, one.cells, column.kinds, mixtures_as_text)
        for column, one in zip(result.columns, every, strict=True)
    ]
    return arrow.table(arrays, names=[column.name for column in result.columns])


def _whole(pieces: Any) -> Any:
    """Return a column in one piece, unless it has more text than one piece can hold."""
    return pieces if pieces.nbytes >= _MOST_TEXT else pieces.combine_chunks()


_MOST_TEXT = 2**31
"""Bytes that the offsets of an Arrow array of strings can count."""


def _array(arrow: Any, cells: Sequence[Value], kinds: frozenset[Kind], as_text: bool) -> Any:
    types, _ = types_of(cells, kinds)
    if types == {int, float} and fits(cells, types, kinds):
        types = {float}
    if len(types) == 1 and fits(cells, types, kinds):
        (cls,) = types
        if cls in _KIND_OF_TYPE:
            return _uniform(arrow, cells, _KIND_OF_TYPE[cls])
    families = [_FAMILY.get(kind, kind) for kind in map(kind_of, cells)]  # type: ignore[arg-type]
    present = list(dict.fromkeys(families))
    present = [kind for kind in present if kind is not None]
    if len(present) <= 1:
        return _uniform(arrow, cells, present[0] if present else None)
    if as_text:
        return _uniform(arrow, [None if one is None else _text(one) for one in cells], Kind.TEXT)
    return _union(arrow, cells, families)


def _text(cell: Value) -> str:
    """Return a cell among others of other kinds as text that UTF-8 can say."""
    text = TO_TEXT.get(kind_of(cell), str)(cell)
    return text.encode("utf-8", "backslashreplace").decode()


def _uniform(arrow: Any, cells: Sequence[Value], kind: Kind | None) -> Any:
    """Return an array of one type, with gaps where cells are missing."""
    plain = {
        None: arrow.null(),
        Kind.BOOL: arrow.bool_(),
        Kind.INT: arrow.int64(),
        Kind.FLOAT: arrow.float64(),
        Kind.BYTES: arrow.binary(),
        Kind.DATE: arrow.date32(),
        Kind.TEXT: arrow.string(),
    }
    if kind in plain:
        return arrow.array(cells, plain[kind], from_pandas=False)
    naive = {one.tzinfo is None for one in cells if type(one) is datetime}
    if kind is Kind.DATETIME and len(naive) == 1:  # with both, only text says which is which
        return arrow.array(cells, arrow.timestamp("us", None if naive == {True} else "UTC"))
    if kind is Kind.TIME and are_naive(cells):
        return arrow.array(cells, arrow.time64("us"))
    if kind is Kind.RAWTEXT:
        texts = [None if one is None else one.encode("utf-8", "surrogatepass") for one in cells]
        return arrow.array(texts, arrow.binary())
    return arrow.array(
        [None if one is None else TO_TEXT[kind](one) for one in cells], arrow.string()
    )


def _union(arrow: Any, cells: Sequence[Value], families: Sequence[Kind | None]) -> Any:
    """Return a dense union with one child for each kind; missing cells are a child too."""
    groups: dict[Kind | None, list[Value]] = {kind: [] for kind in dict.fromkeys(families)}
    codes = {kind: code for code, kind in enumerate(groups)}
    offsets = []
    for cell, kind in zip(cells, families, strict=True):
        offsets.append(len(groups[kind]))
        groups[kind].append(cell)
    return arrow.UnionArray.from_dense(
        arrow.array([codes[kind] for kind in families], arrow.int8()),
        arrow.array(offsets, arrow.int32()),
        [_uniform(arrow, group, kind) for kind, group in groups.items()],
    )
