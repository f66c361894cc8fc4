"""Functions that raise: recorded, then raised or not, as asked."""

from __future__ import annotations

import traceback

import pytest

from xetrack import Tracker, XetrackWarning
from xetrack.errors import InvalidArgumentError


class OddError(Exception):
    """Cannot say what it is."""

    def __str__(self) -> str:
        raise ValueError("no text")


def fail(error: BaseException) -> None:
    raise error


def test_an_exception_goes_on_after_its_row_is_stored(tracker):
    """The very exception, with the line where it came from."""
    error = ValueError("bad")
    with pytest.raises(ValueError, match="bad") as caught:
        tracker.track(fail, args=[error])
    assert error is caught.value
    assert "fail" == traceback.extract_tb(caught.tb)[-1].name
    row = tracker.latest
    assert ("fail", "ValueError: bad", None) == (
        row["function_name"],
        row["error"],
        row["function_result"],
    )


def test_without_raise_on_error_the_call_returns_none(tracker):
    """Without `raise_on_error` the call returns None, in `track` and in `wrap`.

    The row is the same.
    """
    quiet = Tracker(Tracker.IN_MEMORY, raise_on_error=False)
    assert quiet.track(fail, args=[ValueError("bad")]) is None
    assert quiet.wrap()(fail)(KeyError()) is None
    assert ["ValueError: bad", "KeyError"] == [row["error"] for row in quiet]


@pytest.mark.parametrize("error", [ValueError(), AssertionError(), OddError(), StopIteration()])
def test_promise_11_an_exception_without_text_is_still_an_error(tracker, error):
    """It is named by its type."""
    with pytest.raises(type(error)):
        tracker.track(fail, args=[error])
    assert type(error).__name__ == tracker.latest["error"]


@pytest.mark.parametrize("raises", [True, False])
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_promise_32_interrupts_pass_after_their_row_is_stored(error, raises):
    """Interrupts pass after their row is stored, whatever `raise_on_error` says."""
    tracker = Tracker(Tracker.IN_MEMORY, raise_on_error=raises)
    with pytest.raises(error):
        tracker.track(fail, args=[error()])
    assert [error.__name__] == [row["error"] for row in tracker]


def test_a_wrong_call_is_an_error_of_the_function(tracker):
    """Python's own TypeError, recorded as any other."""
    with pytest.raises(TypeError, match="positional"):
        tracker.track(fail)
    assert tracker.latest["error"].startswith("TypeError: fail() missing 1")


def test_what_is_not_callable_is_an_error(tracker):
    """It says so before anything is called or recorded; so do arguments that are none."""
    with pytest.raises(InvalidArgumentError, match="func='no function'"):
        tracker.track("no function")
    with pytest.raises(InvalidArgumentError, match=r"args=\[...\]"):
        tracker.track(len, args=5)
    assert 0 == len(tracker)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("mine")])
def test_a_failing_function_whose_row_is_refused_raises_its_own_error(tracker, error):
    """The row's trouble is warned of."""
    with pytest.warns(XetrackWarning, match="not stored"), pytest.raises(type(error)) as caught:
        tracker.track(fail, params={(): 1}, args=[error])
    assert error is caught.value


def test_a_warning_made_an_error_hides_no_exception_and_no_row(tracker):
    """`python -W error`: the interrupt still comes through, and its row is stored."""
    with pytest.raises(KeyboardInterrupt):
        tracker.track(fail, params={"error": "mine"}, args=[KeyboardInterrupt()])
    assert "KeyboardInterrupt" == tracker.latest["error"]


def test_a_result_that_cannot_be_shown_reaches_the_caller(tracker):
    """Its text raises; the row names its type."""

    class Shy:
        def __str__(self) -> str:
            raise ValueError("no text")

        __repr__ = __str__

    shy = Shy()
    assert shy is tracker.track(lambda: shy)
    assert "Shy" in tracker.latest["function_result"]


def test_a_tracked_call_may_track_others(tracker):
    """Rows are in the order in which calls ended."""
    inner = tracker.wrap()(len)
    assert 3 == tracker.track(lambda: inner("abc"))
    assert ["len", "<lambda>"] == [row["function_name"] for row in tracker]
