"""Recording: a row, a batch, a call, and many processes at once."""

from __future__ import annotations

import multiprocessing
import sqlite3
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.timing import Times, in_turn, report
from xetrack import Reader, Tracker

METRICS = {"accuracy": 1 / 3, "loss": 1 / 7, "f1": 1 / 9, "epoch": 5, "lr": 0.5}
PARAMS = {"model": "resnet18", "batch_size": 32, "optimizer": "adam"}
STAMP, RUN = "2026-01-01 00:00:00.000000", "cool-name-1234"
ROWS = 100_000
KEYS = 800
PROCESSES, EACH = 8, 500


def raw(path: Path) -> tuple[sqlite3.Connection, str]:
    """Make the table that users without a tracker would have: WAL, a commit for each row.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    connection, sql
        The open database, and an insert of one row.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    columns = ", ".join(["timestamp", "track_id", *METRICS, *PARAMS])
    connection.execute(f"CREATE TABLE t ({columns})")
    return connection, f"INSERT INTO t VALUES ({', '.join('?' * (2 + len(METRICS) + len(PARAMS)))})"


def log() -> None:
    """Measure one row of 5 metrics and 3 params."""
    with TemporaryDirectory() as folder:
        connection, sql = raw(Path(folder, "raw.db"))
        row = (STAMP, RUN, *METRICS.values(), *PARAMS.values())
        with Tracker(Path(folder, "x.db"), params=PARAMS) as tracker:
            arms = {
                "sqlite3 insert and commit": partial(connection.execute, sql, row),
                "Tracker.log": partial(tracker.log, METRICS),
            }
            report("One row", in_turn(arms, rounds=100, block=100))
        connection.close()


def wide() -> None:
    """Measure the first row of a table, with many keys, together with opening and closing."""
    row = {f"key_{number}": number for number in range(KEYS)}
    with TemporaryDirectory() as folder:
        connection, _ = raw(Path(folder, "raw.db"))
        numbers = count()

        def create() -> None:
            table = f"table_{next(numbers)}"
            connection.execute("BEGIN")
            connection.execute(f"CREATE TABLE {table} ({', '.join(row)})")
            connection.execute(
                f"INSERT INTO {table} VALUES ({', '.join('?' * KEYS)})", [*row.values()]
            )
            connection.execute("COMMIT")

        def first() -> None:
            with Tracker(
                Path(folder, "x.db"), table=f"table_{next(numbers)}", record=[]
            ) as tracker:
                tracker.log(row)

        arms = {"CREATE TABLE, insert and commit": create, "the first row of a Tracker": first}
        report(f"A first row of {KEYS} keys", in_turn(arms, rounds=20, block=1), 1e-3, "ms")
        connection.close()


def batch() -> None:
    """Measure many rows at once, of 8 values each."""
    with TemporaryDirectory() as folder:
        connection, sql = raw(Path(folder, "raw.db"))
        numbers = range(ROWS)
        tuples = [(STAMP, RUN, i / 3, i / 7, i / 9, i, 0.5, *PARAMS.values()) for i in numbers]
        dicts = [{**METRICS, "accuracy": i / 3, "epoch": i, **PARAMS} for i in numbers]

        def executemany() -> None:
            connection.execute("BEGIN")
            connection.executemany(sql, tuples)
            connection.execute("COMMIT")

        with Tracker(Path(folder, "x.db")) as tracker:
            arms = {
                "executemany of tuples": executemany,
                "Tracker.log_batch": partial(tracker.log_batch, dicts),
            }
            times = in_turn(arms, rounds=5, block=1)
            report(f"{ROWS:,} rows", times, 1e-3, "ms")
        connection.close()


def track() -> None:
    """Measure a call of a function that does nothing."""
    with TemporaryDirectory() as folder, Tracker(Path(folder, "x.db"), params=PARAMS) as tracker:
        arms = {
            "Tracker.log": partial(tracker.log, METRICS),
            "Tracker.track": partial(tracker.track, lambda: None),
        }
        report("A call", in_turn(arms, rounds=50, block=100))


def _log_many(path: str, times: multiprocessing.Queue) -> None:  # type: ignore[type-arg]
    seconds = []
    with Tracker(path, params=PARAMS) as tracker:
        for number in range(EACH):
            began = perf_counter()
            tracker.log({**METRICS, "epoch": number})
            seconds.append(perf_counter() - began)
    times.put(seconds)


def processes() -> None:
    """Measure many processes that begin at once on a missing file."""
    context = multiprocessing.get_context("spawn")
    with TemporaryDirectory() as folder:
        path = str(Path(folder, "x.db"))
        queue = context.Queue()
        workers = [context.Process(target=_log_many, args=(path, queue)) for _ in range(PROCESSES)]
        for worker in workers:
            worker.start()
        seconds = sorted(second for _ in workers for second in queue.get())
        for worker in workers:
            worker.join()
        rows = len(Reader(path))
    times = Times(seconds)
    print(f"\n{PROCESSES} processes x {EACH} rows: {rows} rows stored")
    print(f"median {times.median * 1e6:.0f} us, p99 {times.p99 * 1e3:.2f} ms, ", end="")
    print(f"longest {seconds[-1] * 1e3:.1f} ms")


ALL = {"log": log, "wide": wide, "batch": batch, "track": track, "processes": processes}
