"""The part of the engine for programs that show charts: series, and tokens of change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.interfaces.engines.capabilities import ReadsSeries
from xetrack_postgres.facts import FactsInPostgres
from xetrack_postgres.writing.nested_calls import reentrant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack.interfaces.engines.series import Bucket, SeriesQuery
    from xetrack_postgres.connections.connection import ServerConnection

_SNAPSHOT = "SELECT pg_current_snapshot()::text"


class ChartsInPostgres(FactsInPostgres, ReadsSeries):
    """What an engine on a server has for charts."""

    @reentrant
    def read_series(self: Any, table: str, query: SeriesQuery) -> Iterator[Bucket]:
        """Compute buckets by SQL; see `ReadsSeries.read_series`."""
        from xetrack.interfaces.engines.series.computing import compute  # noqa: PLC0415 - few need
        from xetrack_postgres.reading import series  # noqa: PLC0415 - likewise

        self._check_there()

        def ask(handle: ServerConnection) -> list[Bucket] | None:
            connection = handle.connection
            schema = self._existing(self._schema_at(handle, table), connection, table)
            reader = self._reading(connection, schema)
            relation = self.catalog.qualified(schema.relation)
            return series.ask(connection, reader, schema, relation, query)

        buckets = self.connections.read_table(table, ask)
        return compute(self, table, query) if buckets is None else iter(buckets)

    @reentrant
    def change_token(self: Any, table: str) -> str:  # noqa: ARG002 - all tables share one
        """Return the server's snapshot, which decides what is seen; see `Engine.change_token`.

        Equal snapshots see equal rows, columns and tables. A transaction that writes to another
        table or database of the server makes another snapshot too.
        """

        def ask(connection: Any) -> str:
            (snapshot,) = connection.execute(_SNAPSHOT).fetchone()
            return str(snapshot)

        token: str = self._if_there(lambda: self.connections.read_unlocked(ask), "")
        return token
