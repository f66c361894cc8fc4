"""The command ``xt example``. It is imported when it is called, so it may import what it likes."""

from __future__ import annotations

from typing import Any

from xetrack import Reader


def run_example(db: str, *, table: str = "default") -> list[dict[str, Any]]:
    """Count the rows of each run.

    Parameters
    ----------
    db
        Path or URL of the database.
    table
        The table to read.

    Returns
    -------
    list of dict
        A line for each run; xt makes a table, JSON or CSV of it.
    """
    with Reader(db, table=table) as reader:
        runs = reader.select(["track_id"]).cells[0]
    return [{"track_id": run, "rows": runs.count(run)} for run in dict.fromkeys(runs)]
