"""Promise 1: a cached result is never another call's."""

from __future__ import annotations

import enum
import gc
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.cache.conftest import RAN
from xetrack.errors import XetrackWarning


@dataclass(frozen=True)
class A:
    x: object


@dataclass(frozen=True)
class B:
    x: object


class Color(enum.Enum):
    RED = 1


class Shade(enum.Enum):
    RED = 1


def echo(x):
    RAN.append(x)
    return type(x).__name__, str(x)


ALIKE = [
    [-1, -2],  # one hash()
    [1, 1.0, True, np.float64(1), np.int64(1), np.True_, Fraction(1), 1 + 0j],
    [0.0, -0.0, False, 0],
    [A(1), B(1), A(1.0), A(True), (1,)],
    ["1", b"1", 1],
    [(1, 2), (1, (2,)), ((1,), 2), frozenset({1, 2})],
    [("ab", "c"), ("a", "bc")],
    [float("inf"), float("nan"), "nan", "inf"],
    [Color.RED, Shade.RED, 1],
    ["a", Path("a"), "a\x00"],
    [None, "None", ...],
    [2**64, 2**64 + 1, -(2**64)],
    [int, float, A, B],
]


@pytest.mark.parametrize("values", ALIKE, ids=range(len(ALIKE)))
def test_promise_1_values_that_read_or_hash_alike_are_told_apart(track, ran, values):
    """Each is computed, and each is found again with its own result."""
    tracker = track(warnings=False)  # columns widen
    wanted = [(type(value).__name__, str(value)) for value in values]
    assert wanted == [tuple(tracker.track(echo, args=[value])) for value in values]
    assert wanted == [tuple(tracker.track(echo, args=[value])) for value in values]
    assert len(values) == len(ran)


def test_promise_1_two_lambdas_are_two_functions(tracker):
    """Two lambdas of one name and one line are two functions."""
    functions = lambda x: x + 1, lambda x: x + 2, lambda x: x * 2
    assert [6, 7, 10] == [tracker.track(function, args=[5]) for function in functions]
    assert [6, 7, 10] == [tracker.track(function, args=[5]) for function in functions]


def adder(number):
    return lambda x: x + number


def test_promise_1_two_closures_are_told_apart_by_what_they_closed_over(tracker):
    """Two closures of one code are distinguished by what they closed over."""
    assert [6, 7, 6] == [tracker.track(adder(n), args=[5]) for n in (1, 2, 1)]
    assert ["", "", tracker.track_id] == tracker["cache"].tolist()


def test_promise_1_defaults_are_arguments(tracker):
    """Defaults are arguments: functions of one code with other defaults."""

    def made(n):
        def plus(x, y=n):
            return x + y

        return plus

    assert [6, 7, 6] == [tracker.track(made(n), args=[5]) for n in (1, 2, 1)]


class Plain:
    def __init__(self, weight):
        self.weight = weight

    def predict(self, x):
        RAN.append(x)
        return self.weight * x


@pytest.mark.slow
def test_promise_1_methods_of_objects_that_cannot_be_compared_are_not_cached(tracker, ran):
    """Each call runs, though a freed object's address is taken by the next."""

    def each(weight):
        gc.collect()
        return tracker.track(Plain(weight).predict, args=[1])

    with pytest.warns(XetrackWarning, match="Plain is told from others only by where") as said:
        found = [each(weight) for weight in range(20)]
    assert (list(range(20)), 20, 1) == (found, len(ran), len(said))


def test_promise_1_a_freed_object_does_not_lend_its_address(tracker, ran):
    """A freed object does not lend its address, as an argument either."""

    def weight(model):
        RAN.append(model)
        return model.weight

    with pytest.warns(XetrackWarning, match="weight is not cached"):
        assert list(range(9)) == [tracker.track(weight, args=[Plain(n)]) for n in range(9)]


EDITED = """
import sys
from xetrack import Tracker
{body}
tracker = Tracker(Tracker.IN_MEMORY, cache=sys.argv[1])
print(tracker.track(f, args=[3]), repr(tracker.latest["cache"]) == "''")
"""


def scripts(tmp_path, folder, *bodies):
    """Run scripts one after the other, and return what each printed."""
    found = []
    for name, body in bodies:
        path = tmp_path / name
        path.write_text(EDITED.format(body=body))
        command = [sys.executable, str(path), str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found.append(done.stdout.split())
    return found


def test_promise_1_an_edited_body_is_another_function(tmp_path, folder):
    """An edited body is another function, and an unedited one is the same, though comments came and
    lines moved.
    """
    found = scripts(
        tmp_path,
        folder,
        ("a.py", "def f(x): return x + 1"),
        ("a.py", "def f(x): return x + 2"),
        ("a.py", "# a comment\n\n\ndef f(x):\n    # another\n    return x + 1"),
    )
    assert [["4", "True"], ["5", "True"], ["4", "False"]] == found


def test_promise_1_the_functions_of_two_scripts_are_two_though_they_read_alike(tmp_path, folder):
    """What they call may differ."""
    found = scripts(
        tmp_path,
        folder,
        ("a.py", "K = 1\ndef f(x): return x + K"),
        ("b.py", "K = 2\ndef f(x): return x + K"),
    )
    assert [["4", "True"], ["5", "True"]] == found


def test_promise_1_other_tracker_params_are_another_call(track):
    """Other tracker params are another call, by value and type."""
    found = [track(params={"n": n}) for n in (1, 1.0, True, "1")]
    for tracker in found:
        tracker.track(echo, args=[5])
    assert [[""]] * 4 == [tracker["cache"].tolist() for tracker in found]


def test_promise_1_a_version_stands_for_the_code(track):
    """The user's word that it did not change, or that it did."""
    one, two = track(cache_version="1"), track(cache_version="2")

    def made(code):
        space = {"__name__": "space"}
        exec(code, space)
        return space["f"]

    before, after = made("def f(x): return x + 1"), made("def f(x): return x + 1 + 0 * x")
    assert [2, 2, 2] == [
        t.track(f, args=[1]) for t, f in ((one, before), (one, after), (two, after))
    ]
    assert (["", one.track_id], [""]) == (one["cache"].tolist(), two["cache"].tolist())
    assert [6, 7, 6] == [one.track(adder(n), args=[5]) for n in (1, 2, 1)]
