"""What is left of results and locks where a call or a process breaks off; and large results."""

from __future__ import annotations

import itertools
import time
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from xetrack.errors import XetrackError, XetrackWarning
from xetrack_testing.caches.fixtures import KEY, CacheFixtures, entry
from xetrack_testing.processes import killed, meanwhile

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack.interfaces.cache import Cache, CacheEntry

SIZE = 4 * 2**20 + 1
"""Bytes of a large result."""


def put_for_ever(
    acknowledge: Callable[[float], None], cache_class: type[Cache], location: str
) -> None:
    """Store one large result after the other under one key, until the process is killed.

    Parameters
    ----------
    acknowledge
        Called with the seconds that each result took.
    cache_class
        The cache under test.
    location
        Where the cache is.
    """
    cache = cache_class(location)
    for number in itertools.count():
        result = entry(bytes([number % 256]) * SIZE)
        began = time.monotonic()
        cache.put(KEY, result)
        acknowledge(time.monotonic() - began)


class BreaksContract(CacheFixtures):
    """Calls that raise, processes that are killed, results of megabytes."""

    @pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
    def test_the_right_passes_on_when_a_call_raises(
        self, opened: Callable[..., Cache], error: type[BaseException]
    ) -> None:
        """In the same thread, in another, and with another cache; what was raised goes on."""
        first, other = opened(), opened()
        for cache in (first, other):
            with pytest.raises(error), cache.compute_lock(KEY):
                raise error
        answers: list[bool] = []

        def ask(cache: Cache) -> None:
            with cache.compute_lock(KEY, wait=False) as is_locked:
                answers.append(is_locked)

        for cache in (first, other):
            ask(cache)
            with meanwhile(lambda cache=cache: ask(cache)):  # type: ignore[misc]
                pass
        assert [True] * 4 == answers, "a call that raised kept the lock"

    def test_large_results_come_back_whole(self, opened: Callable[..., Cache]) -> None:
        """Texts, bytes and lists of megabytes, to whoever opens the cache."""
        results = [b"\0\xff" * (SIZE // 2), "ß" * 2**20 + "end", [*range(200_000)]]
        cache = opened()
        for number, result in enumerate(results):
            cache.put(f"{number:032x}", entry(result))
        for number, result in enumerate(results):
            stored = opened().get(f"{number:032x}")
            assert stored is not None
            assert result == stored.result, "a large result is cut or changed"

    def test_a_result_that_a_kill_cuts_off_is_a_miss(
        self, opened: Callable[..., Cache], location: str
    ) -> None:
        """``kill -9`` amid a put: a result is there whole, this one or the one before, or none."""
        killed(put_for_ever, self.cache_class, location, after=2, later=lambda s: s / 2)
        cache = opened()
        stored: CacheEntry | None = None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", XetrackWarning)
            with suppress(XetrackError):
                stored = cache.get(KEY)
        if stored is not None:
            assert SIZE == len(stored.result) == stored.result.count(stored.result[:1])
        cache.put(KEY, entry("later"))
        again = opened().get(KEY)
        assert again is not None
        assert "later" == again.result
