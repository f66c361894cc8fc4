"""A frame backend that raises whatever it likes ends its call with a typed error."""

from __future__ import annotations

import pytest

from tests.seams.faults import OUTSIDE, RAW, AlarmError, armed
from tests.seams.table import SEAMS
from xetrack import Tracker
from xetrack.errors import PartFailedError, XetrackError

CASES = [
    pytest.param(seam, moment, id=f"{seam.method}-{moment}")
    for seam in SEAMS
    for moment in seam.moments
    if seam.part == "frame backend"
]


def frame(tracker):
    return tracker.to_df(backend="faulty", parse_dates=True)


@pytest.mark.parametrize("kind", [*RAW, "typed"])
@pytest.mark.parametrize(("seam", "moment"), CASES)
def test_a_typed_error_names_the_backend(db, seam, moment, kind):
    """The next frame is as ever."""
    with Tracker(db) as tracker:
        tracker.log({"n": 1})
        with armed(seam.method, moment, kind), pytest.raises(XetrackError) as caught:
            frame(tracker)
        if kind != "typed":
            assert isinstance(caught.value, PartFailedError)
            assert "frame-backend 'faulty' of xetrack-faulty 2.5" in str(caught.value)
        assert [1] == frame(tracker)["n"].tolist()


@pytest.mark.parametrize("kind", OUTSIDE)
@pytest.mark.parametrize(("seam", "moment"), CASES)
def test_what_comes_from_outside_passes_unchanged(db, seam, moment, kind):
    """Ctrl-C, and what handlers of signals raise."""
    error = {"KeyboardInterrupt": KeyboardInterrupt, "handler": AlarmError}[kind]
    with Tracker(db) as tracker:
        tracker.log({"n": 1})
        with armed(seam.method, moment, kind), pytest.raises(error):
            frame(tracker)
