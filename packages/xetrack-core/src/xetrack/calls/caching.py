"""Cached calls: a result is found again, or computed once and kept.

A call is looked for before it is run. When it is not there, one process or task computes it while
others who want it wait. Whatever fails here costs a warning, and never the result of a function.
"""

from __future__ import annotations

import asyncio
import inspect
import pickle
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from xetrack.calls.call import Call
from xetrack.calls.runner import run, sort_of
from xetrack.errors import InvalidArgumentError, report
from xetrack.interfaces.cache import CacheEntry
from xetrack.keys.binding import NoSuchCallError
from xetrack.keys.encoder import NotKeyableError
from xetrack.keys.key import OBJECTS, Key, of_call, of_params
from xetrack.keys.netstrings import parts
from xetrack.keys.why import nearest
from xetrack.plugins.quarantine import described

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from xetrack.interfaces.cache import Cache

_GENERATORS = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR

_FIRST_WAIT, _LONGEST_WAIT = 0.005, 0.25
"""Seconds between two looks of a task that waits for another one's result."""


class CachedCall(Call):
    """A call whose result may come from a cache, which its row says in a column of its own."""

    own = Call.own | {"cache"}
    origin = ""  # where this call computes its result

    def recalled(self, entry: CacheEntry) -> None:
        """End the call with what another one returned; that took no time."""
        self.begin()
        self.end(entry.result)
        self._seconds = 0.0
        self.origin = entry.track_id


class Caching:
    """The cache of one tracker.

    Parameters
    ----------
    cache
        Where results are kept.
    track_id
        The run that computes what is not there.
    content
        Take unhashable arguments by their content.
    version
        Stands for the code of functions.
    warn
        Say which calls are not cached, once for each type.
    """

    call = CachedCall
    """How the calls of a tracker with a cache are recorded."""

    def __init__(
        self, cache: Cache, track_id: str, *, content: bool, version: str | None, warn: bool
    ) -> None:
        self.cache = cache
        self._track_id = track_id
        self._content = content
        self._version = version
        self._said: set[str] | None = set() if warn else None
        self._params: tuple[Mapping[str, Any], bytes] = ({}, b"")
        self._known: dict[str, dict[tuple[Any, ...], str]] = {}
        self._seen: set[str] = set()
        self._failures: set[str] = set()

    def key(self, call: Call, params: Mapping[str, Any], more: Mapping[str, Any]) -> Key:
        """Return the key of a call; see `of_call` for what is raised.

        Parameters
        ----------
        call
            The call.
        params
            Those of the tracker; a dict that is never changed, only replaced.
        more
            Those of this call.
        """
        if more:
            encoded = of_params({**params, **more})
        elif self._params[0] is params:
            encoded = self._params[1]
        else:
            encoded = of_params(params)
            self._params = params, encoded
        return of_call(
            call.function,
            call.args,
            call.kwargs,
            params=encoded,
            content=self._content,
            version=self._version,
        )

    def run(
        self,
        call: CachedCall,
        params: Mapping[str, Any],
        more: Mapping[str, Any],
        done: Callable[[Call], Any],
        *,
        force: bool,
    ) -> Any:
        """Find the result of a call, or run it and keep what comes of it; see `running.run`."""
        sort = sort_of(call.function)
        key = None
        if sort & _GENERATORS:
            self._say("generator", f"{call.name} is a generator, whose items are not cached.")
        else:
            try:
                key = self.key(call, params, more)
            except NoSuchCallError:
                pass
            except NotKeyableError as error:
                self._say(error.kind, f"{call.name} is not cached: {error.kind} {error.reason}.")
        if key is None:
            return run(call, done)
        if sort:
            return self._run_coroutine(call, key, done, force=force)
        entry = None if force else self.find(key)
        if entry is None:
            with self._computing(key, wait=True):
                entry = None if force else self.find(key)
                if entry is None:
                    return run(call, lambda over: self._kept(key, over, done))
        call.recalled(entry)
        return done(call)

    async def _run_coroutine(
        self, call: CachedCall, key: Key, done: Callable[[Call], Any], *, force: bool
    ) -> Any:
        pause = _FIRST_WAIT
        while True:
            entry = None if force else self.find(key)
            if entry is not None:
                call.recalled(entry)
                return done(call)
            # Waiting in the event loop would keep the task that computes from ending.
            with self._computing(key, wait=False) as mine:
                if mine:
                    entry = None if force else self.find(key)
                    if entry is None:
                        return await run(call, lambda over: self._kept(key, over, done))
            if entry is None:
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_WAIT)

    @contextmanager
    def _computing(self, key: Key, *, wait: bool) -> Iterator[bool]:
        """Hold the right to compute a key; where there is no telling, everybody has it."""
        right = self.cache.computing(key.text, wait=wait)
        try:
            held = right.__enter__()
        except Exception as error:  # noqa: BLE001 - a cache that fails costs no result
            self._failed("Waiting for other processes", error)
            yield True
            return
        try:
            yield held
        finally:
            right.__exit__(None, None, None)

    def _kept(self, key: Key, call: Call, done: Callable[[Call], Any]) -> Any:
        """Keep what a call returned, after its row was stored."""
        failed = call.error is not None
        answer = done(call)
        if not failed:
            entry = CacheEntry(result=answer, track_id=self._track_id, material=key.material)
            try:
                self.cache.put(key.text, entry)
            except Exception as error:  # noqa: BLE001
                report(f"The result of {call.name} was not cached: {described(error)}")
        return answer

    def find(self, key: Key) -> CacheEntry | None:
        """Return the result of an equal call, if there is one."""
        try:
            entry = self.cache.get(key.text)
            if entry is not None and _is_of(entry.material, key):
                return entry
            other = self.equal(key) if key.objects else None
            return None if other is None else self.cache.get(other)
        except Exception as error:  # noqa: BLE001
            self._failed("Reading the cache", error)
            return None

    def equal(self, key: Key) -> str | None:
        """Return the key of a call with objects that are equal to these, if there is one.

        Each is loaded once in the life of a tracker, and found by Python's own hash from then on.
        """
        known = self._known.setdefault(key.base, {})
        for one in self.cache.keys(f"{key.base}-"):
            if one not in self._seen:
                material = self.cache.material(one)
                objects = () if material is None else objects_in(material, key)
                if objects:
                    known[objects] = one
                self._seen.add(one)
        found = known.get(key.objects)
        if found is None:
            return None
        material = self.cache.material(found)
        return found if material is not None and _is_of(material, key) else None

    def name_of(self, call: Call, params: Mapping[str, Any], more: Mapping[str, Any]) -> str | None:
        """Return the key of a call as text; None for one that is not cached."""
        try:
            key = self.key(call, params, more)
        except NotKeyableError:
            return None
        except NoSuchCallError:
            raise _wrong_call(call) from None
        return (self.equal(key) if key.objects else None) or key.text

    def why_miss(self, call: Call, params: Mapping[str, Any], more: Mapping[str, Any]) -> str:
        """Say in what a call differs from the nearest one that is stored."""
        try:
            key = self.key(call, params, more)
        except NotKeyableError as error:
            return f"It is not cached: {error.kind} {error.reason}."
        except NoSuchCallError:
            raise _wrong_call(call) from None
        entry = self.find(key)
        if entry is not None:
            return f"It is found: {entry.track_id} computed it."
        found = filter(None, map(self.cache.material, self.cache.keys("")))
        differences = nearest(key.material, found)
        if differences is None:
            return f"No call of {call.name} is in the cache."
        if not differences:
            return "An equal call is in the cache, but what is stored of it cannot be used."
        said = (
            f"{one.part}: {one.here or 'missing'} instead of {one.there or 'none'}"
            for one in differences
        )
        return f"The nearest call in the cache differs in {'; '.join(said)}."

    def _failed(self, doing: str, error: Exception) -> None:
        if doing not in self._failures:
            self._failures.add(doing)
            said = described(error).removesuffix(".")
            report(f"{doing} failed: {said}. Functions are run all the same.")

    def _say(self, kind: str, text: str) -> None:
        if self._said is not None and kind not in self._said:
            self._said.add(kind)
            report(text)


def _wrong_call(call: Call) -> InvalidArgumentError:
    given = call.args, call.kwargs
    return InvalidArgumentError("args, kwargs", given, f"arguments that {call.name} takes")


def objects_in(material: bytes, key: Key) -> tuple[Any, ...]:
    """Return the objects that an entry was stored for; none where they cannot be loaded."""
    if not material.startswith(key.common):
        return ()
    ((tag, pickled, _),) = parts(material[len(key.common) :])
    if tag != OBJECTS or not pickled:
        return ()
    try:
        return tuple(pickle.loads(pickled))  # noqa: S301 - the cache gives what this user signed
    except Exception:  # noqa: BLE001 - a class may be gone, and __setstate__ may raise anything
        return ()


def _is_of(material: bytes, key: Key) -> bool:
    """Tell whether an entry was stored for a call that equals this one."""
    if material == key.material and not key.pickled:
        return True
    stored = objects_in(material, key)
    return len(stored) == len(key.objects) and all(map(_equal, stored, key.objects))


def _equal(one: object, other: object) -> bool:
    try:
        return type(one) is type(other) and bool(one == other)
    except Exception:  # noqa: BLE001 - a user's __eq__ may raise anything
        return False
