"""Classes of scripts, and the scripts that store objects of them and look at what comes back."""

from __future__ import annotations

import re

HEAD = """
import abc, enum, sys, typing, collections
from dataclasses import dataclass, field
from xetrack import Reader, Tracker
"""

TAIL = """
class Holder:
    def __init__(self, value): self.value = value

def stored_and_read(name, make):
    # Return a value that an earlier run stored, or this one.
    if sys.argv[1] == "cache":
        with Tracker(Tracker.IN_MEMORY, cache="cache", params={"name": name}) as tracker:
            value = tracker.track(make, cache_version="1")
            return value, tracker.latest["cache"] != ""
    if sys.argv[2] == "store":
        with Tracker("track.db", track_id=name) as tracker:
            tracker.log({"key": tracker.log({"asset": Holder(make())})["asset"]})
    with Reader("track.db") as reader:
        rows = reader.select(["track_id", "key"]).dicts()
        (key,) = [row["key"] for row in rows if row["track_id"] == name and row["key"]]
        return reader.assets[key].value, sys.argv[2] != "store"

if __name__ == "__main__":
    for name, make, check in cases:
        value, is_stored = stored_and_read(name, make)
        print(is_stored, bool(check(value)))
"""

CASES = {
    "enum": ("class Color(enum.Enum):\n    RED = 1", "Color.RED", "value is Color.RED"),
    "made dataclass": (
        "import dataclasses\nMade = dataclasses.make_dataclass('Made', ['x', ('y', int, 3)])",
        "Made(1)",
        "value == Made(1) and type(value) is Made",
    ),
    "flag": (
        "class Flag(enum.Flag):\n    A = 1\n    B = 2",
        "Flag.A | Flag.B",
        "value == Flag.A | Flag.B and isinstance(value, Flag)",
    ),
    "enum of texts": (
        "class Mode(str, enum.Enum):\n    TRAIN = 'train'",
        "Mode.TRAIN",
        "value is Mode.TRAIN",
    ),
    "enum that holds objects": (
        "@dataclass(frozen=True)\nclass P:\n    x: int\nclass E(enum.Enum):\n    A = P(1)",
        "E.A",
        "value is E.A and isinstance(value.value, P)",
    ),
    "dataclass": (
        "@dataclass\nclass Config:\n    x: int\n    tags: list = field(default_factory=list)",
        "Config(3, ['a'])",
        "value == Config(3, ['a']) and isinstance(value, Config)",
    ),
    "dataclass of a dataclass": (
        "@dataclass\nclass A:\n    x: int\n@dataclass\nclass B(A):\n    a: A\n",
        "B(1, A(2))",
        "value == B(1, A(2)) and isinstance(value, A) and isinstance(value.a, A)",
    ),
    "slots": (
        "@dataclass(slots=True, frozen=True)\nclass S:\n    x: int",
        "S(1)",
        "value == S(1)",
    ),
    "plain": (
        "class Model:\n    def __init__(self, x): self.x = x\n    def get(self): return self.x",
        "Model(4)",
        "type(value) is Model and value.get() == 4",
    ),
    "abstract": (
        (
            "class Base(abc.ABC):\n    @abc.abstractmethod\n    def f(self): ...\n"
            "class Real(Base):\n    def f(self): return super().__thisclass__ is Real"
        ),
        "Real()",
        "isinstance(value, Base) and value.f()",
    ),
    "nested": (
        "class Outer:\n    class Inner:\n        class Most: pass",
        "[Outer.Inner(), Outer.Inner.Most()]",
        "isinstance(value[0], Outer.Inner) and isinstance(value[1], Outer.Inner.Most)",
    ),
    "named tuple": (
        "class Point(typing.NamedTuple):\n    x: int\n    y: int = 0",
        "Point(1)",
        "type(value) is Point and value.y == 0",
    ),
    "namedtuple": (
        "Pair = collections.namedtuple('Pair', 'a b')",
        "{'k': Pair(1, 2)}",
        "type(value['k']) is Pair",
    ),
    "generic": (
        "T = typing.TypeVar('T')\nclass Box(typing.Generic[T]): pass",
        "[Box[int](), Box[int]]",
        "type(value[0]) is Box and value[1] == Box[int]",
    ),
    "metaclass": (
        "class Meta(type): pass\nclass Thing(metaclass=Meta): pass",
        "Thing()",
        "type(value) is Thing and type(type(value)) is Meta",
    ),
    "exception": (
        "class Failure(ValueError): pass",
        "Failure('x')",
        "type(value) is Failure and value.args == ('x',)",
    ),
    "class itself": ("class Model: pass", "Model", "value is Model"),
    "function": ("def relu(x): return max(x, 0)", "[relu]", "value[0] is relu"),
    "function of a class": (
        "class Model: pass\ndef new(): return Model()",
        "[new]",
        "isinstance(value[0](), Model)",
    ),
    "lambda of a class": ("class Model: pass", "lambda: Model()", "isinstance(value(), Model)"),
    "subclass of a builtin": (
        "class Names(list): pass\nclass Table(dict): pass",
        "[Names('ab'), Table(a=1)]",
        "type(value[0]) is Names and value[1] == Table(a=1) and type(value[1]) is Table",
    ),
    "bound method": (
        "class Model:\n    def get(self): return type(self)",
        "Model().get",
        "value() is Model",
    ),
}

FIELD = "@dataclass\nclass C:\n    x: int = 1\n"
CHANGED = {
    "field added": (FIELD, FIELD + "    y: int = 2", "C()"),
    "field renamed": (FIELD, FIELD.replace("x", "z"), "C()"),
    "member gone": (
        "class C(enum.Enum):\n    A = 1\n    B = 2",
        "class C(enum.Enum):\n    B = 2",
        "list(C)[0]",
    ),
    "member renumbered": (
        "class C(enum.Enum):\n    A = 1\n    B = 2",
        "class C(enum.Enum):\n    A = 2\n    B = 1",
        "C(1)",
    ),
    "an enum no more": ("class C(enum.Enum):\n    A = 1", "class C:\n    A = 3", "C.A"),
    "slots": ("class C:\n    __slots__ = 'x'", "class C:\n    __slots__ = 'y'", "C()"),
    "named tuple": (
        "C = collections.namedtuple('C', 'x')",
        "C = collections.namedtuple('C', 'y')",
        "C(1)",
    ),
}

NAMELESS = {
    "local": ("def local():\n    class Model: pass\n    return Model()", "local()"),
    "gone": ("class Model: pass\ninstance = Model()\ndel Model", "instance"),
    "redefined": (
        "class Model: pass\ninstance = Model()\nclass Model:\n    x = 2",
        "instance",
    ),
}


def program(*cases):
    """Return a script that stores values, or has them from an earlier run, and checks them.

    Each of `cases` defines its classes, makes a value and checks it; names get its number.
    """
    bodies, rows = [], []
    for number, case in enumerate(cases):
        names = re.findall(r"^(?:class |def |)(\w+)(?:\(| = |:)", case[0], re.MULTILINE)
        pattern = rf"(?<!\.)\b({'|'.join(names)})\b"
        body, value, check = (re.sub(pattern, rf"\1_{number}", text) for text in case)
        bodies.append(body)
        rows.append(f"('case {number}', lambda: {value}, lambda value: {check}),")
    return "\n".join((HEAD, *bodies, "cases = [", *rows, "]", TAIL))
