"""DuckDB: rows logged at SQLite's speed, asked at DuckDB's; and its SQL over SQLite files."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from running import run

from xetrack import Reader, Tracker, copy

if TYPE_CHECKING:
    from pathlib import Path

LAST_OF_EACH_RUN = """
SELECT rate, loss FROM db.events
QUALIFY row_number() OVER (PARTITION BY track_id ORDER BY epoch DESC) = 1
ORDER BY loss
"""


def main(folder: Path) -> None:
    """Fill a DuckDB file, ask what only DuckDB can, and do the same to a SQLite file."""
    path = folder / "runs.duckdb"  # the suffix names the engine; engine="duckdb" does it as well
    for rate in (0.01, 0.02, 0.05):
        with Tracker(path, params={"rate": rate}) as tracker:
            tracker.log_batch(
                [{"epoch": epoch, "loss": math.exp(-rate * epoch)} for epoch in range(2_000)]
            )
    print(f"{len(Reader(path))} rows; the types are real ones:")
    with Tracker(path) as tracker:
        connection = tracker.conn  # DuckDB's own; while it is open, no other process reads
        described = connection.execute("DESCRIBE db.events").fetchall()
        print(f"  {', '.join(f'{name} {kind}' for name, kind, *_ in described[2:])}")
        print("The last row of each run:")
        for rate, loss in connection.execute(LAST_OF_EACH_RUN).fetchall():
            print(f"  {rate:.2f} {loss:.1e}")

    medians = Reader(path).sql("SELECT quantile_cont(loss, 0.5) AS median FROM events")
    print(f"By Reader.sql: the median loss is {medians['median'][0]:.2e}")

    copy(path, folder / "runs.db")  # between any two engines
    with Reader(folder / "runs.db", engine="duckdb") as reader:
        medians = reader.sql("SELECT quantile_cont(loss, 0.5) AS median FROM events")
    print(f"The same over a SQLite file, where the rows stay: {medians['median'][0]:.2e}")


if __name__ == "__main__":
    run(main)
