#!/usr/bin/env python3
"""Sweep over settings of a fine-tuning, in processes that share one cache.

    python llm_finetuning_template.py [FOLDER]

What it trains is real and small: a model of characters with 18,000 weights, in NumPy, first on the
docstrings of Python's library, then on its code, by adapters of low rank (LoRA, Hu et al. 2021)
beside frozen weights. It is no large language model, and its figures say nothing about one. What
carries over is the shape of the benchmark: a base model and data that are named by their digest,
settings as a frozen dataclass, a row for each fine-tuning and one for each point of its curve, and
a cache that no process computes twice for. To make it yours, replace `base_model` and `finetune`.

Needs: pip install "xetrack[cache]" numpy
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import inspect
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from xetrack import Reader, Tracker

CONTEXT, WIDTH, HIDDEN = 8, 16, 64
"""Characters seen, numbers for each, and units of the hidden layer."""
BATCH = 64
PROCESSES = 2
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
    steps: int = 150
    seed: int = 0


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
        "loss_before": before,
        "loss_after": after,
        "perplexity_after": float(np.exp(after)),
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
        cls.metrics = Tracker(db, table="metrics", cache=folder / "cache", track_id=run)
        cls.curves = Tracker(db, table="curves", track_id=run)


def job(config: Config) -> dict[str, float]:
    """Track one fine-tuning, in whichever process."""
    found: dict[str, float] = Worker.metrics.track(finetune, args=[config])
    return found


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


SHOWN = ["config_rank", "config_rate", "loss_before", "loss_after", "weights_trained"]


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
    configs = [Config(base, data, *one) for one in product((1, 4), (0.01, 0.03))]

    sweep(folder, configs)
    run = sweep(folder, configs)  # other processes, the same cache

    print("\nLoss on held-out code, in nats a character, the best first:")
    print("rank  rate  before   after  weights trained")
    with Reader(folder / "benchmark.db", table="metrics") as reader:
        for one in reader.select(SHOWN, track_id=run, order="loss_after").rows():
            print("{:>4}{:>6g}{:>8.3f}{:>8.3f}{:>17,}".format(*one))
    print(f"Next: xt plot line {folder / 'benchmark.db'} step train_loss --table curves")


if __name__ == "__main__":
    main()
