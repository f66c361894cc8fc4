"""The registry: finds parts by kind and name, built in or of plugins.

Nothing is imported or searched before the first call. A built-in name is found without searching
for plugins; any other name, and every list, discovers them, once in a process.
"""

from __future__ import annotations

import importlib
import threading
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, overload

from xetrack.errors import InvalidArgumentError, UnknownComponentError, XetrackWarning
from xetrack.interfaces.component import PartKind
from xetrack.plugins import hints
from xetrack.plugins.catalog import discover, load_builtin_parts
from xetrack.plugins.descriptions import SCHEME
from xetrack.plugins.entrypoints import CORE, version_of
from xetrack.plugins.loader import import_part
from xetrack.plugins.parts import PLUGIN, Part
from xetrack.plugins.quarantine import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.interfaces.assets import AssetStore
    from xetrack.interfaces.cache import Cache, CallCache
    from xetrack.interfaces.codecs import Codec
    from xetrack.interfaces.commands import Command
    from xetrack.interfaces.component import Component
    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.engines.factory import EngineFactory
    from xetrack.interfaces.engines.sql_runner import SQLRunner
    from xetrack.interfaces.frames import FrameBackend
    from xetrack.interfaces.probes import Probe
    from xetrack.interfaces.rows.filters import RowFilter
    from xetrack.interfaces.rows.formats import Format
    from xetrack.interfaces.runs.hooks import RunHooks
    from xetrack.interfaces.runs.judges import Judge
    from xetrack.interfaces.runs.recorders import Recorder
    from xetrack.interfaces.sinks import Sink
    from xetrack.plugins.catalog import Catalog
    from xetrack.plugins.parts import Status

BUILTIN = "xetrack.builtin.hooks"
"""The module that implements the hooks for the core; a name, as nothing here may import it."""


_ORDER = [*PartKind, PLUGIN]


class _Discovery(threading.local):
    """Whether this thread is in the midst of importing plugins."""

    is_on = False


class Registry:
    """All parts that this process can use.

    A plugin that turns out to be broken is left out with one `XetrackWarning`, unless
    ``XETRACK_STRICT=1`` asks for its `PluginError` instead.

    **Thread safety.** Every method may be called from any thread. No lock is held while code of
    strangers runs: threads that call at once may each do the work, and the first result counts for
    all. So neither a fork nor an import can get stuck here.

    Examples
    --------
    >>> from xetrack.interfaces.component import PartKind
    >>> Registry().component(PartKind.ENGINE, "sqlite").name
    'sqlite'
    """

    def __init__(self, builtin: str = BUILTIN, path: Sequence[str] | None = None) -> None:
        """Make a registry that is independent of the shared one, for tests.

        Parameters
        ----------
        builtin
            Module that implements the hooks for the built-in parts.
        path
            Folders to search for distributions; `sys.path` if None.
        """
        self._builtin = builtin
        self._path = path
        self._catalogs: dict[str, Catalog] = {}
        self._discovery = _Discovery()

    def component(self, kind: PartKind, name: str) -> Component:
        """Return the description of a part, without importing it.

        Parameters
        ----------
        kind
            The kind of part.
        name
            The name of the part.

        Raises
        ------
        UnknownComponentError
            No plugin offers it; the text says what to install, if that is known.
        PluginError
            It is offered, but its description is wrong.
        """
        return self._part(kind, name).component

    @overload
    def load(self, kind: Literal[PartKind.ENGINE], name: str) -> type[Engine] | EngineFactory: ...
    @overload
    def load(self, kind: Literal[PartKind.ASSET_STORE], name: str) -> type[AssetStore]: ...
    @overload
    def load(self, kind: Literal[PartKind.CODEC], name: str) -> type[Codec]: ...
    @overload
    def load(self, kind: Literal[PartKind.CACHE], name: str) -> type[Cache]: ...
    @overload
    def load(self, kind: Literal[PartKind.CALL_CACHE], name: str) -> type[CallCache]: ...
    @overload
    def load(self, kind: Literal[PartKind.SINK], name: str) -> type[Sink]: ...
    @overload
    def load(self, kind: Literal[PartKind.PROBE], name: str) -> type[Probe]: ...
    @overload
    def load(self, kind: Literal[PartKind.FRAME_BACKEND], name: str) -> type[FrameBackend]: ...
    @overload
    def load(self, kind: Literal[PartKind.SQL_RUNNER], name: str) -> type[SQLRunner]: ...
    @overload
    def load(self, kind: Literal[PartKind.RUN_HOOK], name: str) -> type[RunHooks]: ...
    @overload
    def load(self, kind: Literal[PartKind.RECORDER], name: str) -> type[Recorder]: ...
    @overload
    def load(self, kind: Literal[PartKind.ROW_FILTER], name: str) -> type[RowFilter]: ...
    @overload
    def load(self, kind: Literal[PartKind.FORMAT], name: str) -> type[Format]: ...
    @overload
    def load(self, kind: Literal[PartKind.JUDGE], name: str) -> type[Judge]: ...
    @overload
    def load(self, kind: Literal[PartKind.COMMAND], name: str) -> Command: ...
    def load(self, kind: PartKind, name: str) -> Any:
        """Import a part: the class that extends the interface of its kind, or the function.

        Parameters
        ----------
        kind
            The kind of part.
        name
            The name of the part.

        Raises
        ------
        UnknownComponentError
            No plugin offers it.
        MissingPackageError
            A part of xetrack's own needs a package that is not installed.
        PluginError
            The part cannot be imported, or does not implement the interface of its kind.
        """
        part = self._part(kind, name)
        try:
            return import_part(part)
        except Refusal as refusal:
            raise hints.unusable_part(part, refusal) from refusal.__cause__

    @overload
    def make(self, kind: Literal[PartKind.ENGINE], name: str, *args: Any) -> Engine: ...
    @overload
    def make(
        self, kind: Literal[PartKind.ASSET_STORE], name: str, *args: Any, **options: Any
    ) -> AssetStore: ...
    @overload
    def make(self, kind: Literal[PartKind.CODEC], name: str) -> Codec: ...
    @overload
    def make(self, kind: Literal[PartKind.CACHE], name: str, *args: Any) -> Cache: ...
    @overload
    def make(self, kind: Literal[PartKind.CALL_CACHE], name: str, *args: Any) -> CallCache: ...
    @overload
    def make(self, kind: Literal[PartKind.FRAME_BACKEND], name: str) -> FrameBackend: ...
    def make(self, kind: PartKind, name: str, *args: Any, **options: Any) -> Any:
        """Import a part and make one, guarded: whatever it raises later is a typed error.

        Built-in parts are not guarded, as they raise only typed errors themselves.

        Parameters
        ----------
        kind
            The kind of part, one of which a user chooses.
        name
            The name of the part.
        *args, **options
            What its class is called with.

        Raises
        ------
        UnknownComponentError, MissingPackageError, PluginError
            See `load`.
        XetrackError
            It cannot be made.
        """
        implementation: Any = self.load(kind, name)  # type: ignore[call-overload]
        part = self._part(kind, name)
        if part.state == "built-in":
            return implementation(*args, **options)
        from xetrack.plugins.guards.origin import Origin  # noqa: PLC0415 - for plugins only
        from xetrack.plugins.guards.parts import make_guarded  # noqa: PLC0415

        origin = Origin(kind, self.title_of(kind, name))
        return make_guarded(origin, implementation, *args, **options)

    def title_of(self, kind: PartKind, name: str) -> str:
        """Return the kind, name and distribution of a part, for errors that name it.

        Parameters
        ----------
        kind, name
            See `load`, which raises the same for an unknown part.
        """
        part = self._part(kind, name)
        return f"{part.title} of {part.release}"

    def components(self, kind: PartKind) -> list[Component]:
        """Return the descriptions of a kind's parts, sorted by name, without importing them.

        Parameters
        ----------
        kind
            The kind, such as `PartKind.SINK`.
        """
        parts = sorted(self._full().of_kind(kind), key=lambda part: part.name)
        return [part.component for part in parts]

    def engine_for(self, location: str) -> str | None:
        """Return the name of the engine that claims a location's scheme or suffix.

        Parameters
        ----------
        location
            A URL, or the path of a file that need not exist.

        Returns
        -------
        str or None
            None if no engine claims it.

        Raises
        ------
        UnknownComponentError
            The engine of such URLs, or of files with an ending of xetrack's own, is missing.
        PluginError
            The engine that claims it is refused.
        """
        scheme, separator, _ = location.lower().partition("://")
        if not separator or not SCHEME.fullmatch(scheme):
            scheme = ""
        file = "" if scheme else location.lower().replace("\\", "/").rpartition("/")[2]
        if not scheme and "." not in file:
            return None
        for catalog in (self._own, self._full):
            name = catalog().find_claimant(PartKind.ENGINE, scheme, file)
            if name:
                return name
        self._check_claimant(PartKind.ENGINE, scheme, file)
        if scheme:
            schemes = [each for part in self.components(PartKind.ENGINE) for each in part.schemes]
            wanted = hints.SCHEMES.get(scheme, scheme)
            hint = hints.hint(PartKind.ENGINE, wanted, self._full().withheld)
            raise UnknownComponentError("URL scheme", scheme, schemes, hint)
        ours = hints.SUFFIXES.get("." + file.rpartition(".")[2])
        return self.component(PartKind.ENGINE, ours).name if ours else None

    def name_for(self, kind: PartKind, scheme: str) -> str:
        """Return the name of the part that claims a URL scheme, or that is named like it.

        Parameters
        ----------
        kind
            The kind of part.
        scheme
            The scheme of a URL, in lower case.

        Raises
        ------
        UnknownComponentError
            No plugin offers it.
        PluginError
            The part that claims it is refused.
        """
        for catalog in (self._own, self._full):
            name = catalog().find_claimant(kind, scheme)
            if name:
                return name
        self._check_claimant(kind, scheme)
        ours = hints.SCHEMES.get(scheme, "")
        return self.component(kind, ours if hints.extra_of(kind, ours) else scheme).name

    def statuses(self) -> list[Status]:
        """Return the status of each part and plugin, by kind and name, without importing a part.

        Plugins as a whole come last. It gives no warning, as the statuses tell everything.
        """
        catalog, core = self._full(warn=False), version_of(CORE, self._path)
        parts = [
            replace(part, version=core) if part.state == "built-in" else part
            for part in catalog.parts.values()
        ]
        return sorted(
            [*parts, *catalog.withheld],
            key=lambda status: (_ORDER.index(status.kind), status.name, status.distribution),
        )

    def check(self) -> list[Status]:
        """Return the statuses after importing every part; one that fails is quarantined there.

        A part that hangs makes this hang too; ``xt plugins --check`` uses a process for each.
        """
        return [_checked(status) for status in self.statuses()]

    def refresh(self) -> None:
        """Clear the results, so that the next call finds plugins that were installed since."""
        importlib.invalidate_caches()
        self._catalogs.clear()

    def _part(self, kind: PartKind, name: str) -> Part:
        if not isinstance(name, str):
            raise InvalidArgumentError(str(kind), name, "a name that is listed by: xt plugins")
        own = self._own().parts.get((kind, name))
        if own is not None:
            return own
        catalog = self._full()
        part = catalog.parts.get((kind, name))
        if part is not None:
            return part
        # What is reserved for us is to be installed, whoever else offered it.
        if not hints.reserved_for(kind, "name", name):
            self._raise_refusal(kind, name)
        known = [component.name for component in self.components(kind)]
        hint = hints.hint(kind, name, catalog.withheld)
        raise UnknownComponentError(str(kind), name, known, hint)

    def _check_claimant(self, kind: PartKind, scheme: str, file: str = "") -> None:
        """Raise the error of a part that would have been chosen, if it were not refused."""
        field, text = ("scheme", scheme) if scheme else ("suffix", "." + file.rpartition(".")[2])
        claimant = self._full().refused_claimant(kind, scheme, file)
        if claimant is not None and not hints.reserved_for(kind, field, text):
            self._raise_refusal(kind, claimant.name)

    def _raise_refusal(self, kind: PartKind, name: str) -> None:
        error = self._full().errors.get((kind, name))
        if error is not None:
            raise type(error)(getattr(error, "plugins", error.plugin), error.reason)

    def _own(self) -> Catalog:
        """Return the built-in parts, without searching for plugins."""
        own = self._catalogs.get("own")
        # setdefault: of two threads, both get the catalogue that was there first.
        return own or self._catalogs.setdefault("own", load_builtin_parts(self._builtin))

    def _full(self, *, warn: bool = True) -> Catalog:
        """Return all parts, with a warning for each broken plugin that was not reported yet."""
        full = self._catalogs.get("full")
        if full is None:
            if self._discovery.is_on:
                # A plugin calls this while it is being imported: its parts are not known yet.
                return self._own()
            self._discovery.is_on = True
            try:
                full = self._catalogs.setdefault("full", discover(self._own(), self._path))
            finally:
                self._discovery.is_on = False
        if warn:
            _warn(full)
        return full


def _warn(catalog: Catalog) -> None:
    for about in list(catalog.unreported):
        error = catalog.unreported.pop(about, None)
        if error is not None:  # else another thread has reported it
            warnings.warn(str(error), XetrackWarning, stacklevel=5)


def _checked(status: Status) -> Status:
    """Return the status of a part after importing the part."""
    if isinstance(status, Part) and not status.reason:
        try:
            import_part(status)
        except Refusal as refusal:
            return hints.unusable_status(status, refusal)
    return status


_OF_THIS_PROCESS = Registry()


def registry() -> Registry:
    """Return the registry that this process shares."""
    return _OF_THIS_PROCESS
