"""Attributes of classes under names with underscores count, except those that are generated."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from xetrack_cache.keys.key import key_of_call

PAIRS = {
    "built-in function": ("__call__ = sum", "__call__ = len"),
    "static method": ("__call__ = staticmethod(sum)", "__call__ = staticmethod(len)"),
    "static method under a plain name": ("g = staticmethod(sum)", "g = staticmethod(len)"),
    "method of a built-in type": ("__len__ = dict.__len__", "__len__ = dict.__sizeof__"),
    "method under a plain name": ("g = str.upper", "g = str.lower"),
    "slot of a type": ("__str__ = int.__repr__", "__str__ = object.__repr__"),
    "function of another name": ("__call__ = one", "__call__ = two"),
    "cached function": (
        "__call__ = functools.lru_cache(lambda s: 1)",
        "__call__ = functools.lru_cache(lambda s: 2)",
    ),
    "partial": (
        "__call__ = functools.partial(one, 1)",
        "__call__ = functools.partial(one, 2)",
    ),
    "partial method": (
        "__call__ = functools.partialmethod(one, 1)",
        "__call__ = functools.partialmethod(one, 2)",
    ),
    "class": ("__call__ = int", "__call__ = float"),
    "tuple": ("__match_args__ = ('a',)", "__match_args__ = ('b',)"),
    "list": ("__all__ = ['a']", "__all__ = ['b']"),
    "dict": ("__options__ = {'a': [1]}", "__options__ = {'a': [True]}"),
    "set": ("__options__ = {1, 2}", "__options__ = {1, 3}"),
    "functions in a list": ("__steps__ = [one]", "__steps__ = [two]"),
    "text": ("__version__ = '1'", "__version__ = '2'"),
    "single underscores": ("_options_ = [1]", "_options_ = [2]"),
    "an own decorator": ("__call__ = Decorator(one)", "__call__ = Decorator(two)"),
    "none": ("__iter__ = None", "__iter__ = one"),
}
SOURCE = """
import functools
def one(*args): return 1
def two(*args): return 2
class Decorator:
    def __init__(self, function): self.function = function
    def __get__(self, owner, cls): return self.function
class Base: pass
class A(Base):
    x = 1
    {}
def f(x=None): return x
def uses(): return A
"""


def loaded(line):
    space = {"__name__": "space"}
    exec(SOURCE.format(line), space)
    return space


def keys(space):
    """Return the keys of calls with the class in three places."""
    calls = [("f", (space["A"],)), ("f", ([space["A"]],)), ("uses", ())]
    return [key_of_call(space[name], args, {}, content=True).text for name, args in calls]


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_what_is_written_under_special_names_counts(pair):
    """As an argument, in a list, and as a helper."""
    one, other = map(loaded, pair)
    assert all(a != b for a, b in zip(keys(one), keys(other), strict=True))
    assert keys(one) == keys(loaded(pair[0]))


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_a_special_attribute_that_is_set_later_is_seen(pair):
    """In the same process, as a cell of a notebook does it."""
    space = loaded(pair[0])
    before = keys(space)
    exec(f"class Other:\n    {pair[1]}", space)
    name = pair[1].partition(" ")[0]
    setattr(space["A"], name, vars(space["Other"])[name])
    assert all(a != b for a, b in zip(before, keys(space), strict=True))


def test_special_lists_that_change_in_place_are_seen():
    space = loaded("__steps__ = [1]")
    before = keys(space)
    space["A"].__steps__.append(2)
    assert all(a != b for a, b in zip(before, keys(space), strict=True))


def test_members_of_an_enum_count_with_what_is_changed_in_place():
    """The part of their class is not remembered then."""
    space = {"__name__": "space"}
    exec(
        "import enum\nclass E(enum.Enum):\n    A = 1\n    __notes__ = [1]\n    __own = [1]\n"
        "def f(x): return x",
        space,
    )
    found = []
    for name in ("__notes__", "_E__own"):
        found.append(key_of_call(space["f"], (space["E"].A,), {}, version="1").text)
        getattr(space["E"], name).append(2)
    found.append(key_of_call(space["f"], (space["E"].A,), {}, version="1").text)
    assert 3 == len({*found})


def test_what_a_function_that_is_an_attribute_refers_to_counts():
    """Under a special name as well."""
    for line in (
        "__call__ = functools.lru_cache(lambda s: one())",
        "__call__ = functools.partial(lambda s: one())",
        "__steps__ = [lambda s: one()]",
    ):
        space = loaded(line)
        before = keys(space)
        space["one"].__code__ = space["two"].__code__
        assert all(a != b for a, b in zip(before, keys(space), strict=True))


TYPICAL = '''
import abc, copy, ctypes, dataclasses, enum, pickle, sys, typing
import attrs, pydantic
from xetrack_cache.keys.key import key_of_call

T = typing.TypeVar("T")

@dataclasses.dataclass
class Data:
    x: int = 1
    y: tuple = dataclasses.field(default=(1,), compare=False)
@dataclasses.dataclass(slots=True, frozen=True)
class Slots:
    x: int = 1
@attrs.define
class Attrs:
    x: int = 1
@attrs.frozen(slots=False)
class Frozen:
    x: int = attrs.field(default=1, eq=str)
class Color(enum.Enum):
    A = 1
    B = "b"
class Number(enum.IntEnum):
    A = 1
class Word(str, enum.Enum):
    A = "a"
class Flag(enum.IntFlag):
    A = 1
    B = 2
class Model(pydantic.BaseModel):
    x: int = 1
    names: set[str] = {"a", "b", "c"}
    _p: int = 1
    shared: typing.ClassVar[int] = 1
    @pydantic.field_validator("x")
    @classmethod
    def check(cls, value): return value
class Abstract(abc.ABC):
    @abc.abstractmethod
    def g(self): ...
    @abc.abstractmethod
    def h(self): ...
class Concrete(Abstract):
    def g(self): return 1
    def h(self): return 2
class Generic(typing.Generic[T]):
    x: T
class Bound(Generic[int]): pass
@typing.runtime_checkable
class Protocol(typing.Protocol):
    x: int
    def g(self): ...
    def h(self): ...
class Pair(typing.NamedTuple):
    x: int = 1
class Keys(typing.TypedDict, total=False):
    x: int
    y: str
class Struct(ctypes.Structure):
    _fields_ = [("x", ctypes.c_int)]
class Plain:
    __slots__ = ("a", "b")

CLASSES = [
    Data, Slots, Attrs, Frozen, Color, Number, Word, Flag, Model, Abstract, Concrete, Generic,
    Bound, Protocol, Pair, Keys, Struct, Plain,
]
def f(x): return x
def show():
    for cls in CLASSES:
        found = key_of_call(f, ([cls],), {}, content=True)
        print(cls.__name__, found.text, key_of_call(f, (cls,), {}, content=True).text)
def use():
    """Use the classes, after which Python and libraries have noted more in them."""
    for cls in (Data, Slots, Attrs, Frozen, Model, Concrete, Bound, Pair, Plain):
        made = copy.copy(cls())
        copy.copy(made), repr(made), vars(cls).get("__signature__"), typing.get_type_hints(cls)
    pickle.dumps([Data(), Plain(), Model(), Color.A, Flag.A | Flag.B])
    isinstance(1, Abstract), isinstance(1, Protocol), issubclass(int, Abstract), Flag(3), Color("b")
    Generic[str], Model.model_json_schema(), Model.__signature__, Keys(x=1), Struct(1)
'''


def test_keys_of_unchanged_classes_are_the_same_in_every_process(tmp_path):
    """Of classes that libraries make, and after these have noted more in them."""
    path = tmp_path / "script.py"
    printed = []
    for seed, end in enumerate(["show()", "use()\nshow()", "\nshow(); use(); show()"]):
        path.write_text(f"{TYPICAL}\n{end}")
        env = {**os.environ, "PYTHONHASHSEED": str(seed)}
        command = [sys.executable, path]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
        printed.append(done.stdout)
    assert printed[0] == printed[1]
    assert printed[0] * 2 == printed[2]
