"""Cached calls: a result is found again, or computed once and stored.

A call is looked for before it is run. When it is not there, one process or task computes it while
others who want it wait. Whatever fails here costs a warning, and never the result of a function.
"""

from __future__ import annotations

import asyncio
import inspect
import math
import time
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from xetrack.errors import (
    CacheFailedError,
    InvalidArgumentError,
    XetrackError,
    XetrackWarning,
    describe_error,
    report,
)
from xetrack.interfaces.cache import CacheEntry, CallCache
from xetrack.process.signal_handlers import is_of_handler
from xetrack_cache.calls.lookup import Lookup
from xetrack_cache.keys.binding import NoSuchCallError
from xetrack_cache.keys.encoder import NotKeyableError
from xetrack_cache.keys.key import Key, encode_params, key_of_call
from xetrack_cache.keys.why import find_nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xetrack.interfaces.cache import Cache, CallSettings, PendingCall

_GENERATORS = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR

_FIRST_WAIT, _LONGEST_WAIT = 0.005, 0.25
"""Seconds between two looks of a task that waits for another one's result."""


class KeyedCalls(CallCache):
    """A cache of calls whose code, arguments and params are equal; see `xetrack_cache.keys`."""

    def __init__(self, cache: Cache, settings: CallSettings) -> None:
        super().__init__(cache, settings)
        self._lookup = Lookup(cache)
        self._reported: set[str] = set()
        self._params: tuple[Mapping[str, Any], bytes] = ({}, b"")
        self._has_failed = False

    def run(self, call: PendingCall, *, force: bool) -> Any:
        """Find the result of a call, or run it and store the result; see `CallCache.run`."""
        key = None
        if call.sort & _GENERATORS:
            self._report_once(
                "generator", f"{call.name} is a generator, whose items are not cached."
            )
        else:
            try:
                key = self._key(call)
            except NoSuchCallError:
                pass
            except NotKeyableError as error:
                self._report_once(
                    error.kind, f"{call.name} is not cached: {error.kind} {error.reason}."
                )
        if key is None:
            return call.run()
        if call.sort:
            return self._run_coroutine(call, key, force=force)
        entry = None if force else self._find(key)
        if entry is None:
            with self._computing(key, wait=True):
                entry = None if force else self._find(key)
                if entry is None:
                    return call.run(partial(self._store, key, call))
        return call.answer(entry)

    async def _run_coroutine(self, call: PendingCall, key: Key, *, force: bool) -> Any:
        pause = _FIRST_WAIT
        while True:
            entry = None if force else self._find(key)
            if entry is not None:
                return call.answer(entry)
            # Waiting in the event loop would stop the task that computes from ending.
            with self._computing(key, wait=False) as is_held:
                if is_held:
                    entry = None if force else self._find(key)
                    if entry is None:
                        return await call.run(partial(self._store, key, call))
            if entry is None:
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_WAIT)

    def _key(self, call: PendingCall) -> Key:
        """Return the key of a call; see `key_of_call` for what is raised."""
        try:
            params = call.params
            if call.own_params:
                encoded = encode_params({**params, **call.own_params})
            elif self._params[0] is params:
                encoded = self._params[1]
            else:
                encoded = encode_params(params)
                self._params = params, encoded
            settings = self.settings
            key = key_of_call(
                call.function,
                call.args,
                call.kwargs,
                params=encoded,
                content=settings.content,
                version=settings.version if call.version is None else call.version,
                ignored=call.ignored,
            )
        except (NotKeyableError, NoSuchCallError):
            raise
        except Exception as error:
            if is_of_handler(error):
                raise
            raise NotKeyableError("an argument", f"raised {describe_error(error)}") from error
        if key.limit:
            self._report_once(
                f"limit {call.name}",
                f"{call.name} {key.limit}; what lies beyond does not count in its keys. "
                "Give cache_version=..., and change it when that changes.",
            )
        return key

    @contextmanager
    def _computing(self, key: Key, *, wait: bool) -> Iterator[bool]:
        """Hold the compute lock of a key; where the cache fails, every caller computes."""
        try:
            compute_lock = self.cache.compute_lock(key.text, wait=wait)
            is_held = compute_lock.__enter__()
        except Exception as error:  # noqa: BLE001 - a cache that fails costs no result
            self._report_failure("Waiting for other processes", error)
            yield True
            return
        try:
            yield is_held
        finally:
            try:
                compute_lock.__exit__(None, None, None)
            except Exception as error:  # noqa: BLE001 - nor when it lets go
                self._report_failure("Letting other processes go on", error)

    def _store(self, key: Key, call: PendingCall, result: Any) -> None:
        """Store what a call returned, after its row was stored."""
        run = self.settings.track_id
        entry = CacheEntry(
            result=result,
            track_id=run,
            material=key.material,
            assets=dict(call.assets),
            time=time.time(),
        )
        try:
            self.cache.put(key.text, entry)
        except Exception as error:  # noqa: BLE001
            is_of_result = isinstance(error, XetrackError) and not isinstance(
                error, CacheFailedError
            )
            if not is_of_result or is_of_handler(error):
                self._report_failure("Storing a result in the cache", error)
            elif not self._has_failed:
                report(f"The result of {call.name} was not cached: {describe_error(error)}")

    def _find(self, key: Key) -> CacheEntry | None:
        """Return the result of an equal call, if there is one that can be read."""
        try:
            entry = self._lookup.entry(key)
        except Exception as error:  # noqa: BLE001
            self._report_failure("Reading the cache", error)
            return None
        if entry is None or self.settings.expire is None:  # as mostly
            return entry
        return None if self._is_expired(entry) else entry

    def _is_expired(self, entry: CacheEntry) -> bool:
        """Return True for a result that is too old, or of unknown age."""
        if entry.time is None:
            self._report_once(
                "age",
                "Results whose age is not stored with them are computed again, as cache_expire "
                "cannot tell how old they are.",
            )
        age = math.inf if entry.time is None else time.time() - entry.time
        return age > (self.settings.expire or 0.0)

    def key(self, call: PendingCall) -> str | None:
        """Return the key of a call; see `CallCache.key`."""
        try:
            key = self._key(call)
        except NotKeyableError:
            return None
        except NoSuchCallError:
            raise _wrong_call(call) from None
        return (self._lookup.equal(key) if key.objects else None) or key.text

    def is_cached(self, call: PendingCall) -> bool:
        """Return True if a call would be answered; see `CallCache.is_cached`."""
        if call.sort & _GENERATORS:
            return False
        try:
            return self._find(self._key(call)) is not None
        except NotKeyableError:
            return False
        except NoSuchCallError:
            raise _wrong_call(call) from None

    def why_miss(self, call: PendingCall) -> str:
        """Describe why a call is not found; see `CallCache.why_miss`."""
        try:
            key = self._key(call)
        except NotKeyableError as error:
            return f"It is not cached: {error.kind} {error.reason}."
        except NoSuchCallError:
            raise _wrong_call(call) from None
        entry = self._find(key)
        if entry is not None:
            return f"It is found: {entry.track_id} computed it."
        stored = filter(None, map(self.cache.material, self.cache.keys("")))
        differences = find_nearest(key.material, stored)
        if differences is None:
            return f"No call of {call.name} is in the cache."
        if not differences:
            return f"An equal call is in the cache, but {self._reason_of_unusable(key)}."
        texts = (
            f"{part.part}: {part.here or 'missing'} instead of {part.there or 'none'}"
            for part in differences
        )
        return f"The nearest call in the cache differs in {'; '.join(texts)}."

    def _reason_of_unusable(self, key: Key) -> str:
        """Say why the result of an equal call is not returned."""
        with suppress(Exception):
            entry = self._lookup.entry(key)
            if entry is not None and entry.time is not None:
                when = datetime.fromtimestamp(entry.time)  # noqa: DTZ006 - as `xt cache ls` has it
                stamp = when.isoformat(" ", "seconds")
                return f"it was computed at {stamp}, which is longer ago than cache_expire"
        return "what is stored of it cannot be used"

    def _report_failure(self, doing: str, error: Exception) -> None:
        """Report that the cache failed, once; what a handler of a signal raised goes on."""
        if is_of_handler(error) or isinstance(error, XetrackWarning):
            raise error
        if not self._has_failed:
            self._has_failed = True
            reason = str(error) if isinstance(error, CacheFailedError) else describe_error(error)
            reason = reason.removesuffix(".")
            report(
                f"{doing} failed: {reason}. Functions are run all the same; while it fails, their "
                "results are not cached."
            )

    def _report_once(self, kind: str, text: str) -> None:
        if self.settings.warn and kind not in self._reported:
            self._reported.add(kind)
            report(text)


def _wrong_call(call: PendingCall) -> InvalidArgumentError:
    arguments = call.args, call.kwargs
    return InvalidArgumentError("args, kwargs", arguments, f"arguments that {call.name} takes")
