#!/usr/bin/env python3
"""Compare scikit-learn classifiers sample by sample, on data that comes with scikit-learn.

    python sklearn_benchmark_template.py [FOLDER]

Every prediction is a row of the table `predictions`; every configuration, with one seed and one
split, is a row of `metrics`. What is printed is the mean over seeds, with its interval. Run it
twice: the second time all calls are found in the cache, and no model is trained. Edit a function,
and what depends on it is computed anew. To make it yours, change `load`, `MODELS` and `predict`.

Needs: pip install "xetrack[cache]" scikit-learn
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

try:
    import numpy as np
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.naive_bayes import GaussianNB
    from sklearn.pipeline import Pipeline, make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.tree import DecisionTreeClassifier

    from xetrack import Reader, Tracker
except ImportError as missing:
    sys.exit(
        f"Error: {(missing.name or '').partition('.')[0]} is not installed for this Python. "
        'Type: pip install "xetrack[cache]" scikit-learn'
    )

SPLIT_SEED = 7


@dataclass(frozen=True)
class Sample:
    """What is evaluated. The digest of its content names it, so equal samples have one name."""

    digest: str
    split: str


@dataclass(frozen=True)
class Config:
    """How it is evaluated. Frozen, so that it can be part of a cache key."""

    model: str
    strength: float
    """C of the regression, the depth of the tree, the share of variance added for stability."""
    seed: int
    """Draws the samples for training, and is the model's own."""


MODELS = [("logistic", 0.1), ("logistic", 1.0), ("tree", 3.0), ("bayes", 1e-9)]
SEEDS = range(3)
T95 = 4.303
"""Student's t for 95 % and 2 degrees of freedom, which three seeds have; five have 2.776."""
Z95 = 1.96
CONFIGS = [Config(*model, seed) for model, seed in product(MODELS, SEEDS)]


@cache
def load() -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, int], dict[str, str]]:
    """Return features, labels and splits by digest.

    Of equal samples one is kept: of the 150 of iris, two are the same.
    """
    data = load_iris()
    digests = [hashlib.sha256(row.tobytes()).hexdigest()[:12] for row in data.data]
    features = dict(zip(digests, data.data, strict=True))
    labels = dict(zip(digests, map(int, data.target), strict=True))
    # Split the digests, not the rows: what is equal cannot come to both sides.
    known = sorted(features)
    train, test = train_test_split(
        known, test_size=0.3, random_state=SPLIT_SEED, stratify=[labels[one] for one in known]
    )
    splits = {**dict.fromkeys(train, "train"), **dict.fromkeys(test, "test")}
    return features, labels, splits


def data_version() -> str:
    """Return a digest of all samples and their split; it is a param of every row."""
    _, labels, splits = load()
    said = "".join(f"{one}{labels[one]}{splits[one]}" for one in sorted(splits))
    return hashlib.sha256(said.encode()).hexdigest()[:12]


@cache
def trained(config: Config) -> Pipeline:
    """Train a model once in a process, on as many samples as there are for training.

    The seed draws them, some more than once (a bootstrap), so that results differ between seeds as
    they would between data sets. All configurations are tested on the same samples.
    """
    made = {
        "logistic": lambda: LogisticRegression(C=config.strength, random_state=config.seed),
        "tree": lambda: DecisionTreeClassifier(
            max_depth=int(config.strength), random_state=config.seed
        ),
        "bayes": lambda: GaussianNB(var_smoothing=config.strength),
    }
    features, labels, splits = load()
    ours = sorted(one for one, split in splits.items() if split == "train")
    drawn = [
        ours[at] for at in np.random.default_rng(config.seed).integers(len(ours), size=len(ours))
    ]
    model = make_pipeline(StandardScaler(), made[config.model]())
    return model.fit(np.stack([features[one] for one in drawn]), [labels[one] for one in drawn])


def predict(sample: Sample, config: Config) -> dict[str, Any]:
    """Evaluate one sample: the single execution that everything else is built from."""
    features, labels, _ = load()
    (chances,) = trained(config).predict_proba(features[sample.digest][None, :])
    label = labels[sample.digest]
    return {
        "prediction": int(chances.argmax()),
        "label": label,
        "correct": bool(chances.argmax() == label),
        "probability": float(chances[label]),
    }


METRICS = """
SELECT config_model, config_strength, config_seed, sample_split AS split,
       avg(CASE WHEN error = '' AND correct THEN 1.0 ELSE 0.0 END) AS accuracy,
       avg(probability) AS mean_probability,
       count(*) AS samples,
       sum(CASE WHEN error = '' THEN 0 ELSE 1 END) AS errors
FROM predictions WHERE track_id = ?
GROUP BY config_model, config_strength, config_seed, sample_split
"""
"""The seed is in the grouping, and a failure is a wrong answer."""


def by_chance(share: float, n: int) -> float:
    """Return how far a share of n samples may be off by chance (Wilson, 95 %)."""
    part = Z95 * Z95 / n
    return Z95 * sqrt(share * (1 - share) / n + part / (4 * n)) / (1 + part)


def over_seeds(rows: list[Any], split: str) -> list[dict[str, Any]]:
    """Return mean and interval over seeds of each model in one split, the best first."""
    found = []
    for model, strength in MODELS:
        theirs = [
            row
            for row in rows
            if (row["config_model"], row["config_strength"], row["split"])
            == (model, strength, split)
        ]
        accuracies = [row["accuracy"] for row in theirs]
        found.append(
            {
                "model": f"{model} {strength:g}",
                "accuracy": fmean(accuracies),
                "half": T95 * stdev(accuracies) / sqrt(len(accuracies)),
                "seeds": len(accuracies),
                "samples": theirs[0]["samples"],
                "errors": sum(row["errors"] for row in theirs),
            }
        )
    return sorted(found, key=lambda row: row["accuracy"], reverse=True)


def main() -> None:
    """Predict every sample with every configuration, then sum up what this run found."""
    parser = argparse.ArgumentParser(description="Compare scikit-learn classifiers.")
    parser.add_argument("folder", nargs="?", default="sklearn_benchmark", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    db = folder / "benchmark.db"
    params = {"data": data_version()}
    _, _, splits = load()
    samples = [Sample(digest, split) for digest, split in sorted(splits.items())]

    with Tracker(
        db,
        params,
        table="predictions",
        cache=folder / "cache",
        raise_on_error=False,  # what fails is recorded, and counts as wrong
    ) as tracker:
        tracker.define("probability", goal="max")  # of the right answer
        for config in CONFIGS:
            for sample in samples:
                tracker.track(predict, args=[sample, config])
        run = tracker.track_id

    with Reader(db, table="predictions") as reader:
        hits = sum(map(bool, reader.select(["cache"], track_id=run).cells[0]))
        rows = reader.sql(METRICS, [run]).to_dict("records")
    with Tracker(db, params, table="metrics") as metrics:
        metrics.define("accuracy", goal="max")
        metrics.define("mean_probability", goal="max")
        metrics.log_batch([{"predictions_run": run, **row} for row in rows])

    for split in ("test", "train"):
        print(f"\nAccuracy in {split}, mean and 95 % interval over seeds, then over samples:")
        for row in over_seeds(rows, split):
            n = row["samples"]
            print(
                f"{row['model']:<13}{row['accuracy']:.3f}"
                f" +- {row['half']:.3f} (n = {row['seeds']} seeds)"
                f" +- {by_chance(row['accuracy'], n):.3f} (n = {n} samples)"
                f" {row['errors']} errors"
            )
    calls = len(CONFIGS) * len(samples)
    print(f"\n{calls} calls: {hits} cache hits, {calls - hits} computed")
    if hits == calls:
        print("Nothing was computed again.")
    print(f"Next: validate_benchmark.py {db} predictions --run-id {run}")


if __name__ == "__main__":
    main()
