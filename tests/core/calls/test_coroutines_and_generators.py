"""Coroutines and generators: their row is written when they are over."""

from __future__ import annotations

import asyncio
import inspect

import pytest


async def answer(x: int) -> int:
    await asyncio.sleep(0)
    if x < 0:
        raise ValueError("negative")
    return x + 1


def count(n: int):
    got = 0
    for number in range(n):
        got += (yield number) or 0
    return got


async def acount(n: int):
    try:
        for number in range(n):
            yield number
    except KeyError:
        yield "caught"


def test_promise_26_a_coroutine_is_tracked_until_it_was_awaited(tracker):
    """`wrap` gives a coroutine function; a failure is recorded and raised."""
    wrapped = tracker.wrap()(answer)
    assert inspect.iscoroutinefunction(wrapped)
    assert 2 == asyncio.run(wrapped(1))
    assert 3 == asyncio.run(tracker.track(answer, args=[2]))
    with pytest.raises(ValueError, match="negative"):
        asyncio.run(wrapped(-1))
    assert [2, 3, None] == [row["function_result"] for row in tracker]
    assert ["", "", "ValueError: negative"] == [row["error"] for row in tracker]


def test_a_cancelled_coroutine_has_a_row(tracker):
    """A cancelled coroutine has a row, and the cancellation goes on."""

    async def main() -> None:
        task = asyncio.create_task(tracker.wrap()(asyncio.sleep)(60))
        await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())
    assert ["CancelledError"] == [row["error"] for row in tracker]


def test_promise_26_a_generator_is_tracked_until_it_is_exhausted(tracker):
    """Items, what is sent, and what it returns pass through."""
    wrapped = tracker.wrap(count)
    assert inspect.isgeneratorfunction(wrapped)
    assert [0, 1, 2] == list(wrapped(3))
    running = wrapped(2)
    assert (0, 1) == (next(running), running.send(7))
    assert 1 == len(tracker)
    with pytest.raises(StopIteration) as over:
        next(running)
    assert 7 == over.value.value
    assert [("", 0), ("", 7)] == [(row["error"], row["function_result"]) for row in tracker]


def test_a_generator_that_is_left_early_has_no_error(tracker):
    """`break` closes it."""
    for number in tracker.wrap(count)(5):
        if number == 1:
            break
    del number
    assert [("count", "")] == [(row["function_name"], row["error"]) for row in tracker]


def test_promise_26_an_async_generator_is_tracked_until_it_is_exhausted(tracker):
    """An async generator is tracked until it is exhausted, and exceptions thrown into it reach
    it.
    """
    wrapped = tracker.wrap()(acount)

    async def main() -> list[object]:
        found: list[object] = [item async for item in wrapped(2)]
        running = wrapped(2)
        found.append(await anext(running))
        found.append(await running.athrow(KeyError()))
        await running.aclose()
        return found

    assert [0, 1, 0, "caught"] == asyncio.run(main())
    assert [("acount", "")] * 2 == [(row["function_name"], row["error"]) for row in tracker]
