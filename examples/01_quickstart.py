"""The first rows: log them, look at them, and say later what was not known yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from running import run

from xetrack import Reader, Tracker

if TYPE_CHECKING:
    from pathlib import Path

# Speeds of cars in miles per hour, and what it took to stop them, in feet (Ezekiel, 1930).
SPEED = (4, 8, 12, 16, 20, 24)
DISTANCE = (2, 16, 24, 32, 48, 70)


def improve(weight: float, rate: float) -> float:
    """Return a weight that fits ``distance = weight * speed`` a little better.

    Parameters
    ----------
    weight
        Feet for each mile per hour.
    rate
        The learning rate.
    """
    pairs = list(zip(SPEED, DISTANCE, strict=True))
    return weight - rate * sum(2 * (weight * x - y) * x for x, y in pairs) / len(pairs)


def loss(weight: float) -> float:
    """Return the mean squared error, in square feet."""
    return sum((weight * x - y) ** 2 for x, y in zip(SPEED, DISTANCE, strict=True)) / len(SPEED)


def main(folder: Path) -> None:
    """Train with two learning rates, each a run, and compare them."""
    path = folder / "runs.db"
    for rate in (0.0005, 0.001):
        tracker = Tracker(path, params={"rate": rate})  # params are in every row
        weight = 0.0
        for epoch in range(1, 6):
            weight = improve(weight, rate)
            tracker.log({"epoch": epoch, "loss": loss(weight)})
        tracker.set_value("final_loss", loss(weight))  # in all rows of this run, back in time

    print("The row that was logged last:")
    print(f"  {tracker.latest}")
    print("The rows of this run:")
    print(tracker.to_df()[["epoch", "loss", "rate", "final_loss"]])

    frame = Reader(path).to_df()  # the rows of every run
    best = frame.loc[frame["final_loss"].idxmin(), "rate"]
    print(f"{len(frame)} rows of {frame['track_id'].nunique()} runs; the best rate is {best}")

    data = Tracker(path, table="data")  # rows of another kind, in the same file
    data.log_batch([{"speed": x, "distance": y} for x, y in zip(SPEED, DISTANCE, strict=True)])
    print(f"Tables: {', '.join(Reader(path).tables)}")


if __name__ == "__main__":
    run(main)
