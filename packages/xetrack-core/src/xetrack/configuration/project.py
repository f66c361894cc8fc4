"""What a project says of its parts: in variables of the environment, and in files.

Both are looked at when a tracker or reader is made; where there is nothing, this costs a few
calls of the system.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeGuard

from xetrack.errors import ConfigurationError, InvalidArgumentError
from xetrack.model.env import is_enabled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xetrack.configuration.choice import OptionLayer

SINKS, PROBES, OPTIONS = "XETRACK_SINKS", "XETRACK_PROBES", "XETRACK_OPTIONS"
"""Sinks and probes, separated by commas; and options as JSON, by the names of parts."""

RECORDERS = "XETRACK_RECORDERS"
"""Recorders, separated by commas, instead of the usual ones; ``0`` for none."""

CONFIG = "XETRACK_CONFIG"
"""The path of the configuration file, or ``0`` for none."""

_VARIABLES = {"sink": SINKS, "probe": PROBES, "recorder": RECORDERS}
_ENVIRONMENT = 2


class Source:
    """The configuration in one file, or in the environment.

    Parameters
    ----------
    name
        The path of the file; empty for the environment.
    level
        Which source counts more: that of the higher level.
    parts
        The choices, by their keys: ``sinks``, ``probes``, ``recorders``, ``asset_store``,
        ``cache``, ``engine``.
    options
        The options, by the names of parts.
    folder
        The folder that relative paths begin in.
    lines
        The lines in the file by key, for errors.
    """

    __slots__ = ("folder", "level", "lines", "name", "options", "parts")

    def __init__(
        self,
        name: str,
        level: int,
        parts: Mapping[str, Any],
        options: Mapping[str, Mapping[str, Any]],
        folder: str,
        lines: Mapping[str, int] | None = None,
    ) -> None:
        self.folder = folder
        self.name = name
        self.level = level
        self.parts = parts
        self.options = options
        self.lines = lines or {}

    def forms(self, kind: str) -> tuple[str, Sequence[Any]]:
        """Return the variable or file that chooses parts of a kind, and what stands there.

        Parameters
        ----------
        kind
            A kind of part, such as ``sink``.
        """
        key = _key_of(kind)
        form = self.parts.get(key)
        several = form if isinstance(form, list) and kind in _VARIABLES else [form]
        return self.name or _VARIABLES.get(kind, OPTIONS), [] if form is None else several

    def line_of(self, kind: str) -> int | None:
        """Return the line that chooses parts of a kind; None if it is not known.

        Parameters
        ----------
        kind
            A kind of part, such as ``sink``.

        Returns
        -------
        int or None
            The line in the file, counted from 1.
        """
        return self.lines.get(_key_of(kind))

    def __reduce__(self) -> tuple[Any, ...]:
        return Source, (self.name, self.level, self.parts, self.options, self.folder, self.lines)


def _key_of(kind: str) -> str:
    return f"{kind}s" if kind in _VARIABLES else kind.replace("-", "_")


class Configuration:
    """What a call and its project say.

    Parameters
    ----------
    sources
        Those of the project, the highest level first.
    called
        The options of the call, by the names of parts.
    folder
        The folder that relative paths among these begin in.
    """

    __slots__ = ("called", "folder", "sources")

    def __init__(
        self,
        sources: tuple[Source, ...] = (),
        called: Mapping[str, Mapping[str, Any]] | None = None,
        folder: str = "",
    ) -> None:
        self.sources = sources
        self.called = called or {}
        self.folder = folder

    def __bool__(self) -> bool:
        return bool(self.sources or self.called)

    def options_for(self, name: str) -> tuple[OptionLayer, ...]:
        """Return what is given for the name of a part, by every source and the call.

        Parameters
        ----------
        name
            The name of a part.

        Returns
        -------
        tuple of OptionLayer
            One for each source that has options for the name.
        """
        if not self:
            return ()
        from xetrack.configuration.choice import OptionLayer  # noqa: PLC0415 - for those who have

        layers = [
            OptionLayer(
                source.options[name],
                source.name or OPTIONS,
                source.folder,
                level=source.level,
                by_name=True,
            )
            for source in self.sources
            if name in source.options
        ]
        if name in self.called:
            layers.append(OptionLayer(self.called[name], "options", self.folder, by_name=True))
        return tuple(layers)

    def __reduce__(self) -> tuple[Any, ...]:
        return Configuration, (self.sources, self.called, self.folder)


class ResolvedOptions(dict[str, Any]):
    """The options of a tracker that was pickled: with the configuration that it had there."""

    def __init__(self, options: Mapping[str, Any], configuration: Configuration) -> None:
        super().__init__(options)
        self.configuration = configuration

    def __reduce__(self) -> tuple[Any, ...]:
        return ResolvedOptions, (dict(self), self.configuration)


def configuration_of(options: Mapping[str, Mapping[str, Any]] | None = None) -> Configuration:
    """Return the configuration of one call, made here or wherever it was pickled.

    Parameters
    ----------
    options
        The options of the call, by the names of parts.

    Raises
    ------
    ConfigurationError
        A variable or a file cannot be used.
    InvalidArgumentError
        The options are no mapping of names to mappings.
    """
    if isinstance(options, ResolvedOptions):
        return options.configuration
    called = options or {}
    if options is not None and not _are_options(options):
        expected = "a mapping of names of parts to their options, as {'jsonl': {'path': 'x.jsonl'}}"
        from xetrack.model.locations import shown_value  # noqa: PLC0415 - for those who err

        raise InvalidArgumentError("options", shown_value(options), expected)
    sources = _project_sources()
    if not (sources or called):
        return _NOTHING
    return Configuration(sources, called, working_directory())


_NOTHING = Configuration()


def _are_options(options: object) -> bool:
    from collections.abc import Mapping  # noqa: PLC0415 - for those who give options

    return isinstance(options, Mapping) and all(
        isinstance(name, str)
        and isinstance(value, Mapping)
        and all(isinstance(k, str) for k in value)
        for name, value in options.items()
    )


def _project_sources() -> tuple[Source, ...]:
    from_environment = _environment() if _VARIABLE_NAMES & os.environ.keys() else ()
    if is_switched_off():
        return from_environment
    setting = os.environ.get(CONFIG, "").strip()
    from xetrack.configuration.files import find_files  # noqa: PLC0415 - unless it is switched off

    return (*from_environment, *find_files(setting))


def is_bare_name(form: object) -> TypeGuard[str]:
    """Return True for the name of a part, without options, which is no URL.

    Parameters
    ----------
    form
        What the user gave.
    """
    return isinstance(form, str) and "?" not in form and "://" not in form


def is_switched_off() -> bool:
    """Return True if no configuration file counts, by ``XETRACK_CONFIG``."""
    return not is_enabled(CONFIG, default=True)


def working_directory() -> str:
    """Return the working directory; empty if it is gone, which is an error of whoever needs it."""
    try:
        return os.getcwd()  # noqa: PTH109 - a text
    except OSError:
        return ""


_VARIABLE_NAMES = {*_VARIABLES.values(), OPTIONS}


def _environment() -> tuple[Source, ...]:
    """Return what the variables say, if anything."""
    parts = {
        _key_of(kind): [item.strip() for item in os.environ[name].split(",") if item.strip()]
        for kind, name in _VARIABLES.items()
        if os.environ.get(name, "").strip()
    }
    options: Any = {}
    if text := os.environ.get(OPTIONS, "").strip():
        import json  # noqa: PLC0415 - for those who set it

        try:
            options = json.loads(text)
        except ValueError as error:
            raise ConfigurationError(OPTIONS, f"it is no JSON: {error}") from error
        except RecursionError as error:
            raise ConfigurationError(OPTIONS, "it is nested too deeply") from error
        if not _are_options(options):
            reason = 'it must be JSON as {"otel": {"batch": 10}}, options by the names of parts'
            raise ConfigurationError(OPTIONS, reason)
    if not (options or any(parts.values())):
        return ()
    return (Source("", _ENVIRONMENT, parts, options, working_directory()),)
