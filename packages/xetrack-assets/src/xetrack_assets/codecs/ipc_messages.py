"""The check of the messages of an Arrow stream, before Arrow reads any of them.

The head of a message is a FlatBuffer. Any number of offsets in it may lead to the same text or
table, of which Arrow would make as many copies, and any number of columns may have the same buffer.
What Arrow writes shares nothing. So what is visited is counted, and may not be more than there is.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXTENSION = b"ARROW:extension:name"
_KNOWN = frozenset(
    f"arrow.{name}".encode()
    for name in ("bool8", "fixed_shape_tensor", "json", "opaque", "parquet.variant", "uuid")
) | {b"pandas.interval", b"pandas.period"}
"""Extensions that Arrow has built in, and pandas' own, which are JSON."""

# Positions of what is looked at in the tables of
# https://github.com/apache/arrow/blob/main/format/Message.fbs and Schema.fbs.
_VERSION, _KIND, _HEADER, _BODY, _METADATA_OF_MESSAGE = range(5)
_ENDIANNESS_OF_SCHEMA, _FIELDS_OF_SCHEMA, _METADATA_OF_SCHEMA = range(3)
_NAME_OF_FIELD, _KIND_OF_FIELD, _TYPE_OF_FIELD = 0, 2, 3
_DICTIONARY_OF_FIELD, _CHILDREN_OF_FIELD, _METADATA_OF_FIELD = 4, 5, 6
_ZONE_OF_TIMESTAMP = 1
_ID_OF_DICTIONARY, _BATCH_OF_DICTIONARY, _DELTA_OF_DICTIONARY = range(3)
_BUFFERS_OF_BATCH, _COMPRESSION_OF_BATCH, _VIEWS_OF_BATCH = 2, 3, 4

_SCHEMA, _DICTIONARY, _RECORDS = 1, 2, 3
_V5 = 4
_TIMESTAMP = 10
_CONTINUATION = 0xFFFFFFFF
_FIELDS = 32
"""Fields that a table may have, which is more than any table of the format has."""

_FREE, _FOR_EACH = 2**28, 64
"""Bytes that validating may look at, and how many more of them for each byte of the content: all
cells of a column of views may show the same bytes, and each batch has all of a dictionary."""


def bytes_to_validate(size: int) -> int:
    """Return how many bytes validating may look at.

    Parameters
    ----------
    size
        Bytes of the content.

    Returns
    -------
    int
        More than that: a column of views may show the same bytes in many cells.
    """
    return _FREE + _FOR_EACH * size


def check(stream: memoryview) -> None:
    """Check that Arrow would take no more memory for a stream than the stream has bytes.

    Parameters
    ----------
    stream
        The messages. Arrow has not looked at them, they may be anything.

    Raises
    ------
    ValueError
        It is no such stream, or has what none of ours has.
    """
    try:
        _check(stream)
    except (struct.error, KeyError) as error:
        raise ValueError("its messages are not well formed") from error


def _check(stream: memoryview) -> None:
    known: set[int] = set()
    batches = 0
    for number, (head, message, body) in enumerate(_messages(stream)):
        kind = head.number("<B", message.get(_KIND))
        table = head.child(message[_HEADER])
        if (kind == _SCHEMA) != (number == 0):
            raise ValueError("it does not begin with its only schema")
        if kind == _SCHEMA:
            _check_schema(head, table)
        elif kind == _DICTIONARY:
            _check_dictionary(head, table, known, body)
        elif kind == _RECORDS:
            _check_batch(head, table, body)
            batches += 1
        else:
            raise ValueError(f"it holds a message of the kind {kind}")
    if known and batches * len(stream) > bytes_to_validate(len(stream)):
        raise ValueError(f"it has dictionaries in {batches:,} batches")


def _messages(stream: memoryview) -> Iterator[tuple[_Head, dict[int, int], int]]:
    """Yield the head of each message, where the fields of the message are, and its body's size."""
    at = 0
    while True:
        mark, size = struct.unpack_from("<II", stream, at)
        if mark != _CONTINUATION:
            raise ValueError("it is of an old version of Arrow's format")
        if not size:
            return
        begin = at + 8
        head = _Head(stream[begin : begin + size])
        message = head.child(0)
        if head.number("<h", message.get(_VERSION)) != _V5:
            raise ValueError("it is of an old version of Arrow's format")
        body = head.number("<q", message.get(_BODY))
        at = begin + size + body
        if not begin + size <= at <= len(stream):
            raise ValueError("a message of it is longer than it is")
        head.pairs(message.get(_METADATA_OF_MESSAGE))
        yield head, message, body


def _check_schema(head: _Head, table: dict[int, int]) -> None:
    head.pairs(table.get(_METADATA_OF_SCHEMA))
    dictionaries: set[int] = set()
    waiting = head.tables(table.get(_FIELDS_OF_SCHEMA))
    while waiting:
        field = head.table(waiting.pop())
        waiting += head.tables(field.get(_CHILDREN_OF_FIELD))
        head.text(field.get(_NAME_OF_FIELD))
        for key, value in head.pairs(field.get(_METADATA_OF_FIELD)):
            if key == _EXTENSION and value not in _KNOWN:
                raise ValueError(f"a column of it is of the extension {value!r:.100}")
        if head.number("<B", field.get(_KIND_OF_FIELD)) == _TIMESTAMP:
            head.text(head.child(field[_TYPE_OF_FIELD]).get(_ZONE_OF_TIMESTAMP))
        if _DICTIONARY_OF_FIELD in field:
            encoding = head.child(field[_DICTIONARY_OF_FIELD])
            number = head.number("<q", encoding.get(_ID_OF_DICTIONARY))
            if number in dictionaries:
                raise ValueError("columns of it share a dictionary")
            dictionaries.add(number)
    if head.number("<h", table.get(_ENDIANNESS_OF_SCHEMA)):
        raise ValueError("it is of a machine with another order of bytes")


def _check_dictionary(head: _Head, table: dict[int, int], known: set[int], body: int) -> None:
    number = head.number("<q", table.get(_ID_OF_DICTIONARY))
    if number in known or _DELTA_OF_DICTIONARY in table:
        raise ValueError("it changes a dictionary")
    known.add(number)
    _check_batch(head, head.child(table[_BATCH_OF_DICTIONARY]), body)


def _check_batch(head: _Head, table: dict[int, int], body: int) -> None:
    if _COMPRESSION_OF_BATCH in table:
        raise ValueError("its buffers are compressed")
    lengths = [length for _, length in head.numbers("<qq", table.get(_BUFFERS_OF_BATCH))]
    if min(lengths, default=0) < 0 or sum(lengths) > body:
        raise ValueError("columns of it share their bytes")
    views = [number for (number,) in head.numbers("<q", table.get(_VIEWS_OF_BATCH))]
    if min(views, default=0) < 0 or sum(views) > len(lengths):
        raise ValueError("its views have more buffers than there are")


class _Head:
    """The head of a message: as much of FlatBuffers as that takes.

    A field that a table does not have is None. See https://flatbuffers.dev/internals/.
    """

    _ENTRY = 16
    """Bytes that a table takes at least, with the offset that leads to it."""

    def __init__(self, content: memoryview) -> None:
        self._content = content
        self._left = len(content)

    def number(self, code: str, at: int | None) -> int:
        """Return a number."""
        return 0 if at is None else int(struct.unpack_from(code, self._content, at)[0])

    def numbers(self, code: str, at: int | None) -> list[tuple[int, ...]]:
        """Return the numbers of a vector, each or some together."""
        begin, number = self._vector(at)
        end = begin + number * struct.calcsize(code)
        return list(struct.iter_unpack(code, self._content[begin:end]))

    def child(self, at: int) -> dict[int, int]:
        """Return where the fields of the table are that an offset leads to."""
        return self.table(self._follow(at))

    def table(self, at: int) -> dict[int, int]:
        """Return where the fields of a table are."""
        places = at - self.number("<i", at)
        number = (self.number("<H", places) - 4) // 2
        if not 0 <= number <= _FIELDS:
            raise ValueError(f"a table of it has {number:,} fields")
        offsets = struct.unpack_from(f"<{number}H", self._content, places + 4)
        return {field: at + offset for field, offset in enumerate(offsets) if offset}

    def tables(self, at: int | None) -> list[int]:
        """Return where the tables of a vector are."""
        begin, number = self._vector(at)
        self._visit(self._ENTRY * number)
        offsets = struct.unpack_from(f"<{number}I", self._content, begin)
        return [begin + 4 * place + offset for place, offset in enumerate(offsets)]

    def pairs(self, at: int | None) -> list[tuple[bytes, bytes]]:
        """Return the keys and values of metadata."""
        pairs = map(self.table, self.tables(at))
        return [(self.text(pair.get(0)), self.text(pair.get(1))) for pair in pairs]

    def text(self, at: int | None) -> bytes:
        """Return a text."""
        begin, length = self._vector(at)
        self._visit(length)
        return bytes(self._content[begin : begin + length])

    def _vector(self, at: int | None) -> tuple[int, int]:
        """Return where the elements of a vector begin, and how many there are."""
        if at is None:
            return 0, 0
        begin = self._follow(at)
        return begin + 4, self.number("<I", begin)

    def _follow(self, at: int) -> int:
        return at + self.number("<I", at)

    def _visit(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise ValueError("parts of it share their bytes")
