"""Objects, models, functions and arrays as parts of a key."""

from __future__ import annotations

import copy
import enum
import functools
from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import permutations
from typing import NamedTuple

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pydantic
import pytest

from xetrack_cache.keys.binding import NoSuchCallError
from xetrack_cache.keys.encoder import NotKeyableError
from xetrack_cache.keys.key import key_of_call


def of(value=None):
    """What is called."""


def key(value, **options):
    return key_of_call(of, (value,), {}, **options).text


@dataclass(frozen=True)
class Frozen:
    x: object
    note: object = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Slots:
    x: object


@dataclass
class Open:
    x: object


@dataclass(frozen=True, eq=False)
class Identity:
    x: object


@attrs.frozen
class AttrsFrozen:
    x: object
    name: str = attrs.field(default="a", eq=str.lower)


@attrs.define
class AttrsOpen:
    x: object


class PydanticFrozen(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="allow")
    x: int


class PydanticOpen(pydantic.BaseModel):
    x: int


class Point(NamedTuple):
    x: int
    y: int


class Other(NamedTuple):
    x: int
    y: int


class Flags(enum.Flag):
    A = 1
    B = 2


class OwnEqual:
    def __init__(self, x):
        self.x = x

    def __eq__(self, other):
        return isinstance(other, OwnEqual) and self.x == other.x

    def __hash__(self):
        return hash(self.x)


@pytest.mark.parametrize(
    ("one", "same", "others"),
    [
        (Frozen(1, "a"), Frozen(1, "b"), [Frozen(2), Slots(1), Frozen(1.0), Frozen((1,))]),
        (Slots("a"), Slots("a"), [Slots("b"), "a"]),
        (AttrsFrozen(1, "A"), AttrsFrozen(1, "a"), [AttrsFrozen(2), AttrsFrozen(1, "b")]),
        (
            PydanticFrozen(x=1, y=2),
            PydanticFrozen(y=2, x=1),
            [PydanticFrozen(x=1), PydanticFrozen(x=1, y=3)],
        ),
        (Point(1, 2), Point(1, 2), [Other(1, 2), (1, 2), Point(2, 1)]),
        (Flags.A | Flags.B, Flags(3), [Flags.A, 3]),
        (functools.partial(int, base=2), functools.partial(int, base=2), [functools.partial(int)]),
        (OwnEqual("a"), OwnEqual("a"), [OwnEqual("b")]),
        (np.sum, np.sum, [np.mean, sum]),
        (np.dtype("i4"), np.dtype("i4"), [np.dtype("i8"), np.int32]),
    ],
)
def test_models_are_told_by_class_and_the_fields_they_compare(one, same, others):
    """As their own ``==`` does, and by type besides."""
    assert key(one) == key(same)
    assert key(one) not in [key(other) for other in others]


@pytest.mark.parametrize(
    "value",
    [
        [1],
        {"a": 1},
        {1},
        (1, [2]),
        bytearray(b"a"),
        np.zeros(2),
        pd.DataFrame({"a": [1]}),
        pl.DataFrame({"a": [1]}),
        pa.table({"a": [1]}),
        Open(1),
        AttrsOpen(1),
        PydanticOpen(x=1),
        Frozen([1]),
        OrderedDict(a=1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_unhashable_has_a_key_by_its_content_when_that_is_asked_for(value):
    """What is unhashable has a key by its content when that is asked for, and else none.

    The reason says what to give.
    """
    with pytest.raises(NotKeyableError, match="cache_unhashable=True"):
        key(value)
    assert key(value, content=True) == key(copy.deepcopy(value), content=True)
    assert key(value, content=True) != key((value,), content=True)


@pytest.mark.parametrize("value", [object(), Identity(1), iter([]), of.__get__(Identity(1))])
def test_what_equals_only_itself_has_no_key(value):
    """However it is asked for."""
    for content in (False, True):
        with pytest.raises(NotKeyableError):
            key(value, content=content)


def test_what_holds_itself_has_no_key():
    """There is no end to it."""
    value: list = []
    value.append(value)
    with pytest.raises(NotKeyableError, match="holds itself"):
        key(value, content=True)
    deep: tuple = ()
    for _ in range(200):
        deep = (deep,)
    with pytest.raises(NotKeyableError, match="too deeply"):
        key(deep)


ARRAYS = [
    np.arange(6),
    np.arange(6).reshape(2, 3),
    np.arange(6).reshape(3, 2),
    np.arange(6.0),
    np.arange(6, dtype=">i8"),
    np.zeros(0),
    np.zeros((0, 3)),
    np.array(5),
    np.array([1, "a", None], dtype=object),
    np.array(["2026-01-01"], dtype="M8[D]"),
    np.zeros(2, dtype=[("a", "i4"), ("b", "f8")]),
    np.array([np.nan]),
    np.array([0.0]),
    np.array([-0.0]),
]


def test_arrays_are_told_by_dtype_shape_axes_and_content():
    """The order of the axes in memory changes sums, and what ``ravel("K")`` gives."""
    found = [key(one, content=True) for one in ARRAYS]
    assert len(set(found)) == len(ARRAYS)
    square = np.arange(9).reshape(3, 3)
    other = np.asfortranarray(square)
    assert key(square, content=True) != key(other, content=True)
    assert key(other, content=True) == key(other.copy("F"), content=True)
    assert key(square.T, content=True) != key(square, content=True)
    assert key(square[:, ::2], content=True) == key(square[:, ::2].copy(), content=True)
    assert key(np.arange(20)[::2], content=True) == key(np.arange(0, 20, 2), content=True)
    cube = np.arange(24).reshape(2, 3, 4)
    orders = {
        key(cube.transpose(axes).copy().transpose(np.argsort(axes)), content=True)
        for axes in permutations(range(3))
    }
    assert 6 == len(orders)
    assert key(np.ones((1, 3)).T, content=True) == key(np.ones((3, 1)), content=True)


FRAMES = [
    pd.DataFrame({"a": [1, 2]}),
    pd.DataFrame({"a": [1.0, 2.0]}),
    pd.DataFrame({"b": [1, 2]}),
    pd.DataFrame({"a": [1, 2]}, index=[1, 2]),
    pd.DataFrame({"a": ["x", None]}),
    pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}),
    pd.DataFrame({"a": pd.to_datetime(["2026-01-01", None])}),
    pd.DataFrame({"a": pd.Categorical(["x", "y"])}),
    pd.Series([1, 2], name="a"),
    pd.Series([1, 2], name="b"),
    pd.Index([1, 2]),
    pd.MultiIndex.from_tuples([(1, "a")]),
    pl.DataFrame({"a": [1, 2]}),
    pl.DataFrame({"a": [1, 3]}),
    pl.Series("a", [1, 2]),
    pa.table({"a": [1, 2]}),
    pa.table({"a": [1, 3]}),
]


def test_frames_are_told_by_their_labels_dtypes_and_values():
    """Frames of every library are distinguished by their labels, dtypes and values."""
    found = [key(one, content=True) for one in FRAMES]
    assert len(set(found)) == len(FRAMES)
    for one in FRAMES[:8]:
        assert key(one, content=True) == key(one.copy(), content=True)


def test_a_function_that_names_itself_has_a_key():
    """A function that names itself has a key, and so has a class whose methods name it."""

    def made():
        def factorial(n):
            return n and n * factorial(n - 1)

        return factorial

    class Base:
        def of(self):
            return super().__str__()

    assert key_of_call(made(), (1,), {}).text == key_of_call(made(), (1,), {}).text
    assert key(Base) == key(Base)
    assert key(made()) == key(made())


def test_classes_are_told_by_what_is_written_in_them():
    """Local ones of one name among them; so are their objects."""

    def made(n):
        @dataclass(frozen=True)
        class Config:
            x: int

            def scaled(self):
                return self.x * n

        return Config

    assert key(made(1)) == key(made(1)) != key(made(2))
    assert key(made(1)(5)) == key(made(1)(5)) != key(made(2)(5))


def test_an_equality_that_a_user_wrote_is_asked():
    """An equality that a user wrote is asked, for a dataclass too.

    Then the class is all that the key itself has of it.
    """

    @dataclass(frozen=True)
    class Caseless:
        name: str

        def __eq__(self, other):
            return self.name.lower() == other.name.lower()

        def __hash__(self):
            return hash(self.name.lower())

    one, other = (key_of_call(of, (Caseless(name),), {}) for name in "aA")
    assert one.base == other.base
    assert (Caseless("a"),) == one.objects
    assert one.text != other.text


def test_a_call_that_does_not_fit_has_no_key():
    """A call that does not fit has no key, in each of the ways that Python refuses."""

    def f(a, /, b, *, c):
        """Take three."""

    for args, kwargs in [
        ((), {}),
        ((1, 2), {}),
        ((1, 2, 3), {"c": 1}),
        ((1,), {"b": 1, "c": 1, "d": 1}),
        ((1, 2), {"b": 1, "c": 1}),
        ((), {"a": 1, "b": 1, "c": 1}),
    ]:
        with pytest.raises(NoSuchCallError):
            key_of_call(f, args, kwargs)
    assert key_of_call(f, (1, 2), {"c": 3}) == key_of_call(f, (1,), {"c": 3, "b": 2})


def test_a_sorted_container_of_objects_is_compared_as_a_whole():
    """In which order a set gives them is chance."""
    found = key_of_call(of, (frozenset({OwnEqual(1), OwnEqual(2)}),), {})
    assert (frozenset({OwnEqual(2), OwnEqual(1)}),) == found.objects
