"""The example SQL runner: rows are copied into a database in memory, which runs the statement.

Here that is xetrack's own SQLite; put your database in its place.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar

from xetrack.errors import QueryError
from xetrack.interfaces.engine import Field, Settings
from xetrack.interfaces.engines.sql_runner import SQLRunner
from xetrack.interfaces.query import Query
from xetrack.model.kinds import kind_of
from xetrack.plugins import PartKind
from xetrack.plugins.registry import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.engines.sql import SQLResult


class ExampleRunner(SQLRunner):
    """SQL over the rows of an engine that runs none."""

    rank: ClassVar[int] = 60
    """Behind the runner of xetrack-duckdb, which has 50; below that, yours comes first."""

    def sql(
        self,
        query: str,
        parameters: Sequence[Any] | Mapping[str, Any] = (),
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> SQLResult:
        """Run one statement that only reads."""
        begun = time.monotonic()

        def remaining() -> float | None:
            if timeout is None:
                return None
            left = timeout - (time.monotonic() - begun)
            if left <= 0:
                raise QueryError(query, f"it took longer than the {timeout:g} seconds it may take")
            return left

        database: Any = registry().load(PartKind.ENGINE, "sqlite")(":memory:", Settings())
        try:
            for table in self.engine.tables():
                self._copy(table, database, remaining)
            result: SQLResult = database.sql(query, parameters, limit=limit, timeout=remaining())
            return result
        finally:
            database.close()

    def _copy(self, table: str, database: Engine, check_time: Callable[[], object]) -> None:
        """Copy all rows of a table."""
        selection = self.engine.read(table, Query())
        keys = [column.key or column.name for column in selection.columns]
        kinds = [column.kinds for column in selection.columns]
        database.add_columns(table, list(map(Field, keys, kinds)))
        for batch in selection.batches:
            kinds = [frozenset(filter(None, map(kind_of, cells))) for cells in batch]
            database.inserter(table, list(map(Field, keys, kinds))).write_columns(batch)
            check_time()
