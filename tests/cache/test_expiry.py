"""Results that expire by their age (``cache_expire``)."""

from __future__ import annotations

import pickle
import warnings
from datetime import timedelta

import numpy as np
import pytest

from tests.cache.ageing import age
from tests.cache.conftest import RAN
from xetrack.errors import InvalidArgumentError, XetrackWarning
from xetrack.model.durations import seconds_in

DAY = 86_400


def double(x):
    RAN.append(x)
    return 2 * x


@pytest.mark.parametrize("expire", [30 * DAY, np.int64(30 * DAY), timedelta(days=30), "30d"])
def test_an_old_result_is_computed_again(track, folder, ran, expire):
    """Once; and only by a tracker that says how old is too old."""
    track(track_id="first").track(double, args=[2])
    age(folder, 29 * DAY)
    strict = track(cache_expire=expire, track_id="strict")
    assert strict.is_cached(double, [2])
    age(folder, 31 * DAY)
    assert track().is_cached(double, [2])
    assert not strict.is_cached(double, [2])
    assert "longer ago than cache_expire" in strict.why_miss(double, [2])
    assert [4, 4] == [strict.track(double, args=[2]) for _ in range(2)]
    assert (["", "strict"], [2, 2]) == (strict["cache"].tolist(), ran)


def test_a_result_of_unknown_age_is_computed_again_with_one_warning(track, folder, ran):
    """As of a folder that was filled before results had a time."""
    for x in (1, 2):
        track().track(double, args=[x])
    age(folder, None)
    strict = track(cache_expire="1h")
    with pytest.warns(XetrackWarning, match="cache_expire") as warned:
        assert [2, 4] == [strict.track(double, args=[x]) for x in (1, 2)]
    assert 1 == len(warned)
    with warnings.catch_warnings(action="error"):
        assert [2, 4] == [track().track(double, args=[x]) for x in (1, 2)]
    assert [1, 2, 1, 2] == ran


def test_equal_objects_expire_as_well(track, folder, ran):
    """Those that only their own ``==`` can compare."""
    track().track(double, args=[Caseless("A")])
    strict = track(cache_expire="1h")
    assert strict.is_cached(double, [Caseless("a")])
    age(folder, 2 * DAY)
    assert not strict.is_cached(double, [Caseless("a")])
    for name in ("a", "A", "a"):
        assert "aa" == strict.track(double, args=[Caseless(name)]).lower()
    assert ["A", "a", "A"] == ran, "one for each result that expired"


class Caseless(str):
    __slots__ = ()

    def __eq__(self, other):
        return self.lower() == other.lower()

    def __hash__(self):
        return hash(self.lower())

    def __rmul__(self, number):
        return str(self) * number


@pytest.mark.parametrize("expire", ["", "soon", "3 months", "-1d", -1, True, float("nan"), [1]])
def test_what_is_no_length_of_time_is_an_error(track, expire):
    with pytest.raises(InvalidArgumentError, match=r'cache_expire.*"30d"'):
        track(cache_expire=expire)


def test_lengths_of_time_in_seconds():
    texts = {"90": 90, "90s": 90, "1.5h": 5_400, " 15 m ": 900, "2d": 2 * DAY, "4w": 28 * DAY}
    assert [*texts.values()] == [seconds_in("age", text) for text in texts]
    assert 0.5 == seconds_in("age", timedelta(milliseconds=500))


def test_a_copy_of_a_tracker_has_the_same_age(folder, tmp_path):
    """As in a worker process."""
    from xetrack import Tracker  # noqa: PLC0415 - one in a file, which can be pickled

    tracker = Tracker(tmp_path / "runs.db", cache=folder, cache_expire=timedelta(hours=1))
    tracker.track(double, args=[2])
    age(folder, DAY)
    assert not pickle.loads(pickle.dumps(tracker)).is_cached(double, [2])
