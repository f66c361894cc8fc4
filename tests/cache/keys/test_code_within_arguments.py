"""Functions and classes within arguments count with what they refer to."""

from __future__ import annotations

import os
import subprocess
import sys
from types import ModuleType

import pytest

from xetrack.caches import key_of
from xetrack_cache.keys.key import key_of_call
from xetrack_cache.keys.why import split_material

SOURCE = """
import enum, functools, types
from collections import deque, namedtuple
from dataclasses import dataclass
import numpy as np

def helper(): return 1
def uses(): return helper()
@functools.lru_cache
def cached(): return helper()

@dataclass(frozen=True)
class Config:
    x: object
    def g(self): return helper()

@dataclass(frozen=True)
class Holder:
    x: object

class Compared:
    def g(self): return helper()
    def __eq__(self, other): return type(self) is type(other)
    def __hash__(self): return 1

class Level(enum.Enum):
    A = 1
    def g(self): return helper()

class Text(str):
    def g(self): return helper()

Pair = namedtuple("Pair", "a b")

def make(inner):
    def closed(): return inner()
    return closed

def with_default(inner=uses): return inner()
def with_list(inner=[uses]): return inner[0]()
with_attribute = lambda: 1
with_attribute.inner = uses

def f(x=None, **others): return x
"""
VALUES = [
    "[uses]",
    "(uses,)",
    "{'a': (uses,)}",
    "{uses: 1}",
    "{uses}",
    "frozenset({uses, len})",
    "[[[uses]]]",
    "deque([uses])",
    "[functools.partial(uses)]",
    "functools.partial(len, [uses])",
    "[cached]",
    "[lambda: helper()]",
    "[make(uses)]",
    "make([uses])",
    "[with_default]",
    "[with_list]",
    "[with_attribute]",
    "with_attribute",
    "types.SimpleNamespace(f=uses)",
    "np.array([uses], object)",
    "Holder(uses)",
    "Holder([uses])",
    "[Holder(Config(1))]",
    "[Config(1)]",
    "[Config]",
    "[Compared()]",
    "{Compared()}",
    "{'a': Compared}",
    "[Level.A]",
    "[Text('a')]",
    "[Compared().g]",
    "Pair(1, uses)",
    "[Pair(1, Config)]",
]


def key(space, name, *args, **kwargs):
    return key_of_call(space[name], args, kwargs, content=True).text


@pytest.fixture
def space(monkeypatch):
    """Names of a module."""
    module = ModuleType("space")
    monkeypatch.setitem(sys.modules, "space", module)
    exec(SOURCE, vars(module))
    return vars(module)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("name", ["f", "divmod"])
def test_what_code_within_an_argument_refers_to_counts(space, value, name):
    """A change of it in the same process is seen, and undone it gives the key of before."""
    space["divmod"] = divmod
    argument = eval(value, space)
    code = space["helper"].__code__
    keys = [key(space, name, argument) for _ in range(2)]
    space["helper"].__code__ = (lambda: 2).__code__
    keys += [key(space, name, argument) for _ in range(2)]
    space["helper"].__code__ = code
    assert keys[0] == keys[1] != keys[2] == keys[3]
    assert keys[0] == key(space, name, argument)


def test_arguments_by_name_and_params_of_others_count_too(space):
    keys = [key(space, "f", a=[space["uses"]])]
    space["helper"].__code__ = (lambda: 2).__code__
    assert keys != [key(space, "f", a=[space["uses"]])]


def test_functions_that_share_their_code_have_their_own_closures_and_defaults(space):
    """One graph may stand for both: what they closed over and their defaults tell them apart."""
    exec(
        "def other(): return 3\n"
        "def make_of(functions):\n    def run(x=None): return functions[0]()\n    return run\n"
        "def make_default(g):\n    def run(x=None, g=g): return g()\n    return run\n"
        "def uses_other(): return other()\n"
        "one, two = make_of([uses]), make_of([uses_other])\n"
        "three, four = make_default(uses), make_default(uses_other)\n",
        space,
    )
    for first, second in (("one", "two"), ("three", "four")):
        key(space, first)
        before = key(space, second)
        code = space["other"].__code__
        space["other"].__code__ = (lambda: 4).__code__
        assert before != key(space, second)
        space["other"].__code__ = code


def test_classes_count_after_the_class_of_classes_was_an_argument(space):
    """It leads nowhere itself; its objects do."""
    key(space, "f", type)
    key(space, "f", [type, object, dict])
    before = [key(space, "f", space["Config"]), key(space, "f", [space["Config"]])]
    space["helper"].__code__ = (lambda: 2).__code__
    after = [key(space, "f", space["Config"]), key(space, "f", [space["Config"]])]
    assert not {*before} & {*after}


def test_the_content_that_was_registered_for_a_type_leads_to_its_class(space):
    """Within a list as well as by itself."""

    class Corpus:
        def g(self):
            return space_helper()

    key_of.register(Corpus, lambda _: "name")
    corpus = Corpus()

    def f(x):
        return x

    before = key_of_call(f, ([corpus],), {}, content=True).material
    assert any("Corpus" in name for name in split_material(before) if name.startswith("helper"))


def space_helper():
    return 1


def test_ignored_arguments_do_not_count(space):
    """Nor does what they lead to."""

    def ignoring():
        options = {"content": True, "ignored": ["x"]}
        return key_of_call(space["f"], ([space["uses"]],), {}, **options).text

    before = ignoring()
    space["helper"].__code__ = (lambda: 2).__code__
    assert before == ignoring()


def test_a_version_stands_for_code_within_arguments(space):
    def versioned():
        return key_of_call(space["f"], ([space["uses"]],), {}, content=True, version="1").text

    before = versioned()
    space["helper"].__code__ = (lambda: 2).__code__
    assert before == versioned()


SCRIPT = """
from xetrack_cache.keys.key import key_of_call
one, two = (lambda: helper()), (lambda: uses())
values = [{uses, cached, one, two, Config}, [uses, Config, Level.A, {Compared(), len}], Holder(two)]
for value in values:
    print(key_of_call(f, (value,), {}, content=True).base)
"""


def test_keys_are_the_same_in_every_process(tmp_path):
    """In whichever order a set has what is in it."""
    path = tmp_path / "script.py"
    path.write_text(SOURCE + SCRIPT)
    printed = set()
    for seed in range(3):
        env = {**os.environ, "PYTHONHASHSEED": str(seed)}
        command = [sys.executable, path]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
        printed.add(done.stdout)
    assert 1 == len(printed)
    assert 3 == len({*printed.pop().split()})


def test_functions_that_cython_compiled_lead_nowhere(space):
    """Their type is of a module without a file, but no user's."""
    function = pytest.importorskip("sklearn.utils.murmurhash").murmurhash3_bytes_s32
    keys = [key(space, "f", argument) for argument in (function, [function])]
    assert 2 == len({*keys})
