"""Cached calls: `Cache` keeps results between processes, `CallCache` answers calls from them.

The two are parts of their own, so that a store of results need not know how calls are compared,
nor a way of comparing them where results are stored. `PendingCall` is what the core hands over.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager


@frozen(kw_only=True)
class CacheEntry:
    """One result."""

    result: Any
    """What the call returned; a new object each time."""
    track_id: str
    """The run that computed it."""
    material: bytes
    """What the key was made from; compared on a hit, so that a digest is never trusted alone."""


class Cache(ABC):
    """A store of results by key, shared by threads and processes.

    A tracker makes it once, when it is built with ``cache=...``. A key is a text of hexadecimal
    digits and ``-`` that a `CallCache` made; equal keys from any process name one entry. What is
    damaged, foreign or missing is a miss, with a warning, and never a wrong value.
    """

    call_cache: ClassVar[str] = "keyed"
    """Name of the call cache that answers calls from this cache; see `CallCache`."""

    def __init__(self, location: str, size_limit: int | None = None) -> None:
        """Open the cache at a folder or URL; the folder is made by the first `put`.

        Parameters
        ----------
        location
            Where it is.
        size_limit
            Bytes from which on results are removed, the oldest first; None keeps everything.
        """
        self.location = location
        self.size_limit = size_limit

    @abstractmethod
    def get(self, key: str) -> CacheEntry | None:
        """Return the entry, or None when there is none that can be trusted."""

    @abstractmethod
    def put(self, key: str, entry: CacheEntry) -> None:
        """Keep an entry under a key in place of any other; whole or not at all.

        Raises
        ------
        XetrackError
            The result cannot be kept. The caller warns and returns the result all the same.
        """

    @abstractmethod
    def computing(self, key: str, *, wait: bool = True) -> AbstractContextManager[bool]:
        """Hold the right to compute a key; others who ask for it wait until it is given back.

        The right of a process that died passes on within seconds. Whoever holds a key and asks
        for it again, in a call within the call, gets it at once. The holder looks with `get`
        again after waiting.

        Parameters
        ----------
        key
            What is to be computed.
        wait
            Wait for it. Otherwise the context tells whether the right is held, at once.
        """

    @abstractmethod
    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with a text, the oldest first."""

    @abstractmethod
    def material(self, key: str) -> bytes | None:
        """Return the material of an entry that can be trusted, without loading its result."""

    @abstractmethod
    def read(self, key: Any, *, trust: bool | None = None) -> CacheEntry | None:
        """Return an entry for someone who looks into the cache by hand; None when there is none.

        Parameters
        ----------
        key
            What `scan` gave as a key; keys of other forms are those of older versions.
        trust
            Load also what this user did not store; ``XETRACK_TRUST`` decides for None.

        Raises
        ------
        UntrustedPickleError
            It is a pickle that this user did not store.
        """

    @abstractmethod
    def scan(self, *, trust: bool | None = None) -> Iterator[tuple[Any, CacheEntry]]:
        """Go through all entries, the oldest first; see `read`. Damaged ones are warned of."""

    @abstractmethod
    def delete_run(self, track_id: str) -> int:
        """Remove the entries that a run computed, and return how many that were."""

    @abstractmethod
    def close(self) -> None:
        """Give back every resource; a second ``close`` does nothing, a later use opens again."""


class PendingCall(ABC):
    """A tracked call that was not run yet, as the core hands it to a `CallCache`.

    It is ended once, by `run` or by `answer`, which store its row. Neither is needed where only
    its key is of interest.
    """

    __slots__ = ()

    function: Callable[..., Any]
    """What is called."""
    args: tuple[Any, ...]
    """Its positional arguments."""
    kwargs: dict[str, Any]
    """Its keyword arguments."""
    params: Mapping[str, Any]
    """The tracker's. This mapping never changes: new params are another one, so what is made of
    them may be kept as long as it is the same object."""
    own_params: Mapping[str, Any]
    """Those of this call, which go before the tracker's."""
    sort: int
    """How the function runs: ``CO_COROUTINE``, ``CO_GENERATOR`` or ``CO_ASYNC_GENERATOR`` of
    `inspect`; 0 for a plain one."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Name of the function, for messages."""

    @abstractmethod
    def run(self, keep: Callable[[Any], None] | None = None) -> Any:
        """Run the function, store the row of the call, and return what its caller gets.

        Parameters
        ----------
        keep
            Is given the result once the row is stored; not when the function raised.

        Returns
        -------
        object
            The result; for a coroutine function a coroutine that runs it, for a generator one
            that yields its items.

        Raises
        ------
        BaseException
            What the function raised, as `Tracker.track` has it.
        """

    @abstractmethod
    def answer(self, entry: CacheEntry) -> Any:
        """Store the row of a call that is not run, and return the result of an equal one.

        Parameters
        ----------
        entry
            The result, and the run that computed it, which the row names.
        """


@frozen(kw_only=True)
class CallSettings:
    """What the options of a tracker say of its cached calls."""

    track_id: str
    """The run that computes what is not there."""
    content: bool = False
    """Take unhashable arguments by their content (``cache_unhashable``)."""
    version: str | None = None
    """Stands for the code of functions (``cache_version``)."""
    warn: bool = True
    """Say which calls cannot be cached, once for each type."""


class CallCache(ABC):
    """Answers the tracked calls of one tracker with results of equal calls.

    It decides which calls are equal, looks for their results in a `Cache`, and keeps what is
    computed. A tracker makes it once, when it is built with ``cache=...``: that which the `Cache`
    names as its `call_cache`. Whatever fails in it costs a warning, and never the result of a
    function. Any thread and any event loop may use it.
    """

    def __init__(self, cache: Cache, settings: CallSettings) -> None:
        """Answer calls from a cache; nothing is looked for yet.

        Parameters
        ----------
        cache
            Where results are kept.
        settings
            The options of the tracker.
        """
        self.cache = cache
        self.settings = settings

    @abstractmethod
    def run(self, call: PendingCall, *, force: bool) -> Any:
        """Answer a call with the result of an equal one, or run it and keep what comes of it.

        Parameters
        ----------
        call
            The call.
        force
            Run it even if its result is there, and keep the new one.

        Returns
        -------
        object
            What `PendingCall.answer` or `PendingCall.run` returns; for a coroutine function a
            coroutine that returns it.

        Raises
        ------
        BaseException
            What the function raised.
        """

    @abstractmethod
    def key(self, call: PendingCall) -> str | None:
        """Return the key of a call, for `Cache.get` and `Cache.read`; None if it has none.

        Raises
        ------
        InvalidArgumentError
            The function does not take these arguments.
        """

    @abstractmethod
    def why_miss(self, call: PendingCall) -> str:
        """Say in a sentence in what a call differs from the nearest one whose result is there.

        Raises
        ------
        InvalidArgumentError
            The function does not take these arguments.
        """

    def close(self) -> None:
        """Give back every resource; a later call opens again."""
        self.cache.close()
