"""Columns and rows are of one moment, though others log what has new columns between two reads."""

from __future__ import annotations

import pytest

from tests.engines import log
from xetrack.assets.cells import ids_in
from xetrack.interfaces.engine import Settings
from xetrack.interfaces.engines.memory.engine import MemoryEngine
from xetrack.interfaces.engines.repeats import read_chosen
from xetrack.runs.summaries.last_values import read_last_values

ASSET = "0123456789abcdef"


class Meddled(MemoryEngine):
    """An engine that stores a row as soon as somebody knows its columns."""

    rows: tuple = ()

    def columns(self, table):
        """Describe the columns as they were a moment ago."""
        columns = super().columns(table)
        if self.rows:
            row, *self.rows = self.rows
            log(self, row)
        return columns


@pytest.fixture
def engine():
    """An engine with a row."""
    engine = Meddled(":memory:", Settings())
    log(engine, {"n": 0, "text": "x"})
    return engine


@pytest.mark.parametrize("rows", [[{"new": ASSET}], [{"n": ASSET}], [{"a": 1}, {"b": ASSET}]])
def test_the_ids_in_a_row_that_comes_meanwhile_are_seen(engine, rows):
    """In a column that it brings along, and in one that it makes wider."""
    engine.rows = rows
    assert {ASSET} == ids_in(engine, "default")


def test_the_last_values_are_those_of_the_rows_that_are_counted(engine):
    """A row is there with all its cells, or not at all."""
    engine.rows = [{"new": 1}]
    (run,) = read_last_values(engine, "default").values()
    assert (2, {"n": 0, "text": "x", "new": 1}) == (run.number, run.values)


def test_where_no_column_is_chosen_nothing_is_read(engine):
    """As in a table that is not there."""
    assert read_chosen(engine, "default", lambda columns: ()) is None
    assert read_chosen(engine, "none", lambda columns: tuple(map(str, columns))) is None
