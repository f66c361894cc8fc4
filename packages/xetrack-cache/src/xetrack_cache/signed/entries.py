"""The format of entries: a result, its call, its run, and a signature over it all.

::

    magic      4   b"XTC1"
    signature 32   over purpose, key, and all that follows but the result; zeros without a key
    head      39   codec, SHA-256 of the result, length of the result, of track id, of material
    track id, material, result

Behind the track id may be a zero byte, and then ``T`` with the time at which the result was
computed (seconds since 1970, 8 bytes), and, as JSON, the ids of the objects that were stored with
the row, by key.

The signature covers the result by its digest, so that the rest can be trusted without reading it.
"""

from __future__ import annotations

import json
import struct
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from xetrack.assets.signing import is_signed, sign

if TYPE_CHECKING:
    from collections.abc import Mapping

MAGIC = b"XTC1"
PURPOSE = b"xetrack cache entry 1"
_HEAD = struct.Struct("<c32sQHI")
_AT = 4 + 32
_MOST = 1_000
"""Heads that are remembered; of some hundred bytes each."""

_BODY = _AT + _HEAD.size

_TIME = struct.Struct("<cd")
_LAST = 253_370_764_800
"""Seconds of 1970 up to the year 9999, the last that Python has."""

_LONGEST_RUN = 0xFFFF
_NO_ASSETS: Mapping[str, str] = MappingProxyType({})


class DamagedError(Exception):
    """An entry is not what was stored; the text says in which way. No user ever meets it."""


class UnpackedEntry(NamedTuple):
    """The fields of an entry."""

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
    assets: Mapping[str, str]
    """Ids of the objects that were stored with the row, by key."""
    time: float | None
    """When the result was computed, in seconds since 1970; None in entries that do not tell it."""

    def verify(self) -> None:
        """Raise `DamagedError` when the result is not the one that was stored."""
        if len(self.data) != self.size or sha256(self.data).digest() != self.digest:
            raise DamagedError("its content is damaged")


def pack_entry(
    key: str,
    codec: bytes,
    data: bytes,
    track_id: str,
    material: bytes,
    assets: Mapping[str, str] = _NO_ASSETS,
    time: float | None = None,
) -> bytes:
    """Make the bytes of an entry, signed.

    Parameters
    ----------
    key
        What it is found by.
    codec
        The name of the codec of its result.
    data
        The encoded result.
    track_id
        The run that computed it.
    material
        What `key` is the digest of.
    assets
        Ids of the objects that were stored with the row, by key.
    time
        When the result was computed, in seconds since 1970.

    Returns
    -------
    bytes
        The entry.
    """
    run = track_id.encode()
    extra = b"" if time is None else _TIME.pack(b"T", time)
    if assets:
        ids = json.dumps(dict(assets)).encode()
        extra += ids if len(run) + 1 + len(extra) + len(ids) <= _LONGEST_RUN else b""
    if extra:
        run += b"\0" + extra
    head = _HEAD.pack(codec, sha256(data).digest(), len(data), len(run), len(material))
    signed_part = b"".join((head, run, material))
    signature = sign(PURPOSE, key.encode(), signed_part).ljust(32, b"\0")
    return b"".join((MAGIC, signature, signed_part, data))


def head_size(entry: bytes) -> int:
    """Return how many bytes come before the result.

    Parameters
    ----------
    entry
        An entry, or the first bytes of one.

    Returns
    -------
    int
        Bytes.

    Raises
    ------
    DamagedError
        It is no entry.
    """
    if len(entry) < _BODY or entry[:4] != MAGIC:
        raise DamagedError("it is no entry of this version")
    *_, run, material = _HEAD.unpack_from(entry, _AT)
    return _BODY + int(run) + int(material)


class SignatureCache:
    """The heads whose signature was verified, with their fields: equal bytes are not read again.

    Making a signature takes longer than all else that is done with a small entry.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[bytes, UnpackedEntry]] = {}

    def recall(self, key: str, entry: bytes) -> UnpackedEntry | None:
        """Return the fields of an entry whose head was verified before; None for any other.

        Parameters
        ----------
        key
            What the entry is found by.
        entry
            Its bytes, or the first of them.
        """
        head, fields = self._known.get(key, _UNKNOWN)
        if fields is None or not entry.startswith(head):
            return None
        codec, track_id, material, _, digest, size, signed, assets, time = fields
        data = entry[len(head) :]
        return UnpackedEntry(codec, track_id, material, data, digest, size, signed, assets, time)

    def remember(self, key: str, head: bytes, fields: UnpackedEntry) -> None:
        """Remember the fields of an entry that this user signed.

        Parameters
        ----------
        key
            What the entry is found by.
        head
            All of it but the result.
        fields
            Its fields, without the result.
        """
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = head, fields


_UNKNOWN: tuple[bytes, None] = (b"", None)


def unpack_entry(key: str, entry: bytes, signatures: SignatureCache | None = None) -> UnpackedEntry:
    """Split an entry into its fields; its result may be missing.

    Parameters
    ----------
    key
        What it was found by.
    entry
        Its bytes, or the first of them.
    signatures
        Remembers which heads this user signed.

    Returns
    -------
    UnpackedEntry
        The fields.

    Raises
    ------
    DamagedError
        It is no entry.
    """
    known = None if signatures is None else signatures.recall(key, entry)
    if known is not None:  # as for every hit but the first
        return known
    if len(entry) < _BODY or entry[:4] != MAGIC:
        raise DamagedError("it is no entry of this version")
    codec, digest, size, run_length, material_length = _HEAD.unpack_from(entry, _AT)
    middle = _BODY + run_length
    end = middle + material_length
    run, material = entry[_BODY:middle], entry[middle:end]
    if len(entry) < end:
        raise DamagedError("it is cut off")
    try:
        time, assets = None, _NO_ASSETS
        if 0 in run:
            run, _, extra = run.partition(b"\0")
            if extra[:1] == b"T":
                time, extra = _checked_time(extra), extra[_TIME.size :]
            if extra or time is None:  # as seldom
                assets = _checked_ids(json.loads(extra))
        track_id = run.decode()
    except (ValueError, RecursionError):
        raise DamagedError("its content is damaged") from None
    head = entry[:end]
    is_signed_by_user = is_signed(head[4:_AT], PURPOSE, key.encode(), head[_AT:])
    fields = UnpackedEntry(
        codec, track_id, material, b"", digest, size, is_signed_by_user, assets, time
    )
    if signatures is not None and is_signed_by_user:
        signatures.remember(key, head, fields)
    return fields._replace(data=entry[end:])


def _checked_time(extra: bytes) -> float:
    if len(extra) < _TIME.size:
        raise ValueError("the time is cut off")
    _, time = _TIME.unpack_from(extra)
    if not 0 <= time < _LAST:
        raise ValueError("this is no time")
    return float(time)


def _checked_ids(ids: object) -> Mapping[str, str]:
    if type(ids) is not dict or not all(type(each) is str for each in ids.values()):
        raise ValueError("these are no ids by key")
    return MappingProxyType(ids)
