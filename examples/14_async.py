"""Coroutines: many calls at once in one event loop, each timed and stored by itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from running import run

from xetrack import Reader, Tracker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


async def answer(prompt: str, seconds: float) -> dict[str, int]:
    """Answer a prompt, after the time that a service takes.

    Parameters
    ----------
    prompt
        A text; an empty one is an error.
    seconds
        How long it takes.

    Returns
    -------
    dict
        A figure of the answer.
    """
    await asyncio.sleep(seconds)
    if not prompt:
        raise ValueError("an empty prompt")
    return {"characters": len(prompt)}


async def main_async(folder: Path) -> None:
    """Ask a service ten times at once, with a limit for the number of requests."""
    tracker = Tracker(folder / "runs.db", params={"service": "echo"}, raise_on_error=False)
    limit = asyncio.Semaphore(5)

    async def ask(number: int) -> object:
        async with limit:
            return await tracker.track(answer, args=["?" * number, 0.1])

    loop = asyncio.get_running_loop()
    begun = loop.time()
    answers = await asyncio.gather(*(ask(number) for number in range(10)))
    took = loop.time() - begun
    print(f"Answers: {sum(answer is not None for answer in answers)}, and an error: {answers[0]}")
    spent = tracker["function_time"].sum()
    print(f"The calls overlapped: {spent > took}")

    @tracker.wrap
    async def tokens(text: str) -> AsyncIterator[str]:
        """Yield words as they come."""
        for word in text.split():
            await asyncio.sleep(0.01)
            yield word

    print(f"A stream is timed to its end: {[word async for word in tokens('to be or not')]}")
    print(f"  at least 0.03 s: {tracker.latest['function_time'] >= 0.03}")  # noqa: PLR2004


def main(folder: Path) -> None:
    """Run it, and read the rows."""
    asyncio.run(main_async(folder))
    counts = Reader(folder / "runs.db").sql(
        "SELECT function_name, count(*) AS calls, sum(error != '') AS errors "
        "FROM events GROUP BY function_name"
    )
    print(counts)


if __name__ == "__main__":
    run(main)
