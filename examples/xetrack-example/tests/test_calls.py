"""The call cache keeps every promise of its kind."""

from __future__ import annotations

from functools import partial

import pytest
from xetrack_example.calls import ExampleCalls

from xetrack.interfaces.cache import CallSettings
from xetrack_testing import CallCacheContract
from xetrack_testing.caches.stand_ins import MemoryCache, StubCall


class TestCalls(CallCacheContract):
    """Declare what cannot hold: test_x = gap(CallCacheContract.test_x, 'the reason')."""

    call_cache_class = ExampleCalls


def power(x, exponent):
    return x**exponent


@pytest.fixture
def calls():
    """A call cache with results in memory."""
    return ExampleCalls(MemoryCache(), CallSettings(track_id="run"))


def test_what_a_partial_holds_counts(calls):
    """A function with other arguments is another call, in whatever way it got them."""
    assert calls.key(StubCall(partial(power, 2), 3)) != calls.key(StubCall(partial(power, 3), 3))


def test_equal_texts_need_not_be_one_object(calls):
    """In another process they are two."""
    word = "a word"
    other = "".join([*word])
    assert word is not other
    same = [StubCall(power, [word, second], 1) for second in (word, other)]
    assert calls.key(same[0]) == calls.key(same[1])


def test_what_cannot_be_told_apart_is_not_cached(calls):
    """Many lambdas have one name; and what cannot be pickled cannot be compared."""
    for call in (StubCall(lambda x: x, 3), StubCall(power, calls.run, 3)):
        assert calls.key(call) is None
        assert "cannot be pickled" in calls.why_miss(call)
    assert 3 == calls.run(StubCall(lambda x: x, 3), force=False)
