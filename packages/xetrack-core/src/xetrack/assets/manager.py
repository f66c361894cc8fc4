"""The assets of one run, or of a table: which store has them, and what is done with it."""

from __future__ import annotations

import re
from contextlib import closing, contextmanager, nullcontext, suppress
from functools import cached_property
from typing import TYPE_CHECKING

from xetrack.errors import (
    AssetNotFoundError,
    StorageError,
    UnsupportedValueError,
)
from xetrack.model.names import ID_LENGTH, SHORTEST_ID
from xetrack.recording.pending_assets import ContentRemovedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from xetrack.assets.encoding import Codecs
    from xetrack.assets.stores.opening import StoreOpener
    from xetrack.configuration.choice import PartChoice
    from xetrack.interfaces.assets import AssetStore, Content, Header
    from xetrack.interfaces.engine import Engine

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
        Name or URL of an asset store, or the choice of one; by default the one that the database
        remembers, or that goes with the engine.
    is_default
        Whether a store that the database remembers counts more than `store`.
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
        store: str | PartChoice | None = None,
        is_default: bool = False,
        trust: bool | None = None,
        compress: bool = False,
        writable_engine: Callable[[], AbstractContextManager[Engine]] | None = None,
    ) -> None:
        self._engine = engine
        self._table = table
        self.track_id = track_id
        self._choice = None if store is None else _choose(store)
        self._is_default = is_default
        self._trust = trust
        self._compress = compress
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
            self.__dict__["_opener"] = self._new_opener(wait=False)
            if self.has_store():
                self._opener.open(self._engine)

    @property
    def location(self) -> str:
        """The URL or the name of the store, known to be installed."""
        assert self._opener.chosen is not None  # noqa: S101 - whoever asks has asked `has_store`
        return self._opener.chosen.store

    def move(self, store: str) -> None:
        """Let the database remember another place of its store; see `Assets.move`."""
        from xetrack.assets.stores.opening import check_place  # noqa: PLC0415 - seldom needed
        from xetrack.assets.stores.remembered import move_store  # noqa: PLC0415

        choice = _choose(store)
        with self._writable() as engine:
            check_place(engine, choice)
            move_store(engine, store)
        for name in ("_opener", "store"):
            self.__dict__.pop(name, None)

    def on(self, engine: Engine, track_id: str) -> AssetManager:
        """Return a manager of the same table and store, for a run and on another engine.

        Parameters
        ----------
        engine
            Another engine on the same database.
        track_id
            The run that later assets belong to.
        """
        return AssetManager(
            engine,
            self._table,
            track_id,
            store=self._choice,
            is_default=self._is_default,
            trust=self._trust,
            compress=self._compress,
        )

    @cached_property
    def codecs(self) -> Codecs:
        """What makes bytes of objects, and objects of bytes."""
        from xetrack.assets.encoding import Codecs  # noqa: PLC0415 - most log no object

        return Codecs()

    @cached_property
    def _opener(self) -> StoreOpener:
        return self._new_opener(wait=True)

    def _new_opener(self, *, wait: bool) -> StoreOpener:
        from xetrack.assets.stores.opening import StoreOpener  # noqa: PLC0415 - most log no object

        return StoreOpener(
            self._engine,
            self._choice,
            is_default=self._is_default,
            trust=self._trust,
            compress=self._compress,
            wait=wait,
        )

    def has_store(self) -> bool:
        """Return True if an asset store is installed; it is not opened."""
        return self._opener.store_class is not None

    def is_elsewhere(self) -> bool:
        """Return True if the store is no part of the database; see `AssetStore.elsewhere`."""
        store_class = self._opener.store_class
        return store_class is not None and store_class.elsewhere

    @cached_property
    def store(self) -> AssetStore:
        """The asset store, known to be installed.

        Raises
        ------
        UntrustedStoreError
            The database names a URL that this user did not write.
        """
        return self._opener.open(self._engine)

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
            why = "" if self._opener.chosen else "this database keeps none. Give another db=..."
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
            yield self.store if engine is self._engine else self._opener.open(engine)

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


def _choose(store: str | PartChoice) -> PartChoice:
    from xetrack.assets.stores.opening import choose_store  # noqa: PLC0415 - few choose one

    return choose_store(store)


def is_id(name: object) -> bool:
    """Return True if this is a text in the form of a whole id.

    Parameters
    ----------
    name
        What a user gave, or what stands in a cell.
    """
    return isinstance(name, str) and re.fullmatch(_ID, name) is not None


def _is_same_content(content: Content, header: Header) -> bool:
    """Return True if what is stored under the id of a content is that content."""
    facts = ("digest", "codec", "version", "size")
    return all(getattr(content.header, fact) == getattr(header, fact) for fact in facts)
