"""The cache: results of calls in Redis, which xetrack signs and checks."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from redis import Redis
from redis.exceptions import LockError, RedisError
from redis.lock import Lock

from xetrack.errors import CacheError
from xetrack.model.locations import shown_location
from xetrack_cache.signed import SignedCache
from xetrack_cache.signed.cache import FIRST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xetrack.interfaces.engines.capabilities import StoredResult

PAUSE = 0.02
"""Seconds between two attempts to get a lock."""


class RedisCache(SignedCache):
    """An entry is a text of its own; a sorted set has the keys by the time they were stored."""

    def __init__(
        self,
        location: str,
        size_limit: int | None = None,
        *,
        prefix: str = "xetrack",
        timeout: float = 5.0,
        lease: float = 4.0,
    ) -> None:
        super().__init__(shown_location(location), size_limit)
        self._redis: Any = Redis.from_url(location, socket_timeout=timeout)
        self._prefix, self._keys, self._lease = f"{prefix}:", f"{prefix}:keys", lease

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except RedisError as error:
            raise CacheError(self.location, str(error)) from error

    def fetch(self, key: str) -> bytes | None:
        """Read an entry."""
        with self._errors():
            entry: bytes | None = self._redis.get(self._prefix + key)
            return entry

    def fetch_head(self, key: str, size: int) -> bytes | None:
        """Read the beginning of an entry."""
        with self._errors():
            head: bytes = self._redis.getrange(self._prefix + key, 0, size - 1)
            return head or None

    def store(self, key: str, entry: bytes, track_id: str) -> None:  # noqa: ARG002
        """Store an entry, and remove the oldest beyond the limit."""
        with self._errors():
            with self._redis.pipeline() as pipeline:  # a transaction
                pipeline.set(self._prefix + key, entry)
                pipeline.zadd(self._keys, {key: time.time()})
                pipeline.execute()
            if self.size_limit is not None:
                size = self.size()
                for oldest in self.keys("")[:-1]:
                    if size <= self.size_limit:
                        break
                    size -= self._redis.strlen(self._prefix + oldest)
                    self._delete([oldest])

    def keys(self, prefix: str) -> list[str]:
        """List the keys by their time."""
        with self._errors():
            keys = [key.decode() for key in self._redis.zrange(self._keys, 0, -1)]
        return [key for key in keys if key.startswith(prefix)]

    def delete_run(self, track_id: str) -> int:
        """Remove the entries of a run."""
        return self.remove([each for each in self.iter_results() if each.track_id == track_id])

    def exists(self) -> bool:
        """Return True if there is an entry."""
        with self._errors():
            return bool(self._redis.exists(self._keys))

    def iter_results(self) -> Iterator[StoredResult]:
        """Describe each entry by its first bytes."""
        with self._errors():
            for name, seconds in self._redis.zrange(self._keys, 0, -1, withscores=True):
                key = name.decode()
                size = self._redis.strlen(self._prefix + key)
                head = self.fetch_head(key, FIRST)
                if head is not None:
                    yield self.describe_entry(key, key, seconds, size, "", head)

    def remove(self, results: Sequence[StoredResult]) -> int:
        """Remove entries, and count those that were there."""
        with self._errors():
            return self._delete([each.handle for each in results])

    def _delete(self, keys: Sequence[str]) -> int:
        if not keys:
            return 0
        with self._redis.pipeline() as pipeline:
            pipeline.delete(*(self._prefix + key for key in keys))
            pipeline.zrem(self._keys, *keys)
            return int(pipeline.execute()[0])

    def clear(self) -> int:
        """Remove all entries."""
        return self.remove([*self.iter_results()])

    def size(self) -> int:
        """Add up the sizes of all entries."""
        with self._errors():
            return sum(self._redis.strlen(self._prefix + key) for key in self.keys(""))

    def acquire(self, key: str, *, wait: bool) -> _Lease | None:
        """Take the lock of a key, which is renewed as long as this process lives."""
        name = f"{self._prefix}lock:{key}"
        lock = Lock(self._redis, name, self._lease, sleep=PAUSE, thread_local=False)
        with self._errors():
            return _Lease(lock, self._lease) if lock.acquire(blocking=wait) else None

    def release(self, key: str, lock: _Lease) -> None:  # noqa: ARG002 - the lock will do
        """Release it."""
        with self._errors():
            lock.release()

    def close(self) -> None:
        """Close the connections; a later use opens them again."""
        self._redis.close()


class _Lease:
    """A lock that a thread renews."""

    def __init__(self, lock: Lock, seconds: float) -> None:
        self._lock, self._seconds, self._process = lock, seconds, os.getpid()
        self._ended = threading.Event()
        threading.Thread(target=self._renew, daemon=True, name="xetrack-redis").start()

    def _renew(self) -> None:
        while not self._ended.wait(self._seconds / 4):
            with suppress(RedisError):  # it may be there again the next time
                self._lock.reacquire()

    def release(self) -> None:
        """Give the lock back, unless it is that of a parent process, or was lost meanwhile."""
        if self._process == os.getpid():
            self._ended.set()
            with suppress(LockError):
                self._lock.release()
