"""One entry as bytes: what was computed, for which call, by whom, and a signature over it all.

::

    magic      4   b"XTC1"
    signature 32   over purpose, key, and all that follows but the result; zeros without a key
    head      39   codec, SHA-256 of the result, length of the result, of track id, of material
    track id, material, result

The signature covers the result by its digest, so that the rest can be trusted without reading it.
"""

from __future__ import annotations

import struct
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from xetrack.assets.signing import is_signed, sign

if TYPE_CHECKING:
    from collections.abc import Callable

MAGIC = b"XTC1"
PURPOSE = b"xetrack cache entry 1"
_HEAD = struct.Struct("<c32sQHI")
_AT = 4 + 32
_MOST = 1_000
"""Heads that are remembered; of some hundred bytes each."""

_BODY = _AT + _HEAD.size


class DamagedError(Exception):
    """An entry is not what was stored; the text says in which way. No user ever meets it."""


class Opened(NamedTuple):
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
    said = b"".join((head, run, material))
    signature = sign(PURPOSE, key.encode(), said).ljust(32, b"\0")
    return b"".join((MAGIC, signature, said, data))


def head_size(entry: bytes) -> int:
    """Return how many bytes come before the result.

    Parameters
    ----------
    entry
        An entry, or the first bytes of one.

    Raises
    ------
    DamagedError
        It is none.
    """
    if len(entry) < _BODY or entry[:4] != MAGIC:
        raise DamagedError("it is no entry of this version")
    *_, run, material = _HEAD.unpack_from(entry, _AT)
    return _BODY + int(run) + int(material)


class Signed:
    """Heads of entries whose signature was looked at: the same bytes need no second look.

    Making a signature takes longer than all else that is done with a small entry.
    """

    def __init__(self) -> None:
        self._heads: dict[str, bytes] = {}

    def __call__(self, key: str, head: bytes) -> bool:
        """Tell whether this user signed the head of an entry."""
        if self._heads.get(key) == head:
            return True
        signed = is_signed(head[4:_AT], PURPOSE, key.encode(), head[_AT:])
        if signed:
            if len(self._heads) >= _MOST:
                self._heads.clear()
            self._heads[key] = head
        return signed


def opened(key: str, entry: bytes, signed: Callable[[str, bytes], bool] | None = None) -> Opened:
    """Take an entry apart; its result may be missing.

    Parameters
    ----------
    key
        What it was found by.
    entry
        Its bytes, or the first of them.
    signed
        Tells whether this user signed a head; by default one that remembers nothing.

    Raises
    ------
    DamagedError
        It is none.
    """
    if len(entry) < _BODY or entry[:4] != MAGIC:  # not by a function: this is done for every hit
        raise DamagedError("it is no entry of this version")
    codec, digest, size, run_length, material_length = _HEAD.unpack_from(entry, _AT)
    middle = _BODY + run_length
    end = middle + material_length
    run, material = entry[_BODY:middle], entry[middle:end]
    if len(entry) < end:
        raise DamagedError("it is cut off")
    try:
        track_id = run.decode()
    except UnicodeDecodeError:
        raise DamagedError("its content is damaged") from None
    mine = (signed or Signed())(key, entry[:end])
    return Opened(codec, track_id, material, entry[end:], digest, size, mine)
