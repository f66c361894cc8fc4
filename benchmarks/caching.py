"""Caching: a hit, with the row that it leaves, and what it is made of."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import diskcache
import joblib

from benchmarks.recording import METRICS, PARAMS
from benchmarks.timing import in_turn, report
from xetrack import Tracker


def power(base: int, exponent: int) -> int:
    """Compute something small, so that the cache is measured.

    Parameters
    ----------
    base
        The base.
    exponent
        The exponent.
    """
    return base**exponent


def cache() -> None:
    """Measure a hit, beside those of other caches, which leave no row."""
    with TemporaryDirectory() as folder:
        raw = diskcache.Cache(str(Path(folder, "raw")))
        raw.set("key", b"x" * 500)
        memory = joblib.Memory(Path(folder, "joblib"), verbose=0).cache(power)
        with Tracker(Path(folder, "x.db"), params=PARAMS, cache=Path(folder, "cache")) as tracker:
            arms = {
                "diskcache get": partial(raw.get, "key"),
                "joblib.Memory hit": partial(memory, 2, 10),
                "Tracker.log": partial(tracker.log, METRICS),
                "Tracker.track, a hit": partial(tracker.track, power, args=[2, 10]),
            }
            report("A cached call", in_turn(arms, rounds=50, block=50))
        raw.close()


ALL = {"cache": cache}
