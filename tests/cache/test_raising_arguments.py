"""Whatever an argument raises while its key is made, the function runs and its row is stored."""

from __future__ import annotations

import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydantic
import pytest

from tests.cache.conftest import RAN
from xetrack import Tracker
from xetrack.errors import XetrackWarning

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Unset:
    x: int


@dataclass
class OpenUnset:
    x: int


class Proxy:
    """A lazy object that nothing is bound to."""

    def __getattribute__(self, name):
        raise RuntimeError(f"not bound: {name}")

    def __repr__(self):
        raise RuntimeError("not bound")


class Fails:
    """An object whose special methods fail, but for some."""

    def __getattr__(self, name):
        raise LookupError(name)

    def __eq__(self, other):
        raise RuntimeError("equal")

    def __hash__(self):
        raise RuntimeError("hash")

    def __bool__(self):
        raise RuntimeError("bool")

    def __len__(self):
        raise RuntimeError("length")

    def __reduce_ex__(self, protocol):
        raise RuntimeError("reduce")


class HashableFails(Fails):
    def __hash__(self):
        return 1


class UnhashableFails(Fails):
    __hash__ = None


class ArrayEqual:
    """An object whose ``==`` returns an array."""

    def __init__(self, x):
        self.x = x

    def __eq__(self, other):
        return np.array([True, False])

    def __hash__(self):
        return 1


class ReducesToArray(UnhashableFails):
    def __reduce_ex__(self, protocol):
        return np.zeros(3)


class Endless(UnhashableFails):
    def __reduce_ex__(self, protocol):
        return self.__reduce_ex__(protocol)


class OutOfMemory(UnhashableFails):
    def __reduce_ex__(self, protocol):
        raise MemoryError


class Warns:
    __hash__ = None

    def __eq__(self, other):
        return True

    def __reduce_ex__(self, protocol):
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        return (Warns, ())


class ClassFails(UnhashableFails):
    @property
    def __class__(self):
        raise RuntimeError("class")


class Items(dict):
    def __iter__(self):
        raise RuntimeError("iter")

    items = keys = values = __iter__


class Fields(pydantic.BaseModel):
    x: int


class FieldFails(pydantic.BaseModel):
    x: int = 1

    def __getattribute__(self, name):
        if name in {"x", "__dict__"}:
            raise KeyError(name)
        return super().__getattribute__(name)


class Unhashable(type):
    __hash__ = None

    def __eq__(cls, other):
        raise RuntimeError("equal")


class OfUnhashable(metaclass=Unhashable):
    """An object whose type has no hash."""


class Hidden(type):
    def __getattribute__(cls, name):
        if name.startswith("__"):
            raise RuntimeError(name)
        return super().__getattribute__(name)


class OfHidden(metaclass=Hidden):
    """An object whose type shows nothing."""


class WordlessError(Exception):
    def __str__(self):
        raise RuntimeError("text")


class RaisesWithoutText(UnhashableFails):
    def __reduce_ex__(self, protocol):
        raise WordlessError

    def __getstate__(self):
        raise WordlessError


def deep(levels):
    value = ()
    for _ in range(levels):
        value = (value,)
    return value


VALUES = {
    "a slot that is not set": lambda: Unset.__new__(Unset),
    "an attribute that is not set": lambda: OpenUnset.__new__(OpenUnset),
    "a model without its fields": Fields.model_construct,
    "a lazy proxy": Proxy,
    "all methods": Fails,
    "all methods but the hash": HashableFails,
    "all methods without a hash": UnhashableFails,
    "equality of arrays": lambda: ArrayEqual(1),
    "a reduce of arrays": ReducesToArray,
    "endless": Endless,
    "out of memory": OutOfMemory,
    "a class": ClassFails,
    "items": lambda: Items(a=1),
    "a field": FieldFails,
    "a metaclass without a hash": OfUnhashable,
    "a metaclass that hides": OfHidden,
    "that metaclass": lambda: OfHidden,
    "an error without text": RaisesWithoutText,
    "very deep": lambda: deep(50_000),
}


def look(value):
    RAN.append(1)
    return 5


@pytest.mark.parametrize("content", [False, True])
@pytest.mark.parametrize("name", VALUES)
def test_a_call_is_run_and_stored(folder, ran, name, content):
    """With one warning at most, which says why it is not cached."""
    value = VALUES[name]()
    for arguments in ([value], [[value]], [(1, {"a": value})]):
        tracker = Tracker(Tracker.IN_MEMORY, cache=folder, cache_unhashable=content)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert [5, 5] == [tracker.track(look, args=arguments) for _ in range(2)]
        assert [5, 5] == tracker["function_result"].tolist()
        texts = [str(each.message) for each in caught if each.category is XetrackWarning]
        assert (len(ran) == 2) <= (1 == len(texts)), texts
        assert all("not cached" in text or "failed" in text for text in texts)
        tracker.close()
        ran.clear()


@pytest.mark.parametrize("content", [False, True])
def test_a_keyword_and_a_param_may_raise_too(folder, content):
    """And what a function closed over."""
    value = UnhashableFails()
    tracker = Tracker(Tracker.IN_MEMORY, cache=folder, cache_unhashable=content)
    with pytest.warns(XetrackWarning, match="not cached"):
        assert 5 == tracker.track(look, kwargs={"value": value})
    assert 1 == tracker.track(lambda: len([value]))
    assert 2 == len(tracker.to_df())


def test_a_warning_while_a_key_is_made_stops_no_run(folder, ran):
    """Where warnings are errors."""
    tracker = Tracker(Tracker.IN_MEMORY, cache=folder, cache_unhashable=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("error")
        assert [5, 5] == [tracker.track(look, args=[Warns()]) for _ in range(2)]
    assert ["(DeprecationWarning: old)" in str(each.message) for each in caught] == [True]
    assert [1, 1] == ran
    assert 2 == len(tracker.to_df())


SCRIPT = """
import sys
from tests.cache.test_raising_arguments import VALUES, look
from xetrack import Tracker

tracker = Tracker(Tracker.IN_MEMORY, cache=sys.argv[1], cache_unhashable=True)
for name, make in VALUES.items():
    assert 5 == tracker.track(look, args=[make()]), name
assert len(VALUES) == len(tracker.to_df())
"""


def test_a_script_whose_warnings_are_errors_goes_on(folder):
    """What would be raised is printed."""
    command = [sys.executable, "-W", "error::UserWarning", "-c", SCRIPT, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Proxy raised RuntimeError: not bound" in done.stderr


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_goes_through(tracker, ran, error):
    """As does the exit that a signal handler asks for, at whichever line it comes."""

    class Interrupted:
        def __eq__(self, other):
            return True

        def __hash__(self):
            raise error

    with pytest.raises(error):
        tracker.track(look, args=[Interrupted()])
    assert not ran


def test_why_miss_and_cache_key_say_so(tracker):
    """They raise nothing either."""
    assert tracker.cache_key(look, [Proxy()]) is None
    assert "It is not cached: " in tracker.why_miss(look, [Proxy()])
    assert "unhashable type" in tracker.why_miss(look, [OfUnhashable()])
