"""Results that are computed once: found again by any later run, with a row for each call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from running import run

from xetrack import Reader, Tracker

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Config:
    """What a training is called with; frozen, so that it can be part of a key."""

    rate: float
    layers: int = 2


def train(config: Config, seed: int = 0) -> dict[str, float]:
    """Train, which would take long.

    Parameters
    ----------
    config
        What the training is called with.
    seed
        Of the random numbers.

    Returns
    -------
    dict
        Figures.
    """
    print(f"  training with {config}, seed {seed}")
    return {"accuracy": 1 - config.rate / config.layers}


def main(folder: Path) -> None:
    """Run the same calls in two runs, and look at what is stored."""
    db, cache = folder / "runs.db", folder / "cache"
    for name in ("first-run", "second-run"):
        print(name)
        with Tracker(db, cache=cache, track_id=name) as tracker:
            for rate in (0.1, 0.2):
                tracker.track(train, args=[Config(rate)])
            print(" ", tracker.why_miss(train, [Config(0.2)], {"seed": 1}))

    print("Its cell in `cache` says who computed it, and is empty where it was computed:")
    print(Reader(db).to_df()[["config_rate", "accuracy", "cache", "track_id"]])

    print("Computed anew, because it is asked for:")
    with Tracker(db, cache=cache, track_id="third-run") as tracker:
        tracker.track(train, args=[Config(0.1)], cache_force=True)

    print("What is kept, and of which run:")
    for _, entry in Reader.scan_cache(cache):
        print(f"  {entry['cache']} {entry['result']}")
    deleted = Reader.delete_cache_by_track_id(cache, "first-run")
    print(f"Of the first run, {deleted} deleted")


if __name__ == "__main__":
    run(main)
