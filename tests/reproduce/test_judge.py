"""The judge of two runs side by side: as their rows are, but for params."""

from __future__ import annotations

import math

import pytest

from xetrack import Reader, Tracker
from xetrack.interfaces.runs.record import RunRecord, RunStatus
from xetrack_reproduce.comparison import judge
from xetrack_reproduce.comparison.judge import ResultsJudge
from xetrack_testing import JudgeContract

ROWS = [{"step": step, "loss": 1 / (1 + step)} for step in range(4)]


class TestJudge(JudgeContract):
    """It keeps every promise of its kind."""

    judge_class = ResultsJudge


def judged(place, second, first=ROWS):
    """Return what is said of two runs that were started with other params."""
    for name, rows in (("first", first), ("second", second)):
        with Tracker(place, track_id=name, params={"of": name}, record=[]) as tracker:
            for row in rows:
                tracker.log(row)
    Tracker(place, track_id="another").log({"loss": 1.0})
    with Reader(place) as reader:
        records = [
            reader.run(name)
            if rows
            else RunRecord(track_id=name, status=RunStatus.UNKNOWN, table="default")
            for name, rows in (("first", first), ("second", second))
        ]
        verdict = ResultsJudge({}).judge(reader.engine, *records)
    return None if verdict is None else (verdict.is_same, verdict.summary)


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (ROWS, (True, "4 rows equal in 2 columns")),
        (ROWS[:3], (False, "3 rows, not 4")),
        (
            [*ROWS[:2], {"step": 2, "loss": 0.5}, ROWS[3]],
            (False, "loss differs in 1 of 4 rows, first in row 2: 0.5, not 0.333333"),
        ),
        (
            [*ROWS[:2], {"step": 2, "loss": 1 / 3 + 1e-9}, ROWS[3]],
            (
                False,
                f"loss differs in 1 of 4 rows, first in row 2: {1 / 3 + 1e-9!r}, not {1 / 3!r}",
            ),
        ),
        (
            [*ROWS[:3], {"step": 30, "loss": None}],
            (
                False,
                "step differs in 1 of 4 rows, first in row 3: 30, not 3; 1 other column too",
            ),
        ),
        ([], (False, "0 rows, not 4; 2 other columns too")),
    ],
)
def test_results_are_compared_row_by_row(tmp_path, second, expected):
    """Params say what was meant to differ; timestamps always do."""
    assert expected == judged(tmp_path / "runs.db", second)


def test_nan_is_nan(tmp_path):
    """Two runs that lost their loss at the same step did the same."""
    rows = [{"loss": math.nan}, {"loss": 1.0}]
    assert (True, "2 rows equal in 1 column") == judged(tmp_path / "runs.db", rows, rows)


def test_nothing_is_said_of_nothing(tmp_path):
    """Neither where there are no rows, nor where these hold no results."""
    assert judged(tmp_path / "runs.db", [], []) is None
    assert judged(tmp_path / "times.db", [{"cpu": 1.0}], [{"cpu": 2.0}]) is None


def test_long_runs_are_left_to_the_command(tmp_path, monkeypatch):
    """Whoever looks at a page does not wait for a million rows."""
    monkeypatch.setattr(judge, "_MOST", 3)
    is_same, summary = judged(tmp_path / "runs.db", ROWS)
    assert is_same is None
    assert "xt reproduce" in summary
