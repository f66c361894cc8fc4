"""Objects whose class says itself how it is pickled are told by their state like all others."""

from __future__ import annotations

import copyreg

import pytest

from tests.cache.keys.copies import check_keys, key
from xetrack_cache.keys.values import ValueEncoder


class Compared:
    """Has an ``==`` for its attributes, and is not hashable."""

    __hash__ = None

    def __init__(self, a=0):
        self.a = a

    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)


class OwnAttributes(Compared):
    def __getstate__(self):
        return self.__dict__


class CopiedAttributes(Compared):
    def __getstate__(self):
        return self.__dict__.copy()

    def __setstate__(self, state):
        self.__dict__.update(state)


class ChangedAttributes(Compared):
    def __getstate__(self):
        return {"b": self.a}

    def __setstate__(self, state):
        self.a = state["b"]


class Reduced(Compared):
    def __reduce__(self):
        return type(self), (), self.__dict__


class ReducedByProtocol(Compared):
    def __reduce_ex__(self, protocol):
        return type(self), (), vars(self).copy()


class ReducedToArguments(Compared):
    def __reduce__(self):
        return type(self), (self.a,)


class NewArguments(Compared):
    def __new__(cls, a=0):
        return super().__new__(cls)

    def __getnewargs_ex__(self):
        return (), {"a": self.a}

    def __getstate__(self):
        return self.__dict__


class Slots:
    __slots__ = ("a",)
    __hash__ = None

    def __init__(self, a=0):
        self.a = a

    def __eq__(self, other):
        return type(self) is type(other) and self.a == other.a


class SlotsWithState(Slots):
    __slots__ = ()

    def __getstate__(self):
        return None, {"a": self.a}

    def __setstate__(self, state):
        self.a = state[1]["a"]


class SlotsAndAttributes(Slots):
    __hash__ = None

    def __init__(self, a=0):
        super().__init__(0)
        self.b = a

    def __eq__(self, other):
        return super().__eq__(other) and self.b == other.b

    def __getstate__(self):
        return self.__dict__, {"a": self.a}

    def __setstate__(self, state):
        self.a, self.b = state[1]["a"], state[0]["b"]


class Registered(Compared):
    """Is pickled by a function that `copyreg` knows."""


def reduce_registered(value):
    """Return how to make such an object."""
    return Registered, (value.a,)


copyreg.pickle(Registered, reduce_registered)

CLASSES = [
    OwnAttributes,
    CopiedAttributes,
    ChangedAttributes,
    Reduced,
    ReducedByProtocol,
    ReducedToArguments,
    NewArguments,
    Slots,
    SlotsWithState,
    SlotsAndAttributes,
    Registered,
]


@pytest.mark.parametrize("cls", CLASSES)
def test_objects_are_told_by_a_state_that_their_class_gives(cls):
    """Whether the state is all attributes, a part of them, or arguments."""
    check_keys(cls(1), cls(2), cls([1]), cls([1.0]))


class OwnText(str):  # noqa: SLOT000 - its attributes are what is tested
    def __getstate__(self):
        return self.__dict__


class OwnInteger(int):
    def __getstate__(self):
        return self.__dict__.copy()


class OwnList(list):
    def __getstate__(self):
        return self.__dict__


class OwnDict(dict):
    def __getstate__(self):
        return self.__dict__


class OwnSet(set):
    def __getstate__(self):
        return self.__dict__


class OwnReducedText(str):  # noqa: SLOT000 - its attributes are what is tested
    def __reduce__(self):
        return type(self), (str(self),), self.__dict__


@pytest.mark.parametrize(
    ("cls", "contents"),
    [
        (OwnText, ("1", "2")),
        (OwnInteger, (1, 2)),
        (OwnList, ([1], [2])),
        (OwnDict, ({1: 1}, {1: 2})),
        (OwnSet, ({1}, {2})),
        (OwnReducedText, ("1", "2")),
    ],
)
def test_subclasses_of_builtin_types_are_told_by_content_and_attributes(cls, contents):
    """Their ``==`` knows nothing of the attributes, which a call may read."""
    values = []
    for content in contents:
        for attribute in (1, 2):
            value = cls(content)
            value.note = attribute
            values.append(value)
    check_keys(*values)


def test_the_order_in_which_attributes_were_set_does_not_count():
    one, other = OwnAttributes(1), OwnAttributes()
    one.b = 2
    del other.a
    other.b, other.a = 2, 1
    assert key(one) == key(other)


@pytest.mark.parametrize("view", [memoryview(b"hello"), memoryview(b""), memoryview(b"ab")[::-1]])
def test_no_bytes_read_like_a_memoryview(view):
    """The content of its part, as bytes of any type, is another value."""
    content = ValueEncoder(content=True).of(view).partition(b":")[2]
    assert key(view) not in {key(bytearray(content)), key(content), key(memoryview(content))}
