"""The parts of plugins, and their statuses: the lines of ``xt plugins``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from xetrack.interfaces.component import PartKind

if TYPE_CHECKING:
    from xetrack.interfaces.component import Component

State: TypeAlias = Literal["built-in", "ready", "disabled", "incomplete", "quarantined"]

PLUGIN = "plugin"
"""The kind of a status that is about a plugin as a whole."""


NAMED_BY_SCHEME = (PartKind.ASSET_STORE, PartKind.CACHE, PartKind.SINK, PartKind.PROBE)
"""The kinds of which the scheme of a URL may also be the name of a part."""


def article(kind: str) -> str:
    """Return the article of a kind of part.

    Parameters
    ----------
    kind
        A kind of part, such as ``sink``.
    """
    return "an" if kind[0] in "aeio" else "a"


class Claim(NamedTuple):
    """A name, a URL scheme or a suffix, which only one part of a kind can have."""

    kind: str
    field: str
    """``name``, ``scheme`` or ``suffix``."""
    text: str

    def __str__(self) -> str:
        if self.field == "name":
            return f"the {self.kind} {self.text!r}"
        return f"{self.text!r}, for {article(self.kind)} {self.kind},"


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
    ``disabled``: left out by the environment; ``incomplete``: of xetrack's own, whose extra is not
    installed; ``quarantined``: unusable."""
    reason: str = ""
    """Why it is disabled, incomplete or quarantined; empty otherwise."""

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
    def claims(self) -> list[Claim]:
        """Everything that selects the part, its name first."""
        schemes = [*self.component.schemes]
        if self.kind in NAMED_BY_SCHEME:
            schemes.append(self.name)
        return [
            Claim(self.kind, "name", self.name),
            *(Claim(self.kind, "scheme", scheme) for scheme in dict.fromkeys(schemes)),
            *(Claim(self.kind, "suffix", suffix) for suffix in self.component.suffixes),
        ]
