"""What is read without a database: the part of a `Reader` for logs, JSON lines and caches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.logs.reading import read_jsonl, read_logs
from xetrack.model.validation import checked_count
from xetrack.opening import cache_location, open_cache_to_read

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    import pandas as pd

    from xetrack.interfaces.cache import CacheEntry


class ReadsFiles:
    """Reads logs and caches, each by its path."""

    @staticmethod
    def read_logs(path: str | os.PathLike[str], limit: int | None = None) -> pd.DataFrame:
        """Return the records of text logs, of a file or a folder, as a frame.

        Parameters
        ----------
        path
            A log file, or a folder of them, which are read in the order of their names.
        limit
            At most so many records.
        """
        return read_logs(path, checked_count("limit", limit)).to_df()

    @staticmethod
    def read_jsonl(path: str | os.PathLike[str]) -> pd.DataFrame:
        """Return the complete lines of a file of JSON lines as a frame."""
        return read_jsonl(path).to_df()

    @staticmethod
    def read_cache(
        path: str | os.PathLike[str], key: Any, *, trust: bool | None = None
    ) -> dict[str, Any] | None:
        """Return one result of a cache and the run that computed it; None when it has none.

        Parameters
        ----------
        path
            The folder or URL of the cache.
        key
            What `scan_cache` gave as a key.
        trust
            Load also what this user did not store; ``XETRACK_TRUST`` decides for None.

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
        """
        with open_cache_to_read(path) as cache:
            entry = cache.read(key, trust=trust)
        return None if entry is None else _shown(entry)

    @staticmethod
    def scan_cache(
        path: str | os.PathLike[str], *, trust: bool | None = None
    ) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Go through all results of a cache, the oldest first, with their keys; see `read_cache`.

        Results that are damaged are warned of and left out.
        """
        return _scanned(cache_location(path), trust)  # not when the first is asked for

    @staticmethod
    def delete_cache_by_track_id(path: str | os.PathLike[str], track_id: str) -> int:
        """Delete the results that a run computed, and return how many that were."""
        with open_cache_to_read(path) as cache:
            return cache.delete_run(track_id)


def _scanned(location: str, trust: bool | None) -> Iterator[tuple[Any, dict[str, Any]]]:
    with open_cache_to_read(location) as cache:
        for key, entry in cache.scan(trust=trust):
            yield key, _shown(entry)


def _shown(entry: CacheEntry) -> dict[str, Any]:
    return {"result": entry.result, "cache": entry.track_id}
