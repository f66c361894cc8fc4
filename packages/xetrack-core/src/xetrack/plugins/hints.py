"""Hints: what to type when no plugin offers a part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.interfaces.component import PartKind
from xetrack.plugins.entrypoints import normalized
from xetrack.plugins.status import PLUGIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xetrack.plugins.status import Status

EXTRAS = {
    (PartKind.ENGINE, "duckdb"): "duckdb",
    (PartKind.ENGINE, "postgres"): "postgres",
    (PartKind.ASSET_STORE, "sqlite"): "assets",
    **{(PartKind.CODEC, name): "assets" for name in "arrow json numpy pandas pickle".split()},
    (PartKind.CACHE, "diskcache"): "cache",
    (PartKind.CACHE, "postgres"): "postgres",
    (PartKind.CALL_CACHE, "keyed"): "cache",
    (PartKind.COMMAND, "assets"): "assets",
    (PartKind.COMMAND, "cache"): "cache",
}
"""The extra of ``xetrack`` that brings a part; for a command its first word counts."""

SCHEMES = {"duckdb": "duckdb", "postgres": "postgres", "postgresql": "postgres"}
"""URL schemes of engines and caches that an extra brings."""

SUFFIXES = {".duckdb": "duckdb", ".ddb": "duckdb"}
"""Endings of file names of engines that an extra brings."""


def extra_of(kind: PartKind, name: str) -> str:
    """Return the extra that brings a part; empty if xetrack has no such part.

    Parameters
    ----------
    kind
        The kind of part.
    name
        The name of the part.
    """
    return EXTRAS.get((kind, name.partition(" ")[0] if kind is PartKind.COMMAND else name), "")


def distribution_of(extra: str) -> str:
    """Return the distribution that an extra of ``xetrack`` stands for."""
    return f"xetrack-{extra}"


def hint(kind: PartKind, name: str, statuses: Iterable[Status]) -> str:
    """Return a sentence that says how to get a missing part; empty if nothing is known.

    Parameters
    ----------
    kind
        The kind of part.
    name
        The name of the part.
    statuses
        The statuses of plugins that were left out.
    """
    plugins = [status for status in statuses if status.kind == PLUGIN]
    extra = extra_of(kind, name)
    likely = {normalized(name.partition(" ")[0]), distribution_of(extra or name)}
    for status in plugins:
        if status.reason and likely & {normalized(status.name), normalized(status.distribution)}:
            return (
                f"The plugin {status.name!r} of {status.distribution} is {status.state}: "
                f"{status.reason}. See it with: xt plugins"
            )
    if extra:
        installed = {normalized(status.distribution) for status in plugins}
        # It is installed, but offers no such part: another release does.
        upgrade = "--upgrade " if distribution_of(extra) in installed else ""
        return f"Type: pip install {upgrade}'xetrack[{extra}]'"
    withheld = [f"{status.name} ({status.state})" for status in plugins if status.reason]
    if withheld:
        return f"These plugins are left out: {', '.join(withheld)}. See why with: xt plugins"
    return ""
