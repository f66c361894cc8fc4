"""Defaults of helpers that change within one process are seen at the next call."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from xetrack_cache.keys.key import key_of_call

CASES = {
    "replaced": ("def g(a=1): return a", "g.__defaults__ = (2,)"),
    "gained": ("def g(a): return a", "g.__defaults__ = (2,)"),
    "lost": ("def g(a=1): return a", "g.__defaults__ = None"),
    "a list": ("def g(a=[1]): return a", "g.__defaults__[0].append(2)"),
    "a list in a tuple": ("def g(a=([1],)): return a", "g.__defaults__[0][0].append(2)"),
    "equal, of another type": ("def g(a=[1]): return a", "g.__defaults__[0][0] = True"),
    "an array": (
        "import numpy as np\ndef g(a=np.zeros(2)): return a",
        "g.__defaults__[0][0] = 1",
    ),
    "an object": (
        (
            "from dataclasses import dataclass\n@dataclass\nclass D:\n    x: int\nd = D(1)\n"
            "def g(a=d): return a"
        ),
        "d.x = 2",
    ),
    "by name, replaced": ("def g(*, a=1): return a", "g.__kwdefaults__ = {'a': 2}"),
    "by name, in place": ("def g(*, a=1): return a", "g.__kwdefaults__['a'] = 2"),
    "by name, of another type": ("def g(*, a=1): return a", "g.__kwdefaults__['a'] = True"),
    "by name, gained": ("def g(*, a): return a", "g.__kwdefaults__ = {'a': 2}"),
    "by name, added": ("def g(*, a, b=1): return a", "g.__kwdefaults__['a'] = 2"),
    "by name, taken away": ("def g(*, a=1, b=1): return a", "del g.__kwdefaults__['a']"),
    "by name, lost": ("def g(*, a=1): return a", "g.__kwdefaults__ = None"),
    "by name, a dict": ("def g(*, a={}): return a", "g.__kwdefaults__['a'][1] = 2"),
    "of a method": (
        "class M:\n    def h(self, a=[1]): return a\ndef g(): return M().h()",
        "M.h.__defaults__[0].append(2)",
    ),
    "of a method, by name": (
        "class M:\n    def h(self, *, a=1): return a\ndef g(): return M().h()",
        "M.h.__kwdefaults__['a'] = 2",
    ),
    "of a method, gained": (
        "class M:\n    def h(self, a): return a\ndef g(): return M().h",
        "M.h.__defaults__ = (2,)",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_changed_defaults_of_helpers_are_another_key(case, monkeypatch):
    """Wherever they stand, and whether they are replaced or changed in place."""
    before, after = case
    module = ModuleType("space")
    monkeypatch.setitem(sys.modules, "space", module)
    space = vars(module)
    exec(f"{before}\ndef f(): return g()", space)
    keys = [key_of_call(space["f"], (), {}).text for _ in range(2)]
    exec(after, space)
    keys += [key_of_call(space["f"], (), {}).text for _ in range(2)]
    assert keys[0] == keys[1] != keys[2] == keys[3]


def test_large_defaults_are_said():
    """What is in them is not looked at for each call."""
    space = {"__name__": "space"}
    exec("def g(a=[0] * 20_000): return a\ndef f(): return g()", space)
    limit = key_of_call(space["f"], (), {}).limit
    assert "reads defaults of space.g, which have more than 10,000 items" == limit
