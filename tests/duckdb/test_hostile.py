"""S13: a row log of somebody else's is read or refused, and never read beyond its cells."""

from __future__ import annotations

import pytest

from tests.engines import fields
from tests.hostile import NUMBER, read_in_child
from xetrack_duckdb.row_log import packed_batches

ENOUGH = NUMBER // 3
"""A database is opened for each."""


@pytest.mark.timeout(2_000)
def test_s13_damaged_batches_are_read_or_refused(tmp_path):
    """Cells cut off or of other types, rows that there are not; nothing but a typed error."""
    printed = read_in_child("tests.duckdb.hostile_batches", tmp_path, 0, ENOUGH)
    assert [f"batch {seed}: ok" for seed in range(ENOUGH)] == printed.splitlines()


def test_a_batch_without_bytes_for_its_rows_is_kept_as_rows():
    """A batch without bytes for its rows is kept as rows, as one that claims so many would not be
    believed; with a number in each row, it is.
    """
    rows = 300_000
    texts, numbers = ["x"] * rows, [1] * rows
    described = fields([{"text": "x", "n": 1}])[:2]
    assert packed_batches.pack_batch(described[:1], [texts]) is None
    assert 2 == len(packed_batches.pack_batch(described, [texts, numbers]))
    long = ["x" * 1_000] * rows  # 1 KB that would be 300 MB
    assert packed_batches.pack_batch(described, [long, numbers]) is None
