"""The records of runs, which lie in a table of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.interfaces.engine import Field
from xetrack.interfaces.query import Condition, Query
from xetrack.model.kinds import Kind
from xetrack.model.names import OWN, RUNS_TABLE, TIMESTAMP, TRACK_ID
from xetrack_testing.engines.base import EngineFixtures

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine

_FIELDS = [
    *(Field(name, frozenset({Kind.TEXT})) for name in ("event", "table", "group")),
    Field("tags", frozenset({Kind.JSON})),
    *(Field(name, frozenset({Kind.TEXT})) for name in OWN),
]


class RunRecordsContract(EngineFixtures):
    """The table `RUNS_TABLE` keeps rows as others do, though its name is reserved for users."""

    def test_records_of_runs_are_kept_as_rows_are(self, engine: Engine) -> None:
        """They are stored, found, counted and deleted, beside the rows of the table."""
        engine.add_columns("default", ())
        inserter = engine.inserter(RUNS_TABLE, _FIELDS)
        for number, run in enumerate(("first", "second", "first")):
            inserter.write(
                [("began", "default", "sweep", ["a", run], f"2026-01-0{number + 1}", run)]
            )
        of_first = (Condition(TRACK_ID, "=", "first"), Condition("table", "=", "default"))
        selection = engine.read(
            RUNS_TABLE, Query(columns=(TIMESTAMP, "group", "tags"), where=of_first)
        )
        rows = [cells for batch in selection.batches for cells in zip(*batch, strict=True)]
        assert rows == [
            ("2026-01-01", "sweep", ["a", "first"]),
            ("2026-01-03", "sweep", ["a", "first"]),
        ]
        assert (3, 0) == (engine.count(RUNS_TABLE), engine.count("default"))
        assert 2 == engine.delete(RUNS_TABLE, of_first)
        assert 1 == engine.count(RUNS_TABLE)
        assert "default" in engine.tables()
        engine.drop(RUNS_TABLE)
        assert () == engine.columns(RUNS_TABLE)
