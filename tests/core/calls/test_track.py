"""`track`: the row of a call, whatever is called."""

from __future__ import annotations

from functools import partial, partialmethod

import pytest

from xetrack import Tracker, XetrackError, XetrackWarning
from xetrack.errors import RowNotStoredError


class Model:
    """All sorts of callables."""

    def method(self, x: int) -> int:
        return x + 1

    @staticmethod
    def static(x: int) -> int:
        return x + 1

    @classmethod
    def of(cls, x: int) -> int:
        return x + 1

    def __call__(self, x: int) -> int:
        return x + 1

    plus_one = partialmethod(method, 1)


class Result:
    def __init__(self, x: int) -> None:
        self.x = x

    def __str__(self) -> str:
        return f"Result {self.x}"


def add(x: int, y: int = 1) -> int:
    return x + y


def test_the_row_of_a_call_has_the_columns_of_the_reference(tracker):
    """Name, arguments, error, seconds, result; then params and identity."""
    assert 6 == tracker.track(add, args=[1], kwargs={"y": 5}, params={"model": "bert"})
    row = tracker.latest
    seconds = row.pop("function_time")
    assert isinstance(seconds, float)
    assert 0 <= seconds < 10
    assert {
        "function_name": "add",
        "args": "[1]",
        "kwargs": "{'y': 5}",
        "error": "",
        "function_result": 6,
        "model": "bert",
        "timestamp": row["timestamp"],
        "track_id": tracker.track_id,
    } == row


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (add, "add"),
        (lambda x: x + 1, "<lambda>"),
        (Model().method, "method"),
        (Model.static, "static"),
        (Model.of, "of"),
        (Model().of, "of"),
        (Model(), "Model"),
        (partial(add, y=1), "add"),
        (partial(partial(add), y=1), "add"),
        ((1).__add__, "__add__"),
        (float, "float"),
    ],
    ids=lambda one: one if isinstance(one, str) else type(one).__name__,
)
def test_promise_26_anything_callable_is_tracked(tracker, function, name):
    """It gets its arguments, the caller its result, the row its name."""
    expected = function(1)
    assert expected == tracker.track(function, args=(1,))
    assert (name, expected) == (tracker.latest["function_name"], tracker.latest["function_result"])


def test_a_class_is_tracked_as_what_makes_an_object(tracker):
    """An object that is no plain value is logged as its text; the caller gets it itself."""
    made = tracker.track(Result, args=[3])
    assert 3 == made.x
    assert ("Result", "Result 3") == tuple(
        tracker.latest[name] for name in ("function_name", "function_result")
    )


def test_a_dict_that_is_returned_becomes_columns(tracker):
    """It comes back as the same object, unchanged."""
    result = {"accuracy": 0.9, "classes": ["a"], "report": Result(1)}
    kept = dict(result)
    assert result is tracker.track(lambda: result)
    assert kept == result
    row = tracker.latest
    assert (0.9, ["a"], "Result 1") == (row["accuracy"], row["classes"], row["report"])
    assert "function_result" not in row


def test_promise_10_arguments_are_recorded_as_they_were_when_the_call_began(tracker):
    """A function that empties its list was given a full one."""
    tracker.track(lambda items: items.clear(), args=[[1, 2]])
    assert "[[1, 2]]" == tracker.latest["args"]


def test_promise_21_arguments_and_params_are_not_changed_nor_kept(tracker):
    """The function gets the caller's own objects."""
    items, params = [1], {"tags": ["a"]}
    args, kwargs = [items], {"more": 1}
    seen = tracker.track(lambda one, more: one, params, args, kwargs)
    assert seen is items
    assert ({"tags": ["a"]}, [[1]], {"more": 1}) == (params, args, kwargs)
    params["tags"].append("b")
    assert ["a"] == tracker.latest["tags"]


@pytest.mark.parametrize("raises", [True, False])
def test_promise_24_the_result_reaches_the_caller_when_the_row_does_not_reach_the_file(raises):
    """The result reaches the caller when the row does not reach the file, in the error's attribute,
    or as usual with a warning.
    """
    tracker = Tracker(Tracker.IN_MEMORY, raise_on_error=raises)
    result, params = {"a": 1}, {(1, 2): "no key"}
    if raises:
        with pytest.raises(RowNotStoredError, match=r"\(1, 2\)") as caught:
            tracker.track(lambda: result, params)
        assert isinstance(caught.value, XetrackError)
        assert result is caught.value.result
    else:
        with pytest.warns(XetrackWarning, match=r"\(1, 2\)"):
            assert result is tracker.track(lambda: result, params)


def test_the_length_of_the_texts_can_be_set():
    """The length of the texts can be set, in characters, for positional and keyword arguments
    each.
    """
    tracker = Tracker(Tracker.IN_MEMORY, args_length=20)
    tracker.track(lambda *args, **kwargs: None, args=["x" * 100], kwargs={"k": list(range(99))})
    assert [20, 20] == [len(tracker.latest[name]) for name in ("args", "kwargs")]
    assert "['xxxxxxxxxxxxxxxxx…" == tracker.latest["args"]
