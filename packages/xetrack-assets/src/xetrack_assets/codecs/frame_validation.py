"""The check of Arrow tables that nobody signed, before pandas makes a frame of them.

They are valid by then (see `ipc`), but few bytes can still ask for much: a column of nulls has a
length and no bytes, and views may all show the same long text. And pyarrow does what the metadata
says, which names types and zones and has names of columns that are evaluated as literals.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

_FREE = 2**20
"""Cells without bytes of their own that any table may have."""

_LONGEST = 1_000
"""Characters of a column's name that is evaluated: as several labels, or as one that is no text."""

_LONGEST_TYPE = 100
"""Characters of the name of a type, which pandas takes apart by slow expressions."""

_OPENS_FILES = "dateutil"
"""A zone of this library's may be the path of a file."""

_OF_PANDAS = {"pandas.period", "pandas.interval"}

_NUMBER = r"(bool|([uU]?[iI]nt|[fF]loat|complex)\d{1,3})"
_TEXTS = frozenset({"unicode", "string", "bytes", "empty", "mixed", "mixed-integer"})
_LABELS = re.compile(
    rf"{_NUMBER}|integer|floating|complex|decimal|date|datetime|datetimetz|datetime64\[[a-zA-Z]+\]"
)
"""What labels may be said to be, other than texts."""

_TYPES_OF_LABELS = re.compile(
    rf"{_NUMBER}|object|str|string|boolean|category|(datetime|timedelta)64\[[a-zA-Z]+\]"
    rf"|[a-z]+(_[a-z]+)?\d{{0,3}}\[(pyarrow|python)\]|Sparse\[{_NUMBER}, [\w.-]{{1,20}}\]"
)
"""What type they may have; of others NumPy makes as many bytes for each label as they say."""

_CODES = re.compile(r"u?int\d{1,2}")
"""The type of a column of kinds; of others each kind would be written out in each cell."""


def check(table: pa.Table, about: Any, size: int) -> None:
    """Check that `pyarrow.Table.to_pandas` is safe for a table.

    Parameters
    ----------
    table
        A table that was validated in full.
    about
        What its metadata tells pandas.
    size
        Bytes of the file.

    Raises
    ------
    ValueError
        It is not, without trust.
    """
    for field in table.schema:
        if not _is_allowed(field.type):
            raise ValueError(f"its column {field.name!r:.100} is of the type {field.type}")
    indexes = about.get("index_columns") or ()
    # The first range of an index is no more than its frame has.
    ranges = sum(not isinstance(index, str) for index in indexes)
    without = sum(_without_bytes(field.type) for field in table.schema) + max(0, ranges - 1)
    if without * table.num_rows > _FREE + size:
        raise ValueError(f"it says that it has {table.num_rows:,} rows, in {size:,} bytes")
    # For each level of the index, all columns are copied once.
    if len(indexes) * table.num_columns > _FREE + size:
        raise ValueError(f"its index has {len(indexes):,} levels")
    if _OPENS_FILES in str(about):
        raise ValueError("its metadata names a zone that may be a file")
    columns = about.get("columns") or ()
    _check_columns(table, columns)
    names = [*table.column_names, *(str(column["name"]) for column in columns)]
    _check_labels(about.get("column_indexes") or (), max(map(len, names), default=0))


def _check_columns(table: pa.Table, columns: Any) -> None:
    """Check what is said of the columns: pyarrow does it, as often as it is said."""
    from pyarrow import types  # noqa: PLC0415

    names = table.column_names
    if len(set(names)) < len(names) or [column["field_name"] for column in columns] != names:
        raise ValueError("its metadata describes other columns than it has")
    for field, column in zip(table.schema, columns, strict=True):
        kind = column["numpy_type"]
        if len(kind) > _LONGEST_TYPE or (
            types.is_dictionary(field.type) and not _CODES.fullmatch(kind)
        ):
            raise ValueError(f"a column of it is said to be {kind!r:.100}")


def _check_labels(levels: Any, longest: int) -> None:
    """Check what is said of the labels of the columns, which pyarrow makes of the names."""
    for level in levels:
        kind, numpy = level["pandas_type"], level["numpy_type"]
        if kind not in _TEXTS and not _LABELS.fullmatch(kind):
            raise ValueError(f"labels of it are said to be {kind!r:.100}")
        if not _TYPES_OF_LABELS.fullmatch(numpy):
            raise ValueError(f"labels of it are said to have the type {numpy!r:.100}")
    evaluated = len(levels) > 1 or any(level["pandas_type"] not in _TEXTS for level in levels)
    if evaluated and longest > _LONGEST:
        raise ValueError("the name of a column is too long to be evaluated")


def _is_allowed(kind: pa.DataType) -> bool:
    """Return True if pandas makes no more of a column than its bytes justify."""
    from pyarrow import types  # noqa: PLC0415

    if getattr(kind, "extension_name", "") in _OF_PANDAS:
        return _is_allowed(kind.storage_type)
    if types.is_struct(kind):
        # Kinds in a struct would be written out in each cell.
        return not any(
            types.is_dictionary(field.type) or not _is_allowed(field.type) for field in kind
        )
    if types.is_dictionary(kind):
        return _has_bytes(kind.value_type)
    return types.is_null(kind) or _has_bytes(kind)


def _has_bytes(kind: pa.DataType) -> bool:
    """Return True if a cell of a type has bytes that are no other cell's."""
    from pyarrow import types  # noqa: PLC0415

    if types.is_list(kind) or types.is_large_list(kind):
        return _has_bytes(kind.value_type)
    if types.is_fixed_size_binary(kind):
        return bool(kind.byte_width)
    return bool(
        types.is_primitive(kind)
        or types.is_decimal(kind)
        or types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_binary(kind)
        or types.is_large_binary(kind)
    )


def _without_bytes(kind: pa.DataType) -> int:
    """Count the objects that each row of a column takes though it has no bytes for them."""
    from pyarrow import types  # noqa: PLC0415

    if types.is_struct(kind):
        return 1 + sum(_without_bytes(field.type) for field in kind)
    return int(types.is_null(kind))
