"""What stands in for the core and for a store, where it is tested what answers calls."""

from __future__ import annotations

import inspect
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.cache import Cache, PendingCall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from xetrack.interfaces.cache import CacheEntry

_SORTS = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR


class Asked(PendingCall):
    """A call as the core hands it over, which knows how it was ended."""

    def __init__(
        self,
        function: Callable[..., Any],
        *args: object,
        params: Mapping[str, object] | None = None,
        own_params: Mapping[str, object] | None = None,
        **kwargs: object,
    ) -> None:
        self.function = function
        self.args = args
        self.kwargs = kwargs
        self.params = params or {}
        self.own_params = own_params or {}
        code = getattr(function, "__code__", None)
        self.sort = code.co_flags & _SORTS if code else 0
        self.ran = 0
        self.entry: CacheEntry | None = None

    @property
    def name(self) -> str:
        """Name of the function."""
        return self.function.__name__

    def run(self, keep: Callable[[Any], None] | None = None) -> Any:
        """Run the function; a coroutine is over when it was awaited."""
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
        """Take the result of an equal call."""
        self.entry = entry
        return entry.result


class InMemory(Cache):
    """Keeps results in a dict."""

    def __init__(self, location: str = "memory", size_limit: int | None = None) -> None:
        super().__init__(location, size_limit)
        self.entries: dict[str, CacheEntry] = {}
        self.is_closed = False
        self._lock = threading.RLock()

    def get(self, key: str) -> CacheEntry | None:
        """Return an entry."""
        return self.entries.get(key)

    def put(self, key: str, entry: CacheEntry) -> None:
        """Keep an entry."""
        self.entries[key] = entry

    @contextmanager
    def computing(self, key: str, *, wait: bool = True) -> Iterator[bool]:  # noqa: ARG002
        """Hold a right, of which there is one for all keys."""
        held = self._lock.acquire(blocking=wait)
        try:
            yield held
        finally:
            if held:
                self._lock.release()

    def keys(self, prefix: str) -> list[str]:
        """Return keys."""
        return [key for key in self.entries if key.startswith(prefix)]

    def material(self, key: str) -> bytes | None:
        """Return the material of an entry."""
        entry = self.entries.get(key)
        return None if entry is None else entry.material

    def read(self, key: Any, *, trust: bool | None = None) -> CacheEntry | None:  # noqa: ARG002
        """Return an entry."""
        return self.entries.get(key)

    def scan(self, *, trust: bool | None = None) -> Iterator[tuple[Any, CacheEntry]]:  # noqa: ARG002
        """Go through all entries."""
        yield from self.entries.items()

    def delete_run(self, track_id: str) -> int:
        """Remove the entries of a run."""
        gone = [key for key, entry in self.entries.items() if entry.track_id == track_id]
        for key in gone:
            del self.entries[key]
        return len(gone)

    def close(self) -> None:
        """Say that it was closed."""
        self.is_closed = True


class Failing(InMemory):
    """Fails whatever it is asked for, as a server that is away."""

    def get(self, key: str) -> CacheEntry | None:
        """Fail."""
        raise OSError(f"no answer for {key}")

    def put(self, key: str, entry: CacheEntry) -> None:  # noqa: ARG002
        """Fail."""
        raise OSError(f"no answer for {key}")

    @contextmanager
    def computing(self, key: str, *, wait: bool = True) -> Iterator[bool]:  # noqa: ARG002
        """Fail."""
        raise OSError(f"no answer for {key}")
        yield

    def keys(self, prefix: str) -> list[str]:
        """Fail."""
        raise OSError(f"no answer for {prefix}")

    def material(self, key: str) -> bytes | None:
        """Fail."""
        raise OSError(f"no answer for {key}")
