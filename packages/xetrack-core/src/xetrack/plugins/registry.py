"""The registry: finds a part by kind and name, built in or a plugin's.

Nothing is imported or searched before the first question. A name that is built in is answered
without looking for plugins; any other name, and every list, discovers them, once in a process.
"""

from __future__ import annotations

import importlib
import threading
import warnings
from typing import TYPE_CHECKING, Any, Literal, overload

from xetrack.errors import UnknownComponentError, XetrackWarning
from xetrack.interfaces.component import PartKind
from xetrack.plugins.catalog import discover, is_scheme, own_parts
from xetrack.plugins.targets import resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.interfaces.assets import AssetStore
    from xetrack.interfaces.cache import Cache, CallCache
    from xetrack.interfaces.codecs import Codec
    from xetrack.interfaces.commands import Command
    from xetrack.interfaces.component import Component
    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.engine_factory import EngineFactory
    from xetrack.interfaces.frames import FrameBackend
    from xetrack.interfaces.probes import Probe
    from xetrack.interfaces.sinks import Sink
    from xetrack.plugins.catalog import Catalog
    from xetrack.plugins.loader import Offer
    from xetrack.plugins.status import Status

BUILTIN = "xetrack.builtin.hooks"
"""The module that answers the hooks for core; a name, because nothing here may import it."""


class _Loading(threading.local):
    """Whether this thread is in the midst of importing plugins."""

    is_on = False


class Registry:
    """All parts that this process can use. Every method may be called from any thread.

    A plugin that turns out to be broken is left out with one `XetrackWarning`, unless
    ``XETRACK_STRICT=1`` asks for its `PluginError` instead.

    **Thread safety.** No lock is held while a stranger's code runs: threads that ask at once may
    each do the work, and the first result stands for all. So neither a fork nor an import can get
    stuck here.
    """

    def __init__(self, builtin: str = BUILTIN, path: Sequence[str] | None = None) -> None:
        """Make a registry apart from the one that `registry` gives to all; tests want that.

        Parameters
        ----------
        builtin
            Module that answers the hooks for what is built in.
        path
            Folders to look for distributions in; `sys.path` when None.
        """
        self._builtin = builtin
        self._path = path
        self._catalogs: dict[str, Catalog] = {}
        self._loading = _Loading()

    def component(self, kind: PartKind, name: str) -> Component:
        """Describe a part, without importing it.

        Raises
        ------
        UnknownComponentError
            Nobody offers it; the text says what to install, if that is known.
        PluginError
            It is offered, but its description is wrong.
        """
        return self._offer(kind, name).component

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
    def load(self, kind: Literal[PartKind.COMMAND], name: str) -> Command: ...
    def load(self, kind: PartKind, name: str) -> Any:
        """Import a part: the class that extends the interface of its kind, or the function.

        Raises
        ------
        UnknownComponentError
            Nobody offers it.
        MissingPackageError
            A part of xetrack's own needs a package that is not installed.
        PluginError
            The part cannot be imported, or is not what its kind asks for.
        """
        return resolve(self._offer(kind, name))

    def components(self, kind: PartKind) -> list[Component]:
        """Describe all parts of a kind, sorted by name, without importing them."""
        offers = self._full().offers
        return [offers[key].component for key in sorted(offers) if key[0] is kind]

    def engine_for(self, location: str) -> str | None:
        """Name the engine whose scheme or suffix a location has; None when it has none.

        Parameters
        ----------
        location
            A URL, or the path of a file that need not exist.

        Raises
        ------
        UnknownComponentError
            The engine of such URLs, or of files with an ending of xetrack's own, is missing.
        """
        scheme, separator, _ = location.lower().partition("://")
        if not separator or not is_scheme(scheme):
            scheme = ""
        file = "" if scheme else location.lower().replace("\\", "/").rpartition("/")[2]
        if not scheme and "." not in file:
            return None
        for catalog in (self._own, self._full):
            name = catalog().claimant(PartKind.ENGINE, scheme, file)
            if name:
                return name
        from xetrack.plugins import hints  # noqa: PLC0415 - seldom needed

        if scheme:
            schemes = [each for part in self.components(PartKind.ENGINE) for each in part.schemes]
            wanted = hints.SCHEMES.get(scheme, scheme)
            hint = hints.hint(PartKind.ENGINE, wanted, self._full().withheld)
            raise UnknownComponentError("URL scheme", scheme, schemes, hint)
        ours = hints.SUFFIXES.get("." + file.rpartition(".")[2])
        return self.component(PartKind.ENGINE, ours).name if ours else None

    def cache_for(self, scheme: str) -> str:
        """Name the cache that claims a URL scheme, or bears it as its name.

        Raises
        ------
        UnknownComponentError
            No plugin offers it.
        """
        name = self._full().claimant(PartKind.CACHE, scheme)
        if name:
            return name
        from xetrack.plugins import hints  # noqa: PLC0415 - seldom needed

        return self.component(PartKind.CACHE, hints.SCHEMES.get(scheme, scheme)).name

    def statuses(self) -> list[Status]:
        """Return what became of each part and plugin, by kind and name, without importing a part.

        It warns of nothing, as it tells everything.
        """
        from xetrack.plugins.report import listed  # noqa: PLC0415 - seldom needed

        return listed(self._full(warn=False), self._path)

    def check(self) -> list[Status]:
        """Return the same after importing every part; one that fails is quarantined in this list.

        A part that hangs makes this hang, too; ``xt plugins --check`` asks each in a process.
        """
        from xetrack.plugins.report import checked, listed  # noqa: PLC0415 - seldom needed

        catalog = self._full(warn=False)
        return [checked(status, catalog) for status in listed(catalog, self._path)]

    def refresh(self) -> None:
        """Forget what was found, so that the next question sees what was installed since."""
        importlib.invalidate_caches()
        self._catalogs.clear()

    def _offer(self, kind: PartKind, name: str) -> Offer:
        key = (kind, name)
        offer = self._own().offers.get(key)
        if offer is not None:
            return offer
        catalog = self._full()
        offer = catalog.offers.get(key)
        if offer is not None:
            return offer
        if key in catalog.refused:
            point, reason = catalog.refused[key]
            raise point.error(reason)
        from xetrack.plugins.hints import hint  # noqa: PLC0415 - seldom needed

        known = [part.name for part in self.components(kind)]
        raise UnknownComponentError(str(kind), name, known, hint(kind, name, catalog.withheld))

    def _own(self) -> Catalog:
        """Return what is built in; looks for no plugin."""
        own = self._catalogs.get("own")
        # setdefault: of two threads, both get the catalogue that was there first.
        return own or self._catalogs.setdefault("own", own_parts(self._builtin))

    def _full(self, *, warn: bool = True) -> Catalog:
        """Return everything, and warn once of each broken plugin unless told not to."""
        full = self._catalogs.get("full")
        if full is None:
            if self._loading.is_on:
                # A plugin asks while it is being imported: what it offers is not known yet.
                return self._own()
            self._loading.is_on = True
            try:
                full = self._catalogs.setdefault("full", discover(self._own(), self._path))
            finally:
                self._loading.is_on = False
        if warn:
            _warn(full)
        return full


def _warn(catalog: Catalog) -> None:
    while True:
        try:
            error = catalog.unreported.popleft()
        except IndexError:  # another thread may have taken the last one
            return
        warnings.warn(str(error), XetrackWarning, stacklevel=5)


_OF_THIS_PROCESS = Registry()


def registry() -> Registry:
    """Return the registry that everybody in this process shares."""
    return _OF_THIS_PROCESS
