"""Queries: conditions, order, cuts, batches, and one moment for all of them."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from tests.engines import column, log, opened, read, where
from xetrack.builtin.sqlite import reading
from xetrack.errors import (
    ColumnNotFoundError,
    DatabaseNotFoundError,
    TableNotFoundError,
)
from xetrack.interfaces.engine import OPERATORS, Query

CELLS = [
    7,
    "7",
    7.5,
    None,
    math.nan,
    True,
    "x",
    b"7",
    10**30,
    str(10**30),
    Decimal(7),
    Path("x"),
    [7],
    {"a": 1, "b": 2},
    dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    dt.date(2024, 1, 1),
    -(10**30),
    "\ud800",
]
NUMBERS = (bool, int, float, Decimal)


@pytest.fixture
def mixed(any_engine):
    """One column with a cell of nearly every kind."""
    log(any_engine, *({"n": n, "x": value} for n, value in enumerate(CELLS)))
    return any_engine


def fulfils(cell, operator, value):
    """Tell what the interface says of a condition, in plain Python."""
    missing = cell is None or cell != cell  # noqa: PLR0124
    if value is None or value != value:  # noqa: PLR0124
        found = cell is None if value is None else cell is not None and missing
        return {"=": found, "!=": not found}.get(operator, False)
    if missing:
        return False
    alike = type(cell) is type(value) or (isinstance(cell, NUMBERS) and isinstance(value, NUMBERS))
    if operator in {"=", "!="}:
        return (alike and cell == value) == (operator == "=")
    try:
        return alike and bool(eval(f"cell {operator} value"))
    except TypeError:
        return False


VALUES = [*CELLS, 0, 7.0, Decimal("7.5"), 10**31, -1, {"b": 2, "a": 1}, "", b"", []]


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_condition_on_any_kinds_selects_what_python_would(mixed, operator):
    """7 equals 7.0 and Decimal(7) but never "7"; a list equals no text; order goes by value."""
    for value in VALUES:
        expected = [n for n, cell in enumerate(CELLS) if fulfils(cell, operator, value)]
        condition = where("x", value, operator)
        assert expected == column(mixed, "n", where=(condition,)), value
        assert len(expected) == mixed.count("default", [condition]), value


@pytest.mark.parametrize(
    "cells", [[7, 8, None], ["7", "b", None], [7.0, 1.5, math.nan, None], [True, False, None]]
)
def test_a_condition_on_a_plain_column_never_converts(engine, cells):
    """The declared type of a column makes no number equal to a text."""
    log(engine, *({"n": n, "x": cell} for n, cell in enumerate(cells)))
    for operator, value in product(OPERATORS, VALUES):
        expected = [n for n, cell in enumerate(cells) if fulfils(cell, operator, value)]
        condition = where("x", value, operator)
        assert expected == column(engine, "n", where=(condition,)), condition


def test_all_conditions_must_hold(mixed):
    """Several conditions are joined by AND, in whatever order."""
    assert [7] == column(mixed, "n", where=(where("n", 6, ">"), where("x", b"7")))


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("order", [None, "x"])
def test_order_offset_limit_and_tail_combine(any_engine, descending, order):
    """Tail is cut from what offset and limit leave, in the order of the whole."""
    values = [3, None, 1, 2, 3, None, 0, 2, 2, 9]
    log(any_engine, *({"n": n, "x": value} for n, value in enumerate(values)))
    numbers = sorted(range(10), reverse=descending)
    if order:
        sign = -1 if descending else 1
        numbers = sorted(range(10), key=lambda n: (values[n] is None, sign * (values[n] or 0), n))
    for offset, limit, tail in product([0, 3, 50], [None, 0, 4, 50], [None, 0, 2, 50]):
        expected = numbers[offset:][: len(numbers) if limit is None else limit]
        if tail is not None:
            expected = expected[max(0, len(expected) - tail) :]
        cut = {"offset": offset, "limit": limit, "tail": tail}
        query = {"order": order, "descending": descending, **cut}
        assert expected == column(any_engine, "n", **query), cut


def test_columns_come_in_the_order_asked_for_also_twice(engine):
    """A query may name columns in any order and again."""
    log(engine, {"a": math.nan, "b": 2})
    found = engine.read("default", Query(columns=("b", "a", "b")))
    ((b, a, again),) = found.batches
    assert [[2], "[nan]", [2]] == [b, str(a), again]
    assert ["b", "a", "b"] == [one.name for one in found.columns]


def test_a_large_answer_comes_in_batches(engine):
    """No batch is larger than the engine's, and all rows come once, in order."""
    log(engine, *({"n": n} for n in range(4_100)))
    batches = list(engine.read("default", Query(columns=("n",))).batches)
    assert [reading.BATCH] * 8 + [100] == [len(cells) for (cells,) in batches]
    assert list(range(4_100)) == [cell for (cells,) in batches for cell in cells]


def test_rows_logged_while_reading_do_not_show_up(engine):
    """All batches, and what is noted of their cells, come from one moment."""
    log(engine, *({"n": n, "x": math.nan} for n in range(4_100)))
    batches = engine.read("default", Query()).batches
    first = next(batches)
    engine.delete("default", [where("n", 3_000, ">")])
    log(engine, {"n": -1, "x": 1.0}, {"n": -2, "x": True})
    rest = list(batches)
    assert 4_100 == sum(len(batch[0]) for batch in [first, *rest])
    noted = [name.key for name in engine.columns("default")].index("x")
    assert {"nan"} == {str(cell) for batch in rest for cell in batch[noted]}


def test_a_row_logged_between_notes_and_cells_is_not_half_seen(engine, path, monkeypatch):
    """A nan that comes after the notes were read must not be taken for a missing cell."""
    log(engine, {"x": math.nan})
    other = opened(path)
    load = reading.notes.load

    def and_then_another(*arguments):
        found = load(*arguments)
        log(other, {"x": math.nan})
        return found

    monkeypatch.setattr(reading.notes, "load", and_then_another)
    assert ["nan"] == list(map(str, column(engine, "x")))
    monkeypatch.undo()
    assert ["nan", "nan"] == list(map(str, column(engine, "x")))
    other.close()


@pytest.mark.parametrize("tail", [None, 1])
def test_an_unknown_column_is_named(engine, tail):
    """In the columns, the conditions and the order, with near names."""
    log(engine, {"loss": 1})
    for query in (
        {"columns": ("los",)},
        {"where": (where("los", 1),)},
        {"order": "los"},
    ):
        with pytest.raises(ColumnNotFoundError, match="Did you mean 'loss'"):
            read(engine, tail=tail, **query)
    for change in (engine.count, engine.delete):
        with pytest.raises(ColumnNotFoundError, match="los"):
            change("default", [where("los", 1)])


def test_an_unknown_table_is_named(engine):
    """Reading and changing a table that does not exist says which ones do."""
    log(engine, {"x": 1}, table="runs")
    with pytest.raises(TableNotFoundError, match="Did you mean 'runs'"):
        read(engine, "rums")
    with pytest.raises(TableNotFoundError, match="rums"):
        engine.update("rums", {"x": 1}, [])
    with pytest.raises(TableNotFoundError, match="rums"):
        engine.delete("rums", [])
    assert 0 == engine.count("rums")
    assert () == engine.columns("rums")


def test_reading_before_the_first_row_is_a_typed_error(engine):
    """There is no database yet, and asking makes none."""
    with pytest.raises(DatabaseNotFoundError):
        read(engine)
    with pytest.raises(DatabaseNotFoundError):
        engine.sql("SELECT 1")
    with pytest.raises(DatabaseNotFoundError):
        engine.connection  # noqa: B018
    assert ([], (), 0) == (engine.tables(), engine.columns("default"), engine.count("default"))


def test_tables_and_columns_come_in_the_order_they_were_made(engine):
    """No view and nothing internal among the tables."""
    log(engine, {"z": 1}, table="z")
    log(engine, {"b": 1, "a": 2.5})
    log(engine, {"a": 1, "c": None})
    assert ["z", "default"] == engine.tables()
    names = ["timestamp", "track_id", "b", "a", "c"]
    assert names == [one.name for one in engine.columns("default")]
    assert names == [one.key for one in engine.columns("default")]
    kinds = {column.name: set(column.kinds) for column in engine.columns("default")}
    assert ({"float", "int"}, {"int"}, set()) == (kinds["a"], kinds["b"], kinds["c"])
