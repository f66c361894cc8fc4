"""The store of assets in the SQLite file of their rows."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from xetrack.assets.chunked_content import Decompressor
from xetrack.errors import (
    AssetNotStoredError,
    DamagedAssetError,
    DatabaseNotFoundError,
    InvalidArgumentError,
)
from xetrack.interfaces.assets import AssetInfo, AssetStore, Header, Reference
from xetrack.interfaces.engines.sqlite_files import SharesSQLite
from xetrack_assets import legacy_tables, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from xetrack.interfaces.assets import Content
    from xetrack.interfaces.engine import Engine

T = TypeVar("T")

_LARGE = 2**20
"""Bytes from which on the real size of a content is read, whatever its row says."""

_INFO = """
SELECT id, digest, codec, version, size, seal, stored_size, time,
    (SELECT count(*) FROM xetrack_asset_references WHERE asset = id)
FROM xetrack_assets
"""


class SQLiteAssetStore(AssetStore):
    """A store of assets in the SQLite file of their rows; see `AssetStore`.

    **Thread safety**: it has no connection, lock or thread of its own; the engine lends them.
    """

    def __init__(self, engine: Engine, *, compress: bool = False) -> None:
        super().__init__(engine, compress=compress)
        if not isinstance(engine, SharesSQLite):
            expected = "an engine that keeps a SQLite file, or another asset_store=..."
            raise InvalidArgumentError("engine", type(engine).__name__, expected)
        self._lender = engine

    @contextmanager
    def storing(
        self, contents: Sequence[Content], references: Sequence[Reference]
    ) -> Iterator[None]:
        """Store contents and references with the row; see `AssetStore.storing`."""
        with self._lender.write_sqlite() as connection:
            tables.prepare(connection)
            for content in contents:
                self._write(connection, content)
            if self._lender.holds_rows:
                _insert_references(connection, references)
                yield
        if not self._lender.holds_rows:
            yield
            with self._lender.write_sqlite() as connection:
                _insert_references(connection, references)

    def _write(self, connection: sqlite3.Connection, content: Content) -> None:
        header = content.header
        stored_info = _info(connection, content.id)
        if stored_info is not None and stored_info.header != header:
            stored_header = stored_info.header
            identity = header.digest, header.codec, header.version
            if identity != (stored_header.digest, stored_header.codec, stored_header.version):
                raise AssetNotStoredError(header.codec, f"another asset has the id {content.id}")
            update = "UPDATE xetrack_assets SET seal = ?, size = ? WHERE id = ?"
            connection.execute(update, (header.seal, header.size, content.id))
        if stored_info is not None and _is_complete(connection, stored_info):
            return
        _erase(connection, content.id)
        pieces, size = tables.write(connection, content.id, content.pieces, compress=self.compress)
        facts = header.digest, header.codec, header.version, header.size, header.seal
        stored = "zlib" if self.compress else "", pieces, size, _now()
        sql = "INSERT INTO xetrack_assets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        connection.execute(sql, (content.id, *facts, *stored))

    def _read(self, function: Callable[[sqlite3.Connection, set[str]], T]) -> T:
        try:
            return self._lender.read_sqlite(
                lambda connection: function(connection, tables.names(connection)), brief=True
            )
        except DatabaseNotFoundError:  # nothing was ever stored
            with closing(sqlite3.connect(":memory:")) as empty:
                return function(empty, set())

    def find(self, start: str, limit: int) -> list[str]:
        """Find the ids that begin with some digits; see `AssetStore.find`."""

        def read(connection: sqlite3.Connection, known: set[str]) -> list[str]:
            ids = [
                asset
                for asset in legacy_tables.ids(connection, tables=known)
                if asset.startswith(start)
            ]
            if "xetrack_assets" in known:
                query = "SELECT id FROM xetrack_assets WHERE id >= ? AND id < ? LIMIT ?"
                # "g" comes after every digit.
                ids += [
                    asset for (asset,) in connection.execute(query, (start, start + "g", limit))
                ]
            return ids[:limit]

        return self._read(read)

    def info(self, asset_id: str) -> AssetInfo | None:
        """Describe an asset; see `AssetStore.info`."""

        def read(connection: sqlite3.Connection, known: set[str]) -> AssetInfo | None:
            info = _info(connection, asset_id) if "xetrack_assets" in known else None
            if info is None and (key := legacy_tables.ids(connection, tables=known).get(asset_id)):
                return _old_info(connection, asset_id, key, known)
            return info and _with_real_size(connection, info)

        return self._read(read)

    def infos(self) -> list[AssetInfo]:
        """Describe all assets, those of xetrack 0.7 first; see `AssetStore.infos`."""

        def read(connection: sqlite3.Connection, known: set[str]) -> list[AssetInfo]:
            ids = legacy_tables.ids(connection, tables=known)
            infos = [_old_info(connection, asset, key, known) for asset, key in ids.items()]
            if "xetrack_assets" in known:
                infos += map(_to_info, connection.execute(f"{_INFO} ORDER BY _rowid_"))
            return infos

        return self._read(read)

    def content(self, asset_id: str, write: Callable[[bytes], object]) -> None:
        """Write the content of an asset; see `AssetStore.content`.

        **Forks**: each piece is read by itself, so a fork waits for one piece at most.
        """
        compression, pieces, key = self._read(partial(_locate_content, asset_id))
        if compression not in {"", "zlib"}:
            raise DamagedAssetError(asset_id, f"its compression is said to be {compression!r}")
        decompressor = Decompressor(write) if compression else None
        try:
            for number in range(pieces):
                read = tables.PieceReader(key, number).read
                if not self._lender.read_sqlite(partial(read, write=decompressor or write)):
                    raise DamagedAssetError(asset_id, f"piece {number + 1} of {pieces} is missing")
            if decompressor:
                decompressor.flush()
        except zlib.error as error:
            raise DamagedAssetError(asset_id, f"it cannot be decompressed ({error})") from error

    def references(self, asset_id: str) -> list[Reference]:
        """Return the references to an asset; see `AssetStore.references`."""

        def read(connection: sqlite3.Connection, known: set[str]) -> list[Reference]:
            rows: list[Reference] = []
            if "xetrack_asset_references" in known:
                query = "SELECT * FROM xetrack_asset_references WHERE asset = ?"
                rows = [Reference(*row) for row in connection.execute(query, (asset_id,))]
            columns = legacy_tables.columns(connection, asset_id, tables=known)
            return rows + [Reference(asset_id, "", column, "") for column in columns]

        return self._read(read)

    def dereference(
        self,
        *,
        asset: str | None = None,
        table: str | None = None,
        key: str | None = None,
        track_id: str | None = None,
    ) -> int:
        """Remove references; see `AssetStore.dereference`."""
        if "xetrack_asset_references" not in self._read(lambda _, known: known) and not asset:
            return 0
        with self._lender.write_sqlite() as connection:
            tables.prepare(connection)
            sql = """
                DELETE FROM xetrack_asset_references
                WHERE asset = coalesce(?, asset) AND "table" = coalesce(?, "table")
                    AND "key" = coalesce(?, "key") AND track_id = coalesce(?, track_id)
            """
            removed = connection.execute(sql, (asset, table, key, track_id)).rowcount
            if asset is not None and table is None and track_id is None:
                known = tables.names(connection)
                columns = legacy_tables.columns(connection, asset, tables=known)
                for column, stored in columns.items():
                    if key is None or key == column:
                        connection.execute('DELETE FROM "keys" WHERE key = ?', (stored,))
                        removed += 1
            return removed

    def delete(self, asset_id: str) -> None:
        """Remove the content of an asset; see `AssetStore.delete`."""
        with self._lender.write_sqlite() as connection:
            tables.prepare(connection)
            _erase(connection, asset_id)

    def collect(self, living: Callable[[], AbstractSet[str]]) -> list[str]:
        """Remove unreferenced contents while no row can be stored; see `AssetStore.collect`."""
        with self._lender.write_sqlite() as connection:
            tables.prepare(connection)
            query = """
                SELECT id FROM xetrack_assets
                WHERE id NOT IN (SELECT asset FROM xetrack_asset_references) ORDER BY _rowid_
            """
            candidates = [*legacy_tables.ids(connection, tables=tables.names(connection))]
            candidates += [asset for (asset,) in connection.execute(query)]
            living_ids = living() if candidates else frozenset()
            removed = [asset for asset in candidates if asset not in living_ids]
            for asset in removed:
                _erase(connection, asset)
            return removed


def _now() -> str:
    return datetime.now().isoformat(sep=" ", timespec="microseconds")  # noqa: DTZ005 - as rows


def _insert_references(connection: sqlite3.Connection, references: Sequence[Reference]) -> None:
    rows = [(each.asset, each.table, each.key, each.track_id) for each in references]
    sql = "INSERT OR IGNORE INTO xetrack_asset_references VALUES (?, ?, ?, ?)"
    connection.executemany(sql, rows)


def _erase(connection: sqlite3.Connection, asset: str) -> None:
    known = tables.names(connection)
    keys = {asset, legacy_tables.ids(connection, tables=known).get(asset, asset)}
    connection.executemany('DELETE FROM "assets" WHERE key = ?', [(key,) for key in keys])
    connection.execute("DELETE FROM xetrack_asset_pieces WHERE asset = ?", (asset,))
    connection.execute("DELETE FROM xetrack_assets WHERE id = ?", (asset,))
    legacy_tables.delete_count(connection, asset, tables=known)


def _is_complete(connection: sqlite3.Connection, info: AssetInfo) -> bool:
    """Return True if all of a content is there; what is not is written again."""
    return _bytes_of(connection, info.id) == info.stored_size


def _bytes_of(connection: sqlite3.Connection, asset: str) -> int:
    """Return how many bytes there are of a content."""
    query = """
        SELECT (SELECT total(length(value)) FROM "assets" WHERE key = :id)
            + (SELECT total(length(value)) FROM xetrack_asset_pieces WHERE asset = :id)
    """
    (size,) = connection.execute(query, {"id": asset}).fetchone()
    return int(size)


def _with_real_size(connection: sqlite3.Connection, info: AssetInfo) -> AssetInfo:
    """Describe a large content by what there is of it: so few bytes are not taken for many."""
    if type(info.header.size) is int and info.header.size > _LARGE:
        return replace(info, stored_size=_bytes_of(connection, info.id))
    return info


def _info(connection: sqlite3.Connection, asset: str) -> AssetInfo | None:
    row = connection.execute(f"{_INFO} WHERE id = ?", (asset,)).fetchone()
    return _to_info(row) if row else None


def _to_info(row: tuple[str, str, str, int, int, bytes, int, str, int]) -> AssetInfo:
    asset, digest, codec, version, size, seal, stored_size, time, references = row
    header = Header(digest=digest, codec=codec, version=version, size=size, seal=seal)
    return AssetInfo(
        id=asset, header=header, stored_size=stored_size, references=references, time=time
    )


def _locate_content(
    asset: str, connection: sqlite3.Connection, known: set[str]
) -> tuple[str, int, str]:
    """Return how a content is compressed, in how many pieces, and under which key they are."""
    row = None
    if "xetrack_assets" in known:
        query = "SELECT compression, pieces FROM xetrack_assets WHERE id = ?"
        row = connection.execute(query, (asset,)).fetchone()
    if row:
        compression, pieces = row
        if type(pieces) is not int:
            raise DamagedAssetError(asset, f"it is said to have {pieces!r:.100} pieces")
        return compression, pieces, asset
    key = legacy_tables.ids(connection, tables=known).get(asset, asset)
    query = 'SELECT hex(substr(value, 1, 2)) FROM "assets" WHERE key = ?'
    begins = connection.execute(query, (key,)).fetchone() if "assets" in known else None
    if begins is None:
        raise DamagedAssetError(asset, "it is not there")
    return "zlib" if begins[0] in legacy_tables.ZLIB else "", 1, key


def _old_info(connection: sqlite3.Connection, asset: str, key: str, known: set[str]) -> AssetInfo:
    query = 'SELECT length(value) FROM "assets" WHERE key = ?'
    (size,) = connection.execute(query, (key,)).fetchone()
    header = Header(digest="", codec="pickle", version=0, size=size, seal=b"")
    times = legacy_tables.count(connection, asset, tables=known)
    return AssetInfo(id=asset, header=header, stored_size=size, references=times, time="")
