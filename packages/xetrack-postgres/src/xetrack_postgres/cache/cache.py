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
from xetrack_postgres.address import parsed
from xetrack_postgres.cache.compute_locks import Rights
from xetrack_postgres.cache.table import COLUMNS, CacheTable, ForeignTableError
from xetrack_postgres.connections.pool import Connections
from xetrack_postgres.driver_errors import ServerAwayError
from xetrack_postgres.names import is_sayable
from xetrack_postgres.tables.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from psycopg import Connection

    from xetrack.interfaces.capabilities import StoredResult
    from xetrack_postgres.connections.connection import Handle

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
        self.address = parsed(location)
        super().__init__(self.address.shown, size_limit)
        self.lock = threading.RLock()
        self.settings = Settings(timeout=PATIENCE)
        self.catalog = CacheTable(Catalog(self.address))
        self.connections = Connections(self, self.address)
        self._rights = Rights(self, self.connections)
        self._until, self._reason = 0.0, ("", "")
        protect(self)

    def begin(self) -> None:
        """Nothing is to be done."""

    def settle(self) -> None:
        """Nothing waits."""

    def locking(self, _: Handle, table: str | None) -> str:  # noqa: ARG002 - it is never rewritten
        """Lock nothing for reading."""
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

    def _look(self, at: Callable[[Connection[Any]], T], otherwise: T) -> T:
        """Return what is read from the table; something else while there is none."""
        return self._ask(
            lambda: self.connections.free().glance(
                lambda found: at(found) if self.catalog.exists(found) else otherwise
            )
        )

    def _change(self, change: Callable[[Connection[Any]], T], otherwise: T) -> T:
        """Change the table in one transaction, unless there is none."""
        return self._ask(
            lambda: self.connections.free().change(
                lambda found: change(found) if self.catalog.exists(found) else otherwise
            )
        )

    def fetch(self, key: str) -> bytes | None:
        """Return the bytes of an entry; None when there is none."""
        return self._bytes("SELECT entry FROM {table} WHERE key = %s", key)

    def beginning(self, key: str, size: int) -> bytes | None:
        """Return the first bytes of an entry; None when there is none."""
        sql = "SELECT substring(entry FOR %s::int) FROM {table} WHERE key = %s"
        return self._bytes(sql, min(size, LARGEST), key)

    def _bytes(self, sql: str, *values: int | str) -> bytes | None:
        if not all(is_sayable(str(one)) for one in values):
            return None
        rows = self._rows(sql, *values)
        return bytes(rows[0][0]) if rows else None

    def _rows(self, sql: str, *values: int | str) -> list[tuple[Any, ...]]:
        run = self.catalog.run
        return self._look(lambda found: list(run(found, sql, *values).fetchall()), [])

    def _delete(self, where: str, value: object) -> int:
        sql, run = f"DELETE FROM {{table}} WHERE {where}", self.catalog.run
        return self._change(lambda found: int(run(found, sql, value).rowcount), 0)

    def store(self, key: str, entry: bytes, track_id: str) -> None:
        """Keep an entry, and remove the oldest beyond the limit in the same transaction."""
        if len(entry) > LARGEST:
            reason = f"PostgreSQL keeps {LARGEST:,} bytes of a result, and this has {len(entry):,}"
            raise CacheError(self.location, reason, "Give cache=FOLDER for results of such sizes.")

        def change(found: Connection[Any]) -> None:
            # What a crash of the server takes is computed again; waiting for its disk costs all.
            found.execute("SET LOCAL synchronous_commit TO off")
            table = self.catalog
            table.prepare(found)
            if self.size_limit is None:
                table.run(found, _PUT, key, track_id.encode(), entry)
                return
            table.lock(found)  # whoever stores beside this sees what this stores
            table.run(found, _PUT, key, track_id.encode(), entry)
            table.run(found, _SHRINK, key, self.size_limit)

        self._ask(lambda: self.connections.free().change(change))

    def acquire(self, key: str, *, wait: bool) -> Handle | None:
        """Take the right to compute a key; see `SignedCache.acquire`."""
        return self._ask(lambda: self._rights.take(key, wait=wait))

    def release(self, key: str, held: Handle) -> None:
        """Give back the right to compute a key."""
        self._rights.give_back(key, held)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with a text, the oldest first."""
        # "~" comes after every digit and "-".
        sql = "SELECT key FROM {table} WHERE key >= %s AND key < %s ORDER BY number"
        return [key for (key,) in self._rows(sql, prefix, prefix + "~")]

    def delete_run(self, track_id: str) -> int:
        """Remove the entries that a run computed, and return how many that were."""
        return self._delete("track_id = %b", track_id.encode())

    def exists(self) -> bool:
        """Tell whether there is a table."""
        return self._look(lambda _: True, otherwise=False)

    def listed(self) -> Iterator[StoredResult]:
        """Go through all results, the oldest first; see `ListsResults.listed`."""
        last = 0
        while True:
            page = self._rows(_LIST, last)
            for number, key, track_id, seconds, size, head in page:
                text = bytes(track_id).decode(errors="replace")
                yield self.described(number, key, seconds, size, text, bytes(head))
            if len(page) < _PAGE:
                return
            last = page[-1][0]

    def remove(self, results: Sequence[StoredResult]) -> int:
        """Remove results, unless others took their place; return how many there were."""
        return self._delete("number = ANY(%s::bigint[])", [one.handle for one in results])

    def clear(self) -> int:
        """Remove all results; the table, too, where it is not ours."""
        try:
            return self._change(self._emptied, 0)
        except DamagedCacheError:
            self._change(lambda found: self.catalog.run(found, "DROP TABLE {table}"), None)
            self.catalog.reset()
            return 0

    def _emptied(self, found: Connection[Any]) -> int:
        run = self.catalog.run
        run(found, "LOCK TABLE {table}")
        run(found, f"SELECT {COLUMNS} FROM {{table}} LIMIT 0")
        number = run(found, "SELECT count(*) FROM {table}").fetchone()[0]
        run(found, "TRUNCATE {table}")
        return int(number)

    def size(self) -> int:
        """Return the bytes that the table takes with its indexes."""
        sql = "SELECT pg_total_relation_size(%s::regclass)"
        name = (self.catalog.name,)
        row = self._look(lambda found: found.execute(sql, name).fetchone(), None)
        return int(row[0]) if row else 0

    def before_fork(self) -> None:
        """Close what a child must not inherit. Rights stay: whoever computes may fork for it."""
        self.connections.close()

    def close(self) -> None:
        """Give back every resource; a later use opens again."""
        self.connections.close()
        self._rights.close()
