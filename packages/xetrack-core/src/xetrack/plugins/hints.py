"""Hints: what to type when no plugin offers a part."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xetrack.errors import MissingPackageError, PluginError
from xetrack.interfaces.component import PartKind
from xetrack.plugins.entrypoints import CORE, normalized
from xetrack.plugins.parts import PLUGIN, Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xetrack.errors import UnknownComponentError, XetrackError
    from xetrack.plugins.parts import Status
    from xetrack.plugins.quarantine import Refusal

EXTRAS: dict[tuple[str, str], str] = {
    (PartKind.ENGINE, "duckdb"): "duckdb",
    (PartKind.ENGINE, "postgres"): "postgres",
    (PartKind.ASSET_STORE, "postgres"): "postgres",
    (PartKind.ASSET_STORE, "sqlite"): "assets",
    **{
        (PartKind.CODEC, name): "assets"
        for name in "arrow bytes json numpy pandas pickle text".split()
    },
    (PartKind.ASSET_STORE, "objects"): "objects",
    (PartKind.CACHE, "diskcache"): "cache",
    (PartKind.CACHE, "postgres"): "postgres",
    (PartKind.CALL_CACHE, "keyed"): "cache",
    **{(PartKind.FRAME_BACKEND, name): name for name in "arrow pandas polars".split()},
    (PartKind.SQL_RUNNER, "duckdb"): "duckdb",
    (PartKind.COMMAND, "assets"): "assets",
    (PartKind.COMMAND, "cache"): "cache",
    (PartKind.COMMAND, "reproduce"): "reproduce",
    (PartKind.JUDGE, "results"): "reproduce",
    (PartKind.PROBE, "gpu"): "gpu",
    (PartKind.RECORDER, "gpu"): "gpu",
    (PartKind.COMMAND, "ui"): "ui",
}
"""The extra that brings a part; for a command its first word counts."""

SCHEMES = {
    "duckdb": "duckdb",
    "postgres": "postgres",
    "postgresql": "postgres",
    **dict.fromkeys(("s3", "gs", "az", "file"), "objects"),
}
"""URL schemes of engines, caches and asset stores that an extra brings, and the names of these."""

SUFFIXES = {".duckdb": "duckdb", ".ddb": "duckdb"}
"""Endings of file names of engines that an extra brings."""


FORMATS = ("table", "markdown", "json", "csv")
"""The formats of ``xt`` itself."""

_CLI = "xetrack-cli"


def extra_of(kind: str, name: str) -> str:
    """Return the extra that brings a part; empty if xetrack has no such part.

    Parameters
    ----------
    kind
        The kind of part.
    name
        The name of the part.
    """
    return EXTRAS.get((kind, name.partition(" ")[0] if kind == PartKind.COMMAND else name), "")


_DISTRIBUTIONS = {"pandas": CORE, "polars": "xetrack-arrow"}
"""Distributions that an extra stands for, where that has another name."""


def distribution_of(extra: str) -> str:
    """Return the distribution that an extra stands for.

    Parameters
    ----------
    extra
        The name of an extra, such as ``duckdb``.
    """
    return _DISTRIBUTIONS.get(extra, f"xetrack-{extra}")


def requirer_of(extra: str) -> str:
    """Return the distribution whose extra it is: ``xetrack``, or the core for what that brings.

    Parameters
    ----------
    extra
        The name of an extra, such as ``duckdb``.
    """
    return CORE if extra == "pandas" else "xetrack"


def reserved_for(kind: str, field: str, text: str) -> str:
    """Return the distribution of ours that alone may have a name, a URL scheme or a suffix.

    Parameters
    ----------
    kind
        The kind of part.
    field
        ``name``, ``scheme`` or ``suffix``.
    text
        The name, scheme or suffix.

    Returns
    -------
    str
        The distribution, installed or not; empty if anybody may have it.
    """
    if kind == PartKind.FORMAT:
        return _CLI if text in FORMATS else ""
    by_field = {"scheme": SCHEMES.get(text, text), "suffix": SUFFIXES.get(text, "")}
    extra = extra_of(kind, by_field.get(field, text))
    return distribution_of(extra) if extra else ""


def owner_of_plugin(name: str) -> str:
    """Return the distribution of ours whose plugin has a name; empty if it is none of ours.

    Parameters
    ----------
    name
        The name of a plugin, as its entry point has it.
    """
    owner = f"xetrack-{normalized(name)}"
    return owner if owner in map(distribution_of, EXTRAS.values()) else ""


def missing_package(kind: PartKind, name: str, error: UnknownComponentError) -> XetrackError:
    """Return the error for a part of an extra that is not installed.

    Parameters
    ----------
    kind, name
        The part that was asked for.
    error
        What the registry said of it, which is returned where no extra brings the part, or where
        it is there, but left out or too old.
    """
    extra = extra_of(kind, name)
    if not extra or "pip install '" not in str(error):
        return error
    what = f"{distribution_of(extra)}, which brings the {kind} {name!r},"
    return MissingPackageError(what, extra, requirer_of(extra))


def unusable_part(part: Part, refusal: Refusal) -> XetrackError:
    """Return the error for a part that cannot be imported, or that lacks its interface.

    Parameters
    ----------
    part
        The part that was asked for.
    refusal
        What is wrong with it.

    Returns
    -------
    XetrackError
        A `MissingPackageError` if an extra of xetrack brings what is missing, else a `PluginError`.
    """
    extra = _missing_extra(part, refusal)
    if extra:
        needs = f"which {part.title} of {part.release} needs,"
        what = f"The module {refusal.missing_module!r}, {needs}"
        return MissingPackageError(what, extra, requirer_of(extra))
    return PluginError(part.distribution, f"{part.title} is refused: {refusal.reason}")


def unusable_status(part: Part, refusal: Refusal) -> Part:
    """Return the status of a part that cannot be imported, or that lacks its interface.

    Parameters
    ----------
    part
        The part.
    refusal
        What is wrong with it.

    Returns
    -------
    Part
        ``incomplete`` if an extra of xetrack brings what is missing, else ``quarantined``.
    """
    extra = _missing_extra(part, refusal)
    if not extra:
        return replace(part, state="quarantined", reason=refusal.reason)
    install = f"pip install '{requirer_of(extra)}[{extra}]'"
    reason = f"the module {refusal.missing_module!r}, which it needs, is missing; type: {install}"
    return replace(part, state="incomplete", reason=reason)


def _missing_extra(part: Part, refusal: Refusal) -> str:
    """Return the extra that brings what a part of ours needs; empty where it is something else."""
    extra = extra_of(part.kind, part.name)
    is_own = extra and normalized(part.distribution) == distribution_of(extra)
    return extra if is_own and refusal.missing_module else ""


def hint(kind: PartKind, name: str, statuses: Iterable[Status]) -> str:
    """Return a sentence that says how to get a missing part; empty if nothing is known.

    Parameters
    ----------
    kind
        The kind of part.
    name
        The name of the part.
    statuses
        The statuses of plugins and parts that were left out.
    """
    statuses = list(statuses)
    plugins = [status for status in statuses if status.kind == PLUGIN]
    extra = extra_of(kind, name)
    likely = {normalized(name.partition(" ")[0]), distribution_of(extra or name)}
    owner = distribution_of(extra) if extra else ""
    for status in plugins:
        if owner and normalized(status.distribution) != owner:
            continue
        if status.reason and likely & {normalized(status.name), normalized(status.distribution)}:
            return (
                f"The plugin {status.name!r} of {status.distribution} is {status.state}: "
                f"{status.reason}. See it with: xt plugins"
            )
    if extra:
        pretenders = "".join(
            f"What {status.release} offers in its place is refused. "
            for status in statuses
            if status.kind in {kind, PLUGIN} and _takes_from(owner, status)
        )
        # It is installed, but offers no such part: another release does.
        is_installed = owner in {normalized(status.distribution) for status in plugins}
        upgrade = "--upgrade " if is_installed else ""
        return f"{pretenders}Type: pip install {upgrade}'{requirer_of(extra)}[{extra}]'"
    withheld = [f"{status.name} ({status.state})" for status in plugins if status.reason]
    if withheld:
        return f"These plugins are left out: {', '.join(withheld)}. See why with: xt plugins"
    return ""


def _takes_from(owner: str, status: Status) -> bool:
    """Return True if another distribution claims what is reserved for a distribution of ours."""
    if normalized(status.distribution) == owner:
        return False
    if isinstance(status, Part):
        return any(reserved_for(*claim) == owner for claim in status.claims)
    return bool(status.reason) and owner_of_plugin(status.name) == owner
