"""The graph of what a function, or the class of an argument, refers to in the user's own code.

Names are followed as Python resolves them now, so what counts is what a call would run. See
`docs/design/cache.md` for what cannot be followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack_cache.keys.helpers.builder import Builder, digest_of
from xetrack_cache.keys.netstrings import text

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_NAMED = 100
"""Helpers whose digest stands in a key by their name; that of the others is one for all."""

_HELPER = "helper "


class Graph:
    """What one function or class refers to, and its parts of a key.

    Parameters
    ----------
    root
        The function, or the class.
    """

    def __init__(self, root: Any) -> None:
        builder = Builder(root)
        # As long as they are referred to, no other object comes by their ids.
        self._referred = root, getattr(root, "__code__", None)
        self.followed = builder.referred
        """The functions and classes that it leads to, by their ids."""
        self.space = getattr(root, "__globals__", None)
        """The globals that the function reads."""
        self.digest_by_name = builder.digest_by_name
        self.material = to_material(builder.digest_by_name)
        self.limit = builder.limit
        """Which limit kept it from being followed to the end; empty where it was."""
        self.is_current = builder.is_current
        """Returns True as long as the graph is what it would be if it was made anew."""


def to_material(digest_by_name: dict[str, bytes]) -> bytes:
    """Return helpers as parts of a key.

    Parameters
    ----------
    digest_by_name
        The part of each, by its name.

    Returns
    -------
    bytes
        Name and part of each in the order of names; those beyond `MOST_NAMED` as one.
    """
    pairs = [text(_HELPER + name) + part for name, part in sorted(digest_by_name.items())]
    if len(pairs) <= MOST_NAMED:
        return b"".join(pairs)
    others = digest_of(b"".join(pairs[MOST_NAMED:]))
    return b"".join((*pairs[:MOST_NAMED], text("other helpers"), others))


def merged(graphs: Iterable[Graph]) -> dict[str, bytes]:
    """Return the helpers of several graphs by name.

    Parameters
    ----------
    graphs
        Graphs that may share helpers.

    Returns
    -------
    dict of str to bytes
        The part of each helper; of one that differs between graphs, of both.
    """
    digest_by_name: dict[str, bytes] = {}
    for graph in graphs:
        for name, part in graph.digest_by_name.items():
            other = digest_by_name.get(name, part)
            digest_by_name[name] = part if other == part else digest_of(b"".join((other, part)))
    return digest_by_name
