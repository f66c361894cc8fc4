"""What a condition and a query mean, apart from any engine."""

from __future__ import annotations

import datetime as dt
import doctest
import math
from decimal import Decimal
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from xetrack.interfaces import query
from xetrack.interfaces.engines import columns
from xetrack.interfaces.engines.memory import engine as memory_engine
from xetrack.interfaces.query import OPERATORS, Condition, Query, sort_key
from xetrack_testing.comparisons import BY_HAND, CELLS, SORTED, VALUES

OSLO = ZoneInfo("Europe/Oslo")


@pytest.mark.parametrize(("cell", "operator", "value", "expected"), BY_HAND)
def test_a_condition_means_what_was_said_by_hand(cell, operator, value, expected):
    """A condition means what was written by hand, for cells and values of all kinds."""
    assert expected is Condition("x", operator, value).matches(cell)


def test_every_pair_of_values_has_an_answer():
    """4,212 of them, each of them a bool, and != is the opposite of = for what is there."""
    cases = [(cell, value) for cell in CELLS for value in VALUES]
    assert 4_212 == len(cases) * len(OPERATORS)
    for (cell, value), operator in product(cases, OPERATORS):
        assert Condition("x", operator, value).matches(cell) in {True, False}
    for cell, value in cases:
        equal, unequal = (Condition("x", sign, value).matches(cell) for sign in ("=", "!="))
        if value is None or is_nan(value) or not (cell is None or is_nan(cell)):
            assert equal != unequal
        else:
            assert (False, False) == (equal, unequal)


def is_nan(value):
    """Return True for the nan of floats, which counts as missing."""
    return type(value) is float and math.isnan(value)


@pytest.mark.parametrize("zone", [dt.UTC, OSLO])
def test_times_of_one_zone_compare_as_those_of_two(zone):
    """By the moment: an engine may give back another object for the zone, and Python looks at it.

    In Oslo 2:30 came twice that night.
    """
    first = dt.datetime(2024, 10, 27, 2, 30, tzinfo=OSLO)
    second = first.replace(fold=1)
    for one, other in ((first, second), (first, second.astimezone(zone))):
        assert not Condition("x", "=", other).matches(one)
        assert Condition("x", "<", other).matches(one)
        assert sort_key(one) < sort_key(other)
    assert Condition("x", "=", first.astimezone(zone)).matches(first)


@pytest.mark.parametrize("value", [math.nan, Decimal("NaN"), Decimal("sNaN")])
def test_a_nan_in_a_list_equals_none_whichever_object_it_is(value):
    """To Python a list equals itself, whatever is in it."""
    for cell in ([value], {"a": [value]}):
        assert not Condition("x", "=", cell).matches(cell)
        assert Condition("x", "!=", cell).matches(cell)


def test_the_ends_of_time_compare():
    """The ends of time compare though they have no equivalent in another zone."""
    zone = dt.timezone(dt.timedelta(hours=14))
    first = dt.datetime.min.replace(tzinfo=zone)
    last = dt.datetime.max.replace(tzinfo=dt.timezone(dt.timedelta(hours=-14)))
    assert Condition("x", "<", last).matches(first)
    assert sort_key(first) < sort_key(last)


@pytest.mark.parametrize("name", SORTED)
def test_the_order_is_that_by_hand(name):
    """The order is that written by hand, and is stable: equal rows stay in the order of logging, up
    and down.
    """
    cells = SORTED[name]
    rows = [{"n": n, "x": cell} for n, cell in enumerate([*cells, *cells])]
    size = len(cells)
    up = [n for at in range(size) for n in (at, at + size)]
    down = [n for at in reversed(range(size)) for n in (at, at + size)]
    assert up == [row["n"] for row in Query(order="x").apply(rows)]
    assert down == [row["n"] for row in Query(order="x", descending=True).apply(rows)]


def test_cuts_are_made_in_their_order():
    """Conditions, order, offset, limit, tail; a missing cell may be left out of a row."""
    rows = [{"n": n} if n % 3 else {"n": n, "x": -n} for n in range(20)]
    asked = Query(where=(Condition("n", "<", 18),), order="x", offset=1, limit=9, tail=5)
    assert [0, 1, 2, 4, 5] == [row["n"] for row in asked.apply(rows)]
    assert [19, 18] == [row["n"] for row in Query(descending=True, limit=2).apply(rows)]
    assert [] == Query(tail=0).apply(rows)


@pytest.mark.parametrize("module", [query, columns, memory_engine])
def test_the_examples_of_docstrings_are_true(module):
    """Each of these modules has some."""
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert 0 == found.failed
