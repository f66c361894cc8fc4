"""Reading Arrow IPC files from bytes that nobody signed.

Arrow checks that buffers lie within a message, not what is in them: an offset in a column of texts
becomes an address. So a file is read as the stream that it holds (the footer, which says where
messages are, is not needed), each message is looked at before Arrow puts anything together, and
each batch is validated in full before anything is made of it:
https://arrow.apache.org/docs/format/Security.html.

Refused is what no file of ours has and what Arrow would do before a batch can be validated:
compressed buffers, which declare how much memory they want, dictionaries that are changed or
extended, another order of bytes, and types of extensions that we do not know: their libraries make
them of what the file says, by a function of Python's that may unpickle.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa  # type: ignore[import-untyped]

_MAGIC = b"ARROW1\0\0"
_EXTENSION = b"ARROW:extension:name"
_KNOWN = frozenset(
    f"arrow.{name}".encode()
    for name in ("bool8", "fixed_shape_tensor", "json", "opaque", "parquet.variant", "uuid")
) | {b"pandas.interval", b"pandas.period"}
"""Extensions that Arrow has built in, and pandas' own, which are JSON."""

# Positions of what is looked at in the tables of
# https://github.com/apache/arrow/blob/main/format/Message.fbs and Schema.fbs.
_HEADER_OF_MESSAGE = 2
_ENDIANNESS_OF_SCHEMA, _FIELDS_OF_SCHEMA = 0, 1
_CHILDREN_OF_FIELD, _METADATA_OF_FIELD = 5, 6
_ID_OF_DICTIONARY, _BATCH_OF_DICTIONARY, _DELTA_OF_DICTIONARY = 0, 1, 2
_COMPRESSION_OF_BATCH = 3

_FREE, _FOR_EACH = 2**28, 64
"""Bytes that validating may look at, and how many more of them for each byte of the content: all
cells of a column of views may show the same bytes, and each batch has all of a dictionary."""


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
    stream = pa.py_buffer(content)[len(_MAGIC) :]
    _check_messages(stream)
    with pa.ipc.open_stream(stream) as reader:
        if any(_has_view(inner) for field in reader.schema for inner in _within(field.type)):
            raise ValueError("a view of it is within something else")
        batches = list(_validated(reader, _FREE + _FOR_EACH * len(content)))
        return pa.Table.from_batches(batches, reader.schema)


def _validated(reader: Any, most: int) -> Iterator[pa.RecordBatch]:
    for batch in reader:
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


def _check_messages(stream: pa.Buffer) -> None:
    """Check the messages, of which Arrow has only verified that they are well formed."""
    import pyarrow as pa  # noqa: PLC0415 - the stream is a buffer of it

    dictionaries: set[bytes] = set()
    batches = 0
    for number, message in enumerate(pa.ipc.MessageReader.open_stream(stream)):
        if message.metadata_version != pa.ipc.MetadataVersion.V5:
            raise ValueError("it is of an old version of Arrow's format")
        head = memoryview(message.metadata)
        table = _table(head, _fields(head, _at(head, 0))[_HEADER_OF_MESSAGE])
        if (message.type == "schema") != (number == 0):
            raise ValueError("it does not begin with its only schema")
        if message.type == "schema":
            _check_schema(head, table)
        elif message.type == "dictionary":
            _check_dictionary(head, table, dictionaries)
        elif message.type == "record batch":
            _check_batch(table)
            batches += 1
        else:
            raise ValueError(f"it holds a {message.type}")
    if dictionaries and batches * len(stream) > _FREE + _FOR_EACH * len(stream):
        raise ValueError(f"it has dictionaries in {batches:,} batches")


def _check_schema(head: memoryview, table: dict[int, int]) -> None:
    waiting = _vector(head, table.get(_FIELDS_OF_SCHEMA))
    while waiting:
        field = _fields(head, waiting.pop())
        waiting += _vector(head, field.get(_CHILDREN_OF_FIELD))
        for pair in _vector(head, field.get(_METADATA_OF_FIELD)):
            key, value = (_text(head, _fields(head, pair).get(part)) for part in (0, 1))
            if key == _EXTENSION and value not in _KNOWN:
                raise ValueError(f"a column of it is of the extension {value!r:.100}")
    at = table.get(_ENDIANNESS_OF_SCHEMA)
    if at and any(head[at : at + 2]):
        raise ValueError("it is of a machine with another order of bytes")


def _check_dictionary(head: memoryview, table: dict[int, int], known: set[bytes]) -> None:
    at = table.get(_ID_OF_DICTIONARY)
    number = bytes(head[at : at + 8]) if at else b""
    if number in known or _DELTA_OF_DICTIONARY in table:
        raise ValueError("it changes a dictionary")
    known.add(number)
    _check_batch(_table(head, table[_BATCH_OF_DICTIONARY]))


def _check_batch(table: dict[int, int]) -> None:
    if _COMPRESSION_OF_BATCH in table:
        raise ValueError("its buffers are compressed")


# What follows is as much of FlatBuffers as that takes: https://flatbuffers.dev/internals/.


def _at(head: memoryview, at: int) -> int:
    """Follow the offset that stands somewhere."""
    return at + int(struct.unpack_from("<I", head, at)[0])


def _table(head: memoryview, at: int) -> dict[int, int]:
    return _fields(head, _at(head, at))


def _vector(head: memoryview, at: int | None) -> list[int]:
    """Return where the tables of a vector are."""
    if at is None:
        return []
    begin = _at(head, at) + 4
    (number,) = struct.unpack_from("<I", head, begin - 4)
    offsets = struct.unpack_from(f"<{number}I", head, begin)
    return [begin + 4 * place + offset for place, offset in enumerate(offsets)]


def _text(head: memoryview, at: int | None) -> bytes:
    if at is None:
        return b""
    begin = _at(head, at) + 4
    (length,) = struct.unpack_from("<I", head, begin - 4)
    return bytes(head[begin : begin + length])


def _fields(head: memoryview, at: int) -> dict[int, int]:
    """Return where the fields of a table are that it has."""
    places = at - struct.unpack_from("<i", head, at)[0]
    (size,) = struct.unpack_from("<H", head, places)
    offsets = struct.unpack_from(f"<{(size - 4) // 2}H", head, places + 4)
    return {field: at + offset for field, offset in enumerate(offsets) if offset}
