"""Storing objects: a large array, to what its bytes cost SQLite and SHA-256."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.timing import Times, in_turn, report
from xetrack import Tracker

SIZE = 10 * 2**20
ROUNDS = 30
MB = 1e6


def assets() -> None:
    """Measure an array of 10 MB: stored, stored again, loaded; and the disk of three rows."""
    with TemporaryDirectory() as folder:
        numbers = count()
        array = np.random.default_rng(0).random(SIZE // 8)
        raw = sqlite3.connect(Path(folder, "raw.db"), isolation_level=None)
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=NORMAL")
        raw.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, value BLOB)")
        raw.execute("INSERT INTO t VALUES (0, ?)", (array.data,))

        def changed() -> np.ndarray:  # type: ignore[type-arg]
            array[0] = next(numbers)  # no two contents are the same
            return array

        def select() -> bytes:
            return bytes(raw.execute("SELECT value FROM t WHERE id = 0").fetchone()[0])

        with Tracker(Path(folder, "x.db")) as tracker:
            same = array.copy()
            asset_id = tracker.log({"array": same})["array"]
            insert = "INSERT INTO t (value) VALUES (?)"
            # Each arm by itself is timed in turn with the others.
            times = in_turn(
                {
                    "raw insert": lambda: raw.execute(insert, (changed().data,)),
                    "Tracker.log, new": lambda: tracker.log({"array": changed()}),
                    "raw select": select,
                    "Tracker.get": lambda: tracker.get(asset_id),
                },
                rounds=ROUNDS,
                block=1,
            )
            # Apart, as the log of the arms above is still brought into the database beside them.
            time.sleep(1)
            times |= in_turn(
                {
                    "SHA-256": lambda: hashlib.sha256(array).digest(),
                    "Tracker.log, again": lambda: tracker.log({"array": same}),
                },
                rounds=ROUNDS,
                block=1,
            )
        raw.close()
    digest = times["SHA-256"]
    report(
        "An array of 10 MB",
        {
            "SHA-256": digest,
            "raw insert + SHA-256": _sum(times["raw insert"], digest),
            "Tracker.log, new": times["Tracker.log, new"],
            "Tracker.log, again": times["Tracker.log, again"],
            "raw select + SHA-256": _sum(times["raw select"], digest),
            "Tracker.get": times["Tracker.get"],
        },
        1e-3,
        "ms",
    )
    _disk()


def _sum(first: Times, second: Times) -> Times:
    return Times([a + b for a, b in zip(first.seconds, second.seconds, strict=True)])


def _disk() -> None:
    array = np.random.default_rng(0).random(SIZE // 8)
    print(f"\nDisk for 3 rows of one array of {array.nbytes / MB:.2f} MB")
    for compress in (False, True):
        with TemporaryDirectory() as folder:
            path = Path(folder, "x.db")
            with Tracker(path, compress=compress) as tracker:
                for _ in range(3):
                    tracker.log({"array": array})
            size = sum(file.stat().st_size for file in Path(folder).iterdir())
        print(f"compress={compress!s:30}{size / MB:12.2f} MB, {size / array.nbytes:.3f} of one")


ALL = {"assets": assets}
