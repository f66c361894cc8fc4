#!/usr/bin/env python3
"""Compare functions that take microseconds, with a row for each call, stored in batches.

    python batch_benchmark_template.py [FOLDER]

To store a row takes longer than such a call, and so does a look into the cache. So a batch of calls
is what is tracked and cached, and its rows are stored by one `log_batch`: all of them, or none. A
call that fails is a row with its error, as `Tracker.track` would write it. Run it twice: the second
time all batches are found in the cache, and no row is stored again. Edit a function, and what
depends on it is computed anew; the summary takes the rows of those batches that hold now.

The example estimates how alike two texts are, by MinHash (Broder 1997): more hashes take longer,
and come closer. To make it yours, change `items`, `MODELS` and `evaluate`.

Needs: pip install "xetrack[cache]"
"""

from __future__ import annotations

import argparse
import builtins
import hashlib
import random
import sys
import time
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev
from typing import Any
from zlib import crc32

try:
    from xetrack import Reader, Tracker
except ImportError:
    sys.exit('Error: xetrack is not installed. Type: pip install "xetrack[cache]"')

MODELS = (8, 32, 128)
"""How many hashes."""
SEEDS = range(3)
T95 = 4.303
"""Student's t for 95 % and 2 degrees of freedom, which three seeds have; five have 2.776."""
BATCH = 250
PRIME = 2**61 - 1


@dataclass(frozen=True)
class Item:
    """What is evaluated: two names of Python's built-in objects, whose docstrings are compared."""

    first: str
    second: str


@dataclass(frozen=True)
class Config:
    """How it is evaluated."""

    hashes: int
    seed: int


@cache
def words(name: str) -> frozenset[int]:
    """Return the words of a docstring, as numbers."""
    return frozenset(
        crc32(word.encode()) for word in (getattr(builtins, name).__doc__ or "").split()
    )


@cache
def items() -> list[Item]:
    """Return the pairs, always the same ones."""
    names = sorted(name for name in dir(builtins) if name[0].islower() and words(name))
    pairs = [Item(first, second) for first in names for second in names if first < second]
    return random.Random(0).sample(pairs, 1_000)  # noqa: S311 - no secret


@cache
def hash_functions(config: Config) -> list[tuple[int, int]]:
    """Return the factors of the hash functions that a seed draws."""
    chance = random.Random(config.seed)  # noqa: S311 - no secret
    return [(chance.randrange(1, PRIME), chance.randrange(PRIME)) for _ in range(config.hashes)]


@cache
def signature(name: str, config: Config) -> list[int]:
    """Return the smallest hash of a text, by each hash function; computed once in a process."""
    theirs = words(name)
    return [min((a * word + b) % PRIME for word in theirs) for a, b in hash_functions(config)]


def evaluate(item: Item, config: Config) -> dict[str, float]:
    """Evaluate one pair: the single execution that everything else is built from."""
    first, second = signature(item.first, config), signature(item.second, config)
    estimate = sum(map(int.__eq__, first, second)) / config.hashes
    one, other = words(item.first), words(item.second)
    exact = len(one & other) / len(one | other)
    return {"estimate": estimate, "exact": exact, "absolute_error": abs(estimate - exact)}


class Rows:
    """Where a batch stores its rows."""

    tracker: Tracker


def batch(config: Config, start: int) -> dict[str, int]:
    """Evaluate some items in one configuration, and store a row for each of them."""
    rows = []
    for item in items()[start : start + BATCH]:
        result: dict[str, float] = {}
        error = ""
        began = time.perf_counter()
        try:
            result = evaluate(item, config)
        except Exception as failure:  # noqa: BLE001 - whatever it is, it is a result
            error = f"{type(failure).__name__}: {failure}"
        seconds = time.perf_counter() - began
        known = {"item": item, "config": config, "batch": start, "error": error}
        rows.append({**known, "function_time": seconds, **result})
    Rows.tracker.log_batch(rows)
    return {"start": start, "rows": len(rows)}


METRICS = """
SELECT p.config_hashes, p.config_seed,
       avg(p.absolute_error) AS absolute_error,
       avg(p.function_time) * 1e6 AS microseconds,
       count(*) AS items,
       sum(CASE WHEN p.error = '' THEN 0 ELSE 1 END) AS errors
FROM predictions p JOIN batches b
  ON p.track_id = CASE WHEN b.cache = '' THEN b.track_id ELSE b.cache END
 AND p.config_hashes = b.config_hashes AND p.config_seed = b.config_seed AND p.batch = b.start
WHERE b.track_id = ?
GROUP BY p.config_hashes, p.config_seed
"""
"""The seed is in the grouping; a batch that was found names the run that stored its rows."""


def data_version() -> str:
    """Return a digest of all items and their texts; it is a param of every row."""
    texts = [(item, sorted(words(item.first)), sorted(words(item.second))) for item in items()]
    return hashlib.sha256(repr(texts).encode()).hexdigest()[:12]


def show(rows: list[Any]) -> None:
    """Print mean and interval over seeds, the smallest error first; what failed stands last."""
    told = []
    for hashes in MODELS:
        theirs = [row for row in rows if row["config_hashes"] == hashes]
        errors = [row["absolute_error"] for row in theirs if row["errors"] < row["items"]]
        mean = fmean(errors) if errors else float("nan")
        whole = len(errors) == len(SEEDS)
        half = T95 * stdev(errors) / sqrt(len(errors)) if whole else float("nan")
        failed = sum(row["errors"] for row in theirs)
        quick = fmean(row["microseconds"] for row in theirs)
        told.append((failed, mean, half, len(errors), theirs[0]["items"], hashes, quick))
    print("hashes  absolute error       n seeds  of items  microseconds  errors")
    for failed, mean, half, n, count, hashes, quick in sorted(told):
        print(f"{hashes:>6}  {mean:.4f} +- {half:.4f}{n:>11}{count:>10}{quick:>14.1f}{failed:>8}")


def main() -> None:
    """Evaluate all batches, then sum up those that hold now."""
    parser = argparse.ArgumentParser(description="Compare functions that take microseconds.")
    parser.add_argument("folder", nargs="?", default="batch_benchmark", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    db, params = folder / "benchmark.db", {"data": data_version()}
    configs = [Config(hashes, seed) for hashes, seed in product(MODELS, SEEDS)]
    starts = range(0, len(items()), BATCH)

    began = time.perf_counter()
    with Tracker(db, params, table="batches", cache=folder / "cache") as batches:
        run = batches.track_id
        with Tracker(db, params, table="predictions", track_id=run) as Rows.tracker:
            Rows.tracker.define("absolute_error", goal="min")
            for config, start in product(configs, starts):
                batches.track(batch, args=[config, start])
            stored = len(Rows.tracker)
    seconds = time.perf_counter() - began

    with Reader(db, table="predictions") as reader:
        rows = reader.sql(METRICS, [run]).to_dict("records")
    with Tracker(db, params, table="metrics") as metrics:
        metrics.log_batch([{**row, "batches_run": run} for row in rows])
    show(rows)
    total = len(configs) * len(items())
    print(f"{total:,} calls: {total - stored:,} found, {stored:,} computed and stored", end="")
    print(f", {stored / seconds:,.0f} a second" if stored else "; nothing was computed again")
    print(f"Next: validate_benchmark.py {db} predictions")


if __name__ == "__main__":
    main()
