"""What a user is warned of stands at the user's own line, whichever package warns."""

from __future__ import annotations

import threading

import pytest

from xetrack import XetrackWarning


def test_a_call_that_is_not_cached_is_told_of_at_the_users_line(tracker):
    """The part that says so is a distribution of its own."""
    with pytest.warns(XetrackWarning, match="is not cached: list is unhashable") as caught:
        tracker.track(len, args=[[1]])
    assert [__file__] == [one.filename for one in caught]


def test_a_result_that_cannot_be_kept_is_told_of_at_the_users_line(tracker):
    """A result that cannot be stored is reported at the user's line, likewise from within the
    call.
    """
    with pytest.warns(XetrackWarning, match="was not cached: CacheError") as caught:
        tracker.track(threading.Lock)
    assert [__file__] == [one.filename for one in caught]
