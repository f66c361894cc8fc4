"""What Tracker and Reader share: finding the engine, and asking it for rows."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from xetrack.errors import (
    CacheNotFoundError,
    DatabaseNotFoundError,
    InvalidArgumentError,
    MissingPackageError,
    NotADatabaseError,
    PluginError,
    UnknownComponentError,
)
from xetrack.interfaces.component import PartKind
from xetrack.model.validation import checked_count, checked_text
from xetrack.plugins.registry import registry
from xetrack.process.paths import absolute
from xetrack.process.regular_files import NotRegularError, check_regular

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack.interfaces.cache import Cache, CallCache, CallSettings
    from xetrack.interfaces.engine import Engine, Settings
    from xetrack.plugins.registry import Registry

MEMORY = ":memory:"
BUILT_IN = "sqlite"
"""The engine of new files and of memory."""


_WORDS = (MEMORY, "SKIP_INSERT")
"""Locations that are no paths."""


def location_of(db: object) -> str:
    """Return the location of a database as engines get it: an absolute path, a URL or a word.

    Raises
    ------
    InvalidArgumentError
        It is neither, or a relative path where there is no working directory any more.
    """
    expected = "the path of a database, a URL, or ':memory:'"
    return db if isinstance(db, str) and db in _WORDS else _location("db", db, expected)


def cache_location(cache: object) -> str:
    """Return the location of a cache: an absolute path, or a URL; raises as `location_of`."""
    return _location("cache", cache, "the path of a folder, a URL, or an object that extends Cache")


def _location(name: str, given: object, expected: str) -> str:
    location = checked_text(
        name, os.fspath(given) if isinstance(given, os.PathLike) else given, expected
    )
    if "\0" in location:
        raise InvalidArgumentError(name, location, expected)
    if "://" in location:
        return location
    try:
        return absolute(location)
    except OSError as error:
        expected = "an absolute path, because the working directory is gone"
        raise InvalidArgumentError(name, location, expected) from error


def open_engine(db: str | os.PathLike[str], engine: str | None, settings: Settings) -> Engine:
    """Open a database with the engine that was named, or the one it belongs to.

    An existing file belongs to the engine that recognises it; a new one to the engine of its URL
    scheme or suffix, and else to SQLite.

    Raises
    ------
    DatabaseNotFoundError
        Nothing is there, and `settings` ask for reading only.
    NotADatabaseError
        A file is there that no installed engine recognises.
    UnknownComponentError
        No plugin offers an engine of that name.
    """
    location = location_of(db)
    if settings.durability not in {"normal", "full"}:
        raise InvalidArgumentError("durability", settings.durability, "'normal' or 'full'")
    _check_path(location)
    name = engine or _engine_of(location, settings, os.fspath(db))
    try:
        return registry().load(PartKind.ENGINE, name)(location, settings)
    except (NotADatabaseError, DatabaseNotFoundError) as error:
        owner = None if engine is None else _owner(location, but=engine)
        if owner is None:
            raise
        reason = f"it is a database of the engine {owner!r}, not {engine!r}"
        hint = f"Type engine={owner!r}, or leave the engine out."
        raise NotADatabaseError(location, reason, hint) from error


def _check_path(location: str) -> None:
    """Refuse what no engine can open, before one waits for it; folders may be.

    Raises
    ------
    NotADatabaseError
        It is a pipe, a device or a socket, or the system refuses the path: its name is too long,
        or a folder of it is locked up.
    """
    if location == MEMORY or "://" in location:
        return
    try:
        check_regular(location)
    except NotRegularError as error:
        if not Path(location).is_dir():
            raise NotADatabaseError(location, f"it is {error.what}") from error
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return  # who opens it says what is wrong
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "Give another path, or ask for the right to use this one."
        raise NotADatabaseError(location, reason, hint) from error


DISKCACHE = "diskcache"
"""The cache of folders."""


def open_call_cache(
    cache: str | os.PathLike[str] | Cache, settings: CallSettings, size_limit: int | None = None
) -> CallCache:
    """Open a cache, and what answers calls from it; nothing is made yet.

    Parameters
    ----------
    cache, size_limit
        See `open_cache`.
    settings
        What the options of the tracker say of its calls.

    Raises
    ------
    MissingPackageError
        What brings the one or the other is not installed.
    UnknownComponentError
        No plugin offers it.
    """
    opened = open_cache(cache, size_limit)
    return _part(PartKind.CALL_CACHE, opened.call_cache)(opened, settings)


def open_cache(cache: str | os.PathLike[str] | Cache, size_limit: int | None = None) -> Cache:
    """Open a cache by its folder, or by a URL whose scheme names a part; nothing is made yet.

    Raises
    ------
    MissingPackageError
        What brings the cache of folders is not installed.
    UnknownComponentError
        No plugin offers a cache of that scheme.
    """
    from xetrack.interfaces.cache import Cache  # noqa: PLC0415 - for those who have one

    checked_count("cache_size_limit", size_limit)
    if isinstance(cache, Cache):
        return cache
    location = cache_location(cache)
    scheme, separator, _ = location.partition("://")
    name = registry().cache_for(scheme.lower()) if separator else DISKCACHE
    return _part(PartKind.CACHE, name)(location, size_limit)


@overload
def _part(kind: Literal[PartKind.CACHE], name: str) -> type[Cache]: ...
@overload
def _part(kind: Literal[PartKind.CALL_CACHE], name: str) -> type[CallCache]: ...
def _part(kind: Any, name: str) -> Any:
    """Load a part; one of an extra that is not installed is a `MissingPackageError`."""
    try:
        return registry().load(kind, name)
    except UnknownComponentError as error:
        from xetrack.plugins.hints import missing_package  # noqa: PLC0415 - seldom needed

        raise missing_package(kind, name, error) from error


@contextmanager
def open_cache_to_read(cache: str | os.PathLike[str]) -> Iterator[Cache]:
    """Open a cache that is there, for a while.

    Raises
    ------
    CacheNotFoundError
        It is not.
    """
    from xetrack.interfaces.capabilities import ListsResults  # noqa: PLC0415 - for those who have one

    found = open_cache(cache)
    try:
        if isinstance(found, ListsResults) and not (_is_folder(cache) or found.exists()):
            raise CacheNotFoundError(found.location)
        yield found
    finally:
        found.close()


def _is_folder(cache: str | os.PathLike[str]) -> bool:
    """Tell whether a folder is there, in which a cache may come."""
    return "://" not in str(cache) and Path(cache_location(cache)).is_dir()


def _engine_of(location: str, settings: Settings, given: str) -> str:
    """Name the engine of a location; `given` is what errors call it, as the user did."""
    found = registry()
    path = Path(location)
    if location == MEMORY:
        return BUILT_IN
    if "://" in location or not path.exists() or (path.is_file() and not path.stat().st_size):
        if settings.read_only and "://" not in location and not path.exists():
            raise DatabaseNotFoundError(given, _neighbours(path))
        return found.engine_for(location) or BUILT_IN
    name = _owner(location)
    if name is not None:
        return name
    if path.is_dir():
        raise NotADatabaseError(given, "it is a folder")
    found.engine_for(location)  # knows which engine is missing, if the file's name tells
    raise NotADatabaseError(given, "no installed engine knows its format")


def _owner(location: str, *, but: str = "") -> str | None:
    """Name the engine whose database an existing file is; None when nobody knows it."""
    found = registry()
    for name in _engines(found):
        with suppress(PluginError, MissingPackageError):  # another engine may still know the file
            if name != but and found.load(PartKind.ENGINE, name).owns(location):
                return name
    return None


def _engines(found: Registry) -> Iterator[str]:
    """Name the engine at hand first; whoever else is installed is looked for only if need be."""
    yield BUILT_IN
    for part in found.components(PartKind.ENGINE):
        if part.name != BUILT_IN:
            yield part.name


def _neighbours(path: Path) -> list[str]:
    """Name the files beside a path that does not exist, as the user would write them."""
    try:
        return [str(one) for one in islice(path.parent.iterdir(), 1_000) if one.is_file()]
    except OSError:
        return []
