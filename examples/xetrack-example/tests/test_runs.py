"""The run hooks keep every promise of their kind."""

from __future__ import annotations

import pytest
from xetrack_example.runs import ExampleHooks

from xetrack import Tracker
from xetrack_testing import RunHooksContract


class TestHooks(RunHooksContract):
    """Declare what cannot hold: test_x = gap(RunHooksContract.test_x, 'the reason')."""

    hooks_class = ExampleHooks

    @pytest.fixture
    def options(self, tmp_path):
        """What the part is made with."""
        return {"path": tmp_path / "runs.txt"}


def test_both_ends_of_a_run_are_noted(tmp_path):
    """With its name."""
    path = tmp_path / "runs.txt"
    with Tracker(
        Tracker.IN_MEMORY, track_id="first", run_hooks=[ExampleHooks({"path": path})]
    ) as tracker:
        tracker.log({"loss": 0.5})
    begun, ended = path.read_text().splitlines()
    assert ("started first in default of :memory:", "finished first") == (begun, ended)
