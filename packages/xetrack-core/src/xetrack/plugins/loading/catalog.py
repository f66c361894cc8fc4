"""The catalogue: all parts, the plugins that offer them, and the reasons of refusals.

Plugins are imported in the thread that needs them: one may set the handler of a signal or open
a database at import, which only the thread of its choice can do.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from xetrack.interfaces.component import PartKind
from xetrack.plugins import settings
from xetrack.plugins.loading.entrypoints import CORE, EntryPoint, find, normalized
from xetrack.plugins.loading.loader import load
from xetrack.plugins.loading.quarantine import Refusal, isolated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from xetrack.errors import PluginError
    from xetrack.plugins.loading.loader import Offer
    from xetrack.plugins.status import State, Status

    Key: TypeAlias = tuple[PartKind, str]
    """Kind and name; they belong to one part only."""


class Catalog:
    """The parts that can be used, and those that cannot.

    **Thread safety.** One thread fills it; then it is only read, but for `unreported`.
    """

    def __init__(self, own: Catalog | None = None) -> None:
        self.offers: dict[Key, Offer] = dict(own.offers) if own else {}
        """The usable parts; built-in ones come first."""
        self.own = frozenset(self.offers)
        """The keys of the built-in parts."""
        self.withheld: list[Status] = []
        """The statuses of unusable parts, and of plugins that offer nothing."""
        self.refused: dict[Key, tuple[EntryPoint, str]] = {}
        """The reasons why parts are unusable whose plugin is otherwise fine."""
        self.unreported: deque[PluginError] = deque()
        """One error for each broken plugin of which the user was not warned yet."""

    def add(self, offer: Offer) -> None:
        """Add a part.

        Raises
        ------
        Refusal
            Its description is wrong, or another part has its name, a scheme or a suffix.
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
        """Quarantine a part or a whole plugin.

        Parameters
        ----------
        point
            The plugin.
        reason
            A clause that says what is wrong.
        offer
            The part; None for the whole plugin.

        Returns
        -------
        PluginError
            The error, not raised.
        """
        error = point.error(reason)
        if offer is None:
            self.record_status(point, "quarantined", reason)
        else:
            from xetrack.plugins.status import part_status  # noqa: PLC0415 - seldom needed

            self.withheld.append(part_status(offer, "quarantined", reason))
            self.refused[offer.kind, offer.component.name] = point, reason
        if all(error.plugin != other.plugin for other in self.unreported):
            self.unreported.append(error)
        return error

    def record_status(
        self, point: EntryPoint, state: State, reason: str = "", summary: str = ""
    ) -> None:
        """Record the status of a plugin as a whole.

        Parameters
        ----------
        point
            The plugin.
        state, reason, summary
            Fields of `xetrack.plugins.status.Status`.
        """
        from xetrack.plugins.status import plugin_status  # noqa: PLC0415 - seldom needed

        self.withheld.append(plugin_status(point, state, reason, summary))

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
    """Return True if a text can be a URL scheme; one letter is a drive of Windows."""
    rest = text.replace("+", "").replace("-", "").replace(".", "")
    return text.isascii() and len(text) > 1 and text[0].isalpha() and rest.isalnum()


def is_suffix(text: str) -> bool:
    """Return True if a text can be the suffix of a file's name."""
    return text.startswith(".") and len(text.strip(".")) > 0 and not {*text} & {*"/\\: \n"}


_CLAIMS = (
    ("schemes", is_scheme, (PartKind.ENGINE, PartKind.CACHE)),
    ("suffixes", is_suffix, (PartKind.ENGINE,)),
)
"""The claims of parts: the field, a check of its form, and the kinds that may have it."""


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


def load_builtin_parts(module: str) -> Catalog:
    """Return a catalogue of the parts that the core offers through the hooks of a module.

    Raises
    ------
    PluginError
        The core itself is broken.
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
    catalog = Catalog(own)
    first: dict[str, EntryPoint] = {}
    for point in find(path):
        disabled = settings.why_disabled(point)
        if disabled:
            catalog.record_status(point, "disabled", disabled)
            continue
        try:
            _check_name(point, first)
            offers = load(point)
        except Refusal as refusal:
            _refuse(catalog, point, refusal)
            continue
        if not offers:
            catalog.record_status(point, "ready", summary="offers no part")
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
    if settings.is_strict():
        raise error from refusal.__cause__


def _check_name(point: EntryPoint, first: dict[str, EntryPoint]) -> None:
    other = first.setdefault(normalized(point.name), point)
    if other is not point:
        raise Refusal(
            f"the plugin's name {point.name!r} is declared by both {other.release} and "
            f"{point.release}, and the first has it"
        )
