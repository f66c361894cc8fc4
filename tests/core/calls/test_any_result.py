"""Whatever a function returns, its row is stored, and the caller gets the result."""

from __future__ import annotations

import datetime as dt
import enum
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from xetrack import Tracker, XetrackWarning


class Color(enum.Enum):
    RED = "red"
    BLUE = 2


class BoomError(Exception):
    """What the classes below raise."""


class SilentType(type):
    def __hash__(cls):
        raise BoomError


class NoText:
    def __repr__(self):
        raise BoomError

    __str__ = __repr__

    def __reduce_ex__(self, _):
        raise BoomError


class NoAttributes:
    def __getattribute__(self, name):
        raise BoomError(name)


class NoItem:
    shape = ()

    def item(self):
        raise BoomError


class NoClass:
    __class__ = property(lambda _: 1 / 0)


class NoItems(dict):
    def items(self):
        raise BoomError

    def __iter__(self):
        raise BoomError


class OddKey(str):
    __slots__ = ()

    def __hash__(self):
        return 7

    def __eq__(self, _):
        raise BoomError


class Nested(metaclass=SilentType):
    """An object whose class has no hash."""


def endless():
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    return deep


def looped():
    loop: dict = {}
    loop["self"] = loop
    return loop


OTHER_KEYS = {
    "bool": {True: 9},
    "none": {None: 1},
    "tuple": {(1, "a"): 2},
    "date": {dt.date(2024, 5, 1): 1},
    "enum": {Color.RED: 1, Color.BLUE: 2},
    "bytes": {b"a": 1},
    "empty": {"": 1, "b": 2},
    "mixed": {"a": 1, None: 2},
    "frozenset": {frozenset({1}): 1},
    "numpy bool": {np.True_: 1},
    "type": {int: 1},
    "huge": {10**5_000: 1},
}

RESULTS = {
    **OTHER_KEYS,
    "own names": {
        "function_name": 1,
        "args": 2,
        "kwargs": 3,
        "error": 4,
        "function_time": 5,
        "function_result": 6,
        "timestamp": 7,
        "track_id": 8,
        "cache": 9,
    },
    "long names": {"n" * 100_000: 1, "n" * 99_999: 2},
    "folded": {"loss": 1, "Loss": 2, "LOSS": 3, "ﬂoss": 4, "floss": 5, "lo ss": 6, "lo-ss": 7},
    "thousands": {f"key {at}": at for at in range(2_500)},
    "odd names": {"\0": 1, "\n": 2, '"; drop table': 3, "\ud800": 4, " ": 5, "%s": 6},
    "numbers": {1: 1, 1.5: 2, Decimal("1.5"): 3, Fraction(1, 3): 4, 1j: 5, float("nan"): 6},
    "no text": NoText(),
    "no text within": {"a": NoText(), "b": [NoText()], "c": 1},
    "no attributes": NoAttributes(),
    "no attributes within": {"a": NoAttributes(), "b": 1},
    "no item": NoItem(),
    "no item within": {"a": [NoItem()]},
    "no class": NoClass(),
    "no items": NoItems(a=1),
    "odd key": {OddKey("a"): 1},
    "no hash": Nested(),
    "no hash within": {"a": Nested(), "b": [Nested()]},
    "generator": (at for at in range(3)),
    "generator within": {"a": (at for at in range(3))},
    "lambda": lambda: 0,
    "deep": endless(),
    "looped": looped(),
    "big int": 10**6_000,
    "nothing": {},
    "not implemented": NotImplemented,
}


BY_TIME = [
    pytest.param(name, marks=pytest.mark.slow if name == "thousands" else ()) for name in RESULTS
]
"""Their names, and which of them takes a while."""


def of(result):
    return result


@pytest.fixture(params=["sqlite", "duckdb", "memory"])
def tracker(request, tmp_path):
    """A tracker of each engine that is a file, or none."""
    if request.param == "memory":
        yield Tracker(Tracker.IN_MEMORY)
        return
    with Tracker(tmp_path / f"runs.{request.param}", engine=request.param) as tracker:
        yield tracker


@pytest.mark.parametrize("name", BY_TIME)
def test_the_row_of_any_result_is_stored(tracker, name):
    """And the caller gets the very object."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XetrackWarning)
        assert tracker.track(of, args=[RESULTS[name]]) is RESULTS[name]
    (row,) = tracker.to_df().to_dict("records")
    assert ("of", "") == (row["function_name"], row["error"])


@pytest.mark.parametrize("name", OTHER_KEYS)
def test_a_dict_with_a_key_that_is_no_name_is_one_result(tracker, name):
    """A dict with such keys is a result like any other; a dict of plain ones comes back equal."""
    result = OTHER_KEYS[name]
    tracker.track(of, args=[result])
    (row,) = tracker
    assert not {"a", "b", "True", "None", "1"} & {*row}
    if name in {"bool", "none", "date", "bytes", "empty", "mixed", "numpy bool", "huge"}:
        assert result == row["function_result"]
    elif name == "enum":
        assert {"red": 1, 2: 2} == row["function_result"]
    else:
        assert {str(key): value for key, value in result.items()} == row["function_result"]


def test_what_can_be_stored_of_a_result_is(tracker):
    """One value that cannot be read leaves the others as they are, and a warning says it."""
    with pytest.warns(XetrackWarning, match="of could not be stored as it is.*BoomError"):
        tracker.track(of, args=[{"a": NoItem(), "b": 0.5, "c": [1]}])
    (row,) = tracker
    assert (0.5, [1]) == (row["b"], row["c"])
    assert "NoItem" in row["a"]


def test_coroutines_and_generators_may_return_anything(tracker):
    """Whatever sort of function returns it."""

    def count():
        yield 1
        return {None: 1}

    assert [1] == list(tracker.track(count))
    assert {None: 1} == tracker[1]["function_result"]
