"""The choice of one part: every form in which a user may give it becomes a `PartChoice`.

The forms are a name, a name or URL with options (``"otel?endpoint=http://c:4318"``), a pair of one
of these and a mapping of options, a table with ``name`` in it, a class, and an object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from xetrack.configuration.project import working_directory
from xetrack.errors import InvalidArgumentError, XetrackError
from xetrack.interfaces.component import LOCATION, PartKind
from xetrack.interfaces.engines.factory import EngineFactory
from xetrack.model.locations import shown_value
from xetrack.process.paths import expanded

FOLDER_CACHE = "diskcache"
"""The name of the cache for folders."""

CALL = 3
"""The level of what the call itself gives; see `OptionLayer.level`."""


@dataclass(frozen=True, slots=True)
class OptionLayer:
    """Options from one place, as they were given there."""

    values: Mapping[str, object]
    source: str
    """The argument, variable or file that gives them, for errors."""
    folder: str = ""
    """The folder that relative paths among them begin in; empty for the working directory."""
    level: int = CALL
    """Which options count more: those of a higher level."""
    by_name: bool = False
    """Whether they were given for a name, which parts of other kinds may have, too."""


@dataclass(frozen=True, slots=True)
class PartChoice:
    """One chosen part.

    It can be pickled if its object or class can.
    """

    kind: PartKind
    part: Any
    """The name of a part, a class, or an object."""
    source: str
    """The argument, variable or file that chose it, for errors."""
    location: str | None = None
    """The URL that it was chosen by, without what became options; of a cache maybe a path."""
    layers: tuple[OptionLayer, ...] = field(default=())
    """The options from all places, those that count least first."""

    @property
    def is_named(self) -> bool:
        """Whether it was chosen by a name or a URL."""
        return isinstance(self.part, str)

    @property
    def name(self) -> str:
        """Its name, or that of its class, for messages."""
        if isinstance(self.part, str):
            return self.part
        return (self.part if isinstance(self.part, type) else type(self.part)).__name__

    @property
    def options(self) -> dict[str, object]:
        """The options from all places together."""
        return {name: value for each in self.layers for name, value in each.values.items()}

    def over(self, layers: tuple[OptionLayer, ...], location: str | None = None) -> PartChoice:
        """Return the choice with further options, which count by their level.

        Parameters
        ----------
        layers
            The options, as each place gives them.
        location
            The URL or path, for a choice that has none.
        """
        # Those for a name count less than those of a choice from the same place.
        merged = sorted((*layers, *self.layers), key=lambda each: (each.level, not each.by_name))
        return replace(self, layers=tuple(merged), location=self.location or location)


FORMS = "a name, a URL, a name or URL with options as 'name?option=value', a pair (name, {options})"
_TAKEN = {
    PartKind.SINK: f"{FORMS}, a class that extends Sink, or an object of one",
    PartKind.PROBE: f"{FORMS}, a class that extends Probe, or an object of one",
    PartKind.RUN_HOOK: f"{FORMS}, a class that extends RunHooks, or an object of one",
    PartKind.RECORDER: f"{FORMS}, a class that extends Recorder, or an object of one",
    PartKind.ROW_FILTER: f"{FORMS}, a function, a class that extends RowFilter, or an object of "
    "one",
    PartKind.ENGINE: "a name, 'name?option=value', a pair (name, {options}), a class that extends "
    "Engine, or an EngineFactory; the URL of a database is given as db",
    PartKind.ASSET_STORE: f"{FORMS}, or a class that extends AssetStore",
    PartKind.CACHE: "the path of a folder, a URL, a pair (name or URL, {options}), a class that "
    "extends Cache in a pair with its location, or an object that extends Cache",
}
"""The kinds that are chosen so, and what they may be given as."""

_OBJECTS = {
    PartKind.SINK,
    PartKind.PROBE,
    PartKind.RUN_HOOK,
    PartKind.RECORDER,
    PartKind.ROW_FILTER,
    PartKind.CACHE,
}
"""The kinds of which objects are taken."""


def choose(
    kind: PartKind, form: object, source: str, folder: str = "", level: int = CALL
) -> PartChoice:
    """Return the choice that a user made, in whatever form.

    Parameters
    ----------
    kind
        The kind of part.
    form
        What the user gave.
    source
        The argument, variable or file that gives it.
    folder
        The folder that relative paths begin in; empty for the working directory.
    level
        The level of its options.

    Raises
    ------
    InvalidArgumentError
        It has none of the forms.
    UnknownComponentError
        No plugin offers a part for the scheme of a URL.

    Examples
    --------
    >>> chosen = choose(PartKind.SINK, "jsonl?path=rows.jsonl", "sinks")
    >>> chosen.name, chosen.options
    ('jsonl', {'path': 'rows.jsonl'})
    """
    if isinstance(form, PartChoice) and form.kind == kind:
        return form
    made = Maker(kind, form, source, folder or working_directory(), level)
    return (
        made.from_pair() if isinstance(form, tuple | list | Mapping) else made.from_item(form, {})
    )


def is_function(kind: PartKind, form: object) -> bool:
    """Return True for a plain function, which may be given as a row filter.

    Parameters
    ----------
    kind
        The kind of part.
    form
        What the user gave.
    """
    if kind != PartKind.ROW_FILTER or not callable(form):
        return False
    from xetrack.interfaces.rows.filters import RowFilter  # noqa: PLC0415 - for those who filter

    return not isinstance(form, RowFilter | type)


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes one choice; see `choose`."""

    kind: PartKind
    form: object
    source: str
    folder: str
    level: int

    def from_pair(self) -> PartChoice:
        """Return the choice of a pair, or of a table with ``name`` in it."""
        if isinstance(self.form, Mapping):
            options = dict(self.form)
            return self.from_item(options.pop("name", None), options, is_pair=True)
        pair: tuple[Any, ...] = tuple(self.form)  # type: ignore[arg-type]  # `choose` has looked
        if len(pair) != 2 or not isinstance(pair[1], Mapping):  # noqa: PLR2004 - a pair
            raise self._error()
        return self.from_item(pair[0], dict(pair[1]), is_pair=True)

    def from_item(
        self, item: object, options: dict[str, object], *, is_pair: bool = False
    ) -> PartChoice:
        """Return the choice of a name, a URL, a class or an object.

        Parameters
        ----------
        item
            The name, URL, class or object.
        options
            What is given for it.
        is_pair
            Whether item and options came as a pair.

        Raises
        ------
        InvalidArgumentError
            The item is none of these, or options are given that it cannot take.
        UnknownComponentError, PluginError
            No usable part has the scheme of the URL.
        """
        if not all(isinstance(name, str) for name in options):
            raise self._error()
        if isinstance(item, str):
            return self._from_text(item, options, is_pair=is_pair)
        if self._is_class(item):
            return self._made(item, options)
        # Options of an object were given to it when it was made.
        if options or is_pair or not self._is_object(item):
            raise self._error()
        return PartChoice(self.kind, item, self.source)

    def _from_text(self, text: str, options: dict[str, object], *, is_pair: bool) -> PartChoice:
        head, mark, query = text.partition("?")
        scheme, separator, _ = head.partition("://")
        if not head or "\0" in text or (separator and self.kind == PartKind.ENGINE):
            raise self._error()
        if not separator and self.kind == PartKind.CACHE and not is_pair:
            return PartChoice(self.kind, FOLDER_CACHE, self.source, self._path(text))
        if not separator:
            return self._made(
                head, {**(parsed_query(query, self.source) if mark else {}), **options}
            )
        from xetrack.plugins.registry import registry  # noqa: PLC0415 - for those who have a URL

        try:
            name = registry().name_for(self.kind, scheme.lower())
            described = registry().component(self.kind, name).options
        except XetrackError as error:
            raise named_in(error, self.source) from error.__cause__
        # What says nothing of options may read its URL itself, as drivers of databases do.
        if described is None and self.kind in {PartKind.ASSET_STORE, PartKind.CACHE}:
            return self._made(name, options, text)
        return self._made(
            name, {**(parsed_query(query, self.source) if mark else {}), **options}, head
        )

    def _made(
        self, part: object, options: dict[str, object], location: str | None = None
    ) -> PartChoice:
        if location is None and LOCATION in options and self.kind != PartKind.ENGINE:
            place = options.pop(LOCATION)
            if not isinstance(place, str) or not place:
                raise self._error()
            is_folder = part == FOLDER_CACHE and self.kind == PartKind.CACHE
            location = self._path(place) if is_folder else place
        layer = OptionLayer(options, self.source, self.folder, self.level)
        return PartChoice(self.kind, part, self.source, location, (layer,) if options else ())

    def _path(self, text: str) -> str:
        return str(Path(self.folder, expanded(text)))

    def _is_class(self, item: object) -> bool:
        if self.kind == PartKind.ENGINE and isinstance(item, EngineFactory):
            return True
        return isinstance(item, type) and issubclass(item, self._interface())

    def _is_object(self, item: object) -> bool:
        return self.kind in _OBJECTS and isinstance(item, self._interface())

    def _interface(self) -> type[Any]:
        from xetrack.plugins.loader import INTERFACES  # noqa: PLC0415 - for those who have a class

        module, name = INTERFACES[self.kind]
        interface: type[Any] = getattr(import_module(module), name)
        return interface

    def _error(self) -> InvalidArgumentError:
        return InvalidArgumentError(self.source, shown_value(self.form), _TAKEN[self.kind])


def parsed_query(query: str, source: str) -> dict[str, object]:
    """Return the options of a query; one that is there more than once has a list of texts.

    Parameters
    ----------
    query
        What follows the question mark.
    source
        The argument, variable or file that gives it, for errors.

    Raises
    ------
    InvalidArgumentError
        It is not of the form ``option=value&option=value``.
    """
    from urllib.parse import unquote  # noqa: PLC0415 - for those who have a query

    texts: dict[str, list[str]] = {}
    for item in filter(None, query.split("&")):
        name, equals, value = item.partition("=")
        if not (name and equals):
            raise InvalidArgumentError(source, item, "options as 'option=value&option=value'")
        texts.setdefault(unquote(name), []).append(unquote(value))
    return {name: values if values[1:] else values[0] for name, values in texts.items()}


def named_in(error: XetrackError, source: str) -> XetrackError:
    """Return an error whose text says which variable or file names the part.

    Parameters
    ----------
    error
        The error of a part that cannot be made; it is changed.
    source
        What chose the part; an argument of a call is not named.
    """
    if "/" in source or source.isupper():
        error.text = f"{error.text} ({source} names it.)"
        error.args = (error.text,)
    return error
