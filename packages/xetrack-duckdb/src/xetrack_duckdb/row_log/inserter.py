"""The prepared insert: rows go to the row log, many at once by columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from xetrack.interfaces.engine import Inserter
from xetrack.process import forks
from xetrack_duckdb.row_log import packed_batches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.interfaces.engine import Field
    from xetrack.model.kinds import Value
    from xetrack_duckdb.row_log.flush_schedule import FlushSchedule
    from xetrack_duckdb.row_log.log import RowLog


class LoggingEngine(Protocol):
    """The engine, as its inserters know it."""

    flush_schedule: FlushSchedule
    log: RowLog


class LogInserter(Inserter):
    """An insert into the row log."""

    def __init__(self, engine: LoggingEngine, table: str, fields: Sequence[Field]) -> None:
        self._stored = engine.flush_schedule.count_rows
        self._log = engine.log.engine
        self._table = table
        self._fields = tuple(fields)
        self._inner: Inserter = self._log.inserter(table, fields)

    @property
    def columns(self) -> tuple[str, ...]:  # type: ignore[override]
        """The column that each field got."""
        return self._inner.columns

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        """Store the rows in the log; see `Inserter.write`."""
        if len(rows) >= packed_batches.LARGE:
            self.write_columns(list(zip(*rows, strict=True)))
        else:
            self._inner.write(rows)
            forks.locked(self._log.lock, lambda: self._stored(len(rows)))

    def write_columns(self, columns: Sequence[Sequence[Value]]) -> None:
        """Store many rows by columns; see `Inserter.write_columns`."""
        number = len(columns[0])
        packed = (
            packed_batches.pack_batch(self._fields, columns)
            if number >= packed_batches.LARGE
            else None
        )
        if packed is None:
            self._inner.write(list(zip(*columns, strict=True)))
        else:
            names = packed_batches.store(self._log, self._table, self._fields, packed, number)
            if names != self.columns:  # others dropped the table and made it anew
                self._inner = self._log.inserter(self._table, self._fields)
        forks.locked(self._log.lock, lambda: self._stored(number))

    def append(self, row: Sequence[Value]) -> None:
        """Store one row under the engine's lock, which is the log's; see `Inserter.append`."""
        self._inner.append(row)
        self._stored(1)
