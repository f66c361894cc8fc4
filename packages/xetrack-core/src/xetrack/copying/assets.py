"""The objects of a table on their way into another database, together with its rows."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING

from attrs import frozen

from xetrack.assets.cells import ids_in
from xetrack.assets.encoding import copy
from xetrack.assets.manager import AssetManager
from xetrack.errors import InvalidArgumentError
from xetrack.interfaces.assets import Content, Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack.interfaces.assets import AssetInfo, AssetStore
    from xetrack.interfaces.engine import Engine

_IN_MEMORY = 2**24
"""Bytes of one content that stay in memory; more lies in a temporary file."""

_PIECE = 2**20


@frozen
class _Pieces:
    """The content of an asset in pieces, checked before the first of them is handed out."""

    info: AssetInfo
    store: AssetStore

    def __iter__(self) -> Iterator[bytes]:
        with SpooledTemporaryFile(_IN_MEMORY) as file:
            copy(self.info, self.store, file.write)
            file.seek(0)
            while piece := file.read(_PIECE):
                yield piece


class AssetCopy:
    """The objects that the rows of one table refer to, found before anything is written.

    Seals come along as they are: what somebody else signed is not trusted because it was copied.

    Parameters
    ----------
    source
        Has the rows and the objects.
    target
        Gets them.
    table
        Name of the table.
    asset_store
        Name or URL of the store of the target; None for its own.

    Raises
    ------
    InvalidArgumentError
        There are objects, but the target has no store for them.
    AssetStoreError, UntrustedStoreError
        One of the two stores cannot be reached, or may not be.
    """

    def __init__(
        self, source: Engine, target: Engine, table: str, asset_store: str | None = None
    ) -> None:
        self._source = source
        self._target = target
        self._table = table
        self._asset_store = asset_store
        self._find()

    def _find(self) -> None:
        """Find the objects, and look whether the target takes them."""
        self._contents: list[Content] = []
        self._references: list[Reference] = []
        self._token = self._source.change_token(self._table)
        origin = AssetManager(self._source, self._table)
        if origin.has_store():
            self._contents, self._references = _of_table(self._source, origin.store, self._table)
        if not self._contents and self._asset_store is None:
            return
        place = AssetManager(self._target, self._table, store=self._asset_store)
        if not place.has_store():
            expected = f"assets=False, as {self._target.location!r} keeps no objects"
            raise InvalidArgumentError("assets", True, expected)
        self._store = place.store
        for content in self._contents[:1]:
            self._store.info(content.id)  # raises an error while the store is away

    def store_later_ones(self) -> None:
        """Store the objects of rows that came after `__init__`, and before the rows were copied.

        Raises
        ------
        DamagedAssetError
            A content is not what was stored.
        InvalidArgumentError
            They are the first objects, and the target has no store; the rows are there.
        """
        if self._source.change_token(self._table) == self._token:
            return
        known = {*self._references}
        self._find()
        if not known >= {*self._references}:
            with self.storing():  # what is there already is not stored again
                pass

    def storing(self) -> AbstractContextManager[None]:
        """Return a context that stores the objects, and whose body copies the rows.

        Raises
        ------
        DamagedAssetError
            A content is not what was stored; nothing of the table is copied.
        """
        if not self._contents:
            return nullcontext()
        return self._store.storing(self._contents, self._references)


def _of_table(
    source: Engine, store: AssetStore, table: str
) -> tuple[list[Content], list[Reference]]:
    """Return the assets that a table refers to, or whose ids stand in its rows."""
    infos = store.infos()
    in_rows = ids_in(source, table) if infos else frozenset()
    contents, references = [], []
    for info in infos:
        # What xetrack 0.7 stored belongs to all tables alike.
        own = [reference for reference in store.references(info.id) if reference.table == table]
        if own or info.id in in_rows:
            contents.append(Content(id=info.id, header=info.header, pieces=_Pieces(info, store)))
            references += own or [Reference(info.id, table, "", "")]
    return contents, references
