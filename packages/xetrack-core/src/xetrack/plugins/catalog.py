"""The catalogue: which parts there are, whose they are, and which were refused and why.

Plugins are imported plainly, on the thread that asks: one may set the handler of a signal or open
a database at import, which only the thread of its choice can do.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from xetrack.interfaces.component import PartKind
from xetrack.plugins import settings
from xetrack.plugins.entrypoints import CORE, EntryPoint, find, normalized
from xetrack.plugins.loader import load
from xetrack.plugins.quarantine import Refusal, isolated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from xetrack.errors import PluginError
    from xetrack.plugins.loader import Offer
    from xetrack.plugins.status import State, Status

    Key: TypeAlias = tuple[PartKind, str]
    """Kind and name; they belong to one part only."""


class Catalog:
    """Filled by one thread, then only read, but for `unreported`."""

    def __init__(self, own: Catalog | None = None) -> None:
        self.offers: dict[Key, Offer] = dict(own.offers) if own else {}
        """What can be used; what is built in comes first."""
        self.own = frozenset(self.offers)
        """What is built in."""
        self.withheld: list[Status] = []
        """What cannot be used, and plugins that offer nothing."""
        self.refused: dict[Key, tuple[EntryPoint, str]] = {}
        """Why a part cannot be used, for parts whose plugin is otherwise fine."""
        self.unreported: deque[PluginError] = deque()
        """One error for each broken plugin that the user has not been warned of yet."""

    def add(self, offer: Offer) -> None:
        """Take up a part.

        Raises
        ------
        Refusal
            It is described wrongly, or what it claims belongs to another part.
        """
        _check(offer)
        key = (offer.kind, offer.component.name)
        first = self.offers.get(key)
        if first is not None:
            raise self._clash(first, offer, f"the {offer.kind} {offer.component.name!r}")
        for other in self._of(offer.kind):
            claimed = {*other.component.schemes, *other.component.suffixes}
            for claim in (*offer.component.schemes, *offer.component.suffixes):
                if claim in claimed:
                    what = "an engine" if offer.kind is PartKind.ENGINE else "a cache"
                    raise self._clash(other, offer, f"{claim!r}, for {what},")
        self.offers[key] = offer

    def refuse(self, point: EntryPoint, reason: str, offer: Offer | None = None) -> PluginError:
        """Quarantine a part, or a whole plugin where `offer` is None, and return the error."""
        error = point.error(reason)
        if offer is None:
            self.note(point, "quarantined", reason)
        else:
            from xetrack.plugins.status import of_part  # noqa: PLC0415 - seldom needed

            self.withheld.append(of_part(offer, "quarantined", reason))
            self.refused[offer.kind, offer.component.name] = point, reason
        if all(error.plugin != other.plugin for other in self.unreported):
            self.unreported.append(error)
        return error

    def note(self, point: EntryPoint, state: State, reason: str = "", summary: str = "") -> None:
        """Write down what became of a plugin as a whole."""
        from xetrack.plugins.status import of_plugin  # noqa: PLC0415 - seldom needed

        self.withheld.append(of_plugin(point, state, reason, summary))

    def claimant(self, kind: PartKind, scheme: str, file: str = "") -> str | None:
        """Name the part that claims a URL scheme, or the longest ending of a file's name."""
        claims = {
            (len(claim), offer.component.name)
            for offer in self._of(kind)
            for claim in (offer.component.schemes if scheme else offer.component.suffixes)
            if (claim == scheme if scheme else file.endswith(claim))
        }
        return max(claims)[1] if claims else None

    def _of(self, kind: PartKind) -> list[Offer]:
        """Return all parts of a kind, built-in ones first."""
        return [offer for offer in self.offers.values() if offer.kind is kind]

    def _clash(self, first: Offer, offer: Offer, what: str) -> Refusal:
        owner = first.point.release
        if (first.kind, first.component.name) in self.own:
            return Refusal(f"{what} is built into {owner} and cannot be replaced")
        return Refusal(f"{what} is offered by both {owner} and {offer.point.release}")


def is_scheme(text: str) -> bool:
    """Tell whether a text can be a URL scheme; one letter is a drive of Windows."""
    rest = text.replace("+", "").replace("-", "").replace(".", "")
    return text.isascii() and len(text) > 1 and text[0].isalpha() and rest.isalnum()


def is_suffix(text: str) -> bool:
    """Tell whether a text can be the ending of a file's name."""
    return text.startswith(".") and len(text.strip(".")) > 0 and not {*text} & {*"/\\: \n"}


_CLAIMS = (
    ("schemes", is_scheme, (PartKind.ENGINE, PartKind.CACHE)),
    ("suffixes", is_suffix, (PartKind.ENGINE,)),
)
"""What a part may claim, its form, and the kinds that may."""


def _check(offer: Offer) -> None:
    kind, component = offer.kind, offer.component
    what = f"the {kind} {component.name!r}"
    if " " in component.name and kind is not PartKind.COMMAND:
        raise Refusal(f"{what} has a name of two words, which only a command may have")
    summary: object = component.summary
    if not isinstance(summary, str):
        raise Refusal(f"{what} has a summary that is no text but {summary!r}")
    for field, fits, owners in _CLAIMS:
        claims: object = getattr(component, field)
        if claims and kind not in owners:
            who = " or a ".join(owners)
            raise Refusal(f"{what} has {field}, which only an {who} may have")
        if not isinstance(claims, tuple):
            raise Refusal(f"{what} has {field} that are no tuple but {claims!r}")
        for claim in claims:
            if not isinstance(claim, str) or claim != claim.lower() or not fits(claim):
                raise Refusal(f"{what} has {field} of a wrong form: {claim!r}")


def own_parts(module: str) -> Catalog:
    """Return what the core offers through the hooks of a module of its own.

    Raises
    ------
    PluginError
        The core itself is broken; there is nothing to go on with.
    """
    point = EntryPoint("builtin", module, CORE, "")
    catalog = Catalog()
    try:
        for offer in load(point):
            catalog.add(offer)
    except Refusal as refusal:
        raise point.error(refusal.reason) from refusal
    return Catalog(catalog)


def discover(own: Catalog, path: Sequence[str] | None) -> Catalog:
    """Load all plugins in the order of their names; a broken one does not stop the others.

    Parameters
    ----------
    own
        What is built in.
    path
        Folders to look for distributions in; `sys.path` when None.

    Raises
    ------
    PluginError
        A plugin is broken, and the environment asks to be strict.
    """
    catalog = Catalog(own)
    first: dict[str, EntryPoint] = {}
    for point in find(path):
        disabled = settings.why_disabled(point)
        if disabled:
            catalog.note(point, "disabled", disabled)
            continue
        try:
            _check_name(point, first)
            offers = load(point)
        except Refusal as refusal:
            _refuse(catalog, point, refusal)
            continue
        if not offers:
            catalog.note(point, "ready", summary="offers no part")
        for offer in offers:
            try:
                with isolated(f"looking at the {offer.kind} {offer.component.name!r}"):
                    catalog.add(offer)
            except Refusal as refusal:
                _refuse(catalog, point, refusal, offer)
    return catalog


def _refuse(
    catalog: Catalog, point: EntryPoint, refusal: Refusal, offer: Offer | None = None
) -> None:
    error = catalog.refuse(point, refusal.reason, offer)
    if settings.strict():
        raise error from refusal.__cause__


def _check_name(point: EntryPoint, first: dict[str, EntryPoint]) -> None:
    other = first.setdefault(normalized(point.name), point)
    if other is not point:
        raise Refusal(
            f"the plugin's name {point.name!r} is declared by both {other.release} and "
            f"{point.release}, and the first has it"
        )
