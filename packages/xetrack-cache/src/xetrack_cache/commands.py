"""`xt cache`: what is in the folder of a cache. Nothing is unpickled here, whoever stored it."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from attrs import frozen
from diskcache.core import DBNAME  # type: ignore[import-untyped]

from xetrack.errors import CacheError, CacheNotFoundError, InvalidArgumentError, ResultNotFoundError
from xetrack.interfaces.commands import Confirm
from xetrack.keys.why import differences, function_in, sections
from xetrack_cache import old
from xetrack_cache.entries import DamagedError, opened
from xetrack_cache.folder import Folder, Stored

Rows: TypeAlias = list[dict[str, Any]]

NOT_OURS = "not signed by you"
"""State of an entry that `track` never answers from."""


@frozen
class _Entry:
    """What can be said of an entry without loading its result."""

    stored: Stored
    key: str
    function: str
    run: str
    size: int
    state: str
    material: bytes = b""


def ls(folder: str, /) -> Rows:
    """List cached results, the oldest first, with the run that computed each.

    Parameters
    ----------
    folder
        The folder of the cache.
    """
    with _opened(folder) as found:
        return [
            {
                "key": entry.key[:16],
                "function": entry.function,
                "track_id": entry.run,
                "bytes": entry.size,
                "stored": _stamp(entry.stored.time),
                "state": entry.state,
            }
            for entry in _entries(found)
        ]


def delete(folder: str, track_id: str, /, *, confirm: Confirm) -> str:
    """Delete the results that a run computed.

    Parameters
    ----------
    folder
        The folder of the cache.
    track_id
        Name of the run.
    """
    with _opened(folder) as found:
        entries = [one.stored for one in _entries(found) if one.run == track_id]
        if not entries:
            raise ResultNotFoundError(track_id, folder)
        confirm(f"Delete {_counted(len(entries))} of {track_id} in {folder}?")
        number = found.delete(entries)
    return f"Deleted {_counted(number)} of {track_id}."


def stats(folder: str, /) -> dict[str, Any]:
    """Count results and bytes.

    Parameters
    ----------
    folder
        The folder of the cache.
    """
    with _opened(folder) as found:
        entries = list(_entries(found))
    path = Path(folder)
    return {
        "results": len(entries),
        "functions": len({one.function for one in entries}),
        "runs": len({one.run for one in entries}),
        "unusable": sum(bool(one.state) for one in entries),
        "bytes": sum(one.stat().st_size for one in path.rglob("*") if one.is_file()),
    }


def clear(folder: str, /, *, confirm: Confirm) -> str:
    """Delete all results.

    A database that cannot be read any more is removed.

    Parameters
    ----------
    folder
        The folder of the cache.
    """
    try:
        with _opened(folder) as found:
            entries = list(found.rows())
            confirm(f"Delete all {_counted(len(entries))} in {folder}?")
            number = found.delete(entries)
    except CacheError:
        confirm(f"Remove the database of {folder}, which cannot be read?")
        for path in Path(folder).glob(f"{DBNAME}*"):
            path.unlink()
        return "The database of the cache could not be read, and was removed."
    with suppress(OSError):
        shutil.rmtree(Path(folder, "computing"))
    return f"Deleted {_counted(number)}."


def _counted(number: int) -> str:
    return f"{number} cached {'result' if number == 1 else 'results'}"


def why(
    folder: str,
    key: str | None = None,
    /,
) -> Rows | str:
    """Tell why a result was computed: in what it differs from the nearest that was there.

    Parameters
    ----------
    folder
        The folder of the cache.
    key
        The key of the result as ``xt cache ls`` shows it, or how it begins; the newest by default.
    """
    with _opened(folder) as found:
        entries = [one for one in _entries(found) if one.material]
    asked = [at for at, one in enumerate(entries) if one.key.startswith(key or "")]
    if not asked:
        expected = f"the key of a result, as: xt cache ls {folder}"
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
def _opened(folder: str) -> Iterator[Folder]:
    if not Path(folder, DBNAME).is_file():
        raise CacheNotFoundError(folder)
    found = Folder(folder)
    try:
        yield found
    except sqlite3.Error as error:
        raise CacheError(folder, str(error), f"Empty it with: xt cache clear {folder}") from error
    finally:
        found.close()


def _entries(folder: Folder) -> Iterator[_Entry]:
    for stored in folder.rows():
        try:
            data = folder.bytes_of(stored, beginning=not stored.is_old)
            if stored.is_old:
                function = old.function_of(stored.key) if not stored.raw else ""
                yield _Entry(
                    stored, "", function, old.run_of(data), len(data), f"of 0.7, {NOT_OURS}"
                )
                continue
            found = opened(stored.key, data)
        except DamagedError as damage:
            yield _Entry(stored, _name(stored), "", stored.tag or "", stored.size, str(damage))
            continue
        yield _Entry(
            stored,
            stored.key,
            function_in(found.material),
            found.track_id,
            found.size,
            "" if found.signed else NOT_OURS,
            found.material,
        )


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).isoformat(" ", "seconds")  # noqa: DTZ006 - as in rows


def _name(stored: Stored) -> str:
    return stored.key if isinstance(stored.key, str) else ""
