"""The assets of one run, or of a table: which store has them, and what is done with it."""

from __future__ import annotations

import re
from contextlib import closing, contextmanager, nullcontext, suppress
from functools import cached_property
from typing import TYPE_CHECKING

from xetrack.errors import (
    AssetNotFoundError,
    InvalidArgumentError,
    MissingPackageError,
    StorageError,
    UnknownComponentError,
    UnsupportedValueError,
)
from xetrack.interfaces.component import PartKind
from xetrack.model.names import ID_LENGTH, SHORTEST_ID
from xetrack.recording.pending_assets import ContentRemovedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from xetrack.assets.encoding import Codecs
    from xetrack.assets.remembered import RememberedStore
    from xetrack.interfaces.assets import AssetStore, Content, Header
    from xetrack.interfaces.engine import Engine
    from xetrack.plugins.registry import Registry

# Compiled when they are first used: most log no object.
_START = rf"[0-9a-f]{{{SHORTEST_ID},64}}"
_ID = rf"[0-9a-f]{{{ID_LENGTH}}}"


class AssetManager:
    """Opens the asset store when it is first needed, and none for those who log no objects.

    Parameters
    ----------
    engine
        Keeps the rows.
    table
        The table of the rows.
    track_id
        The run; empty where there is none.
    store
        Name or URL of an asset store; by default the one that the database remembers, or that
        goes with the engine.
    trust
        Whether a URL that another user wrote into the database is followed; by default
        ``XETRACK_TRUST`` decides.
    compress
        Whether contents are compressed.
    writable_engine
        Lends an engine that may change the database, where `engine` may not.

    Raises
    ------
    UnknownComponentError, MissingPackageError
        No plugin offers a store of that name or scheme.
    """

    def __init__(
        self,
        engine: Engine,
        table: str,
        track_id: str = "",
        *,
        store: str | None = None,
        trust: bool | None = None,
        compress: bool = False,
        writable_engine: Callable[[], AbstractContextManager[Engine]] | None = None,
    ) -> None:
        self._engine = engine
        self._table = table
        self.track_id = track_id
        self._given = store
        self._trust = trust
        self._compress = compress
        if store is not None:
            name_of(store)
        self._writable_engine = writable_engine

    def remember(self) -> None:
        """Let the database remember the store that was given, unless it is away at the moment.

        Raises
        ------
        InvalidArgumentError
            The database keeps its objects in another store.
        """
        # Where rows are spooled while the server is away, its absence keeps nobody from logging.
        with suppress(StorageError):
            if self.has_store():
                self._open_store(self._engine)

    @property
    def location(self) -> str:
        """The URL or the name of the store, known to be installed."""
        assert self._chosen is not None  # noqa: S101 - whoever asks has asked `has_store`
        return self._chosen.store

    def move(self, store: str) -> None:
        """Let the database remember another place of its store; see `Assets.move`."""
        from xetrack.assets.remembered import move_store  # noqa: PLC0415 - seldom needed

        name_of(store)
        with self._writable() as engine:
            move_store(engine, store)
        for name in ("_chosen", "_class", "store"):
            self.__dict__.pop(name, None)

    def on(self, engine: Engine, track_id: str) -> AssetManager:
        """Return a manager of the same table and store, for a run and on another engine."""
        return AssetManager(engine, self._table, track_id, store=self._given, trust=self._trust)

    @cached_property
    def codecs(self) -> Codecs:
        """What makes bytes of objects, and objects of bytes."""
        from xetrack.assets.encoding import Codecs  # noqa: PLC0415 - most log no object

        return Codecs()

    def has_store(self) -> bool:
        """Return True if an asset store is installed; it is not opened."""
        return self._class is not None

    def is_elsewhere(self) -> bool:
        """Return True if the store is no part of the database; see `AssetStore.elsewhere`."""
        return self._class is not None and self._class.elsewhere

    @cached_property
    def _class(self) -> type[AssetStore] | None:
        if self._chosen is None:
            return None
        try:
            store = _registry().load(PartKind.ASSET_STORE, name_of(self._chosen.store))
        except (UnknownComponentError, MissingPackageError):
            if self._chosen.is_elsewhere:
                raise
            return None
        # A store keeps bytes; without a codec no object becomes any.
        return store if _registry().components(PartKind.CODEC) else None

    @cached_property
    def _chosen(self) -> RememberedStore | None:
        """The store that was given, or that the database remembers, or that goes with its engine.

        The first write of an object to a given store makes the database remember it.
        """
        from xetrack.assets.remembered import RememberedStore, read_store  # noqa: PLC0415

        remembered = read_store(self._engine)
        if self._given is None:
            default = self._engine.asset_store
            return remembered or (RememberedStore(default) if default else None)
        if remembered is not None and remembered.store == RememberedStore.of(self._given).store:
            return remembered
        return RememberedStore.of(self._given)

    @cached_property
    def store(self) -> AssetStore:
        """The asset store, known to be installed.

        Raises
        ------
        UntrustedStoreError
            The database names a URL that this user did not write.
        """
        return self._open_store(self._engine)

    def _open_store(self, engine: Engine) -> AssetStore:
        chosen, store_class = self._chosen, self._class
        assert chosen is not None  # noqa: S101 - whoever asks has asked `has_store`
        assert store_class is not None  # noqa: S101
        if self._given is None:
            chosen.check_trust(engine.location, self._trust)
        elif not engine.settings.read_only and self._given != engine.asset_store:
            from xetrack.assets.remembered import read_store, remember_store  # noqa: PLC0415

            if read_store(engine) is None:
                self._check_unused(engine)
            self._chosen = chosen = remember_store(engine, self._given)
        if not chosen.is_elsewhere:
            return store_class(engine, compress=self._compress)
        location = chosen.location(self._given or chosen.store)
        make: Callable[..., AssetStore] = store_class
        return make(engine, compress=self._compress, location=location)

    def _check_unused(self, engine: Engine) -> None:
        """Check that no objects would be left behind in the store that goes with the engine."""
        with suppress(UnknownComponentError, MissingPackageError):
            own = engine.asset_store and _registry().load(PartKind.ASSET_STORE, engine.asset_store)
            if own and own(engine).find("", 1):
                expected = (
                    f"none, as {engine.location!r} has objects of its own. To have them elsewhere, "
                    "copy it: xetrack.copy(DB, NEW, asset_store=...)"
                )
                raise InvalidArgumentError("asset_store", self._given, expected)

    def content(self, key: str, value: object) -> Content:
        """Return the content of an object; see `AssetWriter.content`.

        Parameters
        ----------
        key
            The key under which it is logged.
        value
            The object.

        Returns
        -------
        Content
            Its bytes, digest and id.

        Raises
        ------
        UnsupportedValueError
            There is no asset store.
        AssetNotStoredError
            No codec can turn the object into bytes.
        """
        if not self.has_store():
            why = "" if self._chosen else "this database keeps none. Give another db=..."
            raise UnsupportedValueError(key, value, why)
        # Closed here: Python swallows a Ctrl-C that comes while it closes what nobody has any more.
        with closing(self.codecs.contents(value)) as contents:
            for content in contents:
                info = self.store.info(content.id)
                # Bytes that are an array in the form of a file would come back as the array.
                if info is None or _is_same_content(content, info.header):
                    return content
        raise AssertionError

    def stored_content(self, asset_id: str, value: object) -> Content | None:
        """Return the content of an object that was stored before.

        See `AssetWriter.stored_content`.
        """
        info = self.store.info(asset_id) if self.has_store() else None
        if info is None or info.header.digest[:ID_LENGTH] != asset_id:
            return None
        if not self.codecs.can_reuse(info, value):
            return None
        from xetrack.interfaces.assets import Content  # noqa: PLC0415 - most log no object

        return Content(id=asset_id, header=info.header, pieces=_StoredPieces())

    def storing(
        self, contents: Sequence[Content], names: Sequence[tuple[str, str]]
    ) -> AbstractContextManager[None]:
        """Store contents, and the references of this run to them, around a body.

        Parameters
        ----------
        contents
            What is to be stored.
        names
            The id and the key of each reference.

        Returns
        -------
        context manager
            Its body stores the rows.
        """
        from xetrack.interfaces.assets import Reference  # noqa: PLC0415 - most log no object

        references = [Reference(asset, self._table, key, self.track_id) for asset, key in names]
        return self.store.storing(contents, references)

    @contextmanager
    def writable_store(self) -> Iterator[AssetStore]:
        """Lend a store that may be changed."""
        with self._writable() as engine:
            yield self.store if engine is self._engine else self._open_store(engine)

    def _writable(self) -> AbstractContextManager[Engine]:
        """Lend an engine that may change the database."""
        return (
            nullcontext(self._engine) if self._writable_engine is None else self._writable_engine()
        )

    def resolve(self, asset: object) -> str:
        """Return the id that begins with these digits, or that a digest has.

        Parameters
        ----------
        asset
            An id, the beginning of one, or a digest.

        Returns
        -------
        str
            The whole id.

        Raises
        ------
        AssetNotFoundError
            There is none, or more than one.
        """
        start = asset.lower() if isinstance(asset, str) else ""
        ids = self.store.find(start[:ID_LENGTH], 5) if re.fullmatch(_START, start) else []
        if len(ids) != 1:
            raise AssetNotFoundError(str(asset), self._engine.location, ids)
        if len(start) > ID_LENGTH:
            info = self.store.info(ids[0])
            if info is None or not info.header.digest.startswith(start):
                raise AssetNotFoundError(start, self._engine.location)
        return ids[0]


class _StoredPieces:
    """The pieces of a content that is in the store; only where it is not are they asked for."""

    def __iter__(self) -> Iterator[bytes]:
        raise ContentRemovedError


def _registry() -> Registry:
    from xetrack.plugins.registry import registry  # noqa: PLC0415 - most log no object

    return registry()


def name_of(store: str) -> str:
    """Return the name of the asset store that is given by name or by URL.

    Raises
    ------
    UnknownComponentError, MissingPackageError
        No plugin offers it.
    InvalidArgumentError
        It is a scheme only.
    """
    scheme, separator, place = store.partition("://")
    if not separator:
        return _registry().component(PartKind.ASSET_STORE, store).name
    if not place.strip("/"):
        expected = "a URL that names a place, such as 's3://bucket/prefix'"
        raise InvalidArgumentError("asset_store", store, expected)
    try:
        return _registry().name_for(PartKind.ASSET_STORE, scheme.lower())
    except UnknownComponentError as error:
        from xetrack.plugins.hints import missing_package  # noqa: PLC0415 - seldom needed

        raise missing_package(PartKind.ASSET_STORE, error.name, error) from error


def is_id(name: object) -> bool:
    """Return True if this is a text in the form of a whole id."""
    return isinstance(name, str) and re.fullmatch(_ID, name) is not None


def _is_same_content(content: Content, header: Header) -> bool:
    """Return True if what is stored under the id of a content is that content."""
    facts = ("digest", "codec", "version", "size")
    return all(getattr(content.header, fact) == getattr(header, fact) for fact in facts)
