"""The example call cache: calls of one function with equal arguments are equal, whatever its code.

So an edited function has its old results, until `cache_version` says otherwise. A cache answers
calls in this way if its class says ``call_cache = "example"``.
"""

from __future__ import annotations

import asyncio
import inspect
import io
import pickle
import time
from contextlib import contextmanager
from hashlib import sha256
from types import FunctionType
from typing import TYPE_CHECKING, Any

from xetrack.caches import key_of
from xetrack.errors import InvalidArgumentError, describe_error, report
from xetrack.interfaces.cache import CacheEntry, CallCache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xetrack.interfaces.cache import PendingCall

GENERATORS = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
PAUSE = 0.05
"""Seconds after which a task looks again for the result that another one computes."""


class ExampleCalls(CallCache):
    """Answers of calls whose pickled arguments are equal."""

    has_failed = False
    """Whether it was reported that the cache fails."""

    def run(self, call: PendingCall, *, force: bool) -> Any:
        """Return the result of an equal call, or compute and store it."""
        try:
            material = None if call.sort & GENERATORS else self._material(call)
        except InvalidArgumentError:  # the function says so itself
            material = None
        if material is None:
            return call.run()
        if call.sort:
            return self._run_coroutine(call, material, force=force)
        entry = None if force else self._find(material)
        if entry is None:
            with self._computing(material, wait=True):
                entry = None if force else self._find(material)
                if entry is None:
                    return call.run(self._storing(call, material))
        return call.answer(entry)

    async def _run_coroutine(self, call: PendingCall, material: bytes, *, force: bool) -> Any:
        while True:
            # Waiting for the lock would stop the event loop, and with it whoever computes.
            with self._computing(material, wait=False) as is_held:
                entry = None if force else self._find(material)
                if entry is not None:
                    return call.answer(entry)
                if is_held:
                    return await call.run(self._storing(call, material))
            await asyncio.sleep(PAUSE)

    def key(self, call: PendingCall) -> str | None:
        """Return the digest of a call."""
        material = self._material(call)
        return None if material is None else _digest(material)

    def why_miss(self, call: PendingCall) -> str:
        """Say whether an equal call is there."""
        material = self._material(call)
        if material is None:
            return f"{call.name} or its arguments cannot be pickled."
        entry = self._find(material)
        if entry is None:
            return "No call with these arguments and params is in the cache, or it is too old."
        return f"It is found: {entry.track_id} computed it."

    def is_cached(self, call: PendingCall) -> bool:
        """Return True if an equal call is there, and not too old."""
        material = self._material(call)
        return material is not None and self._find(material) is not None

    def _material(self, call: PendingCall) -> bytes | None:
        """Return bytes that equal calls have in common; None where a call cannot be compared."""
        try:
            bound = inspect.signature(call.function).bind(*call.args, **call.kwargs)
        except TypeError as error:
            expected = f"arguments that {call.name} takes"
            raise InvalidArgumentError(
                "args, kwargs", (call.args, call.kwargs), expected
            ) from error
        bound.apply_defaults()
        ignored = sorted(call.ignored)
        arguments = {k: key_of(v) for k, v in bound.arguments.items() if k not in ignored}
        version = self.settings.version if call.version is None else call.version
        params = {**call.params, **call.own_params}
        try:
            identity = _identity(call.function)
            return _pickled((identity, version, arguments, params, ignored))
        except Exception:  # noqa: BLE001 - of whatever class the objects are
            return None

    def _find(self, material: bytes) -> CacheEntry | None:
        try:
            entry = self.cache.get(_digest(material))
        except Exception as error:  # noqa: BLE001 - a cache that fails costs no result
            self._report("Reading the cache", error)
            return None
        if entry is None or entry.material != material:
            return None
        age = time.time() - (entry.time or 0)
        return None if self.settings.expire is not None and age > self.settings.expire else entry

    def _storing(self, call: PendingCall, material: bytes) -> Callable[[Any], None]:
        """Return what stores the result of a call."""

        def store(result: Any) -> None:
            entry = CacheEntry(
                result=result,
                track_id=self.settings.track_id,
                material=material,
                assets=dict(call.assets),
                time=time.time(),
            )
            try:
                self.cache.put(_digest(material), entry)
            except Exception as error:  # noqa: BLE001
                self._report("Storing a result in the cache", error)

        return store

    @contextmanager
    def _computing(self, material: bytes, *, wait: bool) -> Iterator[bool]:
        """Hold the lock of a call; where the cache has none, every caller computes."""
        try:
            lock = self.cache.compute_lock(_digest(material), wait=wait)
            is_held = lock.__enter__()
        except Exception as error:  # noqa: BLE001
            self._report("Waiting for other processes", error)
            yield True
            return
        try:
            yield is_held
        finally:
            try:
                lock.__exit__(None, None, None)
            except Exception as error:  # noqa: BLE001
                self._report("Letting other processes go on", error)

    def _report(self, doing: str, error: Exception) -> None:
        if not self.has_failed:
            self.has_failed = True
            report(f"{doing} failed: {describe_error(error)}. Functions are run all the same.")


def _identity(function: Callable[..., Any]) -> object:
    """Return what tells functions apart; a method or a partial is pickled with what it holds."""
    if type(function) is not FunctionType:
        return function
    if "<" in function.__qualname__:  # of many lambdas and inner functions that is the name
        raise ValueError(function.__qualname__)
    return function.__code__.co_filename, function.__qualname__


def _pickled(value: object) -> bytes:
    file = io.BytesIO()
    pickler = pickle.Pickler(file, protocol=5)
    pickler.fast = True  # else it matters whether two equal texts are one object
    pickler.dump(value)
    return file.getvalue()


def _digest(material: bytes) -> str:
    return sha256(material).hexdigest()
