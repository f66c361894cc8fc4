"""The judge keeps every promise of its kind."""

from __future__ import annotations

from xetrack_example.judge import ExampleJudge

from xetrack import Reader, Tracker
from xetrack_testing import JudgeContract


class TestJudge(JudgeContract):
    """Declare what cannot hold: test_x = gap(JudgeContract.test_x, 'the reason')."""

    judge_class = ExampleJudge


def test_rows_are_counted(tmp_path):
    """Runs of as many rows are the same to it, whatever these hold."""
    for name, number in (("first", 2), ("second", 2), ("third", 3)):
        with Tracker(tmp_path / "runs.db", track_id=name) as tracker:
            for row in range(number):
                tracker.log({"row": row})
    with Reader(tmp_path / "runs.db") as reader:
        first, second, third = map(reader.run, ("first", "second", "third"))
        same, other = (ExampleJudge({}).judge(reader.engine, first, run) for run in (second, third))
    assert (True, "2 rows, as the first run") == (same.is_same, same.summary)
    assert (False, "3 rows, not 2") == (other.is_same, other.summary)
