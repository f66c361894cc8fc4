"""The engine of the example, as a plugin beside everything that is installed here."""

from __future__ import annotations

import numpy as np
import pytest

from tests.journals import installed_journal
from xetrack import Reader, Tracker
from xetrack.errors import UnsupportedValueError


@pytest.fixture
def journal(tmp_path, monkeypatch):
    """The path of a journal, where the example is installed."""
    with installed_journal(tmp_path, monkeypatch) as path:
        yield path


def test_runs_are_deleted_where_an_asset_store_is_installed(journal):
    """The store of SQLite files has nothing to do with a journal."""
    with Tracker(journal) as tracker:
        tracker.log({"x": 1})
    with Reader(journal) as reader:
        assert 1 == reader.delete_run(tracker.track_id)
        assert 0 == len(reader.to_df())


def test_a_table_is_reset_where_an_asset_store_is_installed(journal):
    """The new table has the new rows only."""
    for value in (1, 2):
        with Tracker(journal, reset=True) as tracker:
            tracker.log({"x": value})
    with Reader(journal) as reader:
        assert [2] == reader.to_df()["x"].tolist()


def test_an_object_is_refused_with_the_reason(journal):
    """A journal keeps plain values only, and the message says what to do."""
    with Tracker(journal) as tracker, pytest.raises(UnsupportedValueError, match="this database"):
        tracker.log({"a": np.arange(3)})
