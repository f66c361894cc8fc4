"""A child that reads mutated contents of one codec: ``hostile_codecs CODEC FIRST LAST``."""

from __future__ import annotations

import sys
import warnings

import numpy as np
import pandas as pd
import pyarrow as pa

from tests.assets.test_codecs import CASES
from tests.hostile import mutated
from tests.hostile_child import reading, ready
from xetrack import Tracker
from xetrack.assets.encoding import sealed
from xetrack.errors import XetrackError

WORDS = ["a", "größer", None, ""]
TYPES = pa.table(
    {
        "bool": [True, None, False, True],
        "text": WORDS,
        "large": pa.array(WORDS, pa.large_string()),
        "view": pa.array(WORDS, pa.string_view()),
        "bytes": [b"", b"x", None, b"\xff"],
        "fixed": pa.array([b"abc"] * 4, pa.binary(3)),
        "words": pa.array(["x", "y", None, "x"]).dictionary_encode(),
        "list": [[1], [], None, [2, 3]],
        "lists": [[["a"], []], None, [], [None]],
        "struct": [{"a": 1, "b": "x"}, None, {"a": 2, "b": None}, {"a": None, "b": "y"}],
        "map": pa.array([[("k", 1)], [], None, []], pa.map_(pa.string(), pa.int64())),
        "union": pa.UnionArray.from_dense(
            pa.array([0, 1, 0, 1], pa.int8()),
            pa.array([0, 0, 1, 1], pa.int32()),
            [pa.array([1, 2]), pa.array(["a", "b"])],
        ),
        "runs": pa.RunEndEncodedArray.from_arrays(pa.array([1, 4], pa.int32()), pa.array([7, 8])),
        "exact": pa.array([1, None, 3, 4], pa.int64()).cast(pa.decimal128(30, 2)),
        "date": pa.array([1, 2, None, 3], pa.date32()),
        "time": pa.array([1, 2, None, 3], pa.time64("us")),
        "zone": pa.array([1, 2, None, 3], pa.timestamp("us", "Europe/Berlin")),
        "null": pa.nulls(4),
    }
)
FRAMES = [
    pd.DataFrame({"p": pd.period_range("2020", periods=3, freq="M"), "d": [{"a": 1}, None, {}]}),
    pd.DataFrame({("a", 1): [1, 2], ("b", 2): ["x", None]}),
    pd.DataFrame({"s": ["x", None, "yy"], "i": pd.interval_range(0, 3)}).set_index("s"),
    pd.DataFrame({"n": [None, None], "b": pd.array([True, None], dtype="boolean")}),
]
PLAIN = [b"\0\xff" * 9, "größer \ud800", {"a": [1, 2.5, None, {1: b"x"}], "b": float("nan")}, 7]
ARRAYS = [np.array([True, False] * 9), np.zeros(2, dtype=[("t", "U3"), ("b", "?", (2,))])]


def values(codec: str) -> list[object]:
    """Return what to encode; each is of one codec."""
    return [value for name, value in CASES.values() if name == codec] + [
        value
        for value in (*ARRAYS, *FRAMES, *PLAIN, TYPES, TYPES.to_batches()[0])
        if next(memory._asset_manager.codecs.encoded(value))[0] == codec
    ]


def use(value: object) -> None:
    """Look at all of an object, as a user would."""
    repr(value)
    if isinstance(value, np.ndarray) and value.size < 10_000:
        value.tolist(), value.copy(), value[::2]
        if value.dtype == bool:
            value[value], value.nonzero()
    if isinstance(value, pd.DataFrame | pd.Series) and len(value) < 10_000:
        value.copy(deep=True), value.to_dict(), value.memory_usage(deep=True)
    if isinstance(value, pa.Table | pa.RecordBatch) and value.num_rows < 10_000:
        value.to_pylist(), value.to_pandas(), value.slice(1)


def contents(codec: str) -> list[bytes]:
    """Return what a codec makes of them, of some kB at most."""
    found = []
    for value in values(codec):
        _, _, pieces = next(memory._asset_manager.codecs.encoded(value))
        content = b"".join(map(bytes, pieces))
        if len(content) < 100_000:
            found.append(content)
    return found


def read(content: bytes, codec: str) -> None:
    """Store a content as somebody would who knows how, and load it."""
    made = sealed(codec, memory._asset_manager.codecs.named(codec), [content])
    with memory._asset_manager.storing([made], [(made.id, "")]):
        pass
    try:
        value = memory.assets.get(made.id)
    finally:
        memory.assets.delete(made.id)
    try:
        use(value)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - of a value of a wild year, say; it may raise
        return


if __name__ == "__main__":
    name, first, last = sys.argv[1], *map(int, sys.argv[2:])
    warnings.simplefilter("ignore")
    memory = Tracker(Tracker.IN_MEMORY)
    bases = contents(name)
    for base in bases:
        read(base, name)
    ready()
    for seed in range(first, last):
        with reading(f"{name} {seed}", XetrackError):
            read(mutated(bases[seed % len(bases)], seed), name)
