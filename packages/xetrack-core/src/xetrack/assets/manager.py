"""The assets of one run, or of a table: which store has them, and what is done with it."""

from __future__ import annotations

import re
from contextlib import closing, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from xetrack.errors import AssetNotFoundError, UnknownComponentError, UnsupportedValueError
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.query import Query
from xetrack.model.kinds import Kind
from xetrack.model.names import ID_LENGTH, OWN, SHORTEST_ID
from xetrack.recording.pending_assets import ContentRemovedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from xetrack.assets.encoding import Codecs
    from xetrack.configuration.choice import PartChoice
    from xetrack.interfaces.assets import AssetStore, Content, Header
    from xetrack.interfaces.engine import Engine
    from xetrack.plugins.registry import Registry

# Compiled when they are first used: most log no object.
_SOME_ID = rf"(?<![0-9a-f])[0-9a-f]{{{ID_LENGTH}}}(?![0-9a-f])"
_START = rf"[0-9a-f]{{{SHORTEST_ID},64}}"
_ID = rf"[0-9a-f]{{{ID_LENGTH}}}"
_MAY_HOLD_IDS = {Kind.TEXT, Kind.JSON}


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
        Name or URL of an asset store, or the choice of one; by default the one that goes with the
        engine.
    compress
        Whether contents are compressed.
    writable_engine
        Lends an engine that may change the database, where `engine` may not.

    Raises
    ------
    UnknownComponentError
        No plugin offers a store of that name.
    """

    def __init__(
        self,
        engine: Engine,
        table: str,
        track_id: str = "",
        *,
        store: str | PartChoice | None = None,
        compress: bool = False,
        writable_engine: Callable[[], AbstractContextManager[Engine]] | None = None,
    ) -> None:
        self._engine = engine
        self._table = table
        self.track_id = track_id
        self._choice = None if store is None else _chosen(store)
        self._name = self._choice.name if self._choice else engine.asset_store
        self._compress = compress
        self._writable_engine = writable_engine

    @cached_property
    def codecs(self) -> Codecs:
        """What makes bytes of objects, and objects of bytes."""
        from xetrack.assets.encoding import Codecs  # noqa: PLC0415 - most log no object

        return Codecs()

    def has_store(self) -> bool:
        """Return True if an asset store is installed."""
        return self._opened is not None

    @property
    def store(self) -> AssetStore:
        """The asset store, known to be there."""
        assert self._opened is not None  # noqa: S101 - whoever asks has asked `has_store`
        return self._opened

    @cached_property
    def _opened(self) -> AssetStore | None:
        return self._open_store(self._engine)

    def _open_store(self, engine: Engine) -> AssetStore | None:
        if self._name is None:
            return None
        # A store keeps bytes; without a codec no object becomes any.
        if not _registry().components(PartKind.CODEC):
            return None
        try:
            return _make_store(self._choice or _chosen(self._name))(engine, compress=self._compress)
        except UnknownComponentError:
            return None

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
            why = "" if self._name else "this database keeps none. Give another db=..."
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
        if self._writable_engine is None:
            yield self.store
            return
        with self._writable_engine() as engine:
            store = self._open_store(engine)
            assert store is not None  # noqa: S101 - the one for reading is there
            yield store

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


def _chosen(store: str | PartChoice) -> PartChoice:
    """Return the choice of a store, with its options checked."""
    from xetrack.configuration.choice import choose  # noqa: PLC0415 - most log no object
    from xetrack.configuration.project import Configuration  # noqa: PLC0415
    from xetrack.configuration.selection import complete_choice  # noqa: PLC0415

    return complete_choice(choose(PartKind.ASSET_STORE, store, "asset_store"), Configuration())


def _make_store(choice: PartChoice) -> Callable[..., AssetStore]:
    from xetrack.configuration.making import make_store  # noqa: PLC0415 - most log no object

    return make_store(choice)


def _registry() -> Registry:
    from xetrack.plugins.registry import registry  # noqa: PLC0415 - most log no object

    return registry()


def is_id(name: object) -> bool:
    """Return True if this is a text in the form of a whole id."""
    return isinstance(name, str) and re.fullmatch(_ID, name) is not None


def _is_same_content(content: Content, header: Header) -> bool:
    """Return True if what is stored under the id of a content is that content."""
    facts = ("digest", "codec", "version", "size")
    return all(getattr(content.header, fact) == getattr(header, fact) for fact in facts)


def ids_in_rows(engine: Engine) -> set[str]:
    """Return everything in the rows of a database that may be the id of an asset."""
    return {asset for table in engine.tables() for asset in ids_in(engine, table)}


def ids_in(engine: Engine, table: str) -> set[str]:
    """Return everything in the rows of a table that may be the id of an asset.

    Parameters
    ----------
    engine
        Has the table.
    table
        Name of the table.

    Returns
    -------
    set of str
        Texts in the form of an id, also from within other texts, lists and dicts.
    """
    ids: set[str] = set()
    names = tuple(
        column.name
        for column in engine.columns(table)
        if column.name not in OWN
        # Nothing is known of a column that another program made.
        and (column.key is None or column.kinds & _MAY_HOLD_IDS)
    )
    batches = engine.read(table, Query(columns=names)).batches if names else ()
    for columns in batches:
        for cell in (cell for cells in columns for cell in cells):
            if isinstance(cell, str | list | dict):
                ids.update(re.findall(_SOME_ID, str(cell)))
    return ids
