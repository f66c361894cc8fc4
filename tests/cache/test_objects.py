"""Objects that only their own ``==`` can compare: found again, whichever process stored them."""

from __future__ import annotations

import os

import pytest

from tests.cache.conftest import RAN
from tests.engines import run
from xetrack import Reader
from xetrack.errors import XetrackWarning


class Caseless:
    """Equal whatever the case; its hash agrees."""

    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        return isinstance(other, Caseless) and self.name.lower() == other.name.lower()

    def __hash__(self):
        return hash(self.name.lower())


class Colliding(Caseless):
    def __hash__(self):
        return 1

    def __eq__(self, other):
        return type(other) is type(self) and self.name == other.name


class Never(Caseless):
    __hash__ = Caseless.__hash__

    def __eq__(self, other):
        return False


def name_of(thing, suffix=""):
    RAN.append(thing.name)
    return thing.name.lower() + suffix


def test_an_equal_object_in_another_state_is_found(track, ran):
    """By another tracker, which has to load what was stored."""
    first = track()
    assert "abc" == first.track(name_of, args=[Caseless("ABC")])
    for tracker in (first, track()):
        assert "abc" == tracker.track(name_of, args=[Caseless("abc")])
        assert first.track_id == tracker.latest["cache"]
    assert ["ABC"] == ran


def test_objects_of_one_hash_are_told_apart(tracker):
    """Objects of one hash are distinguished: ``hash()`` decides nothing."""
    assert ["a", "b", "a"] == [tracker.track(name_of, args=[Colliding(n)]) for n in "aba"]
    assert ["", "", tracker.track_id] == tracker["cache"].tolist()


def test_an_object_that_equals_nothing_is_computed_each_time(tracker, ran):
    """An object that equals nothing is computed each time though its state is the same."""
    assert ["a", "a"] == [tracker.track(name_of, args=[Never("a")]) for _ in range(2)]
    assert 2 == len(ran)


def test_objects_of_another_class_are_other_objects(tracker):
    """Objects of another class are other objects, whatever their ``==`` says."""
    tracker.track(name_of, args=[Caseless("a")])
    tracker.track(name_of, args=[Colliding("a")])
    assert ["", ""] == tracker["cache"].tolist()


@pytest.mark.slow
def test_a_thousand_objects_are_found_without_loading_them_all_again(track):
    """Each is loaded once by a tracker that looks for another state."""
    tracker = track(track_id="first")
    for number in range(300):
        tracker.track(name_of, args=[Caseless(f"a{number}")])
    other = track()
    for number in range(300):
        other.track(name_of, args=[Caseless(f"A{number}")])
    assert {"first"} == set(other["cache"])


def test_the_key_of_an_equal_object_reads_the_entry(tracker, folder):
    """The key of an equal object reads the entry by `Reader.read_cache`."""
    tracker.track(name_of, args=[Caseless("ABC")])
    key = tracker._generate_cache_key(name_of, [Caseless("abc")])
    assert {"result": "abc", "cache": tracker.track_id} == Reader.read_cache(folder, key)


SCRIPT = """
import sys
from xetrack import Tracker

class Config:
    def __init__(self, value): self.value = value
    def __hash__(self): return hash(self.value)
    def __eq__(self, other): return isinstance(other, Config) and self.value == other.value

def f(config): return config.value

tracker = Tracker(Tracker.IN_MEMORY, cache=sys.argv[1])
print(tracker.track(f, args=[Config("production")]), tracker.latest["cache"] == "")
"""


def test_an_object_of_a_script_is_found_by_its_next_run(folder):
    """An object of a script is found by its next run, with another hash seed."""
    found = [
        run(SCRIPT, folder, env={**os.environ, "PYTHONHASHSEED": seed}).stdout for seed in "12"
    ]
    assert ["production True\n", "production False\n"] == found


def test_an_object_of_a_local_class_is_found(tracker, ran):
    """Pickle cannot name its class, so its state and the code of its class tell it."""

    class Local(Caseless):
        pass

    assert ["A", "A"] == [tracker.track(str.upper, args=["a"]) for _ in range(2)]
    assert ["a", "a"] == [tracker.track(name_of, args=[Local("A")]) for _ in range(2)]
    assert ["A"] == ran


def test_what_cannot_be_keyed_is_said_once_for_each_type(tracker):
    """With the reason, and after the row is there."""
    values = [1], [2], {"a": 1}, {1}, object(), object()
    with pytest.warns(XetrackWarning) as said:
        [tracker.track(str, args=[value]) for value in values]
    texts = [str(one.message) for one in said]
    assert ["list", "dict", "set", "object"] == [text.split(": ")[1].split()[0] for text in texts]
    assert {""} == set(tracker["cache"])


def test_unhashable_arguments_are_cached_by_content_on_request(track, ran):
    """Unhashable arguments are cached by content on request: nested ones too, and each content by
    itself.
    """
    tracker = track(cache_unhashable=True)

    def total(data):
        RAN.append(0)
        return sum(data["x"])

    assert [3, 3, 6] == [tracker.track(total, args=[{"x": x}]) for x in ([1, 2], [1, 2], [1, 5])]
    assert 2 == len(ran)


def test_what_a_function_changes_is_keyed_as_it_was(track):
    """The key is made before the call."""
    tracker = track(cache_unhashable=True)

    def grow(items):
        items.append(1)
        return len(items)

    assert [1, 1] == [tracker.track(grow, args=[[]]) for _ in range(2)]
    assert ["", tracker.track_id] == tracker["cache"].tolist()
