"""Reading Arrow IPC files from bytes that nobody signed.

Arrow checks that buffers lie within a message, not what is in them: an offset in a column of texts
becomes an address. So a file is read as the stream that it holds (the footer, which says where
messages are, is not needed), its messages are looked at before Arrow reads them (`ipc_messages`),
and each batch is validated in full before anything is made of it:
https://arrow.apache.org/docs/format/Security.html.

Refused is what no file of ours has and what Arrow would do before a batch can be validated:
compressed buffers, which declare how much memory they want, dictionaries that are changed or
extended, another order of bytes, and types of extensions that we do not know: their libraries make
them of what the file says, by a function of Python's that may unpickle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack_assets.codecs import ipc_messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa  # type: ignore[import-untyped]

_MAGIC = b"ARROW1\0\0"
_ROWS = 2**63 - 1
"""Rows that Arrow can count; those of a column of nothing take no bytes."""


def write(table: pa.Table) -> memoryview:
    """Write a table as a file.

    Parameters
    ----------
    table
        The table.

    Returns
    -------
    memoryview
        The bytes.

    Raises
    ------
    pyarrow.ArrowException
        The format has no such table: its chunks have different dictionaries, say.
    """
    import pyarrow as pa  # noqa: PLC0415 - a table is here, so pyarrow is

    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return memoryview(sink.getvalue())


def read(content: bytearray | memoryview) -> pa.Table:
    """Read a file, after it was validated in full.

    Parameters
    ----------
    content
        The bytes.

    Returns
    -------
    Table
        Over the memory of the content.

    Raises
    ------
    ValueError
        It is no such file, or not a valid one; so are most errors of pyarrow.
    """
    import pyarrow as pa  # noqa: PLC0415 - only for those who load a table

    if bytes(content[: len(_MAGIC)]) != _MAGIC:
        raise ValueError("it does not begin as an Arrow file does")
    stream = memoryview(content)[len(_MAGIC) :]
    ipc_messages.check(stream)
    with pa.ipc.open_stream(pa.py_buffer(stream)) as reader:
        if any(_has_view(inner) for field in reader.schema for inner in _within(field.type)):
            raise ValueError("a view of it is within something else")
        batches = list(_validated(reader, ipc_messages.bytes_to_validate(len(content))))
        return pa.Table.from_batches(batches, reader.schema)


def _validated(reader: Any, most: int) -> Iterator[pa.RecordBatch]:
    rows = 0
    for batch in reader:
        rows += batch.num_rows
        if rows > _ROWS:
            raise ValueError(f"it says that it has {rows:,} rows")
        most -= sum(_bytes_shown(column) for column in batch.columns if _has_view(column.type))
        if most < 0:
            raise ValueError("its views show the same bytes too often")
        batch.validate(full=True)
        yield batch


def _bytes_shown(column: pa.Array) -> int:
    """Return how many bytes the cells of a column of views show, before it was validated."""
    import numpy as np  # noqa: PLC0415 - pyarrow is here, but few columns are such

    buffer = column.buffers()[1]
    if buffer is None:
        return 0
    views = np.frombuffer(buffer, "<i4", len(buffer) // 16 * 4).reshape(-1, 4)
    return int(np.abs(views[:, 0].astype("i8")).sum())


def _has_view(kind: pa.DataType) -> bool:
    from pyarrow import types  # noqa: PLC0415

    return bool(types.is_string_view(kind) or types.is_binary_view(kind))


def _within(kind: pa.DataType) -> Iterator[pa.DataType]:
    """Yield the types that a type is made of."""
    import pyarrow as pa  # noqa: PLC0415 - the type is of it

    parts = [kind.field(at).type for at in range(kind.num_fields)]
    if isinstance(kind, pa.BaseExtensionType):
        parts.append(kind.storage_type)
    if pa.types.is_dictionary(kind):
        parts.append(kind.value_type)
    for part in parts:
        yield part
        yield from _within(part)
