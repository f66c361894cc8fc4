"""The catalogue: all parts, built in or of plugins, and the reasons of refusals.

Plugins are imported in the thread that needs them: one may set the handler of a signal or open
a database at import, which only the thread of its choice can do.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from xetrack.errors import PluginError
from xetrack.interfaces.component import PartKind
from xetrack.model.env import is_enabled
from xetrack.plugins.entrypoints import CORE, EntryPoint, find, normalized
from xetrack.plugins.loader import load_parts
from xetrack.plugins.parts import PLUGIN, Status
from xetrack.plugins.quarantine import Refusal, isolated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.plugins.parts import Part

DISABLE = "XETRACK_DISABLE_PLUGINS"
"""Names of plugins or of their distributions, separated by commas: they are not imported."""

AUTOLOAD = "XETRACK_PLUGIN_AUTOLOAD"
"""``0`` disables all plugins; what is built in stays."""

STRICT = "XETRACK_STRICT"
"""``1`` raises the first plugin's error instead of quarantining the plugin."""

SCHEME = re.compile(r"[a-z][a-z0-9+.-]+")
"""A URL scheme; one letter is a drive of Windows."""

_SUFFIX = re.compile(r"\.(?=.*[^.])[^/\\: \n]+")
_BY_SCHEME = (
    PartKind.ENGINE,
    PartKind.ASSET_STORE,
    PartKind.CACHE,
    PartKind.SINK,
    PartKind.PROBE,
)
_CLAIMS = (
    ("schemes", SCHEME, _BY_SCHEME),
    ("suffixes", _SUFFIX, (PartKind.ENGINE,)),
)
"""The claims of parts: the field, its form, and the kinds that may have it."""


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
        self.unreported: dict[str, PluginError] = {}
        """An error for each distribution that is broken and of which the user was not warned."""

    def add(self, part: Part) -> None:
        """Add a part.

        Raises
        ------
        Refusal
            Its description is wrong, or another part has its name, a scheme or a suffix.
        """
        _check_description(part)
        key = part.kind, part.name
        if key in self.parts:
            raise _clash(self.parts[key], part, part.title)
        for other in self.of_kind(part.kind):
            for claim in part.claims:
                if claim in other.claims:
                    raise _clash(other, part, f"{claim!r}, for {_article(part.kind)} {part.kind},")
        self.parts[key] = part

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
        # By distribution: it is what to type after pip, and two may share the plugin's name.
        error = PluginError(status.distribution, refusal.reason)
        self.unreported.setdefault(status.distribution, error)
        if is_strict():
            raise error from refusal.__cause__

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
        """Return all parts of a kind, built-in ones first."""
        return [part for part in self.parts.values() if part.kind == kind]


def _article(kind: str) -> str:
    return "an" if kind[0] in "aeio" else "a"


def _clash(first: Part, part: Part, what: str) -> Refusal:
    if first.state == "built-in":
        return Refusal(f"{what} is built into {first.release} and cannot be replaced")
    return Refusal(f"{what} is offered by both {first.release} and {part.release}")


def _check_description(part: Part) -> None:
    if " " in part.name and part.kind != PartKind.COMMAND:
        raise Refusal(f"{part.title} has a name of two words, which only a command may have")
    summary: object = part.component.summary
    if not isinstance(summary, str):
        raise Refusal(f"{part.title} has a summary that is no text but {summary!r}")
    for field, form, owners in _CLAIMS:
        claims: object = getattr(part.component, field)
        if claims and part.kind not in owners:
            *others, last = (f"{_article(kind)} {kind}" for kind in owners)
            who = f"{', '.join(others)} or {last}" if others else last
            raise Refusal(f"{part.title} has {field}, which only {who} may have")
        if not isinstance(claims, tuple):
            raise Refusal(f"{part.title} has {field} that are no tuple but {claims!r}")
        for claim in claims:
            if not (isinstance(claim, str) and form.fullmatch(claim) and claim == claim.lower()):
                raise Refusal(f"{part.title} has {field} of a wrong form: {claim!r}")


def load_builtin_parts(module: str) -> Catalog:
    """Return a catalogue of the parts that the core offers through the hooks of a module.

    Raises
    ------
    PluginError
        The core itself is broken.
    """
    catalog = Catalog({})
    try:
        for part in load_parts(EntryPoint("builtin", module, CORE, ""), "built-in"):
            catalog.add(part)
    except Refusal as refusal:
        raise PluginError(CORE, refusal.reason) from refusal
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
    first: dict[str, Status] = {}
    for point in find(path):
        plugin = Status(
            kind=PLUGIN, name=point.name, distribution=point.distribution, version=point.version
        )
        if disabled := why_disabled(point):
            catalog.withheld.append(replace(plugin, state="disabled", reason=disabled))
            continue
        try:
            _check_name(plugin, first.setdefault(normalized(point.name), plugin))
            parts = load_parts(point)
        except Refusal as refusal:
            catalog.refuse(plugin, refusal)
            continue
        if not parts:
            catalog.withheld.append(replace(plugin, summary="offers no part"))
        for part in parts:
            try:
                with isolated(f"looking at {part.title}"):
                    catalog.add(part)
            except Refusal as refusal:
                catalog.refuse(part, refusal)
    return catalog


def _check_name(plugin: Status, first: Status) -> None:
    if first is not plugin:
        both = f"{first.release} and {plugin.release}, and the first has it"
        raise Refusal(f"the plugin's name {plugin.name!r} is declared by both {both}")


def is_strict() -> bool:
    """Return True if a broken plugin is an error."""
    return is_enabled(STRICT)


def why_disabled(point: EntryPoint) -> str:
    """Return a clause with the variable that disables a plugin; empty if none does."""
    if not is_enabled(AUTOLOAD, default=True):
        return f"left out by {AUTOLOAD}={os.environ[AUTOLOAD]}"
    names = {normalized(name) for name in os.environ.get(DISABLE, "").split(",")}
    if names & {normalized(point.name), normalized(point.distribution)}:
        return f"left out by {DISABLE}={os.environ[DISABLE]}"
    return ""
