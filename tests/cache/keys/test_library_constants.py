"""Globals and arguments whose classes are those of libraries: an edit of one is another key."""

from __future__ import annotations

import functools
import ipaddress
import operator
from collections import UserString
from types import MappingProxyType

import numpy as np
import polars as pl
import pytest

from tests.cache.keys.copies import key, key_or_reason
from tests.cache.keys.test_helpers import key as key_of_module
from tests.cache.keys.test_helpers import load  # noqa: F401 - a fixture

METHOD = "from functools import partial\nfrom dataclasses import dataclass\ndef h(): 1\n"
METHOD += "@dataclass\nclass M:\n    k: object\n    def g(self): 0"

CONSTANTS = {
    "OrderedDict": ("from collections import OrderedDict as C", "C(a=1)", "C(a=2)"),
    "defaultdict": ("from collections import defaultdict as C", "C(int, a=1)", "C(int, a=2)"),
    "its factory": ("from collections import defaultdict as C", "C(int)", "C(list)"),
    "Counter": ("from collections import Counter", "Counter('aab')", "Counter('ab')"),
    "deque": ("from collections import deque", "deque([1])", "deque([2])"),
    "ChainMap": ("from collections import ChainMap as C", "C({'a': 1})", "C({'a': 2})"),
    "proxy": ("from types import MappingProxyType as P", "P({'a': 1})", "P({'a': 2})"),
    "namespace": ("from types import SimpleNamespace as N", "N(a=[1])", "N(a=[2])"),
    "arguments": ("from argparse import Namespace as N", "N(a=1)", "N(a=True)"),
    "array": ("from array import array", "array('i', [1])", "array('i', [2])"),
    "zone": ("from zoneinfo import ZoneInfo as Z", "Z('Europe/Paris')", "Z('Europe/Rome')"),
    "network": ("from ipaddress import ip_network as n", "n('10.0.0.0/8')", "n('10.0.0.0/9')"),
    "pattern": ("import re", "[re.compile('a')]", "[re.compile('b')]"),
    "getter": ("from operator import itemgetter", "itemgetter(0)", "itemgetter(1)"),
    "dtype": ("import numpy as np", "np.dtype('i4')", "np.dtype('i8')"),
    "objects": (
        "import numpy as np",
        "np.array([1, 'a'], dtype=object)",
        "np.array([2, 'a'], dtype=object)",
    ),
    "moment": ("import pandas as pd", "pd.Timestamp('2020')", "pd.Timestamp('2021')"),
    "partial": ("from functools import partial", "partial(max, 1)", "partial(max, 2)"),
    "partials": ("from functools import partial", "[partial(max, k=1)]", "[partial(max, k=2)]"),
    "method": (
        "from dataclasses import dataclass\n@dataclass\nclass M:\n    k: int\n    def g(self): 0",
        "M(1).g",
        "M(2).g",
    ),
    "function of a library's": ("import numpy as np", "np.vectorize(lambda: 1)", None),
    "function of a method's object": (METHOD, "M(h).g", "M(print).g"),
    "method of a partial": (METHOD, "partial(M(2).g)", "partial(M(3).g)"),
    "functions": ("from collections import OrderedDict as C", "C(a=lambda: 1)", None),
}


@pytest.mark.parametrize("case", CONSTANTS.values(), ids=CONSTANTS)
def test_an_edit_of_a_global_is_another_key(load, case):  # noqa: F811
    """And a new process without an edit has the same one."""
    imports, value, edited = case
    source = f"{imports}\nK = {{}}\ndef f(x): return K"
    before = key_of_module(load(main=source.format(value)), 1)
    assert before.text == key_of_module(load(main=source.format(value)), 1).text
    edited = edited or value.replace(": 1", ": 2")
    assert before.text != key_of_module(load(main=source.format(edited)), 1).text


EDITS = {
    "default": ("class M(BaseModel):\n    x: int = 1", "= 1", "= 2"),
    "constraint": ("class M(BaseModel):\n    x: int = Field(lt=10)", "lt=10", "lt=2"),
    "factory": ("class M(BaseModel):\n    x: int = Field(default_factory=lambda: 1)", ": 1", ": 2"),
    "required": ("class M(BaseModel):\n    x: int | None = None", " = None", ""),
    "pattern": ("class M(BaseModel):\n    x: str = Field(pattern='a+', max_length=3)", "a+", "b+"),
    "name in JSON": (
        "class M(BaseModel):\n    x: int = Field(1, serialization_alias='a')",
        "='a'",
        "='b'",
    ),
    "default of a method": (
        "def h(): return i()\ndef i(): return 1\nclass M:\n    def g(self, *, k=h): return k()",
        "return 1",
        "return 2",
    ),
    "partialmethod of a class": (
        "class M:\n    h = functools.partialmethod(classmethod(lambda cls, k: k), 2)",
        ", 2)",
        ", 3)",
    ),
    "partialmethod": (
        "class M:\n    def g(self, k): return k\n    h = functools.partialmethod(g, k=2)",
        "k=2",
        "k=3",
    ),
}


@pytest.mark.parametrize("case", EDITS.values(), ids=EDITS)
def test_an_edit_of_a_class_is_another_key(load, case):  # noqa: F811
    """Also of what is no attribute of it."""
    source, old, new = case
    head = "import functools\nfrom pydantic import BaseModel, Field\n"
    source = f"{head}{source}\ndef f(x): return M"
    before = key_of_module(load(main=source), 1)
    assert before.text == key_of_module(load(main=source), 1).text
    assert before.text != key_of_module(load(main=source.replace(old, new)), 1).text


def test_what_a_module_makes_lazily_is_followed(load):  # noqa: F811
    """By the function that a package has for it."""
    lazy = "def __getattr__(name): return 1"
    main = "import lazy\ndef f(x): return lazy.K"
    before = key_of_module(load(main=main, lazy=lazy), 1)
    assert before.text == key_of_module(load(main=main, lazy=lazy), 1).text
    assert before.text != key_of_module(load(main=main, lazy=lazy.replace("1", "2")), 1).text


def test_the_environment_and_tables_are_no_constants(load):  # noqa: F811
    """They are large, or are elsewhere, as the documentation says."""
    for value in ("os.environ", "pd.Series({'a': 'b'})"):
        module = load(main=f"import os\nimport pandas as pd\nK = {value}\ndef f(x): return K")
        before = key_of_module(module, 1)
        module.K["a"] = "c"
        assert before.text == key_of_module(module, 1).text
        del module.K["a"]


LOOKED_AT = {
    "missing in a config": "OmegaConf.create({'a': '???', 'b': 1})",
    "memory of two dimensions": "memoryview(np.zeros((2, 2)))",
    "a column": "pl.col('a')",
}


@pytest.mark.parametrize("value", LOOKED_AT.values(), ids=LOOKED_AT)
def test_what_raises_when_it_is_looked_at_costs_no_key(load, value):  # noqa: F811
    """It does not count by its content, as the documentation says of what cannot."""
    head = "import numpy as np\nimport polars as pl\nfrom omegaconf import OmegaConf\n"
    assert key_of_module(load(main=f"{head}K = {value}\ndef f(x): return K"), 1)


def test_a_change_of_what_memory_shows_is_another_key(load):  # noqa: F811
    """It can be changed, as can what it belongs to."""
    module = load(main="B = bytearray(b'a')\nK = memoryview(B)\ndef f(x): return bytes(K)")
    before = key_of_module(module, 1)
    module.B[0] = 0
    assert before.text != key_of_module(module, 1).text


def test_a_large_text_of_a_library_s_object_does_not_count(load):  # noqa: F811
    """It would be looked at in each call."""
    source = "from types import SimpleNamespace as N\nK = N(a='x' * 3_000_000)\ndef f(x): return K"
    module = load(main=source)
    before = key_of_module(module, 1)
    module.K.a = "y" * 3_000_000
    assert before.text == key_of_module(module, 1).text


def test_a_property_that_was_assigned_is_content():
    """It may come from anywhere."""

    class Text(str):  # noqa: SLOT000 - what is noted is among its attributes
        @functools.cached_property
        def weight(self):
            return 1

    first, second = Text("a"), Text("a")
    assert key(first) == key(second)
    second.weight = 2
    assert key(first) != key(second)


def test_what_a_partial_has_of_its_function_is_no_content():
    """A worker knows the script by another name."""

    def wrapped(name):
        partial = functools.partial(max, 1)
        functools.update_wrapper(partial, max)
        partial.__module__ = name
        return partial

    assert key(wrapped("__main__")) == key(wrapped("__mp_main__"))


def _with(value, **attributes):
    vars(value).update(attributes)
    return value


def test_attributes_and_what_pickle_leaves_out_count():
    """Of classes of the standard library, whose ``==`` knows none of them."""
    for make in (lambda: UserString("a"), lambda: functools.partial(max, 1)):
        keys = [key(make()), key(_with(make(), k=1)), key(_with(make(), k=2))]
        assert len(set(keys)) == 3
        assert keys[1] == key(_with(make(), k=1))
    assert key(MappingProxyType({"a": 1})) != key(MappingProxyType({"a": True}))
    assert key(operator.itemgetter(1)) == key(operator.itemgetter(1)) != key(operator.itemgetter(2))


def test_what_was_asked_of_a_network_is_no_content():
    """It notes that among its attributes."""
    network = ipaddress.ip_network("10.0.0.0/8")
    before = key(network)
    assert network.broadcast_address
    assert network.hostmask
    assert before == key(network)


class Fails:
    def __eq__(self, other):
        raise ValueError("units")

    def __hash__(self):
        return 3


class Array(Fails):
    def __eq__(self, other):
        return np.array([True, False])

    __hash__ = Fails.__hash__


def test_a_comparison_that_fails_is_said():
    """Such a result would be stored, and never be found again without a word."""
    # Before polars 1.1, an expression has a key like any other object.
    expressions = [pl.col("a")] if hasattr(pl, "CompatLevel") else []
    for value in (Fails(), (1, Array()), *expressions):
        assert "has a == that fails" in key_or_reason(value)
