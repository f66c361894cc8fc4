"""DuckDB: a row to SQLite's raw commit, a batch and a frame to DuckDB's own, SQL to SQLite's."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import duckdb as driver
import pandas as pd

from benchmarks.recording import METRICS, PARAMS, ROWS, RUN, STAMP, raw
from benchmarks.timing import in_turn, report
from xetrack import Reader, Tracker

MILLION = 1_000_000
QUERY = "SELECT model, avg(loss), max(accuracy), count(*) FROM events GROUP BY model"


def _row(number: int) -> dict[str, object]:
    return {**METRICS, "accuracy": number / 3, "epoch": number, **PARAMS}


def _log(folder: Path) -> None:
    connection, sql = raw(folder / "raw.db")
    row = (STAMP, RUN, *METRICS.values(), *PARAMS.values())
    with Tracker(folder / "log.duckdb", params=PARAMS) as tracker:
        tracker.log(METRICS)
        arms = {
            "sqlite3 insert and commit": partial(connection.execute, sql, row),
            "Tracker.log": partial(tracker.log, METRICS),
        }
        report("One row", in_turn(arms, rounds=100, block=100))
    connection.close()


def _batch(folder: Path) -> None:
    rows = [_row(number) for number in range(ROWS)]
    frame = pd.DataFrame(rows).assign(timestamp=STAMP, track_id=RUN)
    own = driver.connect(folder / "own.duckdb")
    own.execute("CREATE TABLE t AS FROM frame LIMIT 0")
    with Tracker(folder / "batch.duckdb") as tracker:
        flush_seconds: list[float] = []

        def flush() -> None:
            began = perf_counter()
            len(tracker)
            flush_seconds.append(perf_counter() - began)

        def batch() -> None:
            tracker.log_batch(rows)

        arms = {"duckdb append of a frame": partial(own.append, "t", frame), "log_batch": batch}
        times = in_turn({**arms, "flush": flush}, rounds=3, block=1)
        report(f"{ROWS:,} rows", times, 1e-3, "ms")
    own.close()


def _frames(folder: Path) -> None:
    for name in ("many.duckdb", "many.db"):
        with Tracker(folder / name) as tracker:
            for first in range(0, MILLION, ROWS):
                tracker.log_batch([_row(number) for number in range(first, first + ROWS)])
    duck, lite = Reader(folder / "many.duckdb"), Reader(folder / "many.db")
    own = driver.connect(folder / "copy.duckdb")
    own.execute(f"ATTACH '{folder / 'many.duckdb'}' AS db (READ_ONLY)")
    own.execute("CREATE TABLE events AS FROM db.events")
    own.execute("DETACH db")
    arms = {
        "duckdb .df()": lambda: own.execute("FROM events").df(),
        "Reader.to_df": duck.to_df,
    }
    report(f"{MILLION:,} rows to pandas", in_turn(arms, rounds=3, block=1), 1e-3, "ms")
    arms = {
        "SQLite engine": lambda: lite.engine.sql(QUERY),  # type: ignore[attr-defined]
        "DuckDB engine": lambda: duck.engine.sql(QUERY),  # type: ignore[attr-defined]
        "duckdb itself": lambda: own.execute(QUERY).fetchall(),
        "len(Reader)": lambda: len(duck),
    }
    report(f"GROUP BY over {MILLION:,} rows", in_turn(arms, rounds=3, block=1), 1e-3, "ms")
    own.close()


def duckdb() -> None:
    """Measure the DuckDB engine, all in one process."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        _log(folder)
        _batch(folder)
        _frames(folder)


ALL = {"duckdb": duckdb}
