"""The contract of SQL runners: statements over the rows of an engine that runs none."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from xetrack.errors import QueryError
from xetrack.interfaces.engine import Selection, Settings
from xetrack.interfaces.engines.memory.engine import MemoryEngine
from xetrack.interfaces.engines.sql import RunsSQL
from xetrack.interfaces.engines.sql_runner import SQLRunner
from xetrack.interfaces.query import Query
from xetrack.model.names import DEFAULT_TABLE
from xetrack_testing.declared import must_raise, signature_differences
from xetrack_testing.engines.capabilities.sql import StatementsContract
from xetrack_testing.rows import log, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xetrack.interfaces.engines.sql import SQLResult
    from xetrack.model.kinds import Row, Value
    from xetrack_testing.engines.base import Opened

ENDLESS = 5.0
"""Seconds that reading takes where a statement may take less."""


class LendingEngine(MemoryEngine, RunsSQL):
    """An engine in memory whose SQL is that of the runner under test."""

    def __init__(self, location: str, settings: Settings, runner_class: type[SQLRunner]) -> None:
        super().__init__(location, settings)
        self._runner_class = runner_class
        self._is_lent = False
        self.misuses: list[str] = []
        """What the runner did to the engine but to read it."""

    def sql(
        self,
        query: str,
        parameters: Sequence[Any] | Mapping[str, Any] = (),
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> SQLResult:
        """Run the statement as ``xt sql`` does; see `SQLRunner.sql`."""
        self._is_lent = True
        try:
            return self._runner_class(self).sql(query, parameters, limit=limit, timeout=timeout)
        finally:
            self._is_lent = False

    @property
    def connection(self) -> Any:
        """There is none: a runner has nothing but statements."""
        raise NotImplementedError

    def record(self, changes: Sequence[Any]) -> None:
        """Note a change that comes from the runner; see `MemoryEngine.record`."""
        if self._is_lent:
            self.misuses.append("changed")
        super().record(changes)

    def close(self) -> None:
        """Note if it is the runner who closes it."""
        if self._is_lent:
            self.misuses.append("closed")
        super().close()


class SQLRunnerContract(StatementsContract):
    """All that an SQL runner promises. Set `runner_class`, and `placeholder` if it is no ``?``.

    For example::

        class TestChdbRunner(SQLRunnerContract):
            runner_class = ChdbRunner
            refused = ("SELECT * FROM file('/etc/passwd')",)
    """

    runner_class: type[SQLRunner]
    """The class under test."""

    engine_class = LendingEngine

    @pytest.fixture
    def opened(self, location: str) -> Opened:
        """Make engines in memory, to which the runner is lent."""

        def make(**settings: Any) -> LendingEngine:
            return LendingEngine(location, Settings(**settings), self.runner_class)

        return make

    def test_signatures_are_those_of_the_interface(self) -> None:
        """Every method takes what the interface says, so that all runners are called alike."""
        assert [] == signature_differences(self.runner_class, SQLRunner)

    def test_the_engine_is_only_read(self, opened: Opened) -> None:
        """It is neither changed nor closed, by a statement that works and by one that does not."""
        engine: Any = opened()
        rows: list[Row] = [{"n": n} for n in range(3)]
        log(engine, *rows)
        assert [(3,)] == engine.sql("SELECT sum(n) FROM default").rows
        must_raise(QueryError, lambda: engine.sql("SELECT x FROM default"), "no such column")
        assert [] == engine.misuses
        assert ([DEFAULT_TABLE], rows) == (engine.tables(), read(engine))

    def test_the_time_to_read_the_rows_counts(
        self, opened: Opened, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A statement is stopped while its rows are read, when it has taken too long."""
        engine: Any = opened()
        log(engine, {"n": 1})
        selection = engine.read(DEFAULT_TABLE, Query())
        (batch,) = selection.batches

        def read_slowly(*_: object) -> Selection:
            return Selection(selection.columns, _slow(batch))

        monkeypatch.setattr(engine, "read", read_slowly)
        with pytest.raises(QueryError):
            engine.sql("SELECT count(*) FROM default", timeout=0.2)


def _slow(batch: Sequence[Sequence[Value]]) -> Iterator[Sequence[Sequence[Value]]]:
    end = time.monotonic() + ENDLESS
    while time.monotonic() < end:
        time.sleep(0.01)
        yield batch
