"""Making what was chosen: the class of a part, with its checked options."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from xetrack.configuration.options import as_query, defaults_of
from xetrack.errors import (
    InvalidArgumentError,
    UnknownComponentError,
)
from xetrack.interfaces.component import LOCATION
from xetrack.interfaces.engines.factory import EngineFactory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xetrack.configuration.choice import PartChoice


def make_row_part(choice: PartChoice, tracker_options: Mapping[str, Any]) -> Any:
    """Make a sink or a probe; an object is returned as it is.

    Parameters
    ----------
    choice
        The choice, with checked options.
    tracker_options
        The tracker's options for its parts of this kind. The options of the part itself count
        more, and their defaults less, except where the tracker has None.

    Raises
    ------
    MissingPackageError, PluginError, UnknownComponentError
        It cannot be loaded.
    XetrackError
        It cannot be made.
    """
    cls = load(choice)
    if not isinstance(cls, type):
        return cls
    options = {**tracker_options, **choice.options}
    for name, default in _defaults(choice).items():
        if options.get(name) is None:
            options[name] = default
    if choice.location is not None:
        options[LOCATION] = choice.location
    return call(choice, cls, options)


def load(choice: PartChoice) -> Any:
    """Return the class of a choice, or the object that it is.

    Parameters
    ----------
    choice
        What `choose` returned.

    Raises
    ------
    MissingPackageError, PluginError, UnknownComponentError
        It cannot be loaded.
    """
    if not choice.is_named:
        return choice.part
    from xetrack.plugins.registry import registry  # noqa: PLC0415 - for those who choose a part

    kind: Any = choice.kind
    try:
        return registry().load(kind, choice.name)
    except UnknownComponentError as error:
        from xetrack.plugins.hints import missing_package  # noqa: PLC0415 - seldom needed

        raise missing_package(kind, choice.name, error) from error


def make(choice: PartChoice, *args: Any, **options: Any) -> Any:
    """Make an engine, a store or a cache, guarded: whatever it raises later is a typed error.

    Parameters
    ----------
    choice
        The choice; of an object, nothing is made.
    *args, **options
        What its class is called with.

    Raises
    ------
    MissingPackageError, PluginError, UnknownComponentError
        It cannot be loaded.
    XetrackError
        It cannot be made.
    """
    from xetrack.plugins.guards.parts import guarded_object  # noqa: PLC0415 - with the first part
    from xetrack.plugins.registry import registry  # noqa: PLC0415

    kind: Any = choice.kind
    if not choice.is_named:
        part = choice.part
        is_made = not isinstance(part, type | EngineFactory)
        return guarded_object(part if is_made else call(choice, part, *args, **options), kind)
    try:
        return registry().make(kind, choice.name, *args, **options)
    except UnknownComponentError as error:
        from xetrack.plugins.hints import missing_package  # noqa: PLC0415 - seldom needed

        raise missing_package(kind, choice.name, error) from error


def keywords(choice: PartChoice) -> dict[str, object]:
    """Return the options of a part that gets them as keywords, its defaults among them.

    Parameters
    ----------
    choice
        What `choose` returned.
    """
    return {**_defaults(choice), **choice.options}


def call(choice: PartChoice, cls: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Make a part.

    Parameters
    ----------
    choice
        What `choose` returned.
    cls
        The class of the part, or the function that makes it.
    *args, **options
        What it is called with.

    Raises
    ------
    XetrackError
        It cannot be made; of an exception of its own a `PartFailedError`.
    """
    try:
        return cls(*args, **options)
    except BaseException as error:
        from xetrack.plugins.guards.origin import Origin  # noqa: PLC0415 - for those that fail
        from xetrack.plugins.registry import registry  # noqa: PLC0415

        if choice.is_named:
            origin = Origin(choice.kind, registry().title_of(choice.kind, choice.name))
        else:
            origin = Origin.of_class(choice.kind, cls if isinstance(cls, type) else type(cls))
        origin.raise_typed(error, choice.location or "", "__init__")
        raise


def _defaults(choice: PartChoice) -> dict[str, object]:
    if not choice.is_named:
        return {}
    from xetrack.plugins.registry import registry  # noqa: PLC0415 - for those who choose a part

    return defaults_of(registry().component(choice.kind, choice.name))


def make_store(choice: PartChoice) -> Callable[..., Any]:
    """Return what makes an asset store, from the engine and `compress`.

    Parameters
    ----------
    choice
        The choice, with checked options.
    """
    options = keywords(choice)
    if choice.location is not None:
        options[LOCATION] = choice.location
    return partial(make, choice, **options)


def store_text(choice: PartChoice) -> str | PartChoice:
    """Return the name or URL of an asset store with its options, as one text where that says all.

    Parameters
    ----------
    choice
        The choice, with checked options.
    """
    options = choice.options
    if not choice.is_named or (options and not _defaults(choice).keys() >= options.keys()):
        return choice  # what is not described does not become what it was from a text
    query = as_query(options)
    return f"{choice.location or choice.part}{'?' if query else ''}{query}"


def make_cache(choice: PartChoice, size_limit: int | None) -> Any:
    """Make a cache, or guard the object that it is.

    Parameters
    ----------
    choice
        The choice, with checked options.
    size_limit
        The largest size in bytes; None for no limit.

    Raises
    ------
    InvalidArgumentError
        It has no location.
    """
    if not choice.is_named and not isinstance(choice.part, type):
        return make(choice)
    if choice.location is None:
        expected = f"a pair with its place: ({choice.name!r}, {{'location': 'folder or URL'}})"
        raise InvalidArgumentError("cache", choice.name, expected)
    return make(choice, choice.location, size_limit, **keywords(choice))
