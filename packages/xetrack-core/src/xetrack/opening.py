"""Opening databases and caches by their locations, for `Tracker` and `Reader`."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from xetrack.configuration.project import configuration_of, is_bare_name
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
from xetrack.model.names import SKIP_INSERT
from xetrack.model.validation import checked_count, checked_text
from xetrack.process.paths import absolute, neighbours
from xetrack.process.regular_files import NotRegularError, check_regular

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xetrack.configuration.choice import PartChoice
    from xetrack.configuration.forms import CacheForm, EngineForm
    from xetrack.configuration.project import Configuration
    from xetrack.interfaces.cache import Cache, CallCache, CallSettings
    from xetrack.interfaces.engine import Engine, Settings
    from xetrack.plugins.registry import Registry

MEMORY = ":memory:"
"""The location of a database in memory."""

BUILT_IN = "sqlite"
"""The engine of new files and of memory."""


_KEYWORDS = (MEMORY, SKIP_INSERT)
"""Locations that are neither paths nor URLs."""


def _registry() -> Registry:
    """Return the registry of this process, which is imported with the first part."""
    from xetrack.plugins.registry import registry  # noqa: PLC0415

    return registry()


def location_of(db: object) -> str:
    """Return the location of a database for engines: an absolute path, a URL or ``:memory:``.

    Parameters
    ----------
    db
        The location as the user gave it.

    Raises
    ------
    InvalidArgumentError
        The location is invalid, or a relative path while the working directory is gone.
    """
    expected = "the path of a database, a URL, or ':memory:'"
    return db if isinstance(db, str) and db in _KEYWORDS else _location("db", db, expected)


def cache_location(cache: object) -> str:
    """Return the location of a cache, an absolute path or a URL; see `location_of`."""
    return _location("cache", cache, "the path of a folder, a URL, or an object that extends Cache")


def absolute_cache(cache: Any) -> Any:
    """Return what chooses a cache, with its path made absolute; see `location_of`."""
    return cache_location(cache) if isinstance(cache, str | os.PathLike) else cache


def _location(name: str, value: object, expected: str) -> str:
    location = checked_text(
        name, os.fspath(value) if isinstance(value, os.PathLike) else value, expected
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


def open_engine(
    db: str | os.PathLike[str],
    engine: EngineForm | PartChoice | None,
    settings: Settings,
    configuration: Configuration | None = None,
) -> Engine:
    """Open a database with the named engine, or the engine that it belongs to.

    An existing file belongs to the engine that recognises it; a new one to the engine of its URL
    scheme, else to that of the project, else to that of its suffix, else to SQLite.

    Parameters
    ----------
    db
        A path, a URL or ``:memory:``.
    engine
        The engine, in any form that `Tracker` takes; None to choose by location.
    settings
        How the engine behaves.
    configuration
        The options of parts; by default those of the project.

    Raises
    ------
    DatabaseNotFoundError
        Nothing is there, and `settings` ask for reading only.
    NotADatabaseError
        No installed engine recognises the file, or the named one does not.
    UnknownComponentError
        No plugin offers an engine of that name.
    PartOptionError, ConfigurationError
        An option of the engine, or what the project says, cannot be used.
    """
    location = location_of(db)
    if settings.durability not in ("normal", "full"):
        raise InvalidArgumentError("durability", settings.durability, "'normal' or 'full'")
    _check_path(location)
    if configuration is None:
        configuration = configuration_of()
    make, name, options, place = _chosen_engine(location, engine, settings, configuration, db)
    if engine and "://" in location:
        _check_url(location, name)
    if options:
        settings = replace(settings, options=options)
    try:
        return cast("Engine", make(place, settings))
    except (NotADatabaseError, DatabaseNotFoundError) as error:
        owner = None if engine is None else owner_of(location, but=name)
        if owner is None:
            raise
        reason = f"it is a database of the engine {owner!r}, not {name!r}"
        hint = f"Type engine={owner!r}, or leave the engine out."
        raise NotADatabaseError(location, reason, hint) from error


def _chosen_engine(
    location: str,
    engine: EngineForm | PartChoice | None,
    settings: Settings,
    configuration: Configuration,
    db: str | os.PathLike[str],
) -> tuple[Any, str, Mapping[str, Any], str]:
    """Return what makes the engine, its name, its options, and the location without these."""
    name = engine
    if engine is None or engine == "":
        name = _engine_of(location, settings, os.fspath(db), configuration)
    parts = _registry()
    if is_bare_name(name) and not configuration:
        described = parts.component(PartKind.ENGINE, name).options
        if not described and (described is None or "?" not in location or "://" not in location):
            make = partial(parts.make, PartKind.ENGINE, name)
            return make, name, {}, location  # nearly always
    from xetrack.configuration import making  # noqa: PLC0415
    from xetrack.configuration.choice import choose  # noqa: PLC0415 - for those who choose
    from xetrack.configuration.selection import complete_engine  # noqa: PLC0415

    choice = choose(PartKind.ENGINE, name, "engine")
    choice, location = complete_engine(choice, location, configuration)
    return partial(making.make, choice), choice.name, making.keywords(choice), location


def _check_url(location: str, name: str) -> None:
    """Check that a URL is none of another engine; an engine for files would make folders of it.

    Raises
    ------
    NotADatabaseError
        It is.
    """
    owner = None
    with suppress(UnknownComponentError, PluginError):
        owner = _registry().engine_for(location)
    # Who names an engine of no suffix knows what it takes.
    if owner != name and _registry().component(PartKind.ENGINE, name).suffixes:
        from xetrack.model.locations import shown_location  # noqa: PLC0415 - for those who err

        whose = f"it is a URL of the engine {owner!r}" if owner else "it is a URL"
        hint = "Leave the engine out." if owner else "Give the path of a file."
        reason = f"{whose}, and {name!r} takes none"
        raise NotADatabaseError(shown_location(location), reason, hint)


def _check_path(location: str) -> None:
    """Raise an error for a path that no engine can open, before one waits for it; folders pass.

    Raises
    ------
    NotADatabaseError
        The path is a pipe, a device or a socket, or the system refuses it: a name is too long, or a
        permission is missing.
    """
    if location == MEMORY or "://" in location:
        return
    try:
        check_regular(location)
    except NotRegularError as error:
        if not Path(location).is_dir():
            raise NotADatabaseError(location, f"it is {error.what}") from error
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return  # the engine reports what is wrong
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "Give another path, or ask for the right to use this one."
        raise NotADatabaseError(location, reason, hint) from error


def open_call_cache(
    cache: CacheForm | PartChoice, settings: CallSettings, size_limit: int | None = None
) -> CallCache:
    """Open a cache and its call cache, without creating anything yet.

    Parameters
    ----------
    cache, size_limit
        See `open_cache`.
    settings
        The options of the tracker for its cached calls.

    Returns
    -------
    CallCache
        The call cache that the cache names.

    Raises
    ------
    MissingPackageError
        The package of one of them is not installed.
    UnknownComponentError
        No plugin offers one of them.
    """
    opened = open_cache(cache, size_limit)
    try:
        return _registry().make(PartKind.CALL_CACHE, opened.call_cache, opened, settings)
    except UnknownComponentError as error:
        from xetrack.plugins.hints import missing_package  # noqa: PLC0415 - seldom needed

        raise missing_package(PartKind.CALL_CACHE, opened.call_cache, error) from error


def open_cache(cache: CacheForm | PartChoice, size_limit: int | None = None) -> Cache:
    """Open a cache by its folder or URL, without creating anything yet.

    Parameters
    ----------
    cache
        The path of a folder, a URL whose scheme names a cache, a pair of a name or URL and options,
        or a cache, which is returned as it is.
    size_limit
        The largest size in bytes; None for no limit.

    Raises
    ------
    MissingPackageError
        The package of the cache for folders is not installed.
    UnknownComponentError
        No plugin offers a cache of that scheme.
    PartOptionError, PluginError
        An option cannot be used, or the cache cannot be made.
    """
    checked_count("cache_size_limit", size_limit)
    from xetrack.configuration.choice import PartChoice, choose  # noqa: PLC0415
    from xetrack.configuration.making import make_cache  # noqa: PLC0415
    from xetrack.configuration.selection import complete_choice  # noqa: PLC0415

    choice = cache  # what it chose is complete
    if not isinstance(choice, PartChoice):
        choice = choose(PartKind.CACHE, absolute_cache(cache), "cache")
        choice = complete_choice(choice, configuration_of())
    return cast("Cache", make_cache(choice, size_limit))


@contextmanager
def open_cache_to_read(cache: str | os.PathLike[str]) -> Iterator[Cache]:
    """Return a context in which an existing cache is open.

    Parameters
    ----------
    cache
        Its folder or URL.

    Raises
    ------
    CacheNotFoundError
        The cache does not exist.
    """
    from xetrack.interfaces.engines.capabilities import ListsResults  # noqa: PLC0415 - for those who have one

    opened = open_cache(cache)
    try:
        if isinstance(opened, ListsResults) and not (_is_folder(cache) or opened.exists()):
            raise CacheNotFoundError(opened.location)
        yield opened
    finally:
        from xetrack.plugins.guards.parts import close_part  # noqa: PLC0415

        close_part(opened)


def _is_folder(cache: str | os.PathLike[str]) -> bool:
    """Return True if the location of a cache is an existing folder."""
    return "://" not in str(cache) and Path(cache_location(cache)).is_dir()


def explain_configuration() -> tuple[list[str], list[tuple[str, str]]]:
    """Return the configuration files that count here, and those that do not with the reason.

    Raises
    ------
    ConfigurationError, PartOptionError, UnknownComponentError
        A file, or a variable of the environment, cannot be used, or names what there is not.
    """
    from xetrack.configuration.checking import check_project  # noqa: PLC0415 - for `xt doctor`
    from xetrack.configuration.files import explain_files  # noqa: PLC0415
    from xetrack.configuration.project import is_switched_off  # noqa: PLC0415

    check_project(configuration_of())
    return ([], []) if is_switched_off() else explain_files()


def _engine_of(
    location: str, settings: Settings, shown: str, configuration: Configuration
) -> str | PartChoice:
    """Return the engine of a location; errors show `shown`, as the user wrote it."""
    parts = _registry()
    path = Path(location)
    if location == MEMORY:
        return BUILT_IN
    if "://" in location or not path.exists() or (path.is_file() and not path.stat().st_size):
        if settings.read_only and "://" not in location and not path.exists():
            raise DatabaseNotFoundError(shown, neighbours(path))
        chosen = None if "://" in location else _engine_of_project(configuration)
        return chosen or parts.engine_for(location) or BUILT_IN
    name = owner_of(location)
    if name is not None:
        return name
    if path.is_dir():
        raise NotADatabaseError(shown, "it is a folder")
    parts.engine_for(location)  # knows which engine is missing, if the file's name tells
    raise NotADatabaseError(shown, "no installed engine knows its format")


def _engine_of_project(configuration: Configuration) -> PartChoice | None:
    """Return the engine that the project has for new files; None if it names none."""
    if not configuration.sources:
        return None
    from xetrack.configuration.selection import select_part  # noqa: PLC0415 - for those who have

    return select_part(PartKind.ENGINE, None, configuration)


def owner_of(location: str, *, but: str = "") -> str | None:
    """Return the name of the engine that an existing file belongs to; None if there is none.

    The engine that `but` names is not asked.
    """
    from xetrack.plugins.quarantine import Refusal, isolated  # noqa: PLC0415 - with the registry

    parts = _registry()
    for name in _engines(parts):
        # Another engine may still know the file, whatever this one raises.
        with suppress(PluginError, MissingPackageError, Refusal), isolated("asking an engine"):
            if name != but and parts.load(PartKind.ENGINE, name).owns(location):
                return name
    return None


def _engines(parts: Registry) -> Iterator[str]:
    """Yield the built-in engine's name first, so that plugins are searched only if necessary."""
    yield BUILT_IN
    for part in parts.components(PartKind.ENGINE):
        if part.name != BUILT_IN:
            yield part.name
