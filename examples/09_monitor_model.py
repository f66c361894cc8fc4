"""A model in production: what it sees goes to the logs, and drift is found in them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pandas as pd
from running import run

from xetrack import Reader, Tracker

if TYPE_CHECKING:
    from pathlib import Path

ALARM = 3.0
"""Standard errors that a mean may move before somebody should look."""


def requests(day: int, number: int = 200) -> pd.DataFrame:
    """Make the requests of a day; customers get older by and by.

    Parameters
    ----------
    day
        From 0.
    number
        How many requests.

    Returns
    -------
    DataFrame
        A row for each request, with the score of the model.
    """
    chance = random.Random(day)  # noqa: S311 - no secret
    rows = [
        {"age": chance.gauss(40 + 2 * day, 10), "income": chance.gauss(3_000, 500)}
        for _ in range(number)
    ]
    frame = pd.DataFrame(rows)
    return frame.assign(day=day, score=frame["income"] / 6_000 - frame["age"] / 200)


def drift(logs: pd.DataFrame, column: str) -> float:
    """Measure how far a mean moved from the first to the last day.

    Parameters
    ----------
    logs
        Requests of several days.
    column
        Whose mean.

    Returns
    -------
    float
        Standard errors.
    """
    first, last = (logs.loc[logs["day"] == day, column] for day in (0, logs["day"].max()))
    return (
        abs(last.mean() - first.mean()) / (first.var() / len(first) + last.var() / len(last)) ** 0.5
    )


def main(folder: Path) -> None:
    """Serve for three days, and look at the logs."""
    # No database on the server: rows go to its logs, and no further.
    with Tracker(Tracker.SKIP_INSERT, logs_path=folder / "logs") as tracker:
        for day in range(3):
            tracker.logger.monitor(requests(day))
        tracker.logger.experiment({"accuracy": 0.91}, params={"model": "scorer", "version": 3})

    logs = Reader.read_logs(folder / "logs")
    print(f"{len(logs)} records, of which {logs['model'].notna().sum()} tells of the model")
    seen = logs[logs["day"].notna()]
    for column in ("age", "income", "score"):
        moved = drift(seen, column)
        print(f"  {column:8}{moved:5.1f} {'drifts' if moved > ALARM else 'holds'}")

    analysis = Tracker(folder / "drift.db", params={"days": 3})
    analysis.log({column: drift(seen, column) for column in ("age", "income", "score")})
    print(f"Kept for the next look: {', '.join(analysis.columns)}")


if __name__ == "__main__":
    run(main)
