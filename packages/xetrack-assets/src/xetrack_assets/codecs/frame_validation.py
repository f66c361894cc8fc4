"""The check of Arrow tables that nobody signed, before pandas makes a frame of them.

They are valid by then (see `ipc`), but few bytes can still ask for much: a column of nulls has a
length and no bytes, and views may all show the same long text. And pyarrow does what the metadata
says, which names types and zones and has names of columns that are evaluated as literals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

_FREE = 2**20
"""Cells without bytes of their own that any table may have."""

_LONGEST = 1_000
"""Characters of a column's name that is evaluated: the several labels of one column."""

_OPENS_FILES = "dateutil"
"""A zone of this library's may be the path of a file."""

_OF_PANDAS = {"pandas.period", "pandas.interval"}


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
    without = sum(_without_bytes(field.type) for field in table.schema)
    if without * table.num_rows > _FREE + size:
        raise ValueError(f"it says that it has {table.num_rows:,} rows, in {size:,} bytes")
    if _OPENS_FILES in str(about):
        raise ValueError("its metadata names a zone that may be a file")
    levels = about.get("column_indexes") or ()
    if len(levels) > 1 and any(len(name) > _LONGEST for name in table.column_names):
        raise ValueError("the name of a column is too long for several labels")


def _is_allowed(kind: pa.DataType) -> bool:
    """Return True if pandas makes no more of a column than its bytes justify."""
    from pyarrow import types  # noqa: PLC0415

    if getattr(kind, "extension_name", "") in _OF_PANDAS:
        return _is_allowed(kind.storage_type)
    if types.is_struct(kind):
        return all(_is_allowed(field.type) for field in kind)
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
