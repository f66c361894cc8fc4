"""One entry as bytes: what was computed, for which call, by whom, and a signature over it all.

::

    magic      4   b"XTC1"
    signature 32   over purpose, key, head, track id and material; zeros when there is no key
    head      39   codec, SHA-256 of the result, length of the result, of track id, of material
    track id, material, result

The signature covers the result by its digest, so that the rest can be trusted without reading it.
"""

from __future__ import annotations

import struct
from hashlib import sha256

from attrs import frozen

from xetrack.trust import is_signed, sign

MAGIC = b"XTC1"
PURPOSE = b"xetrack cache entry 1"
_HEAD = struct.Struct("<c32sQHI")
_AT = 4 + 32
_BODY = _AT + _HEAD.size


class DamagedError(Exception):
    """An entry is not what was stored; the text says in which way. It never leaves this package."""


@frozen
class Opened:
    """An entry taken apart."""

    codec: bytes
    track_id: str
    material: bytes
    data: bytes
    """The result; empty when only the beginning of an entry was given."""
    digest: bytes
    size: int
    """Bytes of the result."""
    signed: bool
    """Whether this user stored it."""

    def verify(self) -> None:
        """Raise `DamagedError` when the result is not the one that was stored."""
        if len(self.data) != self.size or sha256(self.data).digest() != self.digest:
            raise DamagedError("its content is damaged")


def packed(key: str, codec: bytes, data: bytes, track_id: str, material: bytes) -> bytes:
    """Return an entry as bytes, signed."""
    run = track_id.encode()
    head = _HEAD.pack(codec, sha256(data).digest(), len(data), len(run), len(material))
    signature = sign(PURPOSE, key.encode(), head, run, material).ljust(32, b"\0")
    return b"".join((MAGIC, signature, head, run, material, data))


def opened(key: str, entry: bytes) -> Opened:
    """Take an entry apart; its result may be missing.

    Raises
    ------
    DamagedError
        It is none.
    """
    if len(entry) < _BODY or entry[:4] != MAGIC:
        raise DamagedError("it is no entry of this version")
    head = entry[_AT:_BODY]
    codec, digest, size, run_length, material_length = _HEAD.unpack(head)
    middle = _BODY + run_length
    end = middle + material_length
    run, material = entry[_BODY:middle], entry[middle:end]
    if len(entry) < end:
        raise DamagedError("it is cut off")
    try:
        track_id = run.decode()
    except UnicodeDecodeError:
        raise DamagedError("its content is damaged") from None
    signed = is_signed(entry[4:_AT], PURPOSE, key.encode(), head, run, material)
    return Opened(codec, track_id, material, entry[end:], digest, size, signed)
