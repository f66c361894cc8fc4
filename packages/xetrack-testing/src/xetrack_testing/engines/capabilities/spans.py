"""Spans: how many rows each run has, from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.interfaces.query import Query
from xetrack.interfaces.runs.spans import ReadsSpans, RunSpan
from xetrack.model.names import DEFAULT_TABLE, TIMESTAMP, TRACK_ID, UTC_OFFSET
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.engines.capabilities.series import log_at

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine

_ROWS = 150
"""Of each stretch of rows of one run."""


def spans_of_rows(engine: Engine, table: str = DEFAULT_TABLE) -> dict[str, RunSpan]:
    """Return what the rows say, one by one.

    Parameters
    ----------
    engine
        Where to read.
    table
        Name of the table.
    """
    names = [column.name for column in engine.columns(table)]
    wanted = [name for name in (TRACK_ID, TIMESTAMP, UTC_OFFSET) if name in names]
    rows: dict[str, list[list[str | None]]] = {}
    for batch in engine.read(table, Query(columns=tuple(wanted))).batches:
        for run, *cells in zip(*batch, strict=True):
            if isinstance(run, str):
                rows.setdefault(run, []).append([*cells, None][:2])
    spans = {}
    for run, cells in rows.items():
        stamps, offsets = ([each for each in some if each is not None] for some in zip(*cells))  # noqa: B905
        spans[run] = RunSpan(
            len(cells), min(stamps), max(stamps), min(offsets) if offsets else None
        )
    return spans


class SpansContract(EngineFixtures):
    """What is promised of `xetrack.interfaces.runs.spans`; an engine need not know spans."""

    def test_spans_are_those_of_the_rows(self, engine: Engine) -> None:
        """Of runs in one piece, of one that was resumed, and of one whose clock was put back."""
        order = ("first", "second", "first", "third", "second")
        for at, run in enumerate(order):
            stamps = [f"2026-03-0{9 - at % 3} 10:00:00.{row:06d}" for row in range(_ROWS)]
            cells = {"loss": 0.5, UTC_OFFSET: (None, "+02:00", "-11:30")[at % 3]}
            log_at(engine, [(stamp, run, cells) for stamp in stamps])
        spans = engine.read_spans(DEFAULT_TABLE) if isinstance(engine, ReadsSpans) else None
        expected = spans_of_rows(engine)
        assert {"first": 300, "second": 300, "third": 150} == {
            run: span.rows for run, span in expected.items()
        }
        assert spans in (None, expected)
