"""Modules with a function `f`, and edits of what it refers to."""

from __future__ import annotations

# A module, an edit of it, and the parts of the key of its `f` in which that is seen.
CHANGES = {
    "function of the module": (
        "def g(x): return x + 1\ndef f(x): return g(x)",
        [("x + 1", "x + 2")],
        {"helper main.g"},
    ),
    "function of a function": (
        "def h(x): return x\ndef g(x): return h(x)\ndef f(x): return g(x)",
        [("return x\n", "return -x\n")],
        {"helper main.h"},
    ),
    "constant": ("K = 1\ndef f(x): return x + K", [("K = 1", "K = 2")], {"helper main.K"}),
    "type of a constant": ("K = 1\ndef f(x): return K", [("K = 1", "K = 1.0")], {"helper main.K"}),
    "dict": (
        "C = {'lr': [0.1]}\ndef f(x): return C['lr']",
        [("0.1", "0.2")],
        {"helper main.C"},
    ),
    "pattern": (
        "import re\nP = re.compile('a')\ndef f(x): return P.match(x)",
        [("'a'", "'b'")],
        {"helper main.P"},
    ),
    "array": (
        "import numpy as np\nW = np.array([1, 2])\ndef f(x): return W",
        [("[1, 2]", "[1, 3]")],
        {"helper main.W"},
    ),
    "dataclass instance": (
        (
            "from dataclasses import dataclass\n@dataclass\nclass C:\n    x: int\nc = C(1)\n"
            "def f(x): return c.x"
        ),
        [("C(1)", "C(2)")],
        {"helper main.c"},
    ),
    "enum": (
        "import enum\nclass E(enum.Enum):\n    A = 1\ndef f(x): return E.A.value",
        [("A = 1", "A = 2")],
        {"helper main.E", "helper main.E.A"},
    ),
    "method": (
        "class M:\n    def g(self): return 1\ndef f(x): return M().g()",
        [("return 1", "return 2")],
        {"helper main.M"},
    ),
    "method of a base": (
        "class B:\n    def g(self): return 1\nclass M(B): pass\ndef f(x): return M().g()",
        [("return 1", "return 2")],
        {"helper main.B"},
    ),
    "property": (
        "class M:\n    @property\n    def g(self): return 1\ndef f(x): return M().g",
        [("return 1", "return 2")],
        {"helper main.M"},
    ),
    "cached property": (
        (
            "from functools import cached_property\nclass M:\n    @cached_property\n"
            "    def g(self): return 1\ndef f(x): return M().g"
        ),
        [("return 1", "return 2")],
        {"helper main.M"},
    ),
    "class method and static method": (
        (
            "class M:\n    @classmethod\n    def g(cls): return cls.h()\n    @staticmethod\n"
            "    def h(): return 1\ndef f(x): return M.g()"
        ),
        [("return 1", "return 2")],
        {"helper main.M"},
    ),
    "attribute of a class": (
        "class M:\n    k = 1\ndef f(x): return M.k",
        [("k = 1", "k = 2")],
        {"helper main.M.k"},
    ),
    "what a method calls": (
        "def h(): return 1\nclass M:\n    def g(self): return h()\ndef f(x): return M().g()",
        [("return 1", "return 2")],
        {"helper main.h"},
    ),
    "class of an instance": (
        "class M:\n    def g(self): return 1\nmodel = M()\ndef f(x): return model.g()",
        [("return 1", "return 2")],
        {"helper main.M"},
    ),
    "nested class": (
        "class M:\n    class N:\n        def g(self): return 1\ndef f(x): return M.N().g()",
        [("return 1", "return 2")],
        {"helper main.M.N"},
    ),
    "field of a dataclass": (
        (
            "from dataclasses import dataclass\n@dataclass\nclass C:\n    x: int = 1\n"
            "def f(x): return C().x"
        ),
        [("x: int = 1", "x: int = 2")],
        {"helper main.C", "helper main.C.x"},
    ),
    "decorated": (
        (
            "import functools\ndef deco(g):\n    @functools.wraps(g)\n"
            "    def inner(*a): return g(*a)\n"
            "    return inner\n@deco\ndef g(x): return x\ndef f(x): return g(x)"
        ),
        [("return x\n", "return -x\n")],
        {"helper main.g"},
    ),
    "decorator": (
        (
            "import functools\ndef deco(g):\n    @functools.wraps(g)\n"
            "    def inner(*a): return g(*a) * 1\n"
            "    return inner\n@deco\ndef g(x): return x\ndef f(x): return g(x)"
        ),
        [("* 1", "* 2")],
        {"helper main.g"},
    ),
    "decorated without wraps": (
        (
            "def deco(g):\n    def inner(*a): return g(*a)\n"
            "    return inner\n@deco\ndef g(x): return x\ndef f(x): return g(x)"
        ),
        [("return x\n", "return -x\n")],
        {"helper main.g"},
    ),
    "lru_cache": (
        "import functools\n@functools.lru_cache\ndef g(x): return x\ndef f(x): return g(x)",
        [("return x\n", "return -x\n")],
        {"helper main.g"},
    ),
    "partial": (
        (
            "import functools\ndef h(x, y): return x\ng = functools.partial(h, 1)\n"
            "def f(x): return g(x)"
        ),
        [("return x\n", "return -x\n")],
        {"helper main.h"},
    ),
    "lambda": (
        "g = lambda x: x\ndef f(x): return g(x)",
        [("x: x", "x: -x")],
        {"helper main.<lambda>"},
    ),
    "function in a container": (
        "def g(x): return x\nSTEPS = {'g': [g]}\ndef f(x): return STEPS['g'][0](x)",
        [("return x\n", "return -x\n")],
        {"helper main.STEPS", "helper main.g"},
    ),
    "closure of a helper": (
        "def make(n):\n    def g(x): return x + n\n    return g\ng = make(1)\nf = lambda x: g(x)",
        [("make(1)", "make(2)")],
        {"helper main.make.<locals>.g.n"},
    ),
    "default of a helper": (
        "def g(x, y=1): return y\ndef f(x): return g(x)",
        [("y=1", "y=2")],
        {"helper main.g"},
    ),
    "keyword default of a helper": (
        "def g(x, *, y=1): return y\ndef f(x): return g(x)",
        [("y=1", "y=2")],
        {"helper main.g"},
    ),
    "within an inner function": (
        "K = 1\ndef g(): return K\ndef f(x): return [g() for _ in x] + list(map(lambda _: g(), x))",
        [("K = 1", "K = 2")],
        {"helper main.K"},
    ),
    "a cycle": (
        "def g(x): return f(x) + h(x)\ndef h(x): return g(x) or 1\ndef f(x): return g(x)",
        [("or 1", "or 2")],
        {"helper main.h"},
    ),
    "coroutine": (
        "async def g(x): return x\nasync def f(x): return await g(x)",
        [("return x\n", "return -x\n")],
        {"helper main.g"},
    ),
    "default argument that is a function": (
        "def h(): return 1\ndef g(): return h()\ndef f(x, metric=g): return metric()",
        [("return 1", "return 2")],
        {"helper main.h"},
    ),
    "singledispatch": (
        (
            "import functools\n@functools.singledispatch\ndef g(x): return 0\n"
            "@g.register\ndef _(x: int): return 1\ndef f(x): return g(x)"
        ),
        [("return 1", "return 2")],
        {"helper main._"},
    ),
    "subclass of a named tuple": (
        (
            "from typing import NamedTuple\nclass P(NamedTuple):\n    x: int\n"
            "    def g(self): return 1\ndef f(x): return P(1).g()"
        ),
        [("return 1", "return 2")],
        {"helper main.P"},
    ),
    "metaclass": (
        (
            "class T(type):\n    def g(cls): return 1\nclass M(metaclass=T): pass\n"
            "def f(x): return M.g()"
        ),
        [("return 1", "return 2")],
        {"helper main.T"},
    ),
}

# How a function comes by a helper of another module, and the name of that in the key.
MODULES = {
    "module": ("import helpers\ndef f(x): return helpers.g(x)", "helper helpers.g"),
    "renamed": ("import helpers as h\ndef f(x): return h.g(x)", "helper helpers.g"),
    "name": ("from helpers import g\ndef f(x): return g(x)", "helper helpers.g"),
    "other name": ("from helpers import g as other\ndef f(x): return other(x)", "helper helpers.g"),
    "all names": ("from helpers import *\ndef f(x): return g(x)", "helper helpers.g"),
    "inside": ("def f(x):\n    import helpers\n    return helpers.g(x)", "helper module helpers"),
    "name inside": (
        "def f(x):\n    from helpers import g\n    return g(x)",
        "helper module helpers",
    ),
}

# A module, and an edit of it that is none for `f`.
NO_CHANGE = {
    "docstring of a helper": (
        'def g(x):\n    "Old."\n    return x\ndef f(x): return g(x)',
        ("Old", "New"),
    ),
    "docstring of the function": ('def f(x):\n    "Old."\n    return x', ("Old", "New")),
    "docstring of a class": ('class M:\n    "Old."\ndef f(x): return M()', ("Old", "New")),
    "what is not referred to": ("def g(x): return 1\ndef f(x): return x", ("1", "2")),
    "a local name of a global's": ("K = 1\ndef f(x):\n    K = x\n    return K", ("K = 1", "K = 2")),
    "a counter": ("N = 0\ndef f(x):\n    global N\n    N += 1\n    return x", ("N = 0", "N = 5")),
    "a memo": ("M = {}\ndef f(x):\n    M[x] = x\n    return M[x]", ("{}", "{1: 2}")),
    "a memo in a memo": (
        "M = {'a': {}}\ndef f(x):\n    M['a'][x] = x\n    return x",
        ("{'a': {}}", "{'a': {1: 2}}"),
    ),
    "a count of items": (
        "M = {'n': 0}\ndef f(x):\n    M['n'] += 1\n    return x",
        ("'n': 0", "'n': 5"),
    ),
    "a list of what ran": ("L = []\ndef f(x):\n    L.append(x)\n    return L", ("[]", "[1]")),
    "a list that a helper fills": (
        "L = []\ndef g(x): L.append(x)\ndef f(x):\n    g(x)\n    return L",
        ("[]", "[1]"),
    ),
    "a deleted item": ("M = {1: 1}\ndef f(x):\n    del M[x]\n    return M", ("1: 1", "1: 2")),
    "a slice": ("L = [1]\ndef f(x):\n    L[0:1] = [x]\n    return L", ("[1]", "[2]")),
    "an attribute of a class": (
        "class M:\n    n = 0\n    def __init__(self): M.n += 1\ndef f(x): return M()",
        ("n = 0", "n = 5"),
    ),
    "a closure that a decorator fills": (
        (
            "def memo(g, known):\n    def inner(x):\n        known[x] = g(x)\n"
            "        return known[x]\n"
            "    return inner\ndef g(x): return x\ng = memo(g, {})\ndef f(x): return g(x)"
        ),
        ("{}", "{1: 2}"),
    ),
    "a library's function": (
        "import json\ndef f(x): return json.dumps(x)",
        ("dumps(x)", "dumps( x)"),
    ),
    "a file handle": (
        "import sys\nout = sys.stdout\ndef f(x): out.write('')",
        ("stdout", "stderr"),
    ),
}

# Modules whose `arg` is an argument.
ARGUMENTS = {
    "object": "class M:\n    def g(self): return 1\n    def __eq__(self, o): return True\n"
    "    def __hash__(self): return 1\narg = M()",
    "class": "class M:\n    def g(self): return 1\narg = M",
    "function": "def h(): return 1\ndef arg(): return h()",
    "partial": "import functools\nh = lambda x: 1\ng = lambda x: h(x)\narg = functools.partial(g)",
    "method": "h = lambda: 1\nclass M:\n    @classmethod\n    def g(cls): return h()\narg = M.g",
}

# What is run first, and what is run later in the same module.
REDEFINED = {
    "function": ("def g(): return 1", "def g(): return 2"),
    "constant": ("K = 1", "K = 2"),
    "class": ("class M:\n    def g(self): return 1", "class M:\n    def g(self): return 2"),
    "item": ("C = {'a': [1]}", "C['a'].append(2)"),
    "array": ("import numpy as np\nW = np.zeros(3)", "W[0] = 1"),
    "attribute": ("class M:\n    k = 1", "M.k = 2"),
    "new method": (
        "class B:\n    def g(self): return 1\nclass M(B): pass",
        "M.g = lambda self: 2",
    ),
    "code": ("def g(): return 1", "def h(): return 2\ng.__code__ = h.__code__"),
    "defaults": ("def g(x=1): return x", "g.__defaults__ = (2,)"),
    "builtin": ("", "def len(x): return 2"),
    "field": (
        "from dataclasses import dataclass\n@dataclass\nclass D:\n    x: list\nd = D([1])",
        "d.x.append(2)",
    ),
    "attribute of a module": (
        "import types\nmod = types.ModuleType('mod')\nmod.K = 1",
        "mod.K = 2",
    ),
    "name that was missing": ("", "K = 2"),
    "closure": (
        (
            "def make():\n    n = 1\n    def g(): return n\n    def put(x):\n        nonlocal n\n"
            "        n = x\n    return g, put\ng, put = make()"
        ),
        "put(2)",
    ),
}

# Modules in which two names can be swapped.
SWAPPED = {
    "names": "def h(x): return 1\ndef i(x): return 2\na, b = h, i\ndef f(x): return a(x), b(x)",
    "lambdas": "a = lambda x: 1\nb = lambda x: 2\na, b = a, b\ndef f(x): return a(x), b(x)",
    "instances": ("class H: pass\nclass I: pass\na, b = H, I\ndef f(x): return a(), b()"),
}
