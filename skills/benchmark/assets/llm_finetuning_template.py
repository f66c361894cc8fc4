#!/usr/bin/env python3
"""Sweep over settings of a fine-tuning, in processes that share one cache.

    python llm_finetuning_template.py [FOLDER]

What it trains is real and small: a model of characters with 18,000 weights, in NumPy, first on the
docstrings of Python's library, then on its code, by adapters of low rank (LoRA, Hu et al. 2021)
beside frozen weights. It is no large language model, and its figures say nothing about one. What
carries over is the shape of the benchmark: a base model and data that are named by their digest,
settings as a frozen dataclass, a row for each fine-tuning and one for each point of its curve, and
a cache that no process computes twice for. What is printed is the mean over seeds, the lowest loss
first. To make it yours, replace `base_model` and `finetune`.

Needs: pip install "xetrack[cache]" numpy
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import inspect
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, TypeAlias

try:
    import numpy as np

    from xetrack import Reader, Tracker
except ImportError as missing:
    sys.exit(
        f"Error: {(missing.name or '').partition('.')[0]} is not installed for this Python. "
        'Type: pip install "xetrack[cache]" numpy'
    )

CONTEXT, WIDTH, HIDDEN = 8, 16, 64
"""Characters seen, numbers for each, and units of the hidden layer."""
BATCH = 64
PROCESSES = 2
RANKS, RATES, SEEDS = (1, 4), (0.01, 0.03), range(3)
T95 = 4.303
"""Student's t for 95 % and 2 degrees of freedom, which three seeds have; five have 2.776."""
SPAWN = multiprocessing.get_context("spawn")
"""Processes are new interpreters, which inherit nothing."""

PROSE = "argparse collections difflib doctest functools logging pathlib random statistics unittest"
CODE = "heapq statistics textwrap"

Weights: TypeAlias = "dict[str, np.ndarray[Any, Any]]"


@dataclass(frozen=True)
class Config:
    """Everything that a fine-tuning depends on; its code is part of the cache key by itself."""

    base: str
    """Digest of the base model."""
    data: str
    """Digest of the text."""
    rank: int
    rate: float
    seed: int
    steps: int = 150


@cache
def text(which: str) -> tuple[str, str]:
    """Return the text to learn from, and its digest."""
    modules = [importlib.import_module(name) for name in which.split()]
    if which == CODE:
        found = "\n".join(map(inspect.getsource, modules))
    else:
        found = "\n".join(
            inspect.getdoc(one) or ""
            for module in modules
            for _, one in sorted(vars(module).items())
            if getattr(one, "__module__", None) == module.__name__
        )
    return found, hashlib.sha256(found.encode()).hexdigest()[:12]


def numbers(which: str) -> np.ndarray[Any, Any]:
    """Return a text as numbers below 128."""
    return np.frombuffer(text(which)[0].encode("ascii", "replace"), np.uint8).astype(np.int64)


def windows(data: np.ndarray[Any, Any], starts: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the characters from each start on: a context, and the one to be foretold."""
    found: np.ndarray[Any, Any] = data[starts[:, None] + np.arange(CONTEXT + 1)]
    return found


def loss_and_gradients(
    weights: Weights, batch: np.ndarray[Any, Any], *, gradients: bool = True
) -> tuple[float, Weights]:
    """Return the mean cross-entropy in nats a character, and what would change it."""
    context, target = batch[:, :-1], batch[:, -1]
    seen = weights["embed"][context].reshape(len(batch), -1)
    hidden = np.tanh(seen @ weights["inner"])
    logits = hidden @ weights["outer"]
    logits -= logits.max(axis=1, keepdims=True)
    chances = np.exp(logits)
    chances /= chances.sum(axis=1, keepdims=True)
    rows = np.arange(len(batch))
    loss = -float(np.log(chances[rows, target] + 1e-12).mean())
    if not gradients:
        return loss, {}
    chances[rows, target] -= 1
    chances /= len(batch)
    back = (chances @ weights["outer"].T) * (1 - hidden**2)
    return loss, {"inner": seen.T @ back, "outer": hidden.T @ chances}


class Adam:
    """The optimiser of Kingma and Ba, 2014."""

    def __init__(self, weights: Weights, rate: float) -> None:
        self.weights, self.rate, self.step = weights, rate, 0
        self.first = {name: np.zeros_like(one) for name, one in weights.items()}
        self.second = {name: np.zeros_like(one) for name, one in weights.items()}

    def update(self, gradients: Weights) -> None:
        """Take one step."""
        self.step += 1
        for name, gradient in gradients.items():
            self.first[name] += 0.1 * (gradient - self.first[name])
            self.second[name] += 0.001 * (gradient**2 - self.second[name])
            mean = self.first[name] / (1 - 0.9**self.step)
            spread = self.second[name] / (1 - 0.999**self.step)
            self.weights[name] -= self.rate * mean / (np.sqrt(spread) + 1e-8)


def base_model(folder: Path, steps: int = 400) -> str:
    """Train the base model if the folder has none, and return the digest of its file."""
    path = folder / "base.npz"
    if not path.exists():
        random = np.random.default_rng(0)
        weights = {
            "embed": random.normal(0, 1, (128, WIDTH)),  # stays as it is: each its own direction
            "inner": random.normal(0, 0.1, (CONTEXT * WIDTH, HIDDEN)),
            "outer": random.normal(0, 0.1, (HIDDEN, 128)),
        }
        weights = {name: one.astype(np.float32) for name, one in weights.items()}
        data, adam = numbers(PROSE), Adam(weights, 0.005)
        for _ in range(steps):
            starts = random.integers(0, len(data) - CONTEXT, BATCH)
            adam.update(loss_and_gradients(weights, windows(data, starts))[1])
        np.savez(path, allow_pickle=False, **weights)
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def finetune(config: Config) -> dict[str, float]:
    """Fine-tune once: the single execution that the sweep repeats."""
    with np.load(Worker.folder / "base.npz") as stored:
        base = dict(stored)
    data = numbers(CODE)
    cut = len(data) * 9 // 10  # the last tenth is for testing, and never trained on
    test = windows(data, np.arange(cut, len(data) - CONTEXT, 7))
    random = np.random.default_rng(config.seed)
    adapters: Weights = {}
    for name in ("inner", "outer"):
        rows, columns = base[name].shape
        first = random.normal(0, 0.1, (rows, config.rank))
        adapters[f"{name}_a"] = first.astype(np.float32)
        adapters[f"{name}_b"] = np.zeros((config.rank, columns), np.float32)

    def adapted() -> Weights:
        added = {name: adapters[f"{name}_a"] @ adapters[f"{name}_b"] for name in ("inner", "outer")}
        return {**base, **{name: base[name] + one for name, one in added.items()}}

    before, _ = loss_and_gradients(base, test, gradients=False)
    adam = Adam(adapters, config.rate)
    curve = []
    for step in range(1, config.steps + 1):
        starts = random.integers(0, cut - CONTEXT, BATCH)
        loss, found = loss_and_gradients(adapted(), windows(data, starts))
        gradients = {}
        for name in ("inner", "outer"):
            gradients[f"{name}_a"] = found[name] @ adapters[f"{name}_b"].T
            gradients[f"{name}_b"] = adapters[f"{name}_a"].T @ found[name]
        adam.update(gradients)
        if step % 20 == 0:
            curve.append({"config": config, "step": step, "train_loss": loss})
    Worker.curves.log_batch(curve)
    after, _ = loss_and_gradients(adapted(), test, gradients=False)
    return {
        "test_loss_before": before,
        "test_loss": after,
        "test_perplexity": float(np.exp(after)),
        "weights_trained": sum(one.size for one in adapters.values()),
    }


class Worker:
    """What each process of the pool has of its own: two trackers of one run."""

    folder: Path
    metrics: Tracker
    curves: Tracker

    @classmethod
    def begin(cls, folder: Path, run: str) -> None:
        """Open the trackers; a pool calls this in each process."""
        cls.folder = folder
        db = folder / "benchmark.db"
        cls.metrics = Tracker(
            db, table="metrics", cache=folder / "cache", track_id=run, raise_on_error=False
        )
        cls.curves = Tracker(db, table="curves", track_id=run)


def job(config: Config) -> None:
    """Track one fine-tuning, in whichever process; what fails is a row with its error."""
    Worker.metrics.track(finetune, args=[config])


def sweep(folder: Path, configs: list[Config]) -> str:
    """Run all settings in new processes, say how many were cached, and return the run."""
    run = Tracker.generate_track_id()
    began = time.perf_counter()
    with ProcessPoolExecutor(
        PROCESSES, SPAWN, initializer=Worker.begin, initargs=(folder, run)
    ) as pool:
        list(pool.map(job, configs))
    seconds = time.perf_counter() - began
    with Reader(folder / "benchmark.db", table="metrics") as reader:
        hits = sum(map(bool, reader.select(["cache"], track_id=run).cells[0]))
    told = f"{hits} cache hits, {len(configs) - hits} computed"
    print(f"{len(configs)} fine-tunings in {PROCESSES} processes: {told}, {seconds:.1f} s")
    return run


RESULTS = """
SELECT config_rank, config_rate, config_seed,
       avg(test_loss) AS test_loss, avg(test_loss_before) AS before,
       sum(CASE WHEN error = '' THEN 0 ELSE 1 END) AS errors
FROM metrics WHERE track_id = ?
GROUP BY config_rank, config_rate, config_seed
"""
"""The seed is in the grouping; what is averaged are seeds, afterwards."""


def show(rows: list[Any]) -> None:
    """Print mean and interval over seeds of each setting, the lowest loss first."""
    told = []
    for rank, rate in product(RANKS, RATES):
        theirs = [row for row in rows if (row["config_rank"], row["config_rate"]) == (rank, rate)]
        losses = [row["test_loss"] for row in theirs if not row["errors"]]
        errors = sum(row["errors"] for row in theirs)
        # A failure has no loss. A setting of which too few are left says so by its n, and is last.
        several = len(losses) == len(SEEDS)
        half = T95 * stdev(losses) / sqrt(len(losses)) if several else float("nan")
        mean = fmean(losses) if losses else float("nan")
        told.append((errors, mean, half, len(losses), rank, rate))
    print("rank  rate   test loss  +-       n seeds  errors")
    for errors, mean, half, n, rank, rate in sorted(told):
        print(f"{rank:>4}{rate:>6g}{mean:>12.3f}  {half:.3f}{n:>10}{errors:>8}")


def main() -> None:
    """Train the base model, sweep twice, and show which settings were best."""
    parser = argparse.ArgumentParser(description="Sweep over settings of a fine-tuning.")
    parser.add_argument("folder", nargs="?", default="llm_finetuning", type=Path)
    folder = parser.parse_args().folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    # A process for each core is enough: NumPy in them needs no threads of its own.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with ProcessPoolExecutor(1, SPAWN) as pool:
        base = pool.submit(base_model, folder).result()
    _, data = text(CODE)
    configs = [
        Config(base, data, rank, rate, seed) for rank, rate, seed in product(RANKS, RATES, SEEDS)
    ]

    sweep(folder, configs)
    run = sweep(folder, configs)  # other processes, the same cache

    with Reader(folder / "benchmark.db", table="metrics") as reader:
        for name in ("test_loss", "test_loss_before", "test_perplexity"):
            reader.define(name, goal="min")
        rows = reader.sql(RESULTS, [run]).to_dict("records")
    print(f"\nLoss on held-out code, in nats a character; untrained {rows[0]['before']:.3f}:")
    show(rows)
    print(f"Next: xt plot line {folder / 'benchmark.db'} step train_loss --table curves")


if __name__ == "__main__":
    main()
