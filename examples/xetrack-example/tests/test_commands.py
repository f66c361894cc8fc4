"""The command counts."""

from __future__ import annotations

from xetrack_example.commands import run_example

from xetrack import Tracker


def test_the_rows_of_each_run_are_counted(tmp_path):
    """In the order in which the runs were begun."""
    for run, rows in (("first", 2), ("second", 1)):
        with Tracker(tmp_path / "runs.db", track_id=run) as tracker:
            tracker.log_batch([{"n": n} for n in range(rows)])
    rows = run_example(str(tmp_path / "runs.db"))
    assert [{"track_id": "first", "rows": 2}, {"track_id": "second", "rows": 1}] == rows
