"""`xt cache`: the results in a cache. Nothing is unpickled here, whoever stored it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import Any, TypeAlias

from xetrack.errors import (
    CacheError,
    CacheNotFoundError,
    DamagedCacheError,
    InvalidArgumentError,
    XetrackError,
)
from xetrack.interfaces.commands import Confirm
from xetrack.interfaces.engines.capabilities import ListsResults
from xetrack.model.durations import seconds_in
from xetrack.opening import open_cache
from xetrack_cache.keys.why import describe_arguments, find_differences, split_material

Rows: TypeAlias = list[dict[str, Any]]


class ResultNotFoundError(XetrackError, LookupError):
    """The cache has no result of this run, function, key or these arguments."""

    def __init__(self, wanted: str, location: str) -> None:
        super().__init__(
            f"There is no cached result of {wanted} in {location!r}. "
            f"List the results with: xt cache ls {quote(location)}"
        )
        self.location = location


def ls(cache: str, /) -> Rows:
    """List cached results, the oldest first, with the call and the run that computed each.

    An empty folder is an empty cache.

    Parameters
    ----------
    cache
        The folder or URL of the cache.

    Returns
    -------
    list of dict
        A row for each result.
    """
    with _open_listed(cache, or_empty=True) as (results, _):
        return [
            {
                "key": entry.key[:16],
                "function": entry.function,
                "arguments": describe_arguments(entry.material),
                "track_id": entry.track_id,
                "bytes": entry.size,
                "stored": _stamp(entry.time),
                "state": entry.state,
            }
            for entry in results.iter_results()
        ]


def delete(
    cache: str,
    track_id: str | None = None,
    /,
    *,
    function: str | None = None,
    key: str | None = None,
    args: str | None = None,
    confirm: Confirm,
) -> str:
    """Delete the results of a run, of a function, or of one call.

    Of several conditions, all must hold.

    Parameters
    ----------
    cache
        The folder or URL of the cache.
    track_id
        Name of the run that computed them.
    function
        Name of the function, as ``xt cache ls`` shows it, or its last parts.
    key
        The key of one result, as ``xt cache ls`` shows it, or how it begins.
    args
        The arguments of one call, as ``xt cache ls`` shows them.
    confirm
        Asks the user.

    Returns
    -------
    str
        How many results were deleted.

    Raises
    ------
    ResultNotFoundError
        The cache has no such result.
    InvalidArgumentError
        There is no condition, or it fits several functions or keys.
    """
    if track_id is function is key is args is None:
        expected = "a run, --function, --key or --args; xt cache clear deletes everything"
        raise InvalidArgumentError("track_id", track_id, expected)
    conditions = {"run": track_id, "function": function, "key": key, "args": args}
    wanted = {name: value for name, value in conditions.items() if value is not None}
    named = ", ".join(
        value if name == "run" else f"{name} {value}" for name, value in wanted.items()
    )
    with _open_listed(cache) as (results, location):
        entries = [
            entry
            for entry in results.iter_results()
            if track_id in {None, entry.track_id}
            and (function is None or f".{entry.function}".endswith(f".{function}"))
            and (key is None or (key and entry.key.startswith(key)))
            and args in {None, describe_arguments(entry.material)}
        ]
        if not entries:
            missing = " and ".join(f"the {name} {value!r}" for name, value in wanted.items())
            raise ResultNotFoundError(missing, location)
        for name, value, values in (
            ("function", function, {entry.function for entry in entries}),
            ("key", key, {entry.key for entry in entries}),
        ):
            if value is not None and len(values) > 1:
                expected = f"which one of: {', '.join(sorted(values))}"
                raise InvalidArgumentError(name, value, expected)
        confirm(f"Delete {_pluralized(len(entries))} of {named} in {location}?")
        number = results.remove(entries)
    return f"Deleted {_pluralized(number)} of {named}."


def prune(cache: str, /, *, older_than: str, confirm: Confirm) -> str:
    """Delete the results that were computed long ago.

    Parameters
    ----------
    cache
        The folder or URL of the cache.
    older_than
        The age from which on results go: seconds, or a text such as 12h, 30d or 4w.
    confirm
        Asks the user.

    Returns
    -------
    str
        How many results were deleted.

    Raises
    ------
    InvalidArgumentError
        The age is no length of time.
    """
    before = time.time() - seconds_in("older_than", older_than)
    with _open_listed(cache, or_empty=True) as (results, location):
        entries = [result for result in results.iter_results() if result.time < before]
        if not entries:
            return f"No cached result is older than {older_than}."
        confirm(f"Delete {_pluralized(len(entries))} older than {older_than} in {location}?")
        number = results.remove(entries)
    return f"Deleted {_pluralized(number)} older than {older_than}."


def stats(cache: str, /) -> dict[str, Any]:
    """Count results and bytes.

    Parameters
    ----------
    cache
        The folder or URL of the cache.

    Returns
    -------
    dict
        Numbers of results, functions, runs and bytes.
    """
    with _open_listed(cache, or_empty=True) as (results, _):
        entries = list(results.iter_results())
        size = results.size()
    return {
        "results": len(entries),
        "functions": len({entry.function for entry in entries}),
        "runs": len({entry.track_id for entry in entries}),
        "unusable": sum(bool(entry.state) for entry in entries),
        "bytes": size,
    }


def clear(cache: str, /, *, confirm: Confirm) -> str:
    """Delete all results.

    A database that cannot be read any more is removed.

    Parameters
    ----------
    cache
        The folder or URL of the cache.
    confirm
        Asks the user.

    Returns
    -------
    str
        How many results were deleted.
    """
    with _open_listed(cache, or_empty=True) as (results, location):
        try:
            number = sum(1 for _ in results.iter_results())
        except DamagedCacheError:
            confirm(f"Remove the database of {location}, which cannot be read?")
            results.clear()
            return "The database of the cache could not be read, and was removed."
        confirm(f"Delete all {_pluralized(number)} in {location}?")
        return f"Deleted {_pluralized(results.clear())}."


def _pluralized(number: int) -> str:
    return f"{number} cached {'result' if number == 1 else 'results'}"


def why(
    cache: str,
    key: str | None = None,
    /,
) -> Rows | str:
    """Explain why a result was computed: the parts in which it differs from the nearest one.

    Parameters
    ----------
    cache
        The folder or URL of the cache.
    key
        The key of the result as ``xt cache ls`` shows it, or how it begins; the newest by default.

    Returns
    -------
    list of dict or str
        A row for each part that differs; a sentence where there is nothing to compare.

    Raises
    ------
    InvalidArgumentError
        No result has such a key.
    """
    with _open_listed(cache) as (results, location):
        entries = [entry for entry in results.iter_results() if entry.material]
    positions = [at for at, entry in enumerate(entries) if entry.key.startswith(key or "")]
    if not positions:
        expected = f"the key of a result, as: xt cache ls {quote(location)}"
        raise InvalidArgumentError("key", key, expected)
    position = positions[-1]
    explained = entries[position]
    parts = split_material(explained.material)
    earlier = [entry for entry in entries[:position] if entry.function == explained.function]
    if not earlier:
        return f"It is the first result of {explained.function} in the cache."
    compared = (
        (entry, find_differences(parts, split_material(entry.material)))
        for entry in reversed(earlier)
    )
    nearest, differences = min(compared, key=lambda pair: len(pair[1]))
    return [
        {
            "part": difference.part,
            "here": difference.here,
            "nearest": difference.there,
            "nearest_key": nearest.key[:16],
        }
        for difference in differences
    ]


@contextmanager
def _open_listed(cache: str, *, or_empty: bool = False) -> Iterator[tuple[ListsResults, str]]:
    """Open a cache that is there, with its location as users may see it.

    Parameters
    ----------
    cache
        The folder or URL of the cache.
    or_empty
        Whether an empty folder will do.
    """
    opened = open_cache(cache)
    try:
        if not isinstance(opened, ListsResults):
            hint = "Read it with: xetrack.Reader.scan_cache"
            raise CacheError(opened.location, "it cannot tell what is in it", hint)
        if not opened.exists() and not (or_empty and _is_empty_folder(opened.location)):
            raise CacheNotFoundError(opened.location)
        yield opened, opened.location
    finally:
        opened.close()


def _is_empty_folder(location: str) -> bool:
    folder = Path(location)
    return "://" not in location and folder.is_dir() and not any(folder.iterdir())


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).isoformat(" ", "seconds")  # noqa: DTZ006 - as in rows
