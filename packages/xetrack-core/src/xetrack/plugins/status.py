"""The status: what became of one part, or of one plugin as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import frozen

if TYPE_CHECKING:
    from xetrack.plugins.entrypoints import EntryPoint
    from xetrack.plugins.loader import Offer

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
    """What to type after ``pip install``."""
    version: str
    """The distribution's version; empty when it is not installed but only on the path."""
    summary: str
    """What it is for, in one line."""
    state: State
    """``built-in``: ships with core; ``ready``: a plugin's, and nothing is known against it;
    ``disabled``: left out by the environment; ``quarantined``: unusable."""
    reason: str = ""
    """Why it is disabled or quarantined; empty otherwise."""


def of_part(offer: Offer, state: State, reason: str = "") -> Status:
    """Describe what became of a part."""
    # What is annotated is not thereby so: strangers may have no type checker.
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


def of_plugin(point: EntryPoint, state: State, reason: str, summary: str) -> Status:
    """Describe what became of a plugin as a whole."""
    return Status(
        kind=PLUGIN,
        name=point.name,
        distribution=point.distribution,
        version=point.version,
        summary=summary,
        state=state,
        reason=reason,
    )
