"""From what was given, and what a database remembers, to its open asset store."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xetrack.assets.stores.remembered import RememberedStore, read_store, remember_store
from xetrack.configuration import making
from xetrack.configuration.choice import choose
from xetrack.configuration.project import Configuration
from xetrack.configuration.selection import complete_choice
from xetrack.errors import InvalidArgumentError, MissingPackageError, UnknownComponentError
from xetrack.interfaces.component import PartKind
from xetrack.plugins.registry import registry

if TYPE_CHECKING:
    from xetrack.configuration.choice import PartChoice
    from xetrack.interfaces.assets import AssetStore
    from xetrack.interfaces.engine import Engine


class StoreOpener:
    """Opens the asset store of one database.

    Parameters
    ----------
    engine
        The engine of the database.
    user_choice
        The choice of a store; None for the one that the database remembers, or that goes with its
        engine.
    is_default
        Whether a store that the database remembers counts more than the given one.
    trust
        Whether a URL that another user wrote into the database is followed.
    compress
        Whether contents are compressed.
    wait
        Whether a database that is away is waited for, as an object must be put where it belongs.
    """

    def __init__(
        self,
        engine: Engine,
        user_choice: PartChoice | None,
        *,
        is_default: bool,
        trust: bool | None,
        compress: bool,
        wait: bool,
    ) -> None:
        self._engine = engine
        self._trust = trust
        self._compress = compress
        remembered = read_store(engine, wait=wait)
        self._user_choice = None if is_default and remembered is not None else user_choice
        self.chosen = self._chosen_of(remembered)
        """The store of the database; None if it has none."""

    def _chosen_of(self, remembered: RememberedStore | None) -> RememberedStore | None:
        text = self._text
        if text is not None:
            from_user = RememberedStore.of(text)
            is_same = remembered is not None and remembered.store == from_user.store
            return remembered if is_same else from_user
        if self._user_choice is not None:
            return RememberedStore(self._user_choice.name)
        default = self._engine.asset_store
        return remembered or (RememberedStore(default) if default else None)

    @property
    def _text(self) -> str | None:
        """The name or URL that was given, without options; None for a class, and for nothing."""
        choice = self._user_choice
        return choice.location or choice.name if choice is not None and choice.is_named else None

    @cached_property
    def _choice(self) -> PartChoice:
        assert self.chosen is not None  # noqa: S101 - whoever asks has asked for it
        return self._user_choice or choose_store(self.chosen.store)

    @cached_property
    def store_class(self) -> Any:
        """The class of the store; None where none is chosen, or the chosen one is not installed.

        Raises
        ------
        UnknownComponentError, MissingPackageError
            Objects are elsewhere, and what finds them there is not installed.
        """
        # A store keeps bytes; without a codec no object becomes any.
        if self.chosen is None or not registry().components(PartKind.CODEC):
            return None
        try:
            return making.load(self._choice)
        except (UnknownComponentError, MissingPackageError):
            if self.chosen.is_elsewhere:
                raise
            return None

    def open(self, engine: Engine) -> AssetStore:
        """Open the store, known to be installed; a given one is remembered from now on.

        Parameters
        ----------
        engine
            An engine of the same database, which may change it where the other may not.

        Raises
        ------
        UntrustedStoreError
            The database names a URL that this user did not write.
        InvalidArgumentError
            The database keeps its objects in another store.
        """
        chosen, text = self.chosen, self._text
        assert chosen is not None  # noqa: S101 - whoever asks has asked for its class
        if self._user_choice is None:
            chosen.check_trust(engine.location, self._trust)
        elif text and text != engine.asset_store and not engine.settings.read_only:
            if read_store(engine) is None:
                check_place(engine, self._choice)
                self._check_unused(engine, text)
            self.chosen = chosen = remember_store(engine, text)
        options: dict[str, object] = {"compress": self._compress}
        if chosen.is_elsewhere:
            options["location"] = chosen.location(text or chosen.store)
        store: AssetStore = making.make_store(self._choice)(engine, **options)
        return store

    def _check_unused(self, engine: Engine, text: str) -> None:
        """Check that no objects would be left behind in the store that goes with the engine."""
        with suppress(UnknownComponentError, MissingPackageError):
            own = engine.asset_store and making.make(choose_store(engine.asset_store), engine)
            if own and own.find("", 1):
                expected = (
                    f"none, as {engine.location!r} has objects of its own. To have them elsewhere, "
                    "copy it: xetrack.copy(DB, NEW, asset_store=...)"
                )
                raise InvalidArgumentError("asset_store", text, expected)


def check_place(engine: Engine, choice: PartChoice) -> None:
    """Check that a store takes its URL, before a database remembers that.

    Parameters
    ----------
    engine
        The engine of the database.
    choice
        The choice of a store; one without a URL has nothing to check.

    Raises
    ------
    XetrackError
        The store cannot be made.
    """
    if choice.location is not None:
        making.make_store(choice)(engine)


def choose_store(store: str | PartChoice) -> PartChoice:
    """Return the choice of a store, with its options checked.

    Parameters
    ----------
    store
        Its name or URL, or the choice.

    Raises
    ------
    UnknownComponentError, MissingPackageError
        No plugin offers it.
    InvalidArgumentError
        It is a scheme only.
    """
    if isinstance(store, str) and "://" in store:
        place = store.partition("://")[2].partition("?")[0]
        if not place.strip("/"):
            expected = "a URL that names a place, such as 's3://bucket/prefix'"
            raise InvalidArgumentError("asset_store", store, expected)
    try:
        choice = choose(PartKind.ASSET_STORE, store, "asset_store")
        return complete_choice(choice, Configuration())
    except UnknownComponentError as error:
        from xetrack.plugins.hints import missing_package  # noqa: PLC0415 - seldom needed

        raise missing_package(PartKind.ASSET_STORE, error.name, error) from error
