"""An engine whose backend is away: typed errors, no row lost or stored twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack import Tracker
from xetrack.errors import RowNotStoredError, XetrackError
from xetrack.interfaces.engines.sql import RunsSQL
from xetrack.interfaces.query import Query
from xetrack.model.names import DEFAULT_TABLE
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.outages.away import OutageFixtures, check_typed, close_all, quiet
from xetrack_testing.outages.products import PATIENCE, offered
from xetrack_testing.rows import cells, column, fields, log, where

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from xetrack.interfaces.engine import Engine, Inserter
    from xetrack_testing.engines.base import Opened
    from xetrack_testing.outages.away import Outage


class EngineOutageContract(OutageFixtures, EngineFixtures):
    """What an engine does while its backend is away. Override the fixture `outage`."""

    def test_each_method_raises_typed_errors_while_the_backend_is_away(
        self, opened: Opened, outage: Outage
    ) -> None:
        """Or answers from what it knows; then it works again."""
        engine = opened(timeout=PATIENCE)
        inserter = log(engine, {"n": 0})
        with outage(), quiet():
            check_typed(_calls(engine, inserter, opened))
        log(engine, {"n": 1})
        assert 1 == column(engine, "n")[-1]

    def test_rows_are_stored_once_though_the_backend_was_away(
        self, opened: Opened, outage: Outage
    ) -> None:
        """Those before, those that were acknowledged meanwhile, and those after it; no others."""
        engine = opened(timeout=PATIENCE)
        inserter = log(engine, {"n": 0})
        stored = [0]
        with outage(), quiet():
            for n in (1, 2):
                try:
                    inserter.write([cells({"n": n}, "n")])
                except XetrackError:
                    continue
                stored.append(n)
        inserter.write([cells({"n": 3}, "n")])
        engine.close()
        assert [*stored, 3] == column(opened(), "n"), "rows were lost, or stored though refused"

    def test_a_tracker_returns_results_while_the_backend_is_away(
        self, opened: Opened, location: str, tmp_path: Path, outage: Outage
    ) -> None:
        """A result reaches its caller, and its row is stored at most once, as the error says."""
        with offered(tmp_path, self.engine_class) as name:
            tracker = Tracker(location, engine=name)
            tracker.track(lambda: {"n": 0})
            stored = [0]
            with outage(), quiet():
                for n, result in ((1, {"n": 1}), (2, {"n": 2, "list": [2]})):
                    try:
                        assert result == tracker.track(lambda result=result: result)
                    except RowNotStoredError as error:
                        assert result == error.result  # noqa: PT017 - it may also return
                        continue
                    stored.append(n)
                close_all([tracker])
            tracker.track(lambda: {"n": 3})
            tracker.close()
        assert [*stored, 3] == column(opened(), "n"), "rows were lost, or stored though refused"


def _calls(engine: Engine, inserter: Inserter, opened: Opened) -> dict[str, Callable[[], object]]:
    """Return a call of each method."""

    def add_in_a_transaction() -> None:
        with engine.transaction():
            inserter.write([cells({"n": 5}, "n")])

    conditions = [where("n", 9)]
    calls: dict[str, Callable[[], object]] = {
        "tables": engine.tables,
        "columns": lambda: engine.columns(DEFAULT_TABLE),
        "add_columns": lambda: engine.add_columns(DEFAULT_TABLE, fields([{"m": 1}])),
        "inserter": lambda: engine.inserter(DEFAULT_TABLE, fields([{"k": 1}])),
        "write": lambda: inserter.write([cells({"n": 2}, "n")]),
        "write_columns": lambda: inserter.write_columns([[each] for each in cells({"n": 3}, "n")]),
        "append": lambda: inserter.append(cells({"n": 4}, "n")),
        "transaction": add_in_a_transaction,
        "is_writing": engine.is_writing,
        "read": lambda: [*engine.read(DEFAULT_TABLE, Query()).batches],
        "count": lambda: engine.count(DEFAULT_TABLE, conditions),
        "update": lambda: engine.update(DEFAULT_TABLE, {"n": 9}, conditions),
        "delete": lambda: engine.delete(DEFAULT_TABLE, conditions),
        "drop": lambda: engine.drop("another"),
        "close": engine.close,
        "a new engine": lambda: opened(timeout=PATIENCE).tables(),
    }
    if isinstance(engine, RunsSQL):
        calls["sql"] = lambda: engine.sql("SELECT 1")
    return calls
