"""Test doubles for the core's calls and for a cache, with which call caches are tested."""

from __future__ import annotations

import inspect
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.cache import Cache, PendingCall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from xetrack.interfaces.cache import CacheEntry

_SORTS = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR


class StubCall(PendingCall):
    """A pending call that records whether it was run or answered."""

    def __init__(
        self,
        function: Callable[..., Any],
        *args: object,
        params: Mapping[str, object] | None = None,
        own_params: Mapping[str, object] | None = None,
        ignored: Sequence[str] = (),
        **kwargs: object,
    ) -> None:
        self.function = function
        self.args = args
        self.kwargs = kwargs
        self.params = params or {}
        self.own_params = own_params or {}
        self.ignored = ignored
        self.assets: Mapping[str, str] = {}
        code = getattr(function, "__code__", None)
        self.sort = code.co_flags & _SORTS if code else 0
        self.ran = 0
        self.entry: CacheEntry | None = None

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.function.__name__

    def run(self, keep: Callable[[Any], None] | None = None) -> Any:
        """Run the function; see `PendingCall.run`."""
        self.ran += 1
        if self.sort == inspect.CO_COROUTINE:
            return self._awaited(keep)
        result = self.function(*self.args, **self.kwargs)
        if keep is not None:
            keep(result)
        return result

    async def _awaited(self, keep: Callable[[Any], None] | None) -> Any:
        result = await self.function(*self.args, **self.kwargs)
        if keep is not None:
            keep(result)
        return result

    def answer(self, entry: CacheEntry) -> Any:
        """Return the result of an equal call; see `PendingCall.answer`."""
        self.entry = entry
        return entry.result


class MemoryCache(Cache):
    """A cache that stores results in a dict."""

    def __init__(self, location: str = "memory", size_limit: int | None = None) -> None:
        super().__init__(location, size_limit)
        self.entries: dict[str, CacheEntry] = {}
        self.is_closed = False
        self._lock = threading.RLock()

    def get(self, key: str) -> CacheEntry | None:
        """Return an entry; see `Cache.get`."""
        return self.entries.get(key)

    def put(self, key: str, entry: CacheEntry) -> None:
        """Store an entry; see `Cache.put`."""
        self.entries[key] = entry

    @contextmanager
    def compute_lock(self, key: str, *, wait: bool = True) -> Iterator[bool]:  # noqa: ARG002
        """Hold the one lock of all keys; see `Cache.compute_lock`."""
        is_locked = self._lock.acquire(blocking=wait)
        try:
            yield is_locked
        finally:
            if is_locked:
                self._lock.release()

    def keys(self, prefix: str) -> list[str]:
        """Return the keys with a prefix; see `Cache.keys`."""
        return [key for key in self.entries if key.startswith(prefix)]

    def material(self, key: str) -> bytes | None:
        """Return the material of an entry; see `Cache.material`."""
        entry = self.entries.get(key)
        return None if entry is None else entry.material

    def read(self, key: Any, *, trust: bool | None = None) -> CacheEntry | None:  # noqa: ARG002
        """Return an entry; see `Cache.read`."""
        return self.entries.get(key)

    def scan(self, *, trust: bool | None = None) -> Iterator[tuple[Any, CacheEntry]]:  # noqa: ARG002
        """Iterate over all entries; see `Cache.scan`."""
        yield from self.entries.items()

    def delete_run(self, track_id: str) -> int:
        """Remove the entries of a run; see `Cache.delete_run`."""
        gone = [key for key, entry in self.entries.items() if entry.track_id == track_id]
        for key in gone:
            del self.entries[key]
        return len(gone)

    def close(self) -> None:
        """Record that the cache was closed; see `Cache.close`."""
        self.is_closed = True


class ClingingCache(MemoryCache):
    """A cache that fails when a lock is released, and when it is closed."""

    @contextmanager
    def compute_lock(self, key: str, *, wait: bool = True) -> Iterator[bool]:  # noqa: ARG002
        """Raise an `OSError` at the end; see `Cache.compute_lock`."""
        yield True
        raise OSError(f"no answer for {key}")


class FailingCache(MemoryCache):
    """A cache whose every method fails, like a server that is down."""

    def get(self, key: str) -> CacheEntry | None:
        """Raise an `OSError`; see `Cache.get`."""
        raise OSError(f"no answer for {key}")

    def put(self, key: str, entry: CacheEntry) -> None:  # noqa: ARG002
        """Raise an `OSError`; see `Cache.put`."""
        raise OSError(f"no answer for {key}")

    @contextmanager
    def compute_lock(self, key: str, *, wait: bool = True) -> Iterator[bool]:  # noqa: ARG002
        """Raise an `OSError`; see `Cache.compute_lock`."""
        raise OSError(f"no answer for {key}")
        yield

    def keys(self, prefix: str) -> list[str]:
        """Raise an `OSError`; see `Cache.keys`."""
        raise OSError(f"no answer for {prefix}")

    def material(self, key: str) -> bytes | None:
        """Raise an `OSError`; see `Cache.material`."""
        raise OSError(f"no answer for {key}")
