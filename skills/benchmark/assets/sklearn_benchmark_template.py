#!/usr/bin/env python3
"""Compare scikit-learn classifiers sample by sample, on data that comes with scikit-learn.

    python sklearn_benchmark_template.py [FOLDER]

Every prediction is a row of the table `predictions`, every configuration a row of `metrics`. Run it
twice: the second time all calls are found in the cache, and no model is trained. To make it yours,
change `load`, `CONFIGS` and `predict`.

Needs: pip install "xetrack[cache]" scikit-learn
"""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from xetrack import Reader, Tracker

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
    seed: int = 0


CONFIGS = [
    Config("logistic", 0.1),
    Config("logistic", 1.0),
    Config("tree", 3.0),
    Config("bayes", 1e-9),
]


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
    """Train a model on the samples for training, once in a process."""
    made = {
        "logistic": lambda: LogisticRegression(C=config.strength, random_state=config.seed),
        "tree": lambda: DecisionTreeClassifier(
            max_depth=int(config.strength), random_state=config.seed
        ),
        "bayes": lambda: GaussianNB(var_smoothing=config.strength),
    }
    features, labels, splits = load()
    ours = sorted(one for one, split in splits.items() if split == "train")
    model = make_pipeline(StandardScaler(), made[config.model]())
    return model.fit(np.stack([features[one] for one in ours]), [labels[one] for one in ours])


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
SELECT avg(correct) AS accuracy, avg(probability) AS mean_probability, count(*) AS samples
FROM predictions
WHERE track_id = ? AND config_model = ? AND config_strength = ? AND sample_split = ?
"""


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

    with Tracker(db, params, table="predictions", cache=folder / "cache") as tracker:
        for config in CONFIGS:
            for sample in samples:
                tracker.track(predict, args=[sample, config])
        run = tracker.track_id

    with Reader(db, table="predictions") as reader, Tracker(db, params, table="metrics") as metrics:
        hits = sum(map(bool, reader.select(["cache"], track_id=run).cells[0]))
        for config in CONFIGS:
            for split in ("train", "test"):
                asked = [run, config.model, config.strength, split]
                (found,) = reader.sql(METRICS, asked).to_dict("records")
                row = {"predictions_run": run, "config": config, "split": split, **found}
                metrics.log(row)
                told = f"accuracy {found['accuracy']:.4f} of {found['samples']} samples"
                print(f"{config.model:<12}{config.strength:<6g}{split:<7}{told}")

    calls = len(CONFIGS) * len(samples)
    print(f"{calls} calls: {hits} cache hits, {calls - hits} computed")
    if hits == calls:
        print("Nothing was computed again.")
    print(f"Next: xt head {db} --table metrics")


if __name__ == "__main__":
    main()
