"""The asset store: contents and references in the schema of the rows, in the row's transaction.

``xetrack_assets``
    What is kept of each asset beside its content.
``xetrack_asset_pieces``
    The contents, in pieces: a cell holds 1 GB at most, and no piece takes much memory.
``xetrack_asset_references``
    Which run keeps which asset under which key. Names are bytes, as a text knows no NUL, and
    known by a digest, as an index takes 2,700 bytes at most.
"""

from __future__ import annotations

import hashlib
import zlib
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from xetrack.assets.chunked_content import Decompressor, compressed, recut
from xetrack.errors import (
    AssetNotStoredError,
    DamagedAssetError,
    InvalidArgumentError,
    ReadOnlyError,
)
from xetrack.interfaces.assets import AssetInfo, AssetStore, Header, Reference
from xetrack.interfaces.engines.repeats import write_whole
from xetrack_postgres.engine import PostgresEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from psycopg import Connection

    from xetrack.interfaces.assets import Content
    from xetrack.interfaces.engine import Engine

T = TypeVar("T")

_TABLES = (
    """
    CREATE TABLE {assets} (
        number bigint GENERATED ALWAYS AS IDENTITY, id text COLLATE "C" PRIMARY KEY,
        digest text, codec text, version bigint, size bigint, seal bytea,
        compression text, stored_size bigint, pieces bigint, time text
    )""",
    """
    CREATE TABLE {pieces} (
        asset text COLLATE "C", number bigint, value bytea, PRIMARY KEY (asset, number)
    )""",
    # Compressed or not is the user's choice, and not for the server to try on every piece.
    "ALTER TABLE {pieces} ALTER value SET STORAGE EXTERNAL",
    """
    CREATE TABLE {references} (
        asset text COLLATE "C", "table" bytea, "key" bytea, track_id bytea, name bytea,
        PRIMARY KEY (asset, name)
    )""",
)

# Not `to_regclass`, by which a session takes for missing what it did not find before.
_THERE = """
SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = 'xetrack_asset_references'
"""

_INFO = """
SELECT id, digest, codec, version, size, seal, stored_size, time,
    (SELECT count(*) FROM {references} WHERE asset = id)
FROM {assets}
"""

_WHOLE = """
SELECT stored_size = (
    SELECT coalesce(sum(octet_length(value)), 0) FROM {pieces} WHERE asset = id
) FROM {assets} WHERE id = %s
"""


class PostgresAssetStore(AssetStore):
    """An asset store in the schema of the rows; see `xetrack.interfaces.assets.AssetStore`.

    It has no connection of its own: the engine lends what it needs.
    """

    def __init__(self, engine: Engine, *, compress: bool = False) -> None:
        super().__init__(engine, compress=compress)
        if not isinstance(engine, PostgresEngine):
            expected = "an engine for postgresql://... URLs, or another asset_store=..."
            raise InvalidArgumentError("engine", type(engine).__name__, expected)
        self._engine = engine
        self._names = {
            name: engine.catalog.qualified(f"xetrack_{table}").replace("%", "%%")
            for name, table in (
                ("assets", "assets"),
                ("pieces", "asset_pieces"),
                ("references", "asset_references"),
            )
        }

    def _run(self, connection: Connection[Any], sql: str, *values: object) -> Any:
        """Run a statement in which tables stand as ``{assets}``, in the binary form of values."""
        return connection.execute(sql.format(**self._names), values, binary=True)

    def _exists(self, connection: Connection[Any]) -> bool:
        return connection.execute(_THERE, (self._engine.catalog.schema,)).fetchone() is not None

    @contextmanager
    def _changing(self) -> Iterator[Connection[Any]]:
        """Lend the writer in a transaction, while nobody else changes assets or columns."""
        engine = self._engine.free()  # another for a call within a call
        with engine.transaction():
            connection = engine.connections.writer.connection
            engine.catalog.prepare(connection)
            if not self._exists(connection):
                for sql in _TABLES:
                    self._run(connection, sql)
            yield connection

    def _change(self, change: Callable[[Connection[Any]], T]) -> T:
        """Return the result of a change, which is made anew where a lost server undid it."""

        def attempt() -> T:
            with self._changing() as connection:
                return change(connection)

        return write_whole(self._engine, attempt)

    def _read(self, at: Callable[[Connection[Any]], T], otherwise: T) -> T:
        return self._engine.free().connections.read(
            lambda connection: at(connection) if self._exists(connection) else otherwise
        )

    @contextmanager
    def storing(
        self, contents: Sequence[Content], references: Sequence[Reference]
    ) -> Iterator[None]:
        """Store contents and references with the row; see `AssetStore.storing`."""
        with self._changing() as connection:
            for content in contents:
                self._write(connection, content)
            for reference in references:
                names = [
                    name.encode() for name in (reference.table, reference.key, reference.track_id)
                ]
                digest = hashlib.sha256(b"".join(hashlib.sha256(name).digest() for name in names))
                sql = "INSERT INTO {references} VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
                self._run(connection, sql, reference.asset, *names, digest.digest())
            yield

    def _write(self, connection: Connection[Any], content: Content) -> None:
        header, stored_info = content.header, self._info(connection, content.id)
        if stored_info is not None and stored_info.header != header:
            bare = [
                (known.digest, known.codec, known.version) for known in (stored_info.header, header)
            ]
            if bare[0] != bare[1]:
                raise AssetNotStoredError(header.codec, f"another asset has the id {content.id}")
            sql = "UPDATE {assets} SET seal = %s, size = %s WHERE id = %s"
            self._run(connection, sql, header.seal, header.size, content.id)
        if stored_info is not None and self._run(connection, _WHOLE, content.id).fetchone()[0]:
            return
        self._erase(connection, content.id)
        count = size = 0
        for piece in recut(compressed(content.pieces) if self.compress else content.pieces):
            sql = "INSERT INTO {pieces} VALUES (%s, %s, %b)"
            self._run(connection, sql, content.id, count, bytes(piece))
            count += 1
            size += len(piece)
        time = datetime.now().isoformat(sep=" ", timespec="microseconds")  # noqa: DTZ005 - as rows
        sql = """
            INSERT INTO {assets} (id, digest, codec, version, size, seal, compression, stored_size,
                pieces, time)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """
        facts = header.digest, header.codec, header.version, header.size, header.seal
        storage = "zlib" if self.compress else "", size, count, time
        self._run(connection, sql, content.id, *facts, *storage)

    def _erase(self, connection: Connection[Any], asset: str) -> None:
        self._run(connection, "DELETE FROM {pieces} WHERE asset = %s", asset)
        self._run(connection, "DELETE FROM {assets} WHERE id = %s", asset)

    def find(self, start: str, limit: int) -> list[str]:
        """Return the ids that begin with these digits; see `AssetStore.find`."""
        # "g" comes after every digit.
        sql = "SELECT id FROM {assets} WHERE id >= %s AND id < %s ORDER BY id LIMIT %s"
        return self._read(
            lambda connection: [
                asset_id for (asset_id,) in self._run(connection, sql, start, start + "g", limit)
            ],
            [],
        )

    def _info(self, connection: Connection[Any], asset_id: str) -> AssetInfo | None:
        row = self._run(connection, f"{_INFO} WHERE id = %s", asset_id).fetchone()
        return _asset_info(row) if row else None

    def info(self, asset_id: str) -> AssetInfo | None:
        """Describe an asset; see `AssetStore.info`."""
        return self._read(lambda connection: self._info(connection, asset_id), None)

    def infos(self) -> list[AssetInfo]:
        """Describe all assets; see `AssetStore.infos`."""
        sql = f"{_INFO} ORDER BY number"
        return self._read(lambda connection: [*map(_asset_info, self._run(connection, sql))], [])

    def content(self, asset_id: str, write: Callable[[bytes], object]) -> None:
        """Write the content of an asset; see `AssetStore.content`.

        **Forks**: each chunk is read by itself, so that a fork waits little.
        """
        sql = "SELECT compression, pieces FROM {assets} WHERE id = %s"
        row = self._read(lambda connection: self._run(connection, sql, asset_id).fetchone(), None)
        if row is None:
            raise DamagedAssetError(asset_id, "it is not there")
        compression, pieces = row
        if compression not in {"", "zlib"}:
            raise DamagedAssetError(asset_id, f"its compression is said to be {compression!r}")
        decompressor = Decompressor(write) if compression else None
        try:
            for number in range(pieces):
                piece = self._read(partial(self._piece, asset_id, number), None)
                if piece is None:
                    raise DamagedAssetError(asset_id, f"piece {number + 1} of {pieces} is missing")
                (decompressor or write)(piece)
            if decompressor:
                decompressor.flush()
        except zlib.error as error:
            raise DamagedAssetError(asset_id, f"it cannot be decompressed ({error})") from error

    def _piece(self, asset: str, number: int, connection: Connection[Any]) -> bytes | None:
        sql = "SELECT value FROM {pieces} WHERE asset = %s AND number = %s"
        row = self._run(connection, sql, asset, number).fetchone()
        return None if row is None or row[0] is None else bytes(row[0])

    def references(self, asset_id: str) -> list[Reference]:
        """Return who refers to an asset; see `AssetStore.references`."""
        sql = 'SELECT asset, "table", "key", track_id FROM {references} WHERE asset = %s'

        def read(connection: Connection[Any]) -> list[Reference]:
            rows = self._run(connection, sql, asset_id)
            return [Reference(asset, *map(_decode_name, names)) for asset, *names in rows]

        return self._read(read, [])

    def dereference(
        self,
        *,
        asset: str | None = None,
        table: str | None = None,
        key: str | None = None,
        track_id: str | None = None,
    ) -> int:
        """Remove references; see `AssetStore.dereference`."""
        if self._engine.settings.read_only:
            raise ReadOnlyError(self._engine.location, "Removing references from")
        if not self._read(lambda _: True, otherwise=False):
            return 0
        wanted = {
            "asset": asset,
            '"table"': table,
            '"key"': key,
            "track_id": track_id,
        }
        conditions = {name: value for name, value in wanted.items() if value is not None}
        where = " AND ".join(f"{name} = %s" for name in conditions) or "true"
        sql = f"DELETE FROM {{references}} WHERE {where}"
        values = [
            value if name == "asset" else value.encode() for name, value in conditions.items()
        ]
        return self._change(lambda connection: int(self._run(connection, sql, *values).rowcount))

    def delete(self, asset_id: str) -> None:
        """Remove the content of an asset; see `AssetStore.delete`."""
        self._change(lambda connection: self._erase(connection, asset_id))

    def collect(self, living: Callable[[], AbstractSet[str]]) -> list[str]:
        """Remove unreferenced contents while no asset can be stored; see `AssetStore.collect`."""
        sql = """
            SELECT id FROM {assets} WHERE NOT EXISTS (SELECT FROM {references} WHERE asset = id)
            ORDER BY number
        """

        def change(connection: Connection[Any]) -> list[str]:
            candidates = [asset for (asset,) in self._run(connection, sql)]
            used = living() if candidates else frozenset()
            gone = [asset for asset in candidates if asset not in used]
            for asset in gone:
                self._erase(connection, asset)
            return gone

        return self._change(change)


def _asset_info(row: tuple[str, str, str, int, int, bytes, int, str, int]) -> AssetInfo:
    asset, digest, codec, version, size, seal, stored_size, time, references = row
    header = Header(digest=digest, codec=codec, version=version, size=size, seal=bytes(seal))
    return AssetInfo(
        id=asset, header=header, stored_size=stored_size, references=references, time=time
    )


def _decode_name(name: bytes) -> str:
    return bytes(name).decode()
