"""The records of runs and the settings of metrics, which lie in tables of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.interfaces.engine import Field
from xetrack.interfaces.query import Condition, Query
from xetrack.model.kinds import Kind
from xetrack.model.names import HIDDEN_TABLES, OWN, TIMESTAMP, TRACK_ID
from xetrack_testing.engines.base import EngineFixtures

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine

_FIELDS = [
    *(Field(name, frozenset({Kind.TEXT})) for name in ("event", "table", "group")),
    Field("tags", frozenset({Kind.JSON})),
    *(Field(name, frozenset({Kind.TEXT})) for name in OWN),
]


class RunRecordsContract(EngineFixtures):
    """`HIDDEN_TABLES` keep rows as others do, though their names are reserved for users."""

    def test_records_of_runs_are_kept_as_rows_are(self, engine: Engine) -> None:
        """They are stored, found, counted and deleted, beside the rows of the table."""
        engine.add_columns("default", ())
        for table in HIDDEN_TABLES:
            inserter = engine.inserter(table, _FIELDS)
            for number, run in enumerate(("first", "second", "first")):
                inserter.write(
                    [("began", "default", "sweep", ["a", run], f"2026-01-0{number + 1}", run)]
                )
            of_first = (Condition(TRACK_ID, "=", "first"), Condition("table", "=", "default"))
            selection = engine.read(
                table, Query(columns=(TIMESTAMP, "group", "tags"), where=of_first)
            )
            rows = [cells for batch in selection.batches for cells in zip(*batch, strict=True)]
            assert rows == [
                ("2026-01-01", "sweep", ["a", "first"]),
                ("2026-01-03", "sweep", ["a", "first"]),
            ]
            assert (3, 0) == (engine.count(table), engine.count("default"))
            assert 2 == engine.delete(table, of_first)
            assert 1 == engine.count(table)
            assert "default" in engine.tables()
            engine.drop(table)
            assert () == engine.columns(table)
