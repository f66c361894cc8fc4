"""The facts of a database, in a table of the schema of its rows; made with the first of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.engine import Engine
from xetrack.interfaces.engines.facts import KeepsFacts
from xetrack.interfaces.engines.repeats import write_whole
from xetrack_postgres.driver_errors import ServerAwayError
from xetrack_postgres.writing.nested_calls import NestedCalls

if TYPE_CHECKING:
    from psycopg import Connection

    from xetrack_postgres.tables.catalog import Catalog

_TABLE = "xetrack_facts"
_THERE = """
SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s
"""


class FactsInPostgres(NestedCalls, Engine, KeepsFacts):
    """The part of an engine that remembers facts."""

    catalog: Catalog
    is_away: bool
    _next_wait = 0.0

    def fact(self, name: str) -> str | None:
        """Return the text of a fact; see `KeepsFacts.fact`."""
        return self.free().connections.read(lambda connection: self._read(connection, name))

    def awaited_fact(self, name: str) -> str | None:
        """Return the text of a fact; see `KeepsFacts.awaited_fact`.

        While the server is away, rows wait in a spool, but nothing else knows where their objects
        belong. So it is waited for; in vain only once in a while.
        """
        engine = self.free()
        deadline = time.monotonic() + engine.settings.timeout
        while True:
            is_known_to_be_away = engine.is_away
            try:
                return engine.fact(name)
            except ServerAwayError:
                now = time.monotonic()
                # Of another one, the connections have waited.
                if not is_known_to_be_away or now < self._next_wait:
                    raise
                if now >= deadline:
                    self._next_wait = now + 10 * engine.settings.timeout
                    raise
            time.sleep(0.1)

    def set_fact(self, name: str, value: str, *, replace: bool = True) -> str:
        """Store a fact; see `KeepsFacts.set_fact`."""
        engine = self.free()
        table = self.catalog.qualified(_TABLE)
        update = "UPDATE SET value = excluded.value" if replace else "NOTHING"

        def write() -> str:
            with engine.transaction():
                connection = engine.connections.writer.connection
                engine.catalog.prepare(connection)
                connection.execute(
                    f"CREATE TABLE IF NOT EXISTS {table} "
                    "(name text PRIMARY KEY, value text NOT NULL)"
                )
                connection.execute(
                    f"INSERT INTO {table} VALUES (%s, %s) ON CONFLICT (name) DO {update}",
                    (name, value),
                )
                return self._read(connection, name) or ""

        return write_whole(engine, write)

    def _read(self, connection: Connection[Any], name: str) -> str | None:
        if connection.execute(_THERE, (self.catalog.schema, _TABLE)).fetchone() is None:
            return None
        query = f"SELECT value FROM {self.catalog.qualified(_TABLE)} WHERE name = %s"
        row = connection.execute(query, (name,)).fetchone()
        return row[0] if row else None
