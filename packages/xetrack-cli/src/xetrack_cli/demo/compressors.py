"""What the demo measures: the standard library's compressors at several levels."""

from __future__ import annotations

import bz2
import lzma
import time
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xetrack.process.open_files import read_chunks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MEGA = 1_000_000

LONGEST = 1 * MEGA
"""Bytes that are read of one file; of a larger one, its beginning is compressed."""


@dataclass(frozen=True)
class Compressor:
    """One setting; the tracker makes a column of each field."""

    codec: str
    level: int


SETTINGS = (
    *(Compressor("zlib", level) for level in (1, 6, 9)),
    *(Compressor("bz2", level) for level in (1, 5, 9)),
    *(Compressor("lzma", level) for level in (0, 3, 6)),
)


class RoundTripError(Exception):
    """Decompressing gave something else than was compressed."""


def compress(config: Compressor, path: Path) -> dict[str, Any]:
    """Compress and decompress a file in memory, and measure both.

    Parameters
    ----------
    config
        Codec and level.
    path
        The file, of which at most `LONGEST` bytes are read.

    Returns
    -------
    dict
        Sizes in bytes, their ratio, and seconds.

    Raises
    ------
    OSError
        The file cannot be read.
    NotTheSameError
        The round trip changed the data.
    """
    # The folder may have the database of the demo in it, whose locks this process has to keep.
    data = next(read_chunks(path, LONGEST), b"")
    pack, unpack = _codec(config)
    start = time.perf_counter()
    packed = pack(data)
    middle = time.perf_counter()
    unpacked = unpack(packed)
    end = time.perf_counter()
    if unpacked != data:
        raise RoundTripError(f"{config} changed the data of {path}")
    return {
        "bytes_in": len(data),
        "bytes_out": len(packed),
        "ratio": len(data) / len(packed),
        "pack_seconds": middle - start,
        "unpack_seconds": end - middle,
    }


def _codec(config: Compressor) -> tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]:
    level = config.level
    if config.codec == "zlib":
        return lambda data: zlib.compress(data, level), zlib.decompress
    if config.codec == "bz2":
        return lambda data: bz2.compress(data, level), bz2.decompress
    return lambda data: lzma.compress(data, preset=level), lzma.decompress
