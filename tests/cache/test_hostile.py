"""S13: results that nobody signed are left out where they are not what they seem."""

from __future__ import annotations

import pytest

from tests.hostile import NUMBER, read_in_child


@pytest.mark.timeout(2_000)
def test_s13_results_of_others_are_read_or_left_out(tmp_path):
    """Results of others are read or left out: arrays of pointers or terabytes, and those of ours
    with some bytes changed.
    """
    lines = read_in_child("tests.cache.hostile_results", tmp_path, 0, NUMBER).splitlines()
    assert NUMBER + 30 <= len(lines)
    assert [] == [line for line in lines if not line.endswith(": ok")]
