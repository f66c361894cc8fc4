"""The encoding of tables, columns, scalars and schemas of Arrow and polars: as Arrow's IPC stream.

That stream has all of a value: dtypes with units and zones, dictionaries, nanoseconds, repeated
names, and the metadata of schema and fields. It is hashed while it is written.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from xetrack_cache.keys.classes import encode_class_name
from xetrack_cache.keys.netstrings import netstring, text
from xetrack_cache.keys.object_state import encode_attributes

if TYPE_CHECKING:
    from xetrack_cache.keys.encoder import Encoder


class _HashingFile:
    """A file that digests what is written to it."""

    closed = False

    def __init__(self) -> None:
        self._digest = sha256()

    def write(self, content: Any) -> int:
        """Digest some bytes."""
        self._digest.update(content)
        return len(content)

    def flush(self) -> None:
        """Do nothing: what was written is digested."""

    def close(self) -> None:
        """Do nothing: there is no file."""

    def part(self) -> bytes:
        """Return the digest as a part of a key."""
        return netstring(b"h", self._digest.digest())


def encode_polars(encoder: Encoder, value: Any) -> bytes | None:
    """Encode a frame or a series of polars.

    Parameters
    ----------
    encoder
        Encodes the values within.
    value
        A value of polars.

    Returns
    -------
    bytes or None
        The part of the key; None for any other value, such as a dtype.

    Raises
    ------
    NotKeyableError
        The value is lazy, so that its content is not known, or has Python objects in it.
    """
    polars = sys.modules["polars"]
    if isinstance(value, polars.LazyFrame):
        encoder.refuse(value, "has no content before it is collected")
    if not isinstance(value, polars.Series | polars.DataFrame):
        return None
    encoder.need_content(value)
    frame = value if isinstance(value, polars.DataFrame) else value.to_frame()
    parts = [_polars_column(encoder, column) for column in frame.get_columns()]
    extra = encode_attributes(encoder, value, without={"_df", "_s", "_accessors"})
    head = encode_class_name(encoder, type(value)) + encoder.of(frame.shape)
    return netstring(b"V", head + extra + b"".join(parts))


def _polars_column(encoder: Encoder, column: Any) -> bytes:
    polars = sys.modules["polars"]
    names_and_dtype = text(column.name) + text(repr(column.dtype))
    if polars.Object in _leaves(column.dtype):
        return names_and_dtype + encoder.all(b"l", column.to_list())
    if polars.Categorical in _leaves(column.dtype):
        # In which order a process numbers them is chance.
        if column.dtype.base_type() is not polars.Categorical:
            encoder.refuse(column, "has categories within lists or structs; cast them to texts")
        column = column.cast(polars.String)
    file = _HashingFile()
    # Gathered, so that neither chunks nor what lies outside a slice is part of it.
    everything = polars.int_range(len(column), eager=True)
    frame = column.gather(everything).to_frame().rechunk()
    # Text views have an order in memory that is chance; the oldest form has none.
    level = getattr(polars, "CompatLevel", None)  # from polars 1.1 on
    oldest = {"future": False} if level is None else {"compat_level": level.oldest()}
    frame.write_ipc_stream(file, **oldest)
    return names_and_dtype + file.part()


def _leaves(dtype: Any) -> set[Any]:
    inner = getattr(dtype, "inner", None)
    if inner is not None:
        return _leaves(inner)
    fields = getattr(dtype, "fields", None)
    if fields:
        return set().union(*(_leaves(field.dtype) for field in fields))
    return {dtype.base_type()}


def encode_arrow(encoder: Encoder, value: Any) -> bytes | None:
    """Encode a table, a column, a scalar or a schema of Arrow.

    Parameters
    ----------
    encoder
        Encodes the values within.
    value
        A value of Arrow.

    Returns
    -------
    bytes or None
        The part of the key; None for any other value.
    """
    arrow = sys.modules["pyarrow"]
    schema = _schema_of(arrow, value)
    if schema is not None:
        digest = sha256(schema.serialize()).digest()
        return netstring(b"v", text(type(value).__name__) + netstring(b"h", digest))
    table = _table_of(arrow, value)
    if table is None:
        return None
    if not isinstance(value, arrow.Scalar):
        encoder.need_content(value)
    file = _HashingFile()
    with arrow.ipc.new_stream(arrow.PythonFile(file, mode="w"), table.schema) as stream:
        stream.write_table(table.combine_chunks())
    name = text(type(value).__name__)
    return netstring(b"V", name + encoder.of(table.num_rows) + file.part())


def _schema_of(arrow: Any, value: Any) -> Any:
    if isinstance(value, arrow.DataType):
        value = arrow.field("", value)
    if isinstance(value, arrow.Field):
        value = arrow.schema([value])
    return value if isinstance(value, arrow.Schema) else None


def _table_of(arrow: Any, value: Any) -> Any:
    if isinstance(value, arrow.RecordBatch):
        return arrow.Table.from_batches([value])
    if isinstance(value, arrow.Scalar):
        value = arrow.array([value], value.type)
    if isinstance(value, arrow.Array | arrow.ChunkedArray):
        return arrow.table([value], names=[""])
    return value if isinstance(value, arrow.Table) else None
