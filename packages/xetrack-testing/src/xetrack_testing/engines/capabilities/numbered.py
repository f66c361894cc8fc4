"""The capability to number rows in the order they are stored, for who brings them elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from xetrack.errors import TableNotFoundError
from xetrack.interfaces.engines.capabilities import NumbersRows
from xetrack.model.names import DEFAULT_TABLE
from xetrack_testing.declared import signature_differences
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.rows import log, read

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine
    from xetrack.model.kinds import Value
    from xetrack_testing.engines.base import Opened


class NumbersRowsContract(EngineFixtures):
    """Inherit it beside the contract of engines."""

    def test_numbering_has_the_signatures_of_the_interface(self) -> None:
        """The methods take what the interface says."""
        assert [] == signature_differences(self.engine_class, NumbersRows)

    def test_rows_are_read_from_a_number_on(self, engine: Engine) -> None:
        """In ascending order, each once, with the columns in the order of the cells."""
        log(engine, {"n": 1}, {"n": 2})
        last = max(_numbers(engine))
        log(engine, {"n": 3, "x": "text"})
        assert [1, 2, 3] == list(_numbers(engine).values())
        assert sorted(_numbers(engine)) == list(_numbers(engine))
        assert [3] == list(_numbers(engine, last).values())
        assert {} == _numbers(engine, max(_numbers(engine)))

    def test_a_state_says_how_far_the_rows_go(self, engine: Engine) -> None:
        """It has the last row's number, all columns, and the number of the table's creation."""
        assert {} == _numbering(engine).table_states()
        log(engine, {"n": 1}, {"n": 2})
        log(engine, {"m": 1}, table="other")
        states = _numbering(engine).table_states()
        assert [DEFAULT_TABLE, "other"] == list(states)
        for table, state in states.items():
            rows = _numbering(engine).read_numbered(table)
            numbers = [number for some, _ in rows.batches for number in some]
            assert (rows.made, rows.discarded) == (state.made, state.discarded)
            assert max(numbers) == rows.last == state.last
            assert engine.columns(table) == rows.columns == state.columns
        assert states[DEFAULT_TABLE].made != states["other"].made
        assert ["other"] == list(_numbering(engine).table_states(("other", "none")))

    def test_discarded_rows_are_gone_and_their_numbers_are_not(self, engine: Engine) -> None:
        """Later rows have higher numbers, also when all rows were discarded."""
        log(engine, {"n": 1}, {"n": 2}, {"n": 3})
        first, _, last = _numbers(engine)
        _numbering(engine).discard(DEFAULT_TABLE, first)
        assert [2, 3] == list(_numbers(engine).values())
        _numbering(engine).discard(DEFAULT_TABLE, last)
        state = _numbering(engine).table_states()[DEFAULT_TABLE]
        assert (last, last, {}) == (state.discarded, state.last, _numbers(engine))
        log(engine, {"n": 4})
        ((number, n),) = _numbers(engine).items()
        assert (4, True) == (n, number > last)

    def test_a_state_within_a_transaction_has_its_changes(
        self, engine: Engine, opened: Opened
    ) -> None:
        """Which others do not see before it ends."""
        log(engine, {"n": 1})
        other = _numbering(opened())
        before = other.table_states()[DEFAULT_TABLE]
        with engine.transaction():
            log(engine, {"n": 2, "x": 1.5})
            within = _numbering(engine).table_states()[DEFAULT_TABLE]
            assert (within.last > before.last, "x") == (True, _keys(within.columns)[-1])
            assert before == other.table_states()[DEFAULT_TABLE]
        assert within == other.table_states()[DEFAULT_TABLE]

    def test_a_table_made_anew_has_another_number(self, engine: Engine, opened: Opened) -> None:
        """So whoever brought its rows elsewhere knows that they are not those."""
        other = opened()
        log(engine, {"n": 1})
        made = _numbering(other).table_states()[DEFAULT_TABLE].made
        engine.drop(DEFAULT_TABLE)
        assert {} == _numbering(other).table_states()
        with pytest.raises(TableNotFoundError):
            list(_numbering(other).read_numbered(DEFAULT_TABLE).batches)
        log(engine, {"n": 2})
        state = _numbering(other).table_states()[DEFAULT_TABLE]
        assert (True, 0) == (state.made != made, state.discarded)
        assert [{"n": 2}] == read(engine)


def _numbering(engine: Engine) -> NumbersRows:
    assert isinstance(engine, NumbersRows), "an engine with this capability extends NumbersRows"
    return engine


def _keys(columns: tuple[object, ...]) -> list[str]:
    names = [getattr(column, "key", None) for column in columns]
    return [name for name in names if name not in (None, "timestamp", "track_id")]


def _numbers(engine: Engine, after: int = 0) -> dict[int, Value]:
    """Return the cell of ``n`` in each row, by the row's number."""
    rows = _numbering(engine).read_numbered(DEFAULT_TABLE, after)
    at = [column.key for column in rows.columns].index("n")
    return {
        number: n
        for numbers, columns in rows.batches
        for number, n in zip(numbers, columns[at], strict=True)
    }
