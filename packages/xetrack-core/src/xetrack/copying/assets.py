"""The objects of a table on their way into another database, together with its rows."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING

from attrs import frozen

from xetrack.assets.encoding import copy
from xetrack.assets.manager import AssetManager, ids_in
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


def assets_stored(source: Engine, target: Engine, table: str) -> AbstractContextManager[None]:
    """Store the objects that the rows of a table refer to, around the copying of these rows.

    Seals come along as they are: what somebody else signed is not trusted because it was copied.

    Parameters
    ----------
    source
        Has the rows and the objects.
    target
        Gets them.
    table
        Name of the table.

    Returns
    -------
    context manager
        Its body copies the rows.

    Raises
    ------
    InvalidArgumentError
        There are objects, but the target has no store for them.
    DamagedAssetError
        A content is not what was stored; nothing of the table is copied.
    """
    origin = AssetManager(source, table)
    if not origin.has_store():
        return nullcontext()
    contents, references = _of_table(source, origin.store, table)
    if not contents:
        return nullcontext()
    place = AssetManager(target, table)
    if not place.has_store():
        expected = f"assets=False, as {target.location!r} keeps no objects"
        raise InvalidArgumentError("assets", True, expected)
    return place.store.storing(contents, references)


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
