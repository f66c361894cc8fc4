"""Contents as streams of pieces, for asset stores: cut to fit cells, compressed and back."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PIECE = 16 * 2**20
"""Bytes of a content in one cell, at most."""

SMALL = 2**20
"""Pieces below this size are gathered; others are not worth a copy."""

_CHUNK = 2**18
"""Bytes that are written at a time: what fits a processor's cache is digested fastest."""


def recut(pieces: Iterable[Any]) -> Iterator[bytes | bytearray | memoryview]:
    """Cut a content anew, into pieces for one cell each; there is at least one.

    Parameters
    ----------
    pieces
        The content, in pieces of any size; anything that `memoryview` takes.
    """
    small, any_yet = bytearray(), False
    for piece in pieces:
        view = memoryview(piece).cast("B")
        if len(view) < SMALL and len(small) < PIECE - SMALL:
            small += view
            continue
        if small:
            yield small
            small = bytearray()
        for at in range(0, len(view), PIECE):
            yield view[at : at + PIECE]
        any_yet = True
    if small or not any_yet:
        yield small


def compressed(pieces: Iterable[Any]) -> Iterator[bytes]:
    """Compress a content as one stream of zlib (RFC 1950).

    Parameters
    ----------
    pieces
        The content, in pieces of any size.

    Returns
    -------
    iterator of bytes
        The stream in pieces, some of which may be empty.
    """
    squeeze = zlib.compressobj()
    for piece in pieces:
        yield squeeze.compress(piece)
    yield squeeze.flush()


class Decompressor:
    """Decompresses a stream that `compressed` made.

    What is no such stream raises ``zlib.error``, and a cut one ends early.

    Parameters
    ----------
    write
        Called with the content, a few hundred kB at a time however much it was compressed.
    """

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._stretch = zlib.decompressobj()

    def __call__(self, piece: bytes) -> None:
        """Decompress the next piece of the stream."""
        while piece:
            self._write(self._stretch.decompress(piece, _CHUNK))
            piece = self._stretch.unconsumed_tail

    def flush(self) -> None:
        """Write what is left."""
        self._write(self._stretch.flush())
