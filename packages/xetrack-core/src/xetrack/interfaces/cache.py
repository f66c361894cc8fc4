"""Cached calls: `Cache` stores results between processes, `CallCache` answers calls from them.

The two are separate parts: a store of results need not know how calls are compared, nor a way of
comparing calls where results are stored. The core passes each call on as a `PendingCall`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager


@frozen(kw_only=True)
class CacheEntry:
    """One cached result."""

    result: Any
    """The return value of the call; a new object each time the entry is read."""
    track_id: str
    """The run that computed it."""
    material: bytes
    """The bytes that the key was made from; compared on a hit, as equal digests are not enough."""
    assets: Mapping[str, str] = MappingProxyType({})
    """The ids under which objects of the result were stored with its row, by key. A row that is
    answered from the entry refers to them again. A cache may leave them out; the objects are then
    encoded anew."""
    time: float | None = None
    """When it was computed, in seconds since 1970; None where that is not known. A cache returns
    the time that it got, so that a `CallCache` can tell how old the result is."""


class Cache(ABC):
    """A store of results by key, shared by threads and processes.

    A tracker makes it once, when it is built with ``cache=...``. A key is a text of hexadecimal
    digits and ``-`` that a `CallCache` made; equal keys from any process name the same entry.

    **Validation.** A damaged or foreign entry counts as missing, with a warning, never as a result.

    **Errors.** What its backend raises becomes one of `xetrack.errors`, also at the end of
    `compute_lock` and at `close`. A `CallCache` catches it.

    **Thread safety.** Methods may be called from any thread.

    Examples
    --------
    How one result is computed once, however many processes ask for it::

        with cache.compute_lock(key):
            entry = cache.get(key)
            if entry is None:
                entry = CacheEntry(result=compute(), track_id="run", material=material)
                cache.put(key, entry)
    """

    call_cache: ClassVar[str] = "keyed"
    """Name of the call cache that answers calls from this cache; see `CallCache`."""

    def __init__(self, location: str, size_limit: int | None = None) -> None:
        """Open the cache at a folder or URL; the folder is made by the first `put`.

        Parameters
        ----------
        location
            An absolute path, or a URL of one of the component's schemes.
        size_limit
            The largest size in bytes; beyond it the oldest results go. None keeps everything.
        """
        self.location = location
        self.size_limit = size_limit

    @abstractmethod
    def get(self, key: str) -> CacheEntry | None:
        """Return the entry of a key; None if there is none that can be trusted.

        Parameters
        ----------
        key
            The key of a call, as a `CallCache` made it.
        """

    @abstractmethod
    def put(self, key: str, entry: CacheEntry) -> None:
        """Store an entry under a key, in place of any other; wholly or not at all.

        Parameters
        ----------
        key
            The key of the call.
        entry
            The result, the run that computed it, the material of the key, and the time.

        Raises
        ------
        XetrackError
            The result cannot be stored. The caller warns and returns the result all the same.
        """

    @abstractmethod
    def compute_lock(self, key: str, *, wait: bool = True) -> AbstractContextManager[bool]:
        """Return a context that holds the compute lock of a key.

        **Locking.** Other threads and processes that ask for the same key wait until the context
        ends. The lock of a process that died passes on within seconds. It is reentrant: a call
        within the call gets it at once.

        **Double check.** The caller calls `get` once more inside the context, because another
        process may have computed the result meanwhile.

        Parameters
        ----------
        key
            The key of the call.
        wait
            Whether to wait for the lock. If False, the context begins at once.

        Returns
        -------
        context manager of bool
            Its value is True if the lock is held; always so if `wait` is True.
        """

    @abstractmethod
    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with a prefix, the oldest first; all for an empty prefix.

        Parameters
        ----------
        prefix
            The first characters of the keys.
        """

    @abstractmethod
    def material(self, key: str) -> bytes | None:
        """Return a trusted entry's material, not loading its result; None if missing; see `get`."""

    @abstractmethod
    def read(self, key: Any, *, trust: bool | None = None) -> CacheEntry | None:
        """Return an entry for inspection by a user; None if there is none.

        Parameters
        ----------
        key
            A key that `scan` yielded; keys of other forms are those of older versions.
        trust
            Whether to load also what this user did not store; ``XETRACK_TRUST`` decides for None.

        Raises
        ------
        UntrustedPickleError
            The entry is a pickle that this user did not store.
        """

    @abstractmethod
    def scan(self, *, trust: bool | None = None) -> Iterator[tuple[Any, CacheEntry]]:
        """Iterate over all entries, the oldest first, with a warning for each damaged one.

        Parameters
        ----------
        trust
            Whether to load also what this user did not store; ``XETRACK_TRUST`` decides for None.

        Yields
        ------
        (key, CacheEntry)
            The key, for `read`, and the entry.

        Raises
        ------
        UntrustedPickleError
            An entry is a pickle that this user did not store.
        """

    @abstractmethod
    def delete_run(self, track_id: str) -> int:
        """Remove the entries that a run computed, and return their number.

        Parameters
        ----------
        track_id
            Name of the run.
        """

    @abstractmethod
    def close(self) -> None:
        """Release every resource. A second ``close`` does nothing; a later use opens again."""


class PendingCall(ABC):
    """A tracked call that has not run yet, as the core passes it to a `CallCache`.

    **Lifetime.** It is completed once, by `run` or by `answer`, which store its row. Neither is
    needed where only its key is of interest.
    """

    __slots__ = ()

    function: Callable[..., Any]
    """The function to call."""
    args: tuple[Any, ...]
    """Its positional arguments. What `xetrack.caches.key_of` returns stands for each in a key."""
    kwargs: dict[str, Any]
    """Its keyword arguments."""
    params: Mapping[str, Any]
    """The tracker's params. The mapping never changes: new params are another object, so what is
    derived from it may be cached by its identity."""
    own_params: Mapping[str, Any]
    """The params of this call, which take precedence over the tracker's."""
    version: str | None = None
    """A version to compare in place of the code of this function, before that of `CallSettings`."""
    ignored: Sequence[str] = ()
    """Names of parameters that do not count, in order: calls that differ in these only are equal
    (``cache_ignore``)."""
    sort: int
    """The kind of function: ``CO_COROUTINE``, ``CO_GENERATOR`` or ``CO_ASYNC_GENERATOR`` of
    `inspect`; 0 for a plain one."""

    assets: Mapping[str, str]
    """The ids of the objects in its row, by key; empty before the row is stored."""

    @property
    @abstractmethod
    def name(self) -> str:
        """The name of the function, for messages."""

    @abstractmethod
    def run(self, keep: Callable[[Any], None] | None = None) -> Any:
        """Run the function, store the row of the call, and return the caller's result.

        Parameters
        ----------
        keep
            Called with the result once the row is stored; not called if the function raised.

        Returns
        -------
        object
            The result; for a coroutine function a coroutine that runs it, for a generator one
            that yields its items.

        Raises
        ------
        BaseException
            The function's exception, as `Tracker.track` raises it.
        """

    @abstractmethod
    def answer(self, entry: CacheEntry) -> Any:
        """Store the row of the call without running it, and return the result of an equal call.

        Parameters
        ----------
        entry
            The result, and the run that computed it, which the row names.

        Returns
        -------
        object
            The result; for a coroutine or generator function as `run` returns it.
        """


@frozen(kw_only=True)
class CallSettings:
    """The options of a tracker for its cached calls."""

    track_id: str
    """The run that computes missing results."""
    content: bool = False
    """Whether to compare unhashable arguments by their content (``cache_unhashable``)."""
    version: str | None = None
    """A version to compare in place of the code of functions (``cache_version``)."""
    expire: float | None = None
    """Seconds after which a result counts as missing (``cache_expire``); None where none does. One
    of unknown age has expired."""
    warn: bool = True
    """Whether to warn of calls that cannot be cached, once for each type."""


class CallCache(ABC):
    """The part that answers the tracked calls of one tracker with results of equal calls.

    It decides which calls are equal, looks for their results in a `Cache`, and stores new results
    there. A tracker makes it once, when it is built with ``cache=...``; the `Cache` names it as its
    `call_cache`.

    **Errors.** A failure of its own costs a warning, and never the result of a function.

    **Thread safety.** Any thread and any event loop may use it.

    Examples
    --------
    ::

        class ByArguments(CallCache):
            def run(self, call, *, force):
                key = self.key(call)
                entry = None if force or key is None else self.cache.get(key)
                if entry is not None:
                    return call.answer(entry)
                return call.run(None if key is None else lambda result: self._store(key, result))

            def key(self, call):
                return sha256(repr((call.name, call.args, call.kwargs)).encode()).hexdigest()

            def why_miss(self, call):
                return "no call with these arguments was cached"
    """

    def __init__(self, cache: Cache, settings: CallSettings) -> None:
        """Prepare to answer calls from a cache, without reading it yet.

        Parameters
        ----------
        cache
            Where results are stored.
        settings
            The options of the tracker.
        """
        self.cache = cache
        self.settings = settings

    @abstractmethod
    def run(self, call: PendingCall, *, force: bool) -> Any:
        """Answer a call with the result of an equal one, or run it and store its result.

        Parameters
        ----------
        call
            The call.
        force
            Whether to run it even if its result is cached, and replace that.

        Returns
        -------
        object
            What `PendingCall.answer` or `run` returns; for a coroutine function a coroutine of it.

        Raises
        ------
        BaseException
            The function's exception.
        """

    @abstractmethod
    def key(self, call: PendingCall) -> str | None:
        """Return the key of a call, for `Cache.get` and `Cache.read`; None if it has none.

        Parameters
        ----------
        call
            The call; neither run nor answered.

        Raises
        ------
        InvalidArgumentError
            The function does not take these arguments.
        """

    @abstractmethod
    def why_miss(self, call: PendingCall) -> str:
        """Explain in a sentence how a call differs from the most similar cached call.

        Parameters
        ----------
        call
            The call; neither run nor answered.

        Raises
        ------
        InvalidArgumentError
            The function does not take these arguments.
        """

    def is_cached(self, call: PendingCall) -> bool:
        """Return True if `run` would answer a call without running it.

        Parameters
        ----------
        call
            The call; neither run nor answered.

        Raises
        ------
        InvalidArgumentError
            The function does not take these arguments.
        """
        key = self.key(call)
        return key is not None and self.cache.get(key) is not None

    def close(self) -> None:
        """Release every resource; a later call opens again."""
        self.cache.close()
