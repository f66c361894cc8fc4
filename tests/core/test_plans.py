"""Rows that look alike are stored by a plan, and only those that do."""

from __future__ import annotations

import math
from collections import UserDict
from types import MappingProxyType

import pytest

from xetrack import Tracker
from xetrack.model.kinds import kind_of
from xetrack.recording.plans import Plan, PlanCache

UNUSUAL = {
    "nan": (0.5, math.nan),
    "text for a float": (0.5, "2"),
    "an integer that is no float": (1, 2**60),
    "an integer beyond 64 bits": (1, -(2**70)),
    "a truth for an integer": (1, True),
    "an integer for a truth": (True, 1),
    "a lone surrogate": ("text", "\ud800"),
    "text beyond ASCII": ("text", "täxt"),
    "text for bytes": (b"bytes", "bytes"),
    "a value for none": (None, 0),
    "none for a value": (0, None),
    "a list": (1, [1]),
}


@pytest.mark.parametrize(("usual", "unusual"), UNUSUAL.values(), ids=UNUSUAL)
def test_an_unusual_value_comes_back_as_it_is(usual, unusual):
    """After rows of its keys that a plan stored, and before more of them."""
    values = [usual, usual, usual, unusual, usual, unusual, unusual, usual]
    with Tracker(Tracker.IN_MEMORY, warnings=False) as tracker:
        logged = [tracker.log({"at": at, "x": value})["x"] for at, value in enumerate(values)]
        stored = [row["x"] for row in tracker]
    assert list(map(repr, values)) == list(map(repr, logged)) == list(map(repr, stored))


@pytest.mark.parametrize(("usual", "unusual"), UNUSUAL.values(), ids=UNUSUAL)
def test_a_plan_takes_values_of_its_kind_only(usual, unusual):
    """Engines prepare an insert for kinds, and may store anything else as something else."""
    known = PlanCache()
    known.add(("x",), (type(usual),), Plan(print, (), (None, "run"), {}, renamed=False))
    plan = known.find(("x",), [usual])
    alike = kind_of(usual) is kind_of(unusual)
    first = plan.take
    for _ in range(300):
        assert [usual, None, "run"] == plan.take([usual])
        assert ([unusual, None, "run"] if alike else None) == plan.take([unusual])
    assert first is not plan.take, "many rows are worth a compiled function"


def test_a_very_wide_row_is_not_worth_a_compiled_function():
    """To compile it takes as long as to store a hundred."""
    known = PlanCache()
    keys, values = tuple(map(str, range(2_000))), [0.5] * 2_000
    known.add(keys, (float,) * 2_000, Plan(print, (), (None, "run"), {}, renamed=False))
    plan = known.find(keys, values)
    first = plan.take
    assert {(*values, None, "run")} == {tuple(plan.take(values)) for _ in range(300)}
    assert first is plan.take


class Growing(UserDict):
    """A mapping to which another thread is adding."""

    def values(self):
        return [*super().values(), "more"]


@pytest.mark.parametrize("kind", [Growing, UserDict, MappingProxyType])
def test_any_mapping_is_stored_like_a_dict(kind):
    """Any mapping is stored like a dict, also when it changes while it is read."""
    with Tracker(Tracker.IN_MEMORY, params={"model": "a"}) as tracker:
        for at in range(3):
            tracker.log({"at": at, "x": 0.5})
        tracker.log(kind({"at": 3, "x": 0.5}))
        assert (3, 0.5, "a") == tuple(tracker.latest[key] for key in ("at", "x", "model"))


def test_new_params_hold_beside_a_thread_that_begins_to_follow_a_plan():
    """The plan that it found before them is for its own row only."""

    class Interrupted(dict):
        def get(self, *given):
            found = super().get(*given)
            tracker.set_param("lr", 2)
            return found

    with Tracker(Tracker.IN_MEMORY, params={"lr": 1}) as tracker:
        tracker.log({"at": 0})
        known = tracker._recorder._plans
        known._all = Interrupted(known._all)
        for at in range(1, 4):
            tracker.log({"at": at})
        assert [1, 1, 2, 2] == [row["lr"] for row in tracker]


def test_plans_that_are_too_many_are_forgotten():
    """Memory does not grow with rows of which no two are alike."""
    known = PlanCache()
    for number in range(3_000):
        known.add((f"x{number}",), (int,), Plan(print, (), (None, "run"), {}, renamed=False))
        assert known.find((f"x{number}",), [number]).take([number]) == [number, None, "run"]
        assert len(known.recent) <= len(known._all) <= 1_000


def test_a_row_of_no_keys_is_stored():
    """A row of no keys is stored: again and again, with the params."""
    with Tracker(Tracker.IN_MEMORY, params={"a": 1}) as tracker:
        assert [1] * 3 == [tracker.log({})["a"] for _ in range(3)]
