"""Results that are computed once: found again by any later run, with a row for each call."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from xetrack import Reader, Tracker


@dataclass(frozen=True)
class Config:
    """What a training is called with; frozen, so that it can be part of a key."""

    rate: float
    layers: int = 2


def train(config: Config) -> dict[str, float]:
    """Return figures that took long to compute."""
    print(f"  training with {config}")
    return {"accuracy": 1 - config.rate / config.layers}


def main() -> None:
    """Run the same calls in two runs, and look at what was kept."""
    with TemporaryDirectory() as folder:
        db, cache = Path(folder, "runs.db"), Path(folder, "cache")
        for run in ("first-run", "second-run"):
            print(run)
            with Tracker(db, cache=cache, track_id=run) as tracker:
                for rate in (0.1, 0.2):
                    tracker.track(train, args=[Config(rate)])
                print(" ", tracker.why_miss(train, [Config(0.3)]))

        print(Reader(db).to_df()[["config_rate", "accuracy", "cache", "track_id"]])

        with Tracker(db, cache=cache) as tracker:
            key = tracker._generate_cache_key(train, [Config(0.1)])  # noqa: SLF001 - documented
            print(Reader.read_cache(cache, key))
            tracker.track(train, args=[Config(0.1)], cache_force=True)

        for _, entry in Reader.scan_cache(cache):
            print(entry["cache"], entry["result"])
        print(Reader.delete_cache_by_track_id(cache, "first-run"), "deleted")


if __name__ == "__main__":
    main()
