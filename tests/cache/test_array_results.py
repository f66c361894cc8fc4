"""Arrays as results: each comes back with its dtype, whichever library or option made that."""

from __future__ import annotations

import numpy as np
import pytest


def test_arrays_of_dtypes_that_extend_numpy_come_back(track):
    """Not as bytes without a name."""
    ml_dtypes = pytest.importorskip("ml_dtypes")
    for name in ("bfloat16", "float8_e4m3fn", "int4"):
        tracker = track()

        def compute(name=name):
            return np.arange(4).astype(getattr(ml_dtypes, name))

        computed, cached = tracker.track(compute), tracker.track(compute)
        assert tracker.latest["cache"]
        assert computed.dtype == cached.dtype
        assert computed.tolist() == cached.tolist()


@pytest.mark.parametrize(
    "dtype",
    [
        np.dtype([("a", "i1"), ("b", "i4")], align=True),
        np.dtype((np.record, [("a", "i4")])),
        np.dtype([(("title", "a"), "i4")]),
        np.dtype(">i8"),
        np.dtype("M8[s]"),
    ],
    ids=str,
)
def test_arrays_come_back_with_their_dtype(track, dtype):
    """Of several fields too."""
    tracker = track()
    computed, cached = (tracker.track(np.zeros, args=[2], kwargs={"dtype": dtype}) for _ in "ab")
    assert tracker.latest["cache"]
    assert repr(computed.dtype) == repr(cached.dtype)
    assert computed.tobytes() == cached.tobytes()
