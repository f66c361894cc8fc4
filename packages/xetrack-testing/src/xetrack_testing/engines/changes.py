"""Update, delete and drop: they touch what was named, and say how many rows that was."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from xetrack.errors import ColumnNotFoundError, TableNotFoundError
from xetrack.model.names import DEFAULT_TABLE
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.rows import column, exact, fields, log, read, where
from xetrack_testing.samples import OF_EACH_KIND

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine
    from xetrack.model.kinds import Value

OLD: tuple[Value, ...] = (1, math.nan, 2, math.nan, "x")


class ChangesContract(EngineFixtures):
    """Rows that are changed after they were logged."""

    @pytest.fixture
    def five(self, engine: Engine) -> Engine:
        """Five rows, two of them nan, and a column that can hold anything."""
        log(engine, *({"n": n, "x": value, "y": value} for n, value in enumerate(OLD)))
        return engine

    def test_an_update_sets_the_rows_named_and_counts_them(self, five: Engine) -> None:
        """To a value of any kind, and to None; all other cells stay as they were."""
        before = [exact(row) for row in read(five)]
        conditions = [where("n", 1, ">="), where("n", 4, "<")]
        for value in OF_EACH_KIND:
            five.add_columns(DEFAULT_TABLE, fields([{"x": value}]))
            assert 3 == five.update(DEFAULT_TABLE, {"x": value}, conditions), value
            expected = [exact(new_cell) for new_cell in (1, value, value, value, "x")]
            assert expected == [exact(cell) for cell in column(five, "x")], value
        assert before == [
            exact({**row, "x": old}) for row, old in zip(read(five), OLD, strict=True)
        ]

    def test_an_update_of_no_row_counts_none(self, five: Engine) -> None:
        """An update of no row counts none, and changes nothing."""
        before = [exact(row) for row in read(five)]
        assert 0 == five.update(DEFAULT_TABLE, {"x": 9}, [where("n", 99)])
        assert before == [exact(row) for row in read(five)]

    def test_conditions_see_rows_as_they_were_before(self, five: Engine) -> None:
        """A condition on the column that is set selects by the old cells."""
        assert 2 == five.update(DEFAULT_TABLE, {"x": 2}, [where("x", math.nan)])
        assert 3 == five.update(DEFAULT_TABLE, {"x": 5, "n": 7}, [where("x", 2)])
        assert [1, 5, 5, 5, "x"] == column(five, "x")
        assert [0, 7, 7, 7, 4] == column(five, "n")

    def test_setting_an_unknown_column_changes_nothing(self, five: Engine) -> None:
        """It is a `ColumnNotFoundError`, and the other values are not set either."""
        for value in (None, 1, math.nan):
            with pytest.raises(ColumnNotFoundError, match="nn"):
                five.update(DEFAULT_TABLE, {"n": 0, "nn": value}, [])
        assert [0, 1, 2, 3, 4] == column(five, "n")
        log(five, {"n": 5})
        assert 6 == five.count(DEFAULT_TABLE)

    def test_a_delete_counts_the_rows_it_took(self, five: Engine) -> None:
        """Those that fulfil the conditions; without conditions all."""
        assert 2 == five.delete(DEFAULT_TABLE, [where("x", math.nan)])
        assert 0 == five.delete(DEFAULT_TABLE, [where("x", math.nan)])
        assert [0, 2, 4] == column(five, "n")
        assert 3 == five.delete(DEFAULT_TABLE, [])
        assert [] == read(five)
        assert "x" in [column.name for column in five.columns(DEFAULT_TABLE)]

    def test_nothing_of_a_deleted_row_is_left(self, five: Engine) -> None:
        """Rows that come later, where it was, have their own meaning."""
        five.delete(DEFAULT_TABLE, [where("n", 2, ">")])
        log(five, {"n": 5, "x": None}, {"n": 6, "x": True})
        expected = [exact(cell) for cell in (1, math.nan, 2, None, True)]
        assert expected == [exact(cell) for cell in column(five, "x")]

    def test_a_table_made_again_is_new(self, five: Engine) -> None:
        """After a drop it has no rows, no columns and no cells of the old one."""
        log(five, {"z": math.nan}, table="other")
        five.drop(DEFAULT_TABLE)
        with pytest.raises(TableNotFoundError):
            read(five)
        log(five, {"x": None})
        assert [{"x": None}] == read(five)
        assert ["nan"] == [str(cell) for cell in column(five, "z", "other")]
