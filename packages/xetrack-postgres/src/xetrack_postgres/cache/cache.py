"""The cache: results of calls in one table, in the schema of the rows or in one of its own.

A cache must not cost more than it saves, so a server that nobody reaches is not waited for, and
is asked anew after a while only. So it is where others keep the table locked.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

from xetrack.errors import CacheError, DamagedCacheError, DatabaseBusyError
from xetrack.interfaces.engine import Settings
from xetrack.process.forks import protect
from xetrack_cache.signed import SignedCache
from xetrack_cache.signed.cache import FIRST
from xetrack_postgres.address import parse_address
from xetrack_postgres.cache.compute_locks import ComputeLocks
from xetrack_postgres.cache.table import COLUMNS, CacheTable, ForeignTableError
from xetrack_postgres.connections.pool import ConnectionPool
from xetrack_postgres.driver_errors import ServerAwayError
from xetrack_postgres.names import is_sayable
from xetrack_postgres.tables.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from psycopg import Connection

    from xetrack.interfaces.engines.capabilities import StoredResult
    from xetrack_postgres.cache.compute_locks import KeyLock
    from xetrack_postgres.connections.connection import ServerConnection

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds to wait for a server that is starting, and for the locks of others."""

LARGEST = 1_000_000_000
"""Bytes of an entry. A cell holds 1 GB at most, and so does what the server sends of a row."""

_LOCKED = (
    "others keep its table locked",
    "Look for a long transaction with: SELECT pid, state, query FROM pg_stat_activity",
)

_FEWEST, _MOST, _SHARE = 1.0, 60.0, 10
"""Seconds in which a server is left alone that could not be reached, or was busy: ten times as
long as finding that out took, so that a tenth of a program's time is lost at most; and the bounds
of that."""

_PAGE = 500
"""Results that are listed by one statement."""

_PUT = """
INSERT INTO {table} (key, track_id, entry) VALUES (%s, %b, %b)
ON CONFLICT (key) DO UPDATE SET number = DEFAULT, stored = DEFAULT,
    track_id = excluded.track_id, entry = excluded.entry
"""

_SHRINK = """
DELETE FROM {table} WHERE key <> %s AND number IN (
    SELECT number FROM (
        SELECT number, sum(octet_length(entry)) OVER (ORDER BY number DESC) AS bytes FROM {table}
    ) AS sized WHERE bytes > %s
)
"""

_LIST = f"""
SELECT number, key, track_id, extract(epoch FROM stored)::float8, octet_length(entry),
    substring(entry FOR {FIRST})
FROM {{table}} WHERE number > %s ORDER BY number LIMIT {_PAGE}
"""


class PostgresCache(SignedCache):
    """Results of calls in a PostgreSQL database; its `location` is the URL without the password."""

    is_away = True

    def __init__(self, location: str, size_limit: int | None = None) -> None:
        self.address = parse_address(location)
        super().__init__(self.address.shown, size_limit)
        self.lock = threading.RLock()
        self.settings = Settings(timeout=PATIENCE)
        self.catalog = CacheTable(Catalog(self.address))
        self.connections = ConnectionPool(self, self.address)
        self._compute_locks = ComputeLocks(self, self.connections)
        self._until, self._reason = 0.0, ("", "")
        protect(self)

    def before_transaction(self) -> None:
        """Do nothing."""

    def after_transaction(self) -> None:
        """Do nothing: no work waits."""

    def lock_sql(self, _: ServerConnection, table: str | None) -> str:  # noqa: ARG002 - it is never rewritten
        """Return no SQL, as nothing is locked for reading; see `PoolOwner.lock_sql`."""
        return ""

    def _ask(self, ask: Callable[[], T]) -> T:
        """Ask the server for something, unless it was found to be away or busy just now."""
        began = time.monotonic()
        if began < self._until:
            raise CacheError(self.location, *self._reason)
        try:
            return ask()
        except ForeignTableError as error:
            what = f"{self.catalog.name} is no table of this version of xetrack"
            raise DamagedCacheError(self.location, what) from error
        except (ServerAwayError, DatabaseBusyError) as error:
            now = time.monotonic()
            self._until = now + min(max(_FEWEST, _SHARE * (now - began)), _MOST)
            self._reason = _LOCKED
            if isinstance(error, ServerAwayError):
                reason = f"its server could not be reached: {error.reason}"
                self._reason = reason, "Check the URL, or start the server."
            raise CacheError(self.location, *self._reason) from error

    def _read(self, read: Callable[[Connection[Any]], T], otherwise: T) -> T:
        """Return what is read from the table, or `otherwise` while there is none."""
        return self._ask(
            lambda: self.connections.free().read_unlocked(
                lambda connection: (
                    read(connection) if self.catalog.exists(connection) else otherwise
                )
            )
        )

    def _change(self, change: Callable[[Connection[Any]], T], otherwise: T) -> T:
        """Change the table in one transaction, unless there is none."""
        return self._ask(
            lambda: self.connections.free().change(
                lambda connection: (
                    change(connection) if self.catalog.exists(connection) else otherwise
                )
            )
        )

    def fetch(self, key: str) -> bytes | None:
        """Return the bytes of an entry; None when there is none. See `SignedCache.fetch`."""
        return self._bytes("SELECT entry FROM {table} WHERE key = %s", key)

    def fetch_head(self, key: str, size: int) -> bytes | None:
        """Read the first bytes of an entry; see `SignedCache.fetch_head`."""
        sql = "SELECT substring(entry FOR %s::int) FROM {table} WHERE key = %s"
        return self._bytes(sql, min(size, LARGEST), key)

    def _bytes(self, sql: str, *values: int | str) -> bytes | None:
        if not all(is_sayable(str(value)) for value in values):
            return None
        rows = self._rows(sql, *values)
        return bytes(rows[0][0]) if rows else None

    def _rows(self, sql: str, *values: int | str) -> list[tuple[Any, ...]]:
        run = self.catalog.run
        return self._read(lambda connection: list(run(connection, sql, *values).fetchall()), [])

    def _delete(self, where: str, value: object) -> int:
        sql, run = f"DELETE FROM {{table}} WHERE {where}", self.catalog.run
        return self._change(lambda connection: int(run(connection, sql, value).rowcount), 0)

    def store(self, key: str, entry: bytes, track_id: str) -> None:
        """Store an entry, and remove the oldest beyond the limit; see `SignedCache.store`."""
        if len(entry) > LARGEST:
            reason = f"PostgreSQL keeps {LARGEST:,} bytes of a result, and this has {len(entry):,}"
            raise CacheError(self.location, reason, "Give cache=FOLDER for results of such sizes.")

        def change(connection: Connection[Any]) -> None:
            # What a crash of the server takes is computed again; waiting for its disk costs all.
            connection.execute("SET LOCAL synchronous_commit TO off")
            table = self.catalog
            table.prepare(connection)
            if self.size_limit is None:
                table.run(connection, _PUT, key, track_id.encode(), entry)
                return
            table.lock(connection)  # whoever stores beside this sees what this stores
            table.run(connection, _PUT, key, track_id.encode(), entry)
            table.run(connection, _SHRINK, key, self.size_limit)

        self._ask(lambda: self.connections.free().change(change))

    def acquire(self, key: str, *, wait: bool) -> KeyLock | None:
        """Take the compute lock of a key; see `SignedCache.acquire`."""
        return self._ask(lambda: self._compute_locks.acquire(key, wait=wait))

    def release(self, key: str, handle: KeyLock) -> None:
        """Release the compute lock of a key; see `SignedCache.release`."""
        self._compute_locks.release(key, handle)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with a text, the oldest first; see `Cache.keys`."""
        # "~" comes after every digit and "-".
        sql = "SELECT key FROM {table} WHERE key >= %s AND key < %s ORDER BY number"
        return [key for (key,) in self._rows(sql, prefix, prefix + "~")]

    def delete_run(self, track_id: str) -> int:
        """Remove and count the entries that a run computed; see `Cache.delete_run`."""
        return self._delete("track_id = %b", track_id.encode())

    def exists(self) -> bool:
        """Return True if there is a table; see `ListsResults.exists`."""
        return self._read(lambda _: True, otherwise=False)

    def iter_results(self) -> Iterator[StoredResult]:
        """Go through all results, the oldest first; see `ListsResults.iter_results`."""
        last = 0
        while True:
            page = self._rows(_LIST, last)
            for number, key, track_id, seconds, size, head in page:
                text = bytes(track_id).decode(errors="replace")
                yield self.describe_entry(number, key, seconds, size, text, bytes(head))
            if len(page) < _PAGE:
                return
            last = page[-1][0]

    def remove(self, results: Sequence[StoredResult]) -> int:
        """Remove and count results that nobody replaced since; see `ListsResults.remove`."""
        return self._delete("number = ANY(%s::bigint[])", [result.handle for result in results])

    def clear(self) -> int:
        """Remove all results; the table, too, where it is not ours. See `ListsResults.clear`."""
        try:
            return self._change(self._emptied, 0)
        except DamagedCacheError:
            self._change(
                lambda connection: self.catalog.run(connection, "DROP TABLE {table}"), None
            )
            self.catalog.reset()
            return 0

    def _emptied(self, connection: Connection[Any]) -> int:
        run = self.catalog.run
        run(connection, "LOCK TABLE {table}")
        run(connection, f"SELECT {COLUMNS} FROM {{table}} LIMIT 0")
        number = run(connection, "SELECT count(*) FROM {table}").fetchone()[0]
        run(connection, "TRUNCATE {table}")
        return int(number)

    def size(self) -> int:
        """Return the bytes that the table takes with its indexes; see `ListsResults.size`."""
        sql = "SELECT pg_total_relation_size(%s::regclass)"
        name = (self.catalog.name,)
        row = self._read(lambda connection: connection.execute(sql, name).fetchone(), None)
        return int(row[0]) if row else 0

    def before_fork(self) -> None:
        """Close the connections. Compute locks stay: whoever computes may fork for it."""
        self.connections.close()

    def close(self) -> None:
        """Give back every resource; a later use opens again."""
        self.connections.close()
        self._compute_locks.close()
