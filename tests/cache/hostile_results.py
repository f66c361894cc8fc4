"""A child that reads results which nobody signed: ``hostile_results FOLDER FIRST LAST``."""

from __future__ import annotations

import io
import json
import struct
import sys
import warnings
from hashlib import sha256

import numpy as np

from tests.assets.crafted_contents import ARRAYS, TEXTS
from tests.assets.test_codecs import CASES
from tests.hostile import mutated
from tests.hostile_child import reading, ready
from xetrack import Reader
from xetrack.errors import XetrackError
from xetrack_cache.folder_cache.disk_cache import DiskCache


def entry(codec: bytes, data: bytes) -> bytes:
    """Return an entry as anybody can write it."""
    head = struct.pack("<c32sQHI", codec, sha256(data).digest(), len(data), 1, 0)
    return b"XTC1" + bytes(32) + head + b"r" + data


def array(value: np.ndarray) -> bytes:
    """Return a file of NumPy's."""
    file = io.BytesIO()
    np.lib.format.write_array(file, value, allow_pickle=False)
    return file.getvalue()


def zipped() -> bytes:
    """Return a file of several arrays, which NumPy reads by the same function."""
    file = io.BytesIO()
    np.savez_compressed(file, a=np.zeros(2**20))
    return file.getvalue()


def main(folder: str, first: int, last: int) -> None:
    """Store each as the only result of a cache, and look at all that is in it."""
    warnings.simplefilter("ignore")
    plain = [json.dumps({"a": [1, 2.5, None], "b": "größer"}).encode()]
    arrays = [array(value) for name, value in CASES.values() if name == "numpy"]
    bases = [(b"N", one) for one in arrays if len(one) < 10_000] + [(b"J", one) for one in plain]
    cache = DiskCache(folder)

    def read(codec: bytes, data: bytes) -> int:
        cache.store("k", entry(codec, data), "r")
        found = [result for _, result in Reader.scan_cache(folder)]
        repr(found)
        return len(found)

    assert [1] * len(bases) == [read(*base) for base in bases]
    ready()
    for name, data in {**ARRAYS, "several": zipped()}.items():
        with reading(name, XetrackError):
            assert not read(b"N", data), name
    for name, data in TEXTS.items():
        with reading(name, XetrackError):
            read(b"J", data)
    for seed in range(first, last):
        with reading(f"result {seed}", XetrackError):
            codec, data = bases[seed % len(bases)]
            read(codec, mutated(data, seed))
    cache.close()


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
