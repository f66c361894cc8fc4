"""A cache whose backend is away: typed errors, and functions that run all the same."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from xetrack import Tracker
from xetrack.errors import XetrackError, XetrackWarning
from xetrack_testing.caches.fixtures import KEY, OTHER, CacheFixtures, entry
from xetrack_testing.outages.away import OutageFixtures, check_typed, quiet, wait_until_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack.interfaces.cache import Cache
    from xetrack_testing.outages.away import Outage

RAN: list[int] = []


def double(x: int) -> int:
    """Double a number, and note that this ran.

    Parameters
    ----------
    x
        The number.
    """
    RAN.append(x)
    return 2 * x


class CacheOutageContract(OutageFixtures, CacheFixtures):
    """What a cache does while its backend is away. Override the fixture `outage`."""

    back_within = 15.0
    """Seconds in which a cache may leave a backend alone that was away."""

    def test_each_method_raises_typed_errors_while_the_cache_is_away(
        self, cache: Cache, outage: Outage
    ) -> None:
        """Or answers that there is nothing; then it works again."""
        cache.put(KEY, entry("before"))
        with outage(), quiet():
            check_typed(_calls(cache))
        wait_until_back(lambda: cache.put(OTHER, entry("after")), self.back_within)
        stored = cache.get(OTHER)
        assert stored is not None
        assert "after" == stored.result

    def test_results_are_there_when_the_cache_is_back(
        self, opened: Callable[..., Cache], outage: Outage
    ) -> None:
        """Those before it, and those that were stored meanwhile."""
        cache = opened()
        cache.put(KEY, entry("before"))
        stored = {KEY: "before"}
        with outage(), quiet():
            try:
                cache.put(OTHER, entry("meanwhile"))
            except XetrackError:
                pass
            else:
                stored[OTHER] = "meanwhile"
        for reader in (cache, opened()):
            wait_until_back(lambda: reader.get(KEY), self.back_within)  # noqa: B023 - at once
            with quiet():
                results = {key: each.result for key in stored if (each := reader.get(key))}
            assert stored == results, "a result that was stored is lost"

    def test_functions_run_while_the_cache_is_away(self, cache: Cache, outage: Outage) -> None:
        """Once for each call, with one warning in all; what was cached is results again later."""
        RAN.clear()
        tracker = Tracker(Tracker.IN_MEMORY, cache=cache)
        tracker.track(double, args=[1])
        with outage(), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert [4, 6] == [tracker.track(double, args=[x]) for x in (2, 3)]
            tracker.close()
        texts = [str(each.message) for each in caught if each.category is XetrackWarning]
        assert [1, 2, 3] == RAN
        assert 2 >= len(texts), f"one warning would do, and one at the end: {texts}"
        wait_until_back(lambda: cache.get(KEY), self.back_within)
        with quiet():
            assert 2 == tracker.track(double, args=[1])
        assert [1, 2, 3] == RAN, "a result that was cached is lost"
        tracker.close()


def _calls(cache: Cache) -> dict[str, Callable[[], object]]:
    """Return a call of each method."""

    def hold() -> None:
        with cache.compute_lock(OTHER):
            pass

    def hold_at_once() -> None:
        with cache.compute_lock(OTHER, wait=False):
            pass

    return {
        "get": lambda: cache.get(KEY),
        "put": lambda: cache.put(f"{9:032x}", entry("meanwhile")),
        "compute_lock": hold,
        "compute_lock without waiting": hold_at_once,
        "keys": lambda: cache.keys(""),
        "material": lambda: cache.material(KEY),
        "read": lambda: cache.read(KEY),
        "scan": lambda: [*cache.scan()],
        "delete_run": lambda: cache.delete_run("nobody"),
        "close": cache.close,
    }
