"""The catalogue: all parts, built in or of plugins, and the reasons of refusals.

Plugins are imported in the thread that needs them: one may set the handler of a signal or open
a database at import, which only the thread of its choice can do.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from xetrack.errors import PartClashError, PluginError
from xetrack.model.env import is_enabled
from xetrack.plugins.claims import Claims, refused_names
from xetrack.plugins.descriptions import check_description
from xetrack.plugins.entrypoints import (
    CORE,
    EntryPoint,
    find,
    is_satisfied,
    normalized,
    version_of,
)
from xetrack.plugins.loader import load_parts
from xetrack.plugins.parts import PLUGIN, Part, Status
from xetrack.plugins.quarantine import Refusal, isolated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xetrack.interfaces.component import PartKind

DISABLE = "XETRACK_DISABLE_PLUGINS"
"""Names of plugins or of their distributions, separated by commas: they are not imported."""

AUTOLOAD = "XETRACK_PLUGIN_AUTOLOAD"
"""``0`` disables all plugins; what is built in stays."""

STRICT = "XETRACK_STRICT"
"""``1`` raises the first plugin's error instead of quarantining the plugin."""


class Catalog:
    """The parts that can be used, and those that cannot.

    **Thread safety.** One thread fills it; then it is only read, but for `unreported`.

    Parameters
    ----------
    parts
        The first parts by kind and name.
    """

    def __init__(self, parts: dict[tuple[str, str], Part]) -> None:
        self.parts = dict(parts)
        """The usable parts by kind and name, which belong to one part only; built-in ones come
        first."""
        self.withheld: list[Status] = []
        """The statuses of unusable parts, and of plugins that offer nothing."""
        self.errors: dict[tuple[str, str], PluginError] = {}
        """The errors for who asks for a refused part, by its kind and name."""
        self.unreported: dict[str, PluginError] = {}
        """The errors of which the user was not warned, by the distribution at fault or, where
        several clash, by the reason."""

    def admit(self, parts: Sequence[Part]) -> None:
        """Add the parts that are described well and have to themselves what they claim.

        Parameters
        ----------
        parts
            The parts of all plugins, as whether two clash is seen when all are known.

        Raises
        ------
        PluginError
            Another part is refused, and the environment asks to be strict.
        """
        claims, described = Claims(self.parts.values()), []
        for part in parts:
            with self._refusing(part), isolated(f"looking at {part.title}"):
                check_description(part)
                claims.add(part)
                described.append(part)
        for part in described:
            with self._refusing(part):
                claims.check(part)
                self.parts[part.kind, part.name] = part

    @contextmanager
    def _refusing(self, part: Part) -> Iterator[None]:
        try:
            yield
        except Refusal as refusal:
            self.refuse(part, refusal)

    def refuse(self, status: Status, refusal: Refusal) -> None:
        """Quarantine a part or a whole plugin.

        Parameters
        ----------
        status
            The part or plugin.
        refusal
            What is wrong.

        Raises
        ------
        PluginError
            The environment asks to be strict.
        """
        self.withheld.append(replace(status, state="quarantined", reason=refusal.reason))
        error = PluginError(status.distribution, refusal.reason)
        if refusal.culprits:
            error = PartClashError(refusal.culprits, refusal.reason)
        self.errors.setdefault((status.kind, status.name), error)
        # By distribution: it is what to type after pip, and two may share the plugin's name. Those
        # who clash are all named by one warning.
        about = refusal.reason if refusal.culprits else status.distribution
        self.unreported.setdefault(about, error)
        if is_strict():
            raise error from refusal.__cause__

    def refused_claimant(self, kind: PartKind, scheme: str, file: str = "") -> Status | None:
        """Return a refused part that claims a URL scheme, or a suffix of a file's name.

        Parameters
        ----------
        kind, scheme, file
            As of `find_claimant`.
        """
        for status in self.withheld:
            if isinstance(status, Part) and status.kind == kind:
                for claim in status.component.schemes if scheme else status.component.suffixes:
                    if claim == scheme if scheme else file.endswith(claim):
                        return status
        return None

    def find_claimant(self, kind: PartKind, scheme: str, file: str = "") -> str | None:
        """Return the name of the part that claims a URL scheme, or a suffix of a file's name.

        Parameters
        ----------
        kind
            The kind of part.
        scheme
            The URL scheme; empty to search by suffix.
        file
            The file's name, in lower case.

        Returns
        -------
        str or None
            The name of the part with the longest claim; None if there is none.
        """
        claims = {
            (len(claim), part.name)
            for part in self.of_kind(kind)
            for claim in (part.component.schemes if scheme else part.component.suffixes)
            if (claim == scheme if scheme else file.endswith(claim))
        }
        return max(claims)[1] if claims else None

    def of_kind(self, kind: str) -> list[Part]:
        """Return all parts of a kind, built-in ones first.

        Parameters
        ----------
        kind
            A kind of part, such as ``sink``.
        """
        return [part for part in self.parts.values() if part.kind == kind]


def load_builtin_parts(module: str) -> Catalog:
    """Return a catalogue of the parts that the core offers through the hooks of a module.

    Parameters
    ----------
    module
        The name of the module, with dots.

    Raises
    ------
    PluginError
        The core itself is broken.
    """
    catalog = Catalog({})
    try:
        parts = load_parts(EntryPoint("builtin", module, CORE, ""), "built-in")
    except Refusal as refusal:
        raise PluginError(CORE, refusal.reason) from refusal
    catalog.admit(parts)
    for error in catalog.errors.values():
        raise error
    return catalog


def discover(own: Catalog, path: Sequence[str] | None) -> Catalog:
    """Load all plugins in the order of their names; a broken one does not stop the others.

    Parameters
    ----------
    own
        The catalogue of built-in parts.
    path
        Folders to search for distributions; `sys.path` if None.

    Returns
    -------
    Catalog
        All parts.

    Raises
    ------
    PluginError
        A plugin is broken, and the environment asks to be strict.
    """
    catalog = Catalog(own.parts)
    plugins: list[tuple[EntryPoint, Status]] = []
    for point in find(path):
        plugin = Status(
            kind=PLUGIN, name=point.name, distribution=point.distribution, version=point.version
        )
        if disabled := why_disabled(point):
            catalog.withheld.append(replace(plugin, state="disabled", reason=disabled))
        else:
            plugins.append((point, plugin))
    refused = {id(plugin): refusal for plugin, refusal in refused_names([p for _, p in plugins])}
    core = (version_of(CORE, path) or version_of(CORE)) if plugins else ""
    offered: list[Part] = []
    for point, plugin in plugins:
        try:
            if id(plugin) in refused:
                raise refused[id(plugin)]
            _check_core(point, core)
            parts = load_parts(point)
        except Refusal as refusal:
            catalog.refuse(plugin, refusal)
            continue
        if not parts:
            catalog.withheld.append(replace(plugin, summary="offers no part"))
        offered += parts
    catalog.admit(offered)
    return catalog


def _check_core(point: EntryPoint, core: str) -> None:
    """Check that a plugin does not require another core; one that does is not even imported.

    Raises
    ------
    Refusal
        It does.
    """
    if not is_satisfied(point.needs_core, core):
        what = f"it requires {CORE}{point.needs_core}, and this is {CORE} {core}"
        raise Refusal(f"{what}; type: pip install --upgrade {point.distribution} {CORE}")


def is_strict() -> bool:
    """Return True if a broken plugin is an error."""
    return is_enabled(STRICT)


def why_disabled(point: EntryPoint) -> str:
    """Return a clause with the variable that disables a plugin; empty if none does.

    Parameters
    ----------
    point
        The entry point of the plugin.
    """
    if not is_enabled(AUTOLOAD, default=True):
        return f"left out by {AUTOLOAD}={os.environ[AUTOLOAD]}"
    names = {normalized(name) for name in os.environ.get(DISABLE, "").split(",")}
    if names & {normalized(point.name), normalized(point.distribution)}:
        return f"left out by {DISABLE}={os.environ[DISABLE]}"
    return ""
