"""Queries: conditions, order, cuts, and one moment for all of an answer."""

from __future__ import annotations

import math
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from xetrack.errors import ColumnNotFoundError, InvalidTableError, TableNotFoundError
from xetrack.interfaces.query import OPERATORS, Condition, Query
from xetrack.model.kinds import Kind, kind_of
from xetrack.model.names import DEFAULT_TABLE, OWN
from xetrack_testing.comparisons import BY_HAND, CELLS, SORTED, VALUES
from xetrack_testing.declared import must_raise
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.rows import column, fields, log, read, where
from xetrack_testing.samples import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.interfaces.engine import Engine
    from xetrack.model.kinds import Row, Value


def key(cell: Value) -> str:
    """Return the key of the column for all cells of this cell's kind.

    Parameters
    ----------
    cell
        A plain value.
    """
    return f"k_{kind_of(cell)}"


def matching(cells: Sequence[Value], condition: Condition) -> list[int]:
    """Return the positions of the cells that match a condition.

    Parameters
    ----------
    cells
        Plain values.
    condition
        The condition; its column plays no part.
    """
    return [n for n, cell in enumerate(cells) if condition.matches(cell)]


class QueriesContract(EngineFixtures):
    """Reading and counting."""

    def test_columns_come_in_the_order_asked_for(self, engine: Engine) -> None:
        """A query may name some of them, in any order, and one of them twice."""
        log(engine, {"a": math.nan, "b": 2, "c": 3})
        selection = engine.read(DEFAULT_TABLE, Query(columns=("b", "a", "b")))
        ((b, a, again),) = selection.batches
        assert (["b", "a", "b"], [2], "nan", [2]) == (
            [column.name for column in selection.columns],
            [*b],
            str(a[0]),
            [*again],
        )

    def test_a_condition_means_what_was_said_by_hand(self, engine: Engine) -> None:
        """Literal cases, which no program made; among cells of all kinds and of their own."""
        cells = [cell for cell, *_ in BY_HAND]
        log(engine, *({"n": n, "x": cell, key(cell): cell} for n, cell in enumerate(cells)))
        for n, (cell, sign, value, expected) in enumerate(BY_HAND):
            case = f"{cell!r} {sign} {value!r}"
            assert expected == Condition("x", sign, value).matches(cell), case
            for name in ("x", key(cell)):
                asked = (where(name, value, sign), where("n", n))
                assert expected == (engine.count(DEFAULT_TABLE, asked) == 1), f"{case} in {name}"

    def test_a_condition_selects_the_cells_that_it_matches(self, engine: Engine) -> None:
        """4,212 pairs of cells and values: reading and counting say what `Condition.matches` says.

        The cells lie in one column, and in a column for each kind, which a database may compare.
        Each value is compared with those of its own kind, and by turns with numbers and texts.
        """
        log(engine, *({"n": n, "x": cell, key(cell): cell} for n, cell in enumerate(CELLS)))
        kinds = sorted({*map(key, CELLS)})
        for at, (sign, value) in enumerate(product(OPERATORS, VALUES)):
            expected = matching(CELLS, where("x", value, sign))
            numbers = column(engine, "n", where=(where("x", value, sign),))
            assert expected == numbers, (sign, value)
            other = ("k_int", "k_text")[(at + at // len(VALUES)) % 2]
            for name in {key(value), other}.intersection(kinds):
                cells = [cell if key(cell) == name else None for cell in CELLS]
                condition = where(name, value, sign)
                expected = matching(cells, condition)
                assert len(expected) == engine.count(DEFAULT_TABLE, [condition]), condition

    @pytest.mark.parametrize("descending", [False, True])
    def test_order_goes_by_value_whatever_the_kind(self, engine: Engine, descending: bool) -> None:
        """Order goes by value for each kind and for all.

        Missing cells and nan come last, equals as logged.
        """
        for name, cells in SORTED.items():
            logged = [*reversed(cells), None, *cells, math.nan, Decimal("NaN")]
            log(engine, *({"n": n, "x": cell} for n, cell in enumerate(logged)), table=name)
            last = len(cells) - 1
            twice = [[last - n, len(cells) + 1 + n] for n in range(len(cells))]
            there = [n for pair in (reversed(twice) if descending else twice) for n in pair]
            expected = [*there, len(cells), 2 * len(cells) + 1, 2 * len(cells) + 2]
            query: dict[str, Any] = {"order": "x", "descending": descending}
            assert expected == column(engine, "n", name, **query), name
            cut: dict[str, Any] = {
                "offset": 1,
                "limit": 7,
                "tail": 4,
                "where": (where("x", None, "!="),),
            }
            rows: list[Row] = [{"n": n, "x": cell} for n, cell in enumerate(logged)]
            expected = [row["n"] for row in Query(**query, **cut).apply(rows)]
            assert expected == column(engine, "n", name, **query, **cut), (name, cut)

    def test_a_column_of_one_kind_converts_nothing(self, engine: Engine) -> None:
        """A column of numbers has no text that equals one, and the other way round."""
        log(engine, {"i": 7, "t": "7", "f": 7.0, "b": True})
        for name, value in (("i", "7"), ("t", 7), ("f", "7"), ("f", "7.0"), ("b", "true")):
            assert 0 == engine.count(DEFAULT_TABLE, [where(name, value)]), (name, value)
        assert 1 == engine.count(DEFAULT_TABLE, [where("i", 7.0), where("f", 7), where("t", "7")])

    def test_none_asks_for_missing_cells_and_nan_for_nan(self, engine: Engine) -> None:
        """``=`` finds them, ``!=`` all others; in columns of one kind and of several."""
        cells: list[Value] = [1.5, None, math.nan, 2.0, None, math.nan]
        for name, values in (("x", cells), ("y", [*cells[:3], "text", *cells[4:]])):
            table = f"t{name}"
            log(engine, *({"n": n, name: value} for n, value in enumerate(values)), table=table)
            for value, sign, expected in (
                (None, "=", [1, 4]),
                (None, "!=", [0, 2, 3, 5]),
                (math.nan, "=", [2, 5]),
            ):
                condition = where(name, value, sign)  # type: ignore[arg-type]
                assert expected == column(engine, "n", table, where=(condition,)), condition

    def test_all_conditions_must_hold(self, engine: Engine) -> None:
        """All conditions must hold, in whatever order they come."""
        log(engine, *({"n": n, "x": n % 3} for n in range(9)))
        conditions = [where("n", 2, ">"), where("x", 1), where("n", 7, "!=")]
        assert [4] == column(engine, "n", where=(*conditions,))
        assert [4] == column(engine, "n", where=(*reversed(conditions),))

    @pytest.mark.parametrize("descending", [False, True])
    def test_missing_cells_sort_last_and_equals_as_logged(
        self, engine: Engine, descending: bool
    ) -> None:
        """Up and down; numbers of several types sort by size. Without a column, as logged."""
        values: list[float | None] = [3, None, 1.5, 2, 3.0, None, 0, 2.0, 9]
        log(engine, *({"n": n, "x": value} for n, value in enumerate(values)))
        sign = -1 if descending else 1
        expected = sorted(
            range(len(values)), key=lambda n: (values[n] is None, sign * (values[n] or 0), n)
        )
        assert expected == column(engine, "n", order="x", descending=descending)
        logged = sorted(range(len(values)), reverse=descending)
        assert logged == column(engine, "n", descending=descending)

    def test_offset_limit_and_tail_combine(self, engine: Engine) -> None:
        """Tail is cut from what offset and limit leave, and stays in order."""
        log(engine, *({"n": n, "x": -n} for n in range(10)))
        for order, offset, limit, tail in product(
            [None, "x"], [0, 3, 50], [None, 0, 4, 50], [None, 0, 2, 50]
        ):
            expected = [*range(10)] if order is None else [*range(9, -1, -1)]
            expected = expected[offset:][: 10 if limit is None else limit]
            if tail is not None:
                expected = expected[max(0, len(expected) - tail) :]
            cut: dict[str, Any] = {"order": order, "offset": offset, "limit": limit, "tail": tail}
            assert expected == column(engine, "n", **cut), cut

    def test_tail_offset_and_limit_cut_what_fulfils_the_conditions(self, engine: Engine) -> None:
        """In the order asked for, whether the database decides the condition or Python does."""
        logged: list[Row] = [{"n": n, "x": [n, "x", -n][n % 3], "y": n % 4} for n in range(24)]
        log(engine, *logged)
        conditions = [where("y", 0, "!="), where("x", "x", "!=")]
        rows = read(engine)
        for (order, descending), chosen, (offset, limit, tail) in product(
            [(None, False), (None, True), ("n", True)],
            [conditions[:1], conditions[1:], conditions],
            [(0, None, 2), (3, None, 5), (0, 7, 5), (3, 7, 50)],
        ):
            asked: dict[str, Any] = {"where": tuple(chosen), "order": order}
            asked |= {"descending": descending, "offset": offset, "limit": limit, "tail": tail}
            expected = [row["n"] for row in Query(**asked).apply(rows)]
            assert expected == column(engine, "n", **asked), asked

    def test_counting_agrees_with_reading(self, engine: Engine) -> None:
        """Counting agrees with reading, with and without conditions."""
        log(engine, *({"n": n, "x": [n, None, "x"][n % 3]} for n in range(20)))
        assert 20 == engine.count(DEFAULT_TABLE)
        for condition in (where("x", None), where("x", "x"), where("n", 5, ">"), where("n", 99)):
            numbers = column(engine, "n", where=(condition,))
            assert len(numbers) == engine.count(DEFAULT_TABLE, [condition]), condition

    def test_the_columns_of_an_answer_tell_key_and_kinds(self, engine: Engine) -> None:
        """The columns of an answer have the table's keys and kinds; batches have all cells."""
        log(engine, {"the loss": 1}, {"the loss": "x"})
        selection = engine.read(DEFAULT_TABLE, Query())
        assert engine.columns(DEFAULT_TABLE) == selection.columns
        assert "the loss" == selection.columns[-1].key
        assert frozenset({Kind.INT, Kind.TEXT}) == selection.columns[-1].kinds
        assert {len(OWN) + 1} == {len(batch) for batch in selection.batches}

    def test_an_answer_is_of_one_moment(self, engine: Engine) -> None:
        """What is logged, set and deleted while it is read does not show up in it."""
        log(engine, *({"n": n, "x": math.nan} for n in range(5_000)))
        batches = engine.read(DEFAULT_TABLE, Query(columns=("n", "x"))).batches
        read_before = [next(batches)]
        engine.delete(DEFAULT_TABLE, [where("n", 4_000, ">")])
        engine.update(DEFAULT_TABLE, {"x": 1.0}, [])
        log(engine, {"n": -1, "x": 1.0}, {"n": -2, "x": True})
        numbers, cells = map(list, zip(*[*read_before, *batches], strict=True))
        assert [*range(5_000)] == [n for batch in numbers for n in batch]
        assert {"nan"} == {str(cell) for batch in cells for cell in batch}

    def test_answers_are_read_by_turns_or_left(self, engine: Engine) -> None:
        """One does not end another; and who leaves an answer half read can write and drop."""
        for table in ("first", "second"):
            log(engine, *({"n": n} for n in range(5_000)), table=table)
        query = Query(columns=("n",))
        answers = [engine.read(table, query).batches for table in ("first", "second", "first")]
        numbers: list[list[Value]] = [[], [], []]
        for batches in zip(*answers, strict=True):
            for at, (cells,) in enumerate(batches):
                numbers[at] += cells
        assert [[*range(5_000)]] * 3 == numbers
        left = engine.read("first", query).batches
        next(left)
        log(engine, {"n": -1}, table="first")
        engine.drop("second")
        assert [-1] == column(engine, "n", "first", tail=1)
        assert ["first"] == engine.tables()

    def test_an_unknown_column_is_named(self, engine: Engine) -> None:
        """In the columns, conditions and order: `ColumnNotFoundError`, also where no row is."""
        for table in ("empty", "full"):
            engine.add_columns(table, fields([{"loss": 1}]))
        log(engine, {"loss": 1}, table="full")
        condition = where("los", 1)
        for table in ("empty", "full"):
            for query in ({"columns": ("los",)}, {"where": (condition,)}, {"order": "los"}):
                what = f"reading {query} of the {table} table"
                must_raise(ColumnNotFoundError, lambda: read(engine, table, **query), what)  # noqa: B023
            for ask in (engine.count, engine.delete):
                what = f"{ask.__name__} in the {table} table"
                must_raise(ColumnNotFoundError, lambda: ask(table, [condition]), what)  # noqa: B023

    def test_an_unknown_table_is_named(self, engine: Engine) -> None:
        """Reading and changing it is a `TableNotFoundError`; it has no columns and no rows."""
        log(engine, {"x": 1}, table="runs")
        for table in ("rums", "RUNS", "", "\0", "\ud800", "xetrack_meta"):
            for what, ask in (
                ("reading", lambda: read(engine, table)),  # noqa: B023 - asked at once
                ("updating", lambda: engine.update(table, {"x": 1}, [])),  # noqa: B023
                ("deleting from", lambda: engine.delete(table, [])),  # noqa: B023
            ):
                must_raise(TableNotFoundError, ask, f"{what} {table!r}")
            assert (0, ()) == (engine.count(table), engine.columns(table))
            engine.drop(table)
        assert ["runs"] == engine.tables()

    def test_a_table_has_any_name_or_is_refused(self, engine: Engine) -> None:
        """`InvalidTableError`, or rows come back under that very name; other tables stay."""
        log(engine, {"x": 1}, table="runs")
        for table in (*HOSTILE, "", "Runs"):
            try:
                log(engine, {"x": 2, "n": math.nan}, table=table)
            except InvalidTableError:
                assert ["runs"] == engine.tables(), table
                continue
            assert ["runs", table] == engine.tables()
            (row,) = read(engine, table)
            assert (2, Kind.NAN) == (row["x"], kind_of(row["n"])), table
            engine.drop(table)
        assert [{"x": 1}] == read(engine, "runs")
