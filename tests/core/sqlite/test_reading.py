"""Queries: conditions, order, cuts, batches, and one moment for all of them."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from tests.engines import column, log, opened, read, where
from xetrack.builtin.sqlite.reading import select
from xetrack.errors import (
    DatabaseNotFoundError,
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


def test_a_large_answer_comes_in_batches(engine):
    """No batch is larger than the engine's, and all rows come once, in order."""
    log(engine, *({"n": n} for n in range(4_100)))
    batches = list(engine.read("default", Query(columns=("n",))).batches)
    assert [select.BATCH] * 8 + [100] == [len(cells) for (cells,) in batches]
    assert list(range(4_100)) == [cell for (cells,) in batches for cell in cells]


def test_a_row_logged_between_notes_and_cells_is_not_half_seen(engine, path, monkeypatch):
    """A nan that comes after the notes were read must not be taken for a missing cell."""
    log(engine, {"x": math.nan})
    other = opened(path)
    load = select.cell_kinds.load

    def and_then_another(*arguments):
        found = load(*arguments)
        log(other, {"x": math.nan})
        return found

    monkeypatch.setattr(select.cell_kinds, "load", and_then_another)
    assert ["nan"] == list(map(str, column(engine, "x")))
    monkeypatch.undo()
    assert ["nan", "nan"] == list(map(str, column(engine, "x")))
    other.close()


def test_reading_before_the_first_row_is_a_typed_error(engine):
    """There is no database yet, and asking makes none."""
    with pytest.raises(DatabaseNotFoundError):
        read(engine)
    with pytest.raises(DatabaseNotFoundError):
        engine.sql("SELECT 1")
    with pytest.raises(DatabaseNotFoundError):
        engine.connection  # noqa: B018
    assert ([], (), 0) == (engine.tables(), engine.columns("default"), engine.count("default"))
