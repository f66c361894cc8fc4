"""Arguments that do not count (``cache_ignore``), and asking whether a call is cached."""

from __future__ import annotations

import asyncio
import functools

import pytest

from tests.cache.conftest import RAN
from xetrack import Tracker
from xetrack.errors import InvalidArgumentError, XetrackWarning


def train(x, verbose=False, *, device="cpu"):
    RAN.append(x)
    return x * 2


def configured(x, *rest, **options):
    RAN.append(x)
    return x, rest, options


class Model:
    def __init__(self, x, verbose=False):
        RAN.append(x)
        self.x = x

    def fit(self, y, log=None):
        RAN.append(y)
        return y

    def __eq__(self, other):
        return type(other) is type(self) and self.x == other.x

    __hash__ = None


def test_calls_that_differ_in_ignored_arguments_are_one(tracker, ran):
    """By position, by name and by default, whatever they are: they get no key."""
    wrapped = tracker.wrap(cache_ignore=["verbose", "device"])(train)
    for args, kwargs in (((3,), {}), ((3, True), {"device": "gpu"}), ((3, [1]), {"device": open})):
        assert 6 == wrapped(*args, **kwargs)
    assert [3] == ran
    assert "[3, [1]]" == tracker.latest["args"]
    assert 8 == wrapped(4)
    assert 6 == tracker.track(train, args=[3], cache_ignore=("device", "verbose"))
    assert [3, 4] == ran


def test_a_call_that_ignores_nothing_is_another(tracker, ran):
    """Or it would get what another value of the argument gave."""
    options = {"kwargs": {"seed": 1, "log": 2}, "cache_ignore": ["log"]}
    assert (1, (), {"seed": 1, "log": 2}) == tracker.track(configured, args=[1], **options)
    assert (1, (), {"seed": 1}) == tracker.track(configured, args=[1], kwargs={"seed": 1})
    options["kwargs"] = {"seed": 1, "log": [3]}
    assert (1, (), {"seed": 1, "log": 2}) == tracker.track(configured, args=[1], **options)
    assert [1, 1] == ran
    assert "ignored arguments" in tracker.why_miss(configured, [2], {"seed": 1}, cache_ignore=["a"])


def test_methods_classes_coroutines_and_builtins(track, ran):
    """Each by the names of its own parameters, ``self`` too."""
    tracker = track(cache_unhashable=True)
    for verbose in (False, True):
        tracker.track(Model, args=[1, verbose], cache_ignore=["verbose"])
    assert [1] == ran
    for model in (Model(2), Model(3)):
        tracker.track(model.fit, args=[7, object()], cache_ignore=["self", "log"])
    assert [1, 2, 3, 7] == ran

    @tracker.wrap(cache_ignore=["device"])
    async def double(x, device):
        RAN.append(x)
        return 2 * x

    assert [10, 10] == [asyncio.run(double(5, device)) for device in ("cpu", "gpu")]
    assert [1, 2, 3, 7, 5] == ran
    for base in (2, 3):
        assert 4 == tracker.track(pow, args=[base, 2], cache_ignore=["base"])


def test_a_wrong_name_is_an_error_that_lists_the_right_ones(track):
    """Where a function is decorated, and not hours later."""
    tracker = track()
    with pytest.raises(InvalidArgumentError, match="x, verbose, device"):
        tracker.wrap(cache_ignore=["verbos"])(train)
    for names in ("verbose", 3, [3]):
        with pytest.raises(InvalidArgumentError, match=r'cache_ignore.*\["verbose"\]'):
            tracker.track(train, args=[1], cache_ignore=names)
    plain = Tracker(Tracker.IN_MEMORY)
    assert 2 == plain.wrap(cache_ignore=["verbose"])(train)(1)

    @functools.wraps(train)
    def outer(*args, **kwargs):
        return train(*args, **kwargs)

    tracker.wrap(cache_ignore=["device"])(outer)(1, device="cpu")
    tracker.track(outer, args=[1], kwargs={"device": "gpu"}, cache_ignore=["device"])
    assert tracker.track_id == tracker.latest["cache"]


def test_whether_a_call_is_cached_can_be_asked(track, ran):
    """Without running it, by whichever tracker; never so for what has no key."""
    tracker = track()
    assert not tracker.is_cached(train, [3])
    tracker.track(train, args=[3])
    assert track().is_cached(train, kwargs={"x": 3})
    assert not tracker.is_cached(train, [3], params={"lr": 0.1})
    assert not tracker.is_cached(train, [3], cache_version="2")
    assert not tracker.is_cached(train, [[3]])
    assert tracker.is_cached(train, [3])
    assert [3] == ran
    with pytest.raises(InvalidArgumentError):
        tracker.is_cached(train, [])
    with pytest.raises(InvalidArgumentError):
        Tracker(Tracker.IN_MEMORY).is_cached(train, [3])

    def items():
        yield 1

    with pytest.warns(XetrackWarning, match="generator"):
        list(tracker.track(items))
    assert not tracker.is_cached(items)
