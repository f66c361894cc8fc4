"""A small benchmark: samples, settings, and a function of both."""

from __future__ import annotations

from dataclasses import dataclass

from xetrack import Tracker

TABLE = "predictions"


@dataclass(frozen=True)
class Sample:
    """An input."""

    id: int
    split: str = "test"


@dataclass(frozen=True)
class Config:
    """A configuration."""

    model: str
    depth: int | None = None


def predict(sample, config):
    """Be right about even samples."""
    return {"correct": sample.id % 2 == 0, "score": sample.id / 4}


def fail(sample, config):
    """Never succeed."""
    raise ValueError("no sample | is good")


def tracker(db, **options):
    """A tracker of the table that the scripts look at."""
    return Tracker(db, table=TABLE, raise_on_error=False, warnings=False, **options)


def run(db, samples=range(4), models="ab", **options):
    """Evaluate all samples with all models, in one run; return its id."""
    with tracker(db, **options) as tracking:
        for model in models:
            for number in samples:
                tracking.track(predict, args=[Sample(number), Config(model)])
        return tracking.track_id
