"""A call whose row cannot be stored: its outcome is worth more than the row."""

from __future__ import annotations

import asyncio

import pytest

from xetrack import Tracker, XetrackError, XetrackWarning
from xetrack.errors import StorageError


async def answer(error: BaseException | None = None) -> int:
    if error:
        raise error
    return 6


def count(error: BaseException | None = None):
    yield 1
    if error:
        raise error
    return 6


def plain(error: BaseException | None = None) -> int:
    if error:
        raise error
    return 6


def outcome(tracker: Tracker, function, error=None):
    """What a call gives in the end, in whatever way it runs."""
    given = tracker.track(function, args=[error])
    if function is answer:
        return asyncio.run(given)
    while function is count:
        try:
            next(given)
        except StopIteration as over:
            return over.value
    return given


@pytest.fixture(params=[True, False], ids=["raises", "warns"])
def broken(request, monkeypatch):
    """A tracker whose rows the storage refuses."""
    tracker = Tracker(Tracker.IN_MEMORY, raise_on_error=request.param)

    def refuse(*_, **__):
        raise StorageError("x.db", "Writing", "the disk is full")

    monkeypatch.setattr(tracker._recorder, "log", refuse)
    return tracker


@pytest.mark.parametrize("function", [plain, answer, count])
def test_promise_24_a_result_reaches_the_caller_when_the_storage_fails(broken, function):
    """By the error's attribute where errors are raised, and as usual with a warning otherwise."""
    if broken.raise_on_error:
        with pytest.raises(XetrackError, match="disk is full") as caught:
            outcome(broken, function)
        assert 6 == caught.value.result
        assert isinstance(caught.value.__cause__, StorageError)
    else:
        with pytest.warns(
            XetrackWarning, match=f"{function.__name__} was not stored.*disk is full"
        ):
            assert 6 == outcome(broken, function)


@pytest.mark.parametrize("function", [plain, answer, count])
def test_promise_32_an_interrupt_passes_though_its_row_cannot_be_stored(broken, function):
    """The row's trouble is warned of."""
    with (
        pytest.warns(XetrackWarning, match="disk is full"),
        pytest.raises(KeyboardInterrupt),
    ):
        outcome(broken, function, KeyboardInterrupt())


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("function", [plain, answer, count])
def test_promise_32_an_interrupt_passes_after_its_row_in_every_sort_of_function(function, error):
    """An interrupt passes after its row in every sort of function, whatever `raise_on_error`
    says.
    """
    for raises in (True, False):
        tracker = Tracker(Tracker.IN_MEMORY, raise_on_error=raises)
        with pytest.raises(error):
            outcome(tracker, function, error())
        assert [error.__name__] == [row["error"] for row in tracker]
