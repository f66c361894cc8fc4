"""The recorder keeps every promise of its kind."""

from __future__ import annotations

import pytest
from xetrack_example.recorder import ExampleRecorder

from xetrack import Tracker
from xetrack_testing import RecorderContract


class TestRecorder(RecorderContract):
    """Declare what cannot hold: test_x = gap(RecorderContract.test_x, 'the reason')."""

    recorder_class = ExampleRecorder

    @pytest.fixture
    def options(self, tmp_path):
        """What the part is made with."""
        return {"folder": tmp_path}


def test_both_ends_of_a_run_are_recorded(tmp_path):
    """With the rows, where `tracker.run.record` finds them."""
    recorder = ExampleRecorder({"folder": tmp_path})
    with Tracker(tmp_path / "runs.db", track_id="first", record=[recorder]) as tracker:
        tracker.log({"loss": 0.5})
    with Tracker(tmp_path / "runs.db", track_id="first", record=False) as tracker:
        record = tracker.run.record
    assert record is not None
    facts = record.facts["ExampleRecorder"]
    assert str(tmp_path) == facts["folder"]
    assert facts["free_mb"] > 0
    assert facts["free_mb_at_end"] > 0
