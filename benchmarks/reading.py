"""Reading: frames of a large table, single runs of it, and what an import costs."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pandas as pd

from benchmarks.timing import in_turn, report
from xetrack import Reader, Tracker
from xetrack.builtin.sqlite.reading import snapshots

ROWS = 1_000_000
RUNS = 100


def _fill(path: Path) -> str:
    """Fill a table with runs of equal length; return the last run's name."""
    rows_of_run = ROWS // RUNS
    for number in range(RUNS):
        with Tracker(path, params={"model": "resnet18", "data": "mnist"}) as tracker:
            tracker.log_batch(
                [
                    {
                        "step": i,
                        "loss": i / 7,
                        "accuracy": i / 9,
                        "epoch": number,
                        "lr": 0.1,
                        "ok": True,
                    }
                    for i in range(rows_of_run)
                ]
            )
    return tracker.track_id


def _without_driver(reader: Reader) -> pd.DataFrame:
    """Read as where adbc-driver-sqlite is not installed."""
    with patch.object(snapshots, "ROWS", 10**12):
        return reader.to_df()


def _without_extras(reader: Reader) -> pd.DataFrame:
    """Read as where pyarrow is not installed either, by which pandas keeps text."""
    with pd.option_context("mode.string_storage", "python"):
        return _without_driver(reader)


def frames() -> None:
    """Measure frames of a million rows of 8 values, and of a run of 10,000 among them."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "x.db")
        run = _fill(path)
        connection = sqlite3.connect(path)
        reader = Reader(path)
        query = 'SELECT * FROM "default"'
        arms = {
            "fetchall": lambda: connection.execute(query).fetchall(),
            "pandas.read_sql": partial(pd.read_sql, query, connection),
            "to_df, without extras": partial(_without_extras, reader),
            "to_df, pyarrow alone": partial(_without_driver, reader),
            "to_df, extra arrow": reader.to_df,
            "to_arrow": reader.to_arrow,
            "to_df, polars": partial(reader.to_df, backend="polars"),
            "to_df of one run": partial(reader.to_df, track_id=run),
            "to_df(tail=5)": partial(reader.to_df, tail=5),
        }
        report(f"{ROWS:,} rows", in_turn(arms, rounds=3, block=1), 1e-3, "ms")
        connection.close()


def imports() -> None:
    """Measure the time that an import takes of a process."""
    # Compiled code is stored from the first run on, as it is where packages are installed.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    python = partial(subprocess.run, check=True, capture_output=True, env=environment)
    arms = {
        name: partial(python, [sys.executable, "-c", code])
        for name, code in {
            "python -c pass": "pass",
            "import xetrack": "import xetrack",
            "from xetrack import Tracker": "from xetrack import Tracker",
        }.items()
    }
    report("A process", in_turn(arms, rounds=10, block=1), 1e-3, "ms")


ALL = {"frames": frames, "imports": imports}
