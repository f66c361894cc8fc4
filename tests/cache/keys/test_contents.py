"""What differs by type, order or attributes has another key, though ``==`` may be true."""

from __future__ import annotations

import array
import datetime as dt
import enum
import functools
import uuid
from collections import ChainMap, Counter, OrderedDict, UserDict, defaultdict, deque
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import SimpleNamespace
from typing import NamedTuple
from zoneinfo import ZoneInfo

import attrs
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cache.keys.copies import check_keys, function, key, key_or_reason
from xetrack_cache.keys.encoder import NotKeyableError
from xetrack_cache.keys.key import key_of_call

BASES = {
    str: "a",
    int: 5,
    float: 1.5,
    complex: 1j,
    bytes: b"a",
    bytearray: b"a",
    tuple: (1, 2),
    list: [1, 2],
    dict: {"a": 1},
    set: {1, 2},
    frozenset: {1, 2},
    dt.date: (2026, 1, 2),
    dt.datetime: (2026, 1, 2),
    dt.time: (1, 2),
    dt.timedelta: (1, 2),
    Decimal: "1.0",
    Fraction: (1, 3),
    uuid.UUID: "12345678123456781234567812345678",
    OrderedDict: {"a": 1},
    deque: [1],
    Counter: "ab",
}
SPREAD = {dt.date, dt.datetime, dt.time, dt.timedelta, Fraction}
SUBCLASSES = {base: type(f"My{base.__name__}", (base,), {"__module__": __name__}) for base in BASES}
OTHERS = {base: type(f"No{base.__name__}", (base,), {"__module__": __name__}) for base in BASES}
globals().update({cls.__name__: cls for cls in (*SUBCLASSES.values(), *OTHERS.values())})


def made(cls, base, **attributes):
    """Return a value of a class, with attributes of its own."""
    value = cls(*BASES[base]) if base in SPREAD else cls(BASES[base])
    for name, attribute in attributes.items():
        vars(value)[name] = attribute
    return value


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.__name__)
def test_subclasses_of_builtins_count_with_their_attributes(base):
    """Their ``==`` knows none of them."""
    cls = SUBCLASSES[base]
    values = [made(base, base)] if not hasattr(made(base, base), "__dict__") else []
    values += [made(cls, base), made(OTHERS[base], base)]
    values += [made(cls, base, unit="m"), made(cls, base, unit="s"), made(cls, base, unit=["m"])]
    keys = [key(value) for value in values]
    assert len(values) == len(set(keys))
    assert keys == [key(value) for value in values]
    assert key(made(cls, base, a=1, b=2)) == key(made(cls, base, b=2, a=1))


class Slotted(str):
    __slots__ = ("unit",)


class Named(NamedTuple):
    x: int


class Unit(Named):
    """A named tuple with attributes."""


def test_slots_and_named_tuples_count_with_their_attributes():
    """Wherever they are."""
    values = [Slotted("a") for _ in range(3)] + [Unit(1) for _ in range(2)]
    values[1].unit, values[2].unit = "m", "s"
    values[4].unit = "m"
    check_keys(Named(1), "a", *values)


@given(st.integers(), st.integers())
def test_integers_have_keys_of_their_own(first, second):
    """However they are written."""
    assert (first == second) == (key(first) == key(second))


@pytest.mark.parametrize("digits", range(16, 20))
def test_no_integer_in_hexadecimal_reads_as_another_in_decimal_digits(digits):
    """``2**63`` is 8 and fifteen zeros there, as is 8e15 here."""
    for decimal in (8 * 10 ** (digits - 1), 9 * 10 ** (digits - 1) + 12345):
        check_keys(decimal, int(str(decimal), 16), -decimal, -int(str(decimal), 16))


ITEMS = st.lists(st.tuples(st.text(max_size=3), st.integers()), unique_by=lambda item: item[0])


@given(ITEMS, st.randoms(use_true_random=False))
def test_dicts_and_keyword_arguments_count_in_their_order(items, chance):
    """A function can see it."""
    other = items[:]
    chance.shuffle(other)

    def named(**values):
        """Take any."""

    by_dict = key(dict(items)) == key(dict(other))
    names = [(f"x{name}", value) for name, value in items]
    others = [(f"x{name}", value) for name, value in other]
    by_name = key_of_call(named, (), dict(names)) == key_of_call(named, (), dict(others))
    built_in = key_of_call(dict, (), dict(names)) == key_of_call(dict, (), dict(others))
    assert (items == other) == by_dict == by_name == built_in


def test_arguments_with_a_parameter_have_no_order():
    """A function cannot see it; nor that of a partial's."""

    def f(a, b=2, *, c=3, **others):
        """Take some."""

    def of(call, **named):
        return key_of_call(call, (), named).text

    assert of(f, a=1, b=2, c=3) == of(f, c=3, b=2, a=1) == of(functools.partial(f, c=3), a=1)
    assert of(f, a=1, x=1, y=2) != of(f, a=1, y=2, x=1)
    assert of(functools.partial(f, x=1), a=1, y=2) == of(f, x=1, a=1, y=2)


BERLIN = ZoneInfo("Europe/Berlin")
AUTUMN = dt.datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001 - the zone is the matter


@pytest.mark.parametrize(
    "values",
    [
        [1, 1.0, True, Decimal(1), Fraction(1), 1 + 0j],
        [0.0, -0.0, 0],
        [float("nan"), float("inf"), -float("inf")],
        [Decimal("1.0"), Decimal("1.00"), Decimal(1), Decimal("1E+1"), Decimal("-0")],
        [AUTUMN, AUTUMN.replace(fold=1), AUTUMN.replace(tzinfo=dt.UTC)],
        [AUTUMN.replace(tzinfo=BERLIN), AUTUMN.replace(tzinfo=BERLIN, fold=1)],
        [dt.timezone(dt.timedelta(hours=1)), dt.timezone(dt.timedelta(hours=1), "MEZ")],
        [AUTUMN.replace(tzinfo=ZoneInfo("UTC")), AUTUMN.replace(tzinfo=dt.UTC)],
        [Path("a"), PurePosixPath("a"), PureWindowsPath("a"), PureWindowsPath("A"), "a"],
        [range(0, 4, 2), range(0, 5, 2), range(0)],
        [(1, 2), [1, 2], {1, 2}, frozenset({1, 2}), deque([1, 2]), deque([1, 2], maxlen=2)],
        [OrderedDict(a=1, b=2), OrderedDict(b=2, a=1), {"a": 1, "b": 2}, {"b": 2, "a": 1}],
        [defaultdict(int, a=1), defaultdict(list, a=1), defaultdict(None, a=1), {"a": 1}],
        [Counter("ab"), Counter("ba"), Counter("abb")],
        [ChainMap({"a": 1}, {"b": 2}), ChainMap({"b": 2}, {"a": 1}), ChainMap({"a": 1, "b": 2})],
        [UserDict(a=1, b=2), UserDict(b=2, a=1)],
        [SimpleNamespace(a=1), SimpleNamespace(a=2), SimpleNamespace(b=1)],
        [array.array("i", [1]), array.array("l", [1]), array.array("i", [2])],
        [bytearray(b"a"), b"a", "a", array.array("b", b"a")],
    ],
    ids=lambda values: type(values[0]).__name__,
)
def test_values_of_the_standard_library(values):
    """Each has its own key, and its copies have the same."""
    check_keys(*values)


def test_slices_and_views_of_memory():
    """Views count by format, shape and whether they can be written."""
    view = memoryview(bytes(range(8)))
    values = [view, view.cast("i"), view.cast("B", (2, 4)), memoryview(bytearray(range(8)))]
    values += [view[1:], bytes(view), slice(1, 2), slice(1, 2, 1), slice(1, None)]
    assert len(values) == len(set(map(key, values)))
    assert key(view[::2]) == key(memoryview(bytes(range(0, 8, 2))))


def test_no_setting_changes_a_key():
    """The context of decimals has one."""
    before = key(Decimal("1E+5"))
    with localcontext() as context:
        context.capitals = 0
        assert before == key(Decimal("1E+5"))


def make_enum(value, factor=2, code=1, base=enum.Enum, **more):
    """Return a member of a new class of one name."""

    def scaled(self):
        return code * factor

    body = enum.Enum.__prepare__("Color", (base,))
    names = {"__module__": __name__, "__qualname__": "Color", "RED": value, "scaled": scaled}
    for name, each in {**names, **more}.items():
        body[name] = each
    return type(base)("Color", (base,), body).RED


def test_members_of_an_enum_count_by_value_and_class():
    """Its methods and other members among them."""
    members = [make_enum(1), make_enum(2), make_enum("1"), make_enum([1]), make_enum(1, factor=3)]
    members += [make_enum(1, GREEN=5), make_enum(1, base=enum.IntEnum), 1]
    assert len(members) == len(set(map(key, members)))
    assert key(make_enum(1)) == key(make_enum(1))
    marks = [make_enum(object()), make_enum(object())]
    assert key(marks[0]) == key(marks[1])


class Planet(enum.Enum):
    EARTH = (1.0, 2.0)
    MARS = (3.0, 4.0)

    def __init__(self, mass, radius):
        self.mass = mass
        self.moons = []


def test_members_count_with_their_own_attributes():
    """Those that are set later too."""
    before = key(Planet.EARTH)
    check_keys(*Planet)
    Planet.EARTH.moons.append("moon")
    try:
        assert before != key(Planet.EARTH)
    finally:
        Planet.EARTH.moons.clear()
    assert before == key(Planet.EARTH)


class Length(enum.Enum):
    METRE = 1
    FOOT = 2

    def doubled(self):
        return 2 * self.value


def test_an_enum_that_changes_is_noticed():
    """Though its class is encoded only once while nothing does."""
    first = Length.METRE
    cls, before = type(first), key(first)
    assert before == key(first)
    cls.unit = "m"
    with_unit = key(first)
    cls.unit = ["m"]
    with_list = key(first)
    cls.unit.append("s")
    assert 4 == len({before, with_unit, with_list, key(first)})
    del cls.unit
    assert before == key(first)
    code = cls.doubled.__code__
    cls.doubled.__code__ = (lambda self: 3).__code__
    try:
        assert before != key(first)
    finally:
        cls.doubled.__code__ = code
    assert before == key(first)


def make_class(**attributes):
    """Return a class of one name."""
    return type("Config", (), {"__module__": __name__, "__qualname__": "Config", **attributes})


def test_classes_count_with_their_attributes():
    """Of whichever type; what has no content is refused."""
    different = [1, 2, "1", [1], (1,), {"a": 1}, {1}, Decimal(1), 1j, dt.date(2026, 1, 2), int, len]
    different += [Named(1), make_class(), Planet.MARS.value, functools.partial(int, base=2)]
    classes = [make_class(x=each) for each in different]
    assert len(classes) == len(set(map(key, classes)))
    assert key(make_class(x=[1], y=2)) == key(make_class(y=2, x=[1]))
    assert "where it is in memory" in key_or_reason(make_class(x=object()))


def test_classes_of_libraries_are_keyable():
    """By their code; and so are those that libraries make for users."""

    class Model(pydantic.BaseModel):
        x: int = 1
        _y: int = pydantic.PrivateAttr(2)

    @attrs.define
    class Attrs:
        x: int = 1

    @dataclass
    class Data:
        x: int = 1
        y: list = ()

        @functools.cached_property
        def z(self):
            return 1

    classes = [Model, Attrs, Data, pydantic.BaseModel, Planet, enum.Enum, dt.datetime, Path]
    assert len(classes) == len(set(map(key, classes)))


def test_functions_count_with_their_attributes():
    """A function may read them."""

    def made(**attributes):
        def f():
            """Do nothing."""

        vars(f).update(attributes)
        return f

    functions = [made(), made(a=1), made(a=2), made(b=1)]
    assert len(functions) == len(set(map(key, functions)))
    assert key(made(a=[1])) == key(made(a=[1]))


class Model(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="allow")
    x: object = 1
    _secret: int = pydantic.PrivateAttr(2)

    @functools.cached_property
    def doubled(self):
        return 2


def test_models_count_by_fields_extras_and_private_attributes():
    """Not by what they remember of their own."""
    models = [Model(), Model(x=2), Model(x=1.0), Model(y=1), Model()]
    models[-1]._secret = 3
    check_keys(*models)
    before = key(models[0])
    assert models[0].doubled
    assert before == key(models[0])


class UserEqual(str):  # noqa: SLOT000 - as users write it
    """A text whose author wrote ``==``."""

    def __eq__(self, other):
        return isinstance(other, UserEqual) and self.lower() == other.lower()

    def __hash__(self):
        return hash(self.lower())


def test_an_equality_that_the_author_of_a_subclass_wrote_decides():
    """As for any other class."""
    keys = [key_of_call(function, (UserEqual(value),), {}) for value in ("a", "A")]
    assert keys[0].base == keys[1].base
    assert all(each.objects for each in keys)


def test_lists_within_subclasses_count_by_content_only_on_request():
    """As everywhere."""
    with pytest.raises(NotKeyableError, match="cache_unhashable=True"):
        key_of_call(function, (made(SUBCLASSES[list], list),), {})
