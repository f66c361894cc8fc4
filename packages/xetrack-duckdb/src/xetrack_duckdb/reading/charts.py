"""The part of the engine for programs that show charts: series, and tokens of change."""

from __future__ import annotations

import time
from abc import abstractmethod
from typing import TYPE_CHECKING, TypeVar

from xetrack.errors import DatabaseNotFoundError
from xetrack.interfaces.engine import Engine
from xetrack.interfaces.engines.capabilities import ReadsSeries
from xetrack_duckdb.files.creation import file_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.engines.series import Bucket, SeriesQuery
    from xetrack_duckdb.files.database_file import DatabaseFile
    from xetrack_duckdb.row_log.log import RowLog
    from xetrack_duckdb.tables.schema import Table

T = TypeVar("T")

_TICK = 0.02
"""Seconds within which two changes of a file may have the same time."""


class ChartsInDuckDB(Engine, ReadsSeries):
    """What an engine on a DuckDB file and its row log has for charts."""

    file: DatabaseFile
    log: RowLog

    @abstractmethod
    def _exists(self) -> bool:
        """Return True if there is a file or a log."""

    @abstractmethod
    def _read(self, at: Callable[[DuckDBPyConnection], T]) -> T:
        """Return what some work reads in one transaction, after the log was flushed."""

    @abstractmethod
    def _table(self, connection: DuckDBPyConnection, table: str) -> Table:
        """Return a table as it is now."""

    def read_series(self, table: str, query: SeriesQuery) -> Iterator[Bucket]:
        """Compute buckets by SQL, once the log was flushed; see `ReadsSeries.read_series`."""
        from xetrack.interfaces.engines.series.computing import compute  # noqa: PLC0415 - few need
        from xetrack_duckdb.reading import series  # noqa: PLC0415 - likewise

        if not self._exists():
            raise DatabaseNotFoundError(self.location)
        buckets = self._read(
            lambda connection: series.ask(connection, self._table(connection, table), query)
        )
        return compute(self, table, query) if buckets is None else iter(buckets)

    def change_token(self, table: str) -> str:
        """Return the token of the log, and the state of the file; see `Engine.change_token`.

        The file is not opened: others may have it. A flush changes the token too.
        """
        if not self._exists():
            return ""
        logged = "" if self.log.identity is None else self.log.engine.change_token(table)
        state = file_state(self.file.path)
        if any(abs(time.time_ns() - changed) < _TICK * 1e9 for *_, changed in state):
            time.sleep(_TICK)  # a change from now on must show in its time
            state = file_state(self.file.path)
        return f"{logged} {state}"
