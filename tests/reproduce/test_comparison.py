"""Rows beside rows, and how far they may be apart."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from xetrack.errors import InvalidArgumentError
from xetrack_reproduce.comparison.rows import compare_rows
from xetrack_reproduce.comparison.tolerance import differ_by, parse_tolerances

NAN = math.nan


def results(old, new, *tolerances):
    """The result of each column."""
    compared = compare_rows(old, new, parse_tolerances(tolerances))
    return {each.column: str(each.result) for each in compared}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (1, 1.0),
        (NAN, NAN),
        (math.inf, math.inf),
        (0.0, -0.0),
        (True, True),
        ("a", "a"),
        (b"a", b"a"),
        (2**70, 2**70),
        ([1, [NAN, None]], [1, [NAN, None]]),
        ({"a": [NAN]}, {"a": [NAN]}),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        ("<A object at 0x7f00>", "<A object at 0x7e11>"),
    ],
)
def test_equal(old, new):
    """Whatever frames and types make of it."""
    assert {"x": "equal"} == results([{"x": old}], [{"x": new}])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (1, 2),
        (True, 1),
        (1.0, NAN),
        (math.inf, -math.inf),
        ("1", 1),
        ([1], [1, 2]),
        ({"a": 1}, {"b": 1}),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)),
        ("<A object at 0x7f00>", "<B object at 0x7e11>"),
    ],
)
def test_different(old, new):
    """And within no tolerance but an infinite one."""
    assert {"x": "different"} == results([{"x": old}], [{"x": new}])
    assert {"x": "within tolerance"} == results([{"x": old}], [{"x": new}], "x=inf")


@pytest.mark.parametrize(
    ("old", "new", "tolerance", "is_near"),
    [
        (1.0, 1.5, "x=0.5", True),
        (1.0, 1.5, "x=0.4", False),
        (100.0, 101.0, "x=1%", True),
        (100, 102, "x=1%", False),
        (-100.0, -101.0, "x=1%", True),
        (0.0, 1e-9, "x=50%", False),
        (1.0, NAN, "x=5", False),
        (NAN, 1.0, "x=5", False),
        (1, 2**2000, "x=5", False),
        (0.5, 2**2000, "x=5", False),
        (True, False, "x=5", False),
        ("a", "b", "x=5", False),
        ([1.0, [2.0]], [1.1, [2.1]], "x=0.2", True),
        ({"a": 1.0, "b": "c"}, {"a": 1.1, "b": "d"}, "x=0.2", False),
        (1.0, 1.1, "y=5", False),
    ],
)
def test_near_enough(old, new, tolerance, is_near):
    """A number is a difference, a percentage a share of what was recorded."""
    wanted = "within tolerance" if is_near else "different"
    assert {"x": wanted} == results([{"x": old}], [{"x": new}], tolerance)


def test_the_gravest_difference_of_a_column_is_shown():
    """With its row, how many there are, and how far apart the others lie."""
    old = [{"x": float(number)} for number in range(5)]
    new = [{"x": 0.0}, {"x": 1.125}, {"x": 2.25}, {"x": 9.0}, {"x": 4.0}]
    (column,) = compare_rows(old, new, parse_tolerances(["x=0.5"]))
    assert ("different", 3, 3, 3.0, 9.0, 0.25) == tuple(column)[1:]


def test_missing_cells_columns_and_rows():
    """Each in its own way; columns without any value do not count."""
    old = [{"a": 1, "b": None, "c": 1, "e": None}, {"a": 1, "b": 1, "c": 1, "e": None}]
    new = [{"a": 1, "b": 1, "d": 2, "e": None}]
    wanted = {"(rows)": "different", "a": "equal", "b": "missing", "c": "missing", "d": "missing"}
    assert wanted == results(old, new)
    assert {"(rows)": "missing", "a": "missing"} == results([{"a": 1}], [])


def test_what_is_of_the_moment_is_not_compared():
    """Times, measurements of the machine, and which run it was."""
    names = ("timestamp", "track_id", "function_time", "cpu_percent", "git_commit", "gpu0_watts")
    old, new = (dict.fromkeys(names, value) for value in (1, 2))
    assert dict.fromkeys(names, "not compared") == results([old], [new])


def test_places_in_texts_are_those_of_the_recorded_run():
    """The worktree is called by the name of the repository."""
    compared = compare_rows([{"x": "/a/b/c"}], [{"x": "/tmp/w/b/c"}], {}, {"/tmp/w": "/a"})
    assert ["equal"] == [each.result for each in compared]


@pytest.mark.parametrize("text", ["", "loss", "=1", "loss=", "loss=x", "loss=-1", "loss=nan", "%"])
def test_what_is_no_tolerance(text):
    """The error says how one looks."""
    with pytest.raises(InvalidArgumentError, match="COLUMN=NUMBER"):
        parse_tolerances([text])


def test_a_column_may_have_an_equals_sign():
    """The last one counts."""
    assert {"a=b"} == parse_tolerances(["a=b=1"]).keys()
    assert 0.0 == differ_by(1, 1)
