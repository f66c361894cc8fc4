"""Which parts one tracker or reader has: those of the call, and those of its project.

Everything is checked here, before the first part is made.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from xetrack.configuration.choice import (
    OptionLayer,
    PartChoice,
    choose,
    named_in,
    parsed_query,
)
from xetrack.configuration.options import check_options
from xetrack.errors import (
    ConfigurationError,
    InvalidArgumentError,
    UnknownComponentError,
)
from xetrack.interfaces.component import PartKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from xetrack.configuration.project import Configuration, Source

CONFIGURABLE = (
    PartKind.ENGINE,
    PartKind.ASSET_STORE,
    PartKind.CACHE,
    PartKind.SINK,
    PartKind.PROBE,
    PartKind.RECORDER,
)
"""The kinds of parts that take options."""


def select_parts(
    kind: PartKind,
    called: Iterable[PartChoice],
    configuration: Configuration,
    *,
    merge: bool = True,
) -> list[PartChoice]:
    """Return the sinks or probes of a tracker: those of the call, then those of the project.

    One that both name counts once, with the options of both, of which the call's win. Of equal
    choices of the call one counts.

    Parameters
    ----------
    kind
        The kind of part.
    called
        The choices of the call.
    configuration
        What the call and the project say.
    merge
        Whether those of the project count beside those of the call.

    Raises
    ------
    ConfigurationError, PartOptionError, UnknownComponentError
        Something of it cannot be used.
    """
    chosen = list(called)
    for source in configuration.sources if merge else ():
        chosen = _merged(chosen, _of_source(kind, source))
    selected: list[PartChoice] = []
    for choice in chosen:
        complete = complete_choice(choice, configuration)
        if not any(_are_equal(complete, other) for other in selected):
            selected.append(complete)
    return selected


def recorders_of_project(configuration: Configuration) -> list[PartChoice]:
    """Return the recorders of a project: those of the source that counts most; ``0`` is none.

    Parameters
    ----------
    configuration
        What the call and the project say, of which some source names recorders.

    Raises
    ------
    ConfigurationError
        One of them has another form.
    """
    source = next(each for each in configuration.sources if "recorders" in each.parts)
    if source.parts["recorders"] in (["0"], "0"):
        return []
    return _of_source(PartKind.RECORDER, source)


def select_part(
    kind: PartKind, called: PartChoice | None, configuration: Configuration
) -> PartChoice | None:
    """Return the asset store, the cache or the engine: that of the call, else of the project.

    Parameters
    ----------
    kind
        The kind of part.
    called
        The choice of the call; None if it has none.
    configuration
        What the call and the project say.

    Raises
    ------
    ConfigurationError, PartOptionError, UnknownComponentError
        Something of it cannot be used.
    """
    for source in configuration.sources:
        if called is None:
            called = next(iter(_of_source(kind, source)), None)
    return None if called is None else complete_choice(called, configuration)


def complete_choice(choice: PartChoice, configuration: Configuration) -> PartChoice:
    """Return a choice with the options that are given for its name, all of them checked.

    Parameters
    ----------
    choice
        The choice, with its own options.
    configuration
        What the call and the project say.

    Raises
    ------
    PartOptionError, UnknownComponentError, PluginError
        The part, or an option, cannot be used.
    """
    if not choice.is_named:
        return choice
    from xetrack.plugins.registry import registry  # noqa: PLC0415 - for those who choose a part

    try:
        component = registry().component(choice.kind, choice.name)
    except UnknownComponentError as error:
        if choice.kind == PartKind.CACHE:
            from xetrack.plugins.hints import missing_package  # noqa: PLC0415 - seldom needed

            raise missing_package(choice.kind, choice.name, error) from error
        raise named_in(error, choice.source) from error.__cause__
    choice = choice.over(configuration.options_for(choice.name))

    def others() -> Collection[str] | None:
        """Return the options of parts of this name, and of other kinds; None for any."""
        known: set[str] = set()
        for kind in CONFIGURABLE:
            for other in registry().components(kind):
                if other.name == choice.name and kind != choice.kind:
                    if other.options is None:
                        return None
                    known.update(option.name for option in other.options)
        return known

    layers = tuple(
        replace(
            each,
            values=check_options(component, choice.kind, each, others if each.by_name else tuple),
        )
        for each in choice.layers
    )
    return replace(choice, layers=layers)


def complete_engine(
    choice: PartChoice, location: str, configuration: Configuration
) -> tuple[PartChoice, str]:
    """Return a choice of an engine with all its options, and the location without them.

    Parameters
    ----------
    choice
        The choice, with its own options.
    location
        The location of the database. The query of a URL has options where the engine describes
        its own; otherwise it is the engine's business.
    configuration
        What the call and the project say.

    Raises
    ------
    PartOptionError, UnknownComponentError, PluginError
        The engine, or an option, cannot be used.
    """
    if not choice.is_named:
        return choice, location
    choice = complete_choice(choice, configuration)
    default = select_part(PartKind.ENGINE, None, configuration)
    if default is not None and default.name == choice.name:
        choice = choice.over(default.layers)
    from xetrack.plugins.registry import registry  # noqa: PLC0415 - for those who choose a part

    head, mark, query = location.partition("?")
    component = registry().component(choice.kind, choice.name)
    if "://" in head and mark and component.options is not None:
        layer = OptionLayer(parsed_query(query, "db"), "db")
        checked = check_options(component, choice.kind, layer)
        return choice.over((replace(layer, values=checked),)), head
    return choice, location


def _of_source(kind: PartKind, source: Source) -> list[PartChoice]:
    """Return the choices of one variable or file."""
    name, forms = source.forms(kind)
    try:
        return [choose(kind, form, name, source.folder, source.level) for form in forms]
    except InvalidArgumentError as error:
        reason = f"the {kind} {error.value!r} has another form. Give {error.expected}"
        raise ConfigurationError(name, reason, source.line_of(kind)) from error


def _merged(higher: list[PartChoice], lower: list[PartChoice]) -> list[PartChoice]:
    """Return choices of two places; of a name that both have, the higher one counts."""
    named = {choice.name for choice in higher if choice.is_named}
    merged = []
    for choice in higher:
        same = [each for each in lower if each.is_named and each.name == choice.name]
        if choice.is_named and len(same) == 1:
            choice = choice.over(same[0].layers, same[0].location)  # noqa: PLW2901 - the same one
        merged.append(choice)
    return [*merged, *(each for each in lower if not (each.is_named and each.name in named))]


def _are_equal(choice: PartChoice, other: PartChoice) -> bool:
    if choice.part is not other.part and not (choice.is_named and choice.part == other.part):
        return False
    with suppress(Exception):  # arrays among undescribed options are neither equal nor not
        return choice.location == other.location and choice.options == other.options
    return False


def check_names(names: Collection[str]) -> None:
    """Check that options which no chosen part has are for parts that exist.

    Parameters
    ----------
    names
        The names that the call gives options for.

    Raises
    ------
    UnknownComponentError
        There is no part of such a name.
    """
    from xetrack.plugins.registry import registry  # noqa: PLC0415 - for those who give options

    known = {part.name for kind in CONFIGURABLE for part in registry().components(kind)}
    for name in sorted(set(names) - known):
        for kind, argument in ((PartKind.RUN_HOOK, "run_hooks"), (PartKind.ROW_FILTER, "filters")):
            if any(part.name == name for part in registry().components(kind)):
                expected = (
                    f"the options of the {kind} {name!r} with it: {argument}=[({name!r}, {{...}})]"
                )
                raise InvalidArgumentError("options", name, expected)
        raise UnknownComponentError("part", name, known)
