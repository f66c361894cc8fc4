"""Reading caches without a tracker or a database, and what stands for objects in keys of calls.

`Reader` has the functions that read and delete results as static methods.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.interfaces.key_content import key_of
from xetrack.opening import cache_location, open_cache_to_read

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from xetrack.interfaces.cache import CacheEntry

__all__ = ["delete_cache_by_track_id", "key_of", "read_cache", "scan_cache"]


def read_cache(
    path: str | os.PathLike[str], key: Any, *, trust: bool | None = None
) -> dict[str, Any] | None:
    """Return one result of a cache and the run that computed it; None if there is none.

    Parameters
    ----------
    path
        The folder or URL of the cache.
    key
        A key that `scan_cache` yielded.
    trust
        Whether to load also what this user did not store; ``XETRACK_TRUST`` decides for None.

    Returns
    -------
    dict
        ``result``, and ``cache``: the track id of the run that computed it.

    Raises
    ------
    CacheNotFoundError
        There is no cache.
    UntrustedPickleError
        The result is a pickle that this user did not store.

    Examples
    --------
    >>> from xetrack import Tracker, caches
    >>> tracker = Tracker(Tracker.IN_MEMORY, cache="cache_dir", track_id="first")
    >>> tracker.track(pow, args=[2, 10])
    1024
    >>> [(key, entry)] = caches.scan_cache("cache_dir")
    >>> caches.read_cache("cache_dir", key)
    {'result': 1024, 'cache': 'first'}
    """
    with open_cache_to_read(path) as cache:
        entry = cache.read(key, trust=trust)
    return None if entry is None else _shown(entry)


def scan_cache(
    path: str | os.PathLike[str], *, trust: bool | None = None
) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Iterate over all results of a cache with their keys, the oldest first.

    Damaged results are left out, with a warning.

    Parameters
    ----------
    path
        The folder or URL of the cache.
    trust
        Whether to load also what this user did not store; ``XETRACK_TRUST`` decides for None.

    Returns
    -------
    iterator of (key, dict)
        The key, for `read_cache`, and the same dict as it returns.

    Raises
    ------
    CacheNotFoundError
        There is no cache; raised when the first result is requested.
    UntrustedPickleError
        A result is a pickle that this user did not store.

    Examples
    --------
    >>> from xetrack import Tracker, caches
    >>> tracker = Tracker(Tracker.IN_MEMORY, cache="cache_dir", track_id="first")
    >>> tracker.track(pow, args=[2, 10])
    1024
    >>> [entry for _, entry in caches.scan_cache("cache_dir")]
    [{'result': 1024, 'cache': 'first'}]
    """
    return _scanned(cache_location(path), trust)  # now, and not at the first result


def delete_cache_by_track_id(path: str | os.PathLike[str], track_id: str) -> int:
    """Delete the results that a run computed.

    Parameters
    ----------
    path
        The folder or URL of the cache.
    track_id
        Name of the run.

    Returns
    -------
    int
        How many results were deleted.

    Raises
    ------
    CacheNotFoundError
        There is no cache.

    Examples
    --------
    >>> from xetrack import Tracker, caches
    >>> tracker = Tracker(Tracker.IN_MEMORY, cache="cache_dir", track_id="first")
    >>> tracker.track(pow, args=[2, 10])
    1024
    >>> caches.delete_cache_by_track_id("cache_dir", "first")
    1
    """
    with open_cache_to_read(path) as cache:
        return cache.delete_run(track_id)


def _scanned(location: str, trust: bool | None) -> Iterator[tuple[Any, dict[str, Any]]]:
    with open_cache_to_read(location) as cache:
        for key, entry in cache.scan(trust=trust):
            yield key, _shown(entry)


def _shown(entry: CacheEntry) -> dict[str, Any]:
    return {"result": entry.result, "cache": entry.track_id}
