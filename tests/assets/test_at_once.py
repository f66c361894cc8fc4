"""Objects that are set in one thread while another one brings rows to DuckDB."""

from __future__ import annotations

import time

import numpy as np
import pytest

from xetrack import Reader, Tracker
from xetrack_testing.processes import meanwhile


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["db", "duckdb"])
def test_objects_are_set_while_rows_are_read_and_logged(tmp_path, ending):
    """Both hold a lock that the other one asks for, so the order counts."""
    path = tmp_path / f"rows.{ending}"
    with Tracker(path) as tracker, Reader(path) as reader:
        tracker.log({"n": 0})
        end = time.monotonic() + 1.5

        def set_objects():
            number = 0
            while time.monotonic() < end:
                assert tracker.set_value("array", np.arange(number + 2)) > 0
                number += 1

        def log_and_read():
            with Tracker(path) as other:
                while time.monotonic() < end:
                    other.log({"n": 1, "array": np.arange(3)})
                    assert len(reader) > 0

        with meanwhile(set_objects, log_and_read, log_and_read):
            pass
        assert reader.assets.get(tracker.to_df()["array"][0]) is not None
