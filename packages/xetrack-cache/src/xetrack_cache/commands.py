"""`xt cache`: what is in a cache. Nothing is unpickled here, whoever stored it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from shlex import quote
from typing import Any, TypeAlias

from xetrack.errors import (
    CacheError,
    CacheNotFoundError,
    DamagedCacheError,
    InvalidArgumentError,
    ResultNotFoundError,
)
from xetrack.interfaces.capabilities import ListsResults
from xetrack.interfaces.commands import Confirm
from xetrack.opening import open_cache
from xetrack_cache.keys.why import differences, sections

Rows: TypeAlias = list[dict[str, Any]]


def ls(cache: str, /) -> Rows:
    """List cached results, the oldest first, with the run that computed each.

    Parameters
    ----------
    cache
        The folder or URL of the cache.
    """
    with _opened(cache) as (found, _):
        return [
            {
                "key": entry.key[:16],
                "function": entry.function,
                "track_id": entry.track_id,
                "bytes": entry.size,
                "stored": _stamp(entry.time),
                "state": entry.state,
            }
            for entry in found.listed()
        ]


def delete(cache: str, track_id: str, /, *, confirm: Confirm) -> str:
    """Delete the results that a run computed.

    Parameters
    ----------
    cache
        The folder or URL of the cache.
    track_id
        Name of the run.
    """
    with _opened(cache) as (found, shown):
        entries = [one for one in found.listed() if one.track_id == track_id]
        if not entries:
            raise ResultNotFoundError(track_id, shown)
        confirm(f"Delete {_counted(len(entries))} of {track_id} in {shown}?")
        number = found.remove(entries)
    return f"Deleted {_counted(number)} of {track_id}."


def stats(cache: str, /) -> dict[str, Any]:
    """Count results and bytes.

    Parameters
    ----------
    cache
        The folder or URL of the cache.
    """
    with _opened(cache) as (found, _):
        entries = list(found.listed())
        size = found.size()
    return {
        "results": len(entries),
        "functions": len({one.function for one in entries}),
        "runs": len({one.track_id for one in entries}),
        "unusable": sum(bool(one.state) for one in entries),
        "bytes": size,
    }


def clear(cache: str, /, *, confirm: Confirm) -> str:
    """Delete all results.

    A database that cannot be read any more is removed.

    Parameters
    ----------
    cache
        The folder or URL of the cache.
    """
    with _opened(cache) as (found, shown):
        try:
            number = sum(1 for _ in found.listed())
        except DamagedCacheError:
            confirm(f"Remove the database of {shown}, which cannot be read?")
            found.clear()
            return "The database of the cache could not be read, and was removed."
        confirm(f"Delete all {_counted(number)} in {shown}?")
        return f"Deleted {_counted(found.clear())}."


def _counted(number: int) -> str:
    return f"{number} cached {'result' if number == 1 else 'results'}"


def why(
    cache: str,
    key: str | None = None,
    /,
) -> Rows | str:
    """Tell why a result was computed: in what it differs from the nearest that was there.

    Parameters
    ----------
    cache
        The folder or URL of the cache.
    key
        The key of the result as ``xt cache ls`` shows it, or how it begins; the newest by default.
    """
    with _opened(cache) as (found, shown):
        entries = [one for one in found.listed() if one.material]
    asked = [at for at, one in enumerate(entries) if one.key.startswith(key or "")]
    if not asked:
        expected = f"the key of a result, as: xt cache ls {quote(shown)}"
        raise InvalidArgumentError("key", key, expected)
    at = asked[-1]
    mine = sections(entries[at].material)
    before = [one for one in entries[:at] if one.function == entries[at].function]
    if not before:
        return f"It is the first result of {entries[at].function} in the cache."
    others = [(one, differences(mine, sections(one.material))) for one in reversed(before)]
    nearest, found_in = min(others, key=lambda pair: len(pair[1]))
    return [
        {
            "part": one.part,
            "here": one.here,
            "nearest": one.there,
            "nearest_key": nearest.key[:16],
        }
        for one in found_in
    ]


@contextmanager
def _opened(cache: str) -> Iterator[tuple[ListsResults, str]]:
    """Open a cache that is there, with its location as users may see it."""
    found = open_cache(cache)
    try:
        if not isinstance(found, ListsResults):
            hint = "Read it with: xetrack.Reader.scan_cache"
            raise CacheError(found.location, "it cannot tell what is in it", hint)
        if not found.exists():
            raise CacheNotFoundError(found.location)
        yield found, found.location
    finally:
        found.close()


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).isoformat(" ", "seconds")  # noqa: DTZ006 - as in rows
