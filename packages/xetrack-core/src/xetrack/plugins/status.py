"""The status of one part, or of one plugin as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import frozen

if TYPE_CHECKING:
    from xetrack.plugins.loading.entrypoints import EntryPoint
    from xetrack.plugins.loading.loader import Offer

State: TypeAlias = Literal["built-in", "ready", "disabled", "quarantined"]

PLUGIN = "plugin"
"""The kind of a status that is about a plugin as a whole."""


@frozen(kw_only=True)
class Status:
    """One line of ``xt plugins``.

    A plugin that is disabled, was quarantined before it could say what it offers, or offers
    nothing has one line of the kind ``plugin``; otherwise each of its parts has one.
    """

    kind: str
    """One of `xetrack.interfaces.component.PartKind`, or `PLUGIN`."""
    name: str
    """The part's name; for `PLUGIN` that of the entry point."""
    distribution: str
    """The name of the distribution, as after ``pip install``."""
    version: str
    """The distribution's version; empty when it is not installed but only on the path."""
    summary: str
    """The purpose in one line."""
    state: State
    """``built-in``: part of the core; ``ready``: of a plugin, and usable as far as is known;
    ``disabled``: left out by the environment; ``quarantined``: unusable."""
    reason: str = ""
    """Why it is disabled or quarantined; empty otherwise."""


def part_status(offer: Offer, state: State, reason: str = "") -> Status:
    """Return the status of a part.

    Parameters
    ----------
    offer
        The part.
    state, reason
        Fields of `Status`.
    """
    # An annotation proves nothing: strangers may have no type checker.
    summary: object = offer.component.summary
    return Status(
        kind=str(offer.kind),
        name=offer.component.name,
        distribution=offer.point.distribution,
        version=offer.point.version,
        summary=" ".join(summary.split()) if isinstance(summary, str) else "",
        state=state,
        reason=reason,
    )


def plugin_status(point: EntryPoint, state: State, reason: str, summary: str) -> Status:
    """Return the status of a plugin as a whole.

    Parameters
    ----------
    point
        The plugin.
    state, reason, summary
        Fields of `Status`.
    """
    return Status(
        kind=PLUGIN,
        name=point.name,
        distribution=point.distribution,
        version=point.version,
        summary=summary,
        state=state,
        reason=reason,
    )
