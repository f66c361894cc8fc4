"""Results of functions, small values, configs and frames, as on the other engines."""

from __future__ import annotations

import warnings

from tests.arrow.test_log_frames import FRAMES, ROWS
from tests.assets.test_hidden_fields import HIDDEN, MODELS
from tests.assets.test_small_values import IN_ROWS, exact
from tests.assets.test_whole_configs import CONFIGS, FLAT
from tests.core.calls.test_any_result import OTHER_KEYS, RESULTS
from xetrack import Tracker, XetrackWarning


def test_the_row_of_any_result_is_stored(url):
    """And the caller gets the very object."""
    with warnings.catch_warnings(), Tracker(url) as tracker:
        warnings.simplefilter("ignore", XetrackWarning)
        for result in RESULTS.values():
            assert tracker.track(lambda result=result: result) is result
        assert len(RESULTS) == len(tracker)
        for name in ("bool", "none", "date", "bytes", "empty", "mixed", "huge"):
            tracker.track(lambda name=name: OTHER_KEYS[name])
            assert OTHER_KEYS[name] == tracker[-1]["function_result"]


def test_a_small_value_is_in_the_row(url):
    """What comes back is the same from `log` and from the server."""
    with Tracker(url, warnings=False) as tracker:
        tracker.log_batch([{"value": value} for value, _ in IN_ROWS.values()])
        expected = [exact(expected) for _, expected in IN_ROWS.values()]
        assert expected == [exact(row["value"]) for row in tracker]


def test_what_a_model_hides_is_not_on_the_server(url, by_hand):
    """Neither in rows nor in assets."""
    with warnings.catch_warnings(), Tracker(url) as tracker:
        warnings.simplefilter("ignore", XetrackWarning)
        for cls in MODELS:
            tracker.log({"config": cls(), "configs": [cls()], "object": [cls(), len]})
        rows = str(list(tracker))
    assert HIDDEN not in rows
    for (table,) in by_hand("SELECT tablename FROM pg_tables WHERE schemaname = current_schema"):
        content = by_hand(f'SELECT t::text FROM "{table}" t')
        assert HIDDEN not in str(content)
        assert HIDDEN.encode().hex() not in str(content)


def test_configs_and_frames(url):
    """Whole configs as params, and frames as batches."""
    with Tracker(url, CONFIGS["dataclass"]) as tracker:
        tracker.log_batch(FRAMES["arrow"])
        tracker.log_batch(FRAMES["polars"])
        assert ROWS * 2 == [{key: row[key] for key in ROWS[0]} for row in tracker]
        assert FLAT == {key: tracker.latest[key] for key in FLAT}
