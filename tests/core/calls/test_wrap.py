"""Promise 26: `wrap` works on everything callable, and keeps what others see of it."""

from __future__ import annotations

import inspect
import pickle
from functools import partial

import pytest

from xetrack import Tracker

module_tracker = Tracker(Tracker.IN_MEMORY)


@module_tracker.wrap()
def documented(a: int, *, b: str = "x") -> str:
    """Say what it says."""
    return b * a


@pytest.mark.parametrize("how", ["bare", "empty", "params", "positional"])
def test_promise_26_wrap_works_with_and_without_parentheses(tracker, how):
    """`wrap` works with and without parentheses, and gives each row the params it was given."""
    decorators = {
        "bare": tracker.wrap,
        "empty": tracker.wrap(),
        "params": tracker.wrap(params={"name": "foofoo"}),
        "positional": tracker.wrap({"name": "foofoo"}),
    }

    @decorators[how]
    def foo(a: int, b: str) -> int:
        return a + len(b)

    assert 6 == foo(1, "hello")
    assert 6 == foo(1, b="hello")
    assert ["[1, 'hello']", "[1]"] == [row["args"] for row in tracker]
    assert ["{}", "{'b': 'hello'}"] == [row["kwargs"] for row in tracker]
    names = [row.get("name") for row in tracker]
    assert ([None] * 2 if how in {"bare", "empty"} else ["foofoo"] * 2) == names


def test_promise_26_wrap_keeps_name_docstring_signature_and_annotations():
    """`wrap` keeps name, docstring, signature and annotations, as `functools.wraps` promises."""
    assert ("documented", "Say what it says.") == (documented.__name__, documented.__doc__)
    assert "(a: 'int', *, b: 'str' = 'x') -> 'str'" == str(inspect.signature(documented))
    assert {"a", "b", "return"} == set(documented.__annotations__)
    assert (__name__, "documented") == (documented.__module__, documented.__qualname__)


def test_promise_26_the_wrapped_function_pickles(monkeypatch):
    """By its name, so a worker process finds the wrapped one."""
    monkeypatch.setitem(__import__("sys").modules, __name__, inspect.getmodule(test_fixture))
    again = pickle.loads(pickle.dumps(documented))
    assert documented is again


def test_fixture():
    """The wrapped function calls the one it wraps."""
    assert "yy" == documented(2, b="y")


def test_promise_26_wrap_works_on_methods_of_all_sorts(tracker):
    """Above and below `staticmethod` and `classmethod`; `self` is the object."""

    class Model:
        scale = 2

        @tracker.wrap
        def method(self, x: int) -> int:
            return x * self.scale

        @tracker.wrap()
        @staticmethod
        def static_below(x: int) -> int:
            return x * 3

        @staticmethod
        @tracker.wrap()
        def static_above(x: int) -> int:
            return x * 4

        @tracker.wrap()
        @classmethod
        def class_below(cls, x: int) -> int:
            return x * 5 * cls.scale

        @classmethod
        @tracker.wrap
        def class_above(cls, x: int) -> int:
            return x * 6 * cls.scale

    model = Model()
    assert [2, 3, 4, 10, 12] == [
        model.method(1),
        model.static_below(1),
        Model.static_above(1),
        Model.class_below(1),
        model.class_above(1),
    ]
    assert ["method", "static_below", "static_above", "class_below", "class_above"] == [
        row["function_name"] for row in tracker
    ]


def test_promise_26_wrap_works_on_lambdas_partials_callables_and_classes(tracker):
    """What has no name of its own is named by what it calls."""

    class Adder:
        def __call__(self, x: int) -> int:
            return x + 1

    wrapped = map(tracker.wrap(), [lambda x: x + 1, partial(pow, exp=1), Adder(), float])
    assert [3, 2, 3, 2.0] == [one(2) for one in wrapped]
    assert ["<lambda>", "pow", "Adder", "float"] == [row["function_name"] for row in tracker]


@pytest.mark.parametrize("depth", ["key", "value"])
def test_promise_21_the_params_of_a_decorator_are_its_own(tracker, depth):
    """What the caller does to the dict later changes no row."""
    params: dict[str, object] = {"tags": ["a"]}
    foo = tracker.wrap(params)(lambda: 1)
    if depth == "key":
        params["tags"] = "changed"
    else:
        params["tags"].append("changed")  # type: ignore[attr-defined]
    foo()
    assert ["a"] == tracker.latest["tags"]


def test_two_wraps_of_one_function_write_two_rows():
    """Each to its own tracker."""
    one, other = Tracker(Tracker.IN_MEMORY), Tracker(Tracker.IN_MEMORY)
    assert 3 == one.wrap()(other.wrap()(len))("abc")
    assert (["len"], ["len"]) == tuple([row["function_name"] for row in t] for t in (one, other))
