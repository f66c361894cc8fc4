"""An asset store that fails costs an asset of a result, and neither its row nor the result."""

from __future__ import annotations

import pytest

from tests.core.calls.test_any_result import BY_TIME, RESULTS, BoomError, of
from xetrack import Tracker, XetrackWarning
from xetrack.errors import StorageError
from xetrack_assets.store import SQLiteAssetStore


class Model:
    def __str__(self):
        return "a model"


@pytest.mark.parametrize("suffix", ["db", "duckdb"])
@pytest.mark.parametrize(
    "error", [BoomError("no"), StorageError("x", "Writing", "full"), MemoryError()]
)
@pytest.mark.parametrize("method", ["info", "storing"])
def test_a_store_that_raises(tmp_path, monkeypatch, suffix, error, method):
    """Whatever it raises, and wherever."""
    result = {"model": Model(), "loss": 0.5}
    with Tracker(tmp_path / f"runs.{suffix}") as tracker:

        def refuse(*_, **__):
            raise error

        monkeypatch.setattr(SQLiteAssetStore, method, refuse)
        with pytest.warns(XetrackWarning, match="'model' is in its row as text"):
            assert result is tracker.track(of, args=[result])
        (row,) = tracker
    assert ("a model", 0.5, "") == (row["model"], row["loss"], row["error"])


@pytest.mark.parametrize("name", BY_TIME)
@pytest.mark.filterwarnings("ignore::xetrack.XetrackWarning")
def test_the_row_of_any_result_is_stored(tmp_path, name):
    """With a store and a cache, too."""
    with Tracker(tmp_path / "runs.db", cache=tmp_path / "cache") as tracker:
        assert tracker.track(of, args=[RESULTS[name]]) is RESULTS[name]
        assert 1 == len(tracker)
