"""DuckDB's SQL over the rows of any engine, which it reads into a database in memory.

The database is made for one statement, of the tables that the statement names, and can reach no
file; see `xetrack_duckdb.reading.readonly_sql`.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import duckdb
from attrs import evolve

from xetrack.errors import QueryError, XetrackError
from xetrack.interfaces.engine import Selection
from xetrack.interfaces.engines.sql_names import mentioned_tables, name_columns, restore_names
from xetrack.interfaces.engines.sql_runner import SQLRunner
from xetrack.interfaces.query import Query
from xetrack.model.names import quoted
from xetrack_duckdb.driver_errors import REFUSALS, raise_interrupts, to_xetrack_error
from xetrack_duckdb.reading import readonly_sql
from xetrack_duckdb.reading.tokens import tokens
from xetrack_duckdb.row_log import flush
from xetrack_duckdb.row_log.copying import copy_table, create_table
from xetrack_duckdb.tables import cell_kinds, schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.engines.sql import SQLResult
    from xetrack.interfaces.engines.sql_names import Token
    from xetrack.model.kinds import Value


class DuckDBRunner(SQLRunner):
    """Runs DuckDB's SQL over the rows of an engine that runs none."""

    rank: ClassVar[int] = 50

    def sql(
        self,
        query: str,
        parameters: Sequence[Any] | Mapping[str, Any] = (),
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> SQLResult:
        """Run one statement that only reads; see `SQLRunner.sql`."""
        begun = time.monotonic()
        parts = [*tokens(query)]
        text, aliases = name_columns(query, parts, self.engine)
        with self._loaded(query, parts, timeout) as connection:
            spent = time.monotonic() - begun
            result = readonly_sql.run_query(
                connection, query, parameters, limit, timeout, text=text, spent=spent
            )
        return replace(result, names=restore_names(result.names, aliases))

    @contextmanager
    def _loaded(
        self, query: str, parts: Sequence[Token], timeout: float | None
    ) -> Iterator[DuckDBPyConnection]:
        """Lend a locked database in memory, with all tables, and the rows of those in a query."""
        connection = readonly_sql.connect()
        try:
            connection.execute("ATTACH ':memory:' AS db")
            try:
                self._load(connection, query, parts, timeout)
            except duckdb.OutOfMemoryException as error:
                reason = f"the rows take more memory than the {readonly_sql.LIMIT} that it may take"
                raise QueryError(query, reason, _ELSEWHERE) from error
            except REFUSALS as error:
                if isinstance(error, XetrackError):
                    raise
                raise_interrupts(error)
                raise to_xetrack_error(error, self.engine.location, "Reading") from error
            yield readonly_sql.lock_configuration(connection)
        finally:
            connection.close()

    def _load(
        self,
        connection: DuckDBPyConnection,
        query: str,
        parts: Sequence[Token],
        timeout: float | None,
    ) -> None:
        deadline = None if timeout is None else time.monotonic() + timeout
        # A function such as `query_table` takes the name of a table as a text.
        texts = [("word", text.strip("'")) for group, text in parts if group == "literal"]
        tables = self.engine.tables()
        named = set(mentioned_tables([*parts, *texts], tables))
        schema.prepare(connection)
        for table in tables:
            with flush.transaction(connection):
                if table not in named:  # a statement may still ask which tables there are
                    create_table(connection, table, self.engine.columns(table))
                    continue
                selection = self.engine.read(table, Query())
                batches = _until(deadline, query, timeout, selection.batches)
                copy_table(connection, table, Selection(selection.columns, batches))
        for table in tables:
            _drop_notes(connection, table)
        for table in schema.INTERNAL_TABLES:
            connection.execute(f"DROP TABLE db.main.{table}")


def _drop_notes(connection: DuckDBPyConnection, name: str) -> None:
    """Drop the column of notes on kinds: here cells are read as SQL sees them, and never again."""
    table = schema.load(connection, name)
    if table is not None and table.has_kinds_column:
        connection.execute(f"ALTER TABLE {table.sql} DROP COLUMN {quoted(cell_kinds.COLUMN)}")
        schema.make_view(connection, evolve(table, has_kinds_column=False))


_ELSEWHERE = (
    "Copy them once, and ask there: xt copy DB rows.duckdb && xt sql rows.duckdb "
    "'SELECT ...' (in Python xetrack.copy)."
)


def _until(
    deadline: float | None,
    query: str,
    timeout: float | None,
    batches: Iterator[Sequence[Sequence[Value]]],
) -> Iterator[Sequence[Sequence[Value]]]:
    """Yield batches until the time is over."""
    for batch in batches:
        yield batch
        if deadline is not None and time.monotonic() > deadline:
            raise readonly_sql.too_late(query, timeout)
