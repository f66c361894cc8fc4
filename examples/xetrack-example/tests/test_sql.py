"""The SQL runner keeps every promise of its kind."""

from __future__ import annotations

from xetrack_example.sql import ExampleRunner

from xetrack_testing import SQLRunnerContract


class TestRunner(SQLRunnerContract):
    """Declare what cannot hold: test_x = gap(SQLRunnerContract.test_x, 'the reason')."""

    runner_class = ExampleRunner
    refused = ("ATTACH 'other.db' AS other", "PRAGMA journal_mode = WAL")
