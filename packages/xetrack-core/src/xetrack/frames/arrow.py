"""Columns of plain values become Arrow arrays, and files of Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.frames.backends import library, split
from xetrack.frames.chunks import in_pieces
from xetrack.frames.dtypes import are_naive, fits, types_of
from xetrack.model.kinds import TO_TEXT, Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa  # type: ignore[import-untyped]

    from xetrack.frames.columnar import Columnar
    from xetrack.model.kinds import Value

_FAMILY = {Kind.BIGINT: Kind.INT, Kind.NAN: Kind.FLOAT}
"""Kinds that share an Arrow type with another."""

_KIND_OF_TYPE = {bool: Kind.BOOL, int: Kind.INT, float: Kind.FLOAT, str: Kind.TEXT}


def to_arrow(result: Columnar, *, mixtures_as_text: bool = False) -> pa.Table:
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
    found, rest = split(result)
    every = in_pieces(
        rest.columns,
        rest.batches,
        lambda cls, cells: arrow.array(cells, types[cls], from_pandas=False),
        lambda array: array.to_pylist(),
    )
    for column, one in zip(rest.columns, every, strict=True):
        found[column.name] = (
            _whole(arrow.chunked_array(one.arrays, types[one.type]))
            if one.type
            else _array(arrow, one.cells, column.kinds, mixtures_as_text)
        )
    names = [column.name for column in result.columns]
    return arrow.table([found[name] for name in names], names=names)


def _whole(pieces: Any) -> Any:
    """Return a column in one piece, unless it has more text than one piece can hold."""
    return pieces if pieces.nbytes >= _MOST_TEXT else pieces.combine_chunks()


_MOST_TEXT = 2**31
"""Bytes that the offsets of an Arrow array of strings can count."""


def _array(arrow: Any, cells: Sequence[Value], kinds: frozenset[Kind], as_text: bool) -> Any:
    if not as_text:
        families = [_FAMILY.get(kind, kind) for kind in map(kind_of, cells)]  # type: ignore[arg-type]
        if _of_one_type(cells, kinds) is None and len({*families} - {None}) > 1:
            return _union(arrow, cells, families)
    return _uniform(arrow, *uniform(cells, kinds))


def _of_one_type(cells: Sequence[Value], kinds: frozenset[Kind]) -> Kind | None:
    """Return the kind of cells that are numbers or text of one type; None for all others."""
    types, _ = types_of(cells, kinds)
    if types == {int, float} and fits(cells, types, kinds):
        return Kind.FLOAT
    if len(types) == 1 and fits(cells, types, kinds):
        return _KIND_OF_TYPE.get(next(iter(types)))
    return None


def uniform(cells: Sequence[Value], kinds: frozenset[Kind]) -> tuple[Kind | None, Sequence[Value]]:
    """Return one kind for a column and cells of it, where there are no unions.

    See `xetrack.interfaces.capabilities.ColumnUnifier`. Several kinds become text. Where no cell is
    there, the kinds of the whole table decide, so that a column has the same type in every file.
    """
    kind = _of_one_type(cells, kinds)
    if kind is not None:
        return kind, cells
    found = {_FAMILY.get(one, one) for one in map(kind_of, cells) if one is not None}
    if not found:
        found = {_FAMILY.get(one, one) for one in kinds}
        return _settled(cells, found.pop() if len(found) == 1 else None)
    if len(found) == 1:
        return _settled(cells, found.pop())
    return Kind.TEXT, [None if cell is None else _text(cell) for cell in cells]


def _settled(cells: Sequence[Value], kind: Kind | None) -> tuple[Kind | None, Sequence[Value]]:
    """Return a kind that Arrow has a type for, and the cells of it."""
    if kind in _AS_THEY_ARE:
        return kind, cells
    if kind is Kind.RAWTEXT:
        texts = [None if one is None else one.encode("utf-8", "surrogatepass") for one in cells]
        return Kind.BYTES, texts
    if kind is Kind.TIME and are_naive(cells):
        return kind, cells
    # With and without a zone, only text says which is which.
    if kind is Kind.DATETIME and len({one.tzinfo is None for one in cells if one is not None}) < 2:  # noqa: PLR2004
        return kind, cells
    return Kind.TEXT, [None if one is None else TO_TEXT[kind](one) for one in cells]


_AS_THEY_ARE = {None, Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.BYTES, Kind.DATE, Kind.TEXT}


def _text(cell: Value) -> str:
    """Return a cell among others of other kinds as text that UTF-8 can say."""
    text = TO_TEXT.get(kind_of(cell), str)(cell)
    return text.encode("utf-8", "backslashreplace").decode()


def _uniform(arrow: Any, kind: Kind | None, cells: Sequence[Value]) -> Any:
    """Return an array of one type, with gaps where cells are missing."""
    aware = any(one is not None and one.tzinfo for one in cells) if kind is Kind.DATETIME else False
    types = {
        None: arrow.null(),
        Kind.BOOL: arrow.bool_(),
        Kind.INT: arrow.int64(),
        Kind.FLOAT: arrow.float64(),
        Kind.BYTES: arrow.binary(),
        Kind.DATE: arrow.date32(),
        Kind.TEXT: arrow.string(),
        Kind.TIME: arrow.time64("us"),
        Kind.DATETIME: arrow.timestamp("us", "UTC" if aware else None),
    }
    return arrow.array(cells, types[kind], from_pandas=False)


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
        [_uniform(arrow, *_settled(group, kind)) for kind, group in groups.items()],
    )
