"""The parts of plugins, and their statuses: the lines of ``xt plugins``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from xetrack.interfaces.component import Component

State: TypeAlias = Literal["built-in", "ready", "disabled", "quarantined"]

PLUGIN = "plugin"
"""The kind of a status that is about a plugin as a whole."""


@dataclass(frozen=True, kw_only=True)
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
    summary: str = ""
    """The purpose in one line."""
    state: State = "ready"
    """``built-in``: part of the core; ``ready``: of a plugin, and usable as far as is known;
    ``disabled``: left out by the environment; ``quarantined``: unusable."""
    reason: str = ""
    """Why it is disabled or quarantined; empty otherwise."""

    @property
    def title(self) -> str:
        """The kind and the quoted name, for messages."""
        return f"the {self.kind} {self.name!r}"

    @property
    def release(self) -> str:
        """The distribution and its version, for messages."""
        return f"{self.distribution} {self.version}".rstrip()


@dataclass(frozen=True, kw_only=True)
class Part(Status):
    """The status of one part, with its description."""

    component: Component

    @property
    def claims(self) -> tuple[str, ...]:
        """The URL schemes and suffixes that select the part."""
        return (*self.component.schemes, *self.component.suffixes)
