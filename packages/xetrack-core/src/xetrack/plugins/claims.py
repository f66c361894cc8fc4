"""Claims: the names, URL schemes and suffixes by which parts are chosen, and who may have them.

What is built in, and what our own distributions bring, installed or not, belongs to nobody else.
Of two others that claim the same, neither has it: an order among them would be an accident.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.plugins import hints
from xetrack.plugins.entrypoints import normalized
from xetrack.plugins.quarantine import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xetrack.plugins.parts import Claim, Part, Status


class Claims:
    """Who claims what.

    Parameters
    ----------
    built_in
        The parts of the core.
    """

    def __init__(self, built_in: Iterable[Part] = ()) -> None:
        self._built_in = {claim: part for part in built_in for claim in part.claims}
        self._claimants: dict[Claim, list[Part]] = {}

    def add(self, part: Part) -> None:
        """Add the claims of a part.

        Parameters
        ----------
        part
            A part of a plugin.

        Raises
        ------
        Refusal
            One of them belongs to the core, or to a distribution of xetrack that is another.
        """
        for claim in part.claims:
            if claim in self._built_in:
                owner = self._built_in[claim].release
                raise Refusal(f"{claim} is built into {owner} and cannot be replaced")
            owner = hints.reserved_for(*claim)
            if owner and normalized(part.distribution) != owner:
                raise Refusal(f"{claim} is reserved for {owner}, which {part.release} is not")
        for claim in part.claims:
            self._claimants.setdefault(claim, []).append(part)

    def check(self, part: Part) -> None:
        """Check that a part is the only one with each of its claims, once all were added.

        Parameters
        ----------
        part
            A part that `add` took.

        Raises
        ------
        Refusal
            Another part claims the same; it is refused, too.
        """
        for claim in part.claims:
            rivals = self._claimants[claim]
            if len(rivals) > 1:
                raise clash(str(claim), rivals)


def clash(what: str, rivals: Iterable[Status]) -> Refusal:
    """Return the refusal of all who claim the same.

    Parameters
    ----------
    what
        What they claim.
    rivals
        The parts or plugins, in any order.
    """
    statuses = sorted(rivals, key=lambda status: status.release)
    releases = list(dict.fromkeys(status.release for status in statuses))
    culprits = tuple(dict.fromkeys(status.distribution for status in statuses))
    *others, last = releases
    if not others:
        return Refusal(f"{what} is offered more than once by {last}, so none of them is used")
    by, none = ("both ", "neither") if len(others) == 1 else ("", "none of them")
    who = f"{by}{', '.join(others)} and {last}"
    return Refusal(f"{what} is offered by {who}, so {none} is used", culprits=culprits)


def refused_names(plugins: Iterable[Status]) -> Iterator[tuple[Status, Refusal]]:
    """Yield the plugins whose names, those of their entry points, belong to others as well.

    Parameters
    ----------
    plugins
        All plugins that may be used.
    """
    by_name: dict[str, list[Status]] = {}
    for plugin in plugins:
        by_name.setdefault(normalized(plugin.name), []).append(plugin)
    for name, rivals in by_name.items():
        owner = hints.owner_of_plugin(name)
        strangers = [plugin for plugin in rivals if normalized(plugin.distribution) != owner]
        for plugin in strangers:
            what = f"the plugin's name {plugin.name!r}"
            if owner:
                reason = f"{what} is reserved for {owner}, which {plugin.release} is not"
                yield plugin, Refusal(reason)
            elif len(strangers) > 1:
                yield plugin, clash(what, strangers)
