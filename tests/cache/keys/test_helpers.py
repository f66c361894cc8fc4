"""Helpers: what a function refers to in the user's own code counts in its key."""

from __future__ import annotations

import ast
import importlib
import io
import sys
import weakref
from types import ModuleType

import pytest

from tests.cache.keys.helper_cases import (
    ARGUMENTS,
    CHANGES,
    MODULES,
    NO_CHANGE,
    REDEFINED,
    SWAPPED,
)
from xetrack_cache.keys.key import key_of_call
from xetrack_cache.keys.why import find_differences, split_material


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Write modules, import them as a new process would, and return ``main``."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loaded = set()

    def forget():
        for name in [*sys.modules]:
            if name.partition(".")[0] in loaded:
                del sys.modules[name]

    def new(**sources):
        forget()
        loaded.update(name.partition("/")[0] for name in sources)
        for name, source in sources.items():
            path = tmp_path.joinpath(f"{name}.py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        importlib.invalidate_caches()
        from xetrack_cache.keys.helpers import imports  # noqa: PLC0415

        imports._known.clear()
        return importlib.import_module("main")

    yield new
    forget()


def key(module, *args, **options):
    return key_of_call(module.f, args, {}, **options)


def changed(before, after):
    """Return the names of the parts in which two keys differ."""
    parts = (split_material(each.material) for each in (before, after))
    return {each.part for each in find_differences(*parts)}


@pytest.mark.parametrize("case", CHANGES.values(), ids=CHANGES)
def test_an_edit_of_what_is_referred_to_is_another_key(load, case):
    """And a new process without an edit has the same one."""
    source, edits, names = case
    before = key(load(main=source), 1)
    assert before.text == key(load(main=source), 1).text
    edited = source
    for old, new in edits:
        assert old in edited
        edited = edited.replace(old, new)
    assert names == changed(before, key(load(main=edited), 1))


@pytest.mark.parametrize("case", CHANGES.values(), ids=CHANGES)
def test_a_reformatting_or_a_comment_is_no_change(load, case):
    """As other tools write the same text: other lines, other quotes, comments."""
    source, _, _ = case
    reformatted = "# a comment\n\n\n" + ast.unparse(ast.parse(source)) + "\n# another\n"
    assert key(load(main=source), 1).text == key(load(main=reformatted), 1).text


@pytest.mark.parametrize("case", MODULES.values(), ids=MODULES)
def test_helpers_of_other_modules_count_however_they_are_imported(load, case):
    """Those imported inside a function by their file, which nobody imports for that."""
    source, name = case
    helpers = "K = 1\ndef g(x): return K + x\ndef other(): return 1\n"
    before = key(load(main=source, helpers=helpers), 1)
    assert {name} == changed(before, key(load(main=source, helpers=helpers.replace("+", "-")), 1))
    if not name.startswith("helper module"):
        constant = key(load(main=source, helpers=helpers.replace("K = 1", "K = 2")), 1)
        assert {"helper helpers.K"} == changed(before, constant)
        unused = key(load(main=source, helpers=helpers.replace("return 1", "return 2")), 1)
        assert set() == changed(before, unused)


@pytest.mark.parametrize(
    "source",
    [
        "import package.inner.deep\ndef f(x): return package.inner.deep.g(x)",
        "from package.inner import deep\ndef f(x): return deep.g(x)",
        "from package import inner\nimport package.inner.deep\ndef f(x): return inner.deep.g(x)",
    ],
)
def test_modules_of_packages_are_followed(load, source):
    """By their attributes."""
    rest = {"package/__init__": "", "package/inner/__init__": ""}

    def of(helper):
        return key(load(**{"main": source, "package/inner/deep": helper}, **rest), 1)

    before, after = of("def g(x): return 1"), of("def g(x): return 2")
    assert {"helper package.inner.deep.g"} == changed(before, after)


def test_an_import_inside_a_function_leads_to_the_imports_of_that_module(load):
    """Relative ones too; and nothing is imported."""
    rest = {
        "package/__init__": "",
        "main": "def f(x):\n    import package.a\n    return package.a.g(x)",
    }
    a = "from . import b\ndef g(x): return b.h(x)"
    before = key(load(**{"package/a": a, "package/b": "def h(x): return 1"}, **rest), 1)
    assert not any(name.startswith("package") for name in sys.modules)
    after = key(load(**{"package/a": a, "package/b": "def h(x): return 2"}, **rest), 1)
    assert {"helper module package.b"} == changed(before, after)
    same = key(
        load(**{"package/a": '"""New."""\n' + a, "package/b": "def h(x): return 2 # c"}, **rest), 1
    )
    assert set() == changed(after, same)


@pytest.mark.parametrize("case", NO_CHANGE.values(), ids=NO_CHANGE)
def test_what_does_not_count(load, case):
    """Text, what is not used, and what the function itself changes."""
    source, (old, new) = case
    assert old in source
    before, after = key(load(main=source), 1), key(load(main=source.replace(old, new)), 1)
    assert set() == changed(before, after)


@pytest.mark.parametrize("source", ARGUMENTS.values(), ids=ARGUMENTS)
@pytest.mark.parametrize("end", ["def f(x): return x", "def f(*x): return x", "f = divmod"])
def test_the_code_of_arguments_counts(load, source, end):
    """Of functions with what they call, and of the classes of objects."""

    def of(text):
        module = load(main=f"{text}\n{end}")
        return key(module, module.arg)

    before = of(source)
    assert before.text == of(source).text
    assert before.text != of(source.replace("return 1", "return 2").replace(": 1\n", ": 2\n")).text


@pytest.mark.parametrize("lines", [1, 2, 300])
def test_the_line_of_a_class_in_a_function_does_not_count(load, lines):
    """Python 3.13 and later keep it in the body, as a constant that others may share."""
    source = "def f(x):\n    class A:\n        y = 2\n        def h(self): self.z = 2\n    return A"
    before = key(load(main=source), 1)
    assert before.text == key(load(main="\n" * lines + source), 1).text
    for old, new in (("y = 2", "y = 3"), ("y = 2", "z = 2"), ("z = 2", "z = 3")):
        assert before.text != key(load(main=source.replace(old, new)), 1).text


LAZY = "def f(x):\n    import helpers\n    return helpers.g(x)"


def test_text_is_no_edit_of_a_module_that_is_imported_inside(load):
    """Docstrings of modules, classes and functions, comments, and other lines."""
    old = "import json\nclass A:\n    def h(self):\n        return 1\ndef g(x): return A"
    new = ast.unparse(ast.parse(old)).replace("class A:", "# c\n\nclass A:")
    before = key(load(main=LAZY, helpers=f'"""Old."""\n{old}'), 1)
    assert before.text == key(load(main=LAZY, helpers=f'"""New."""\n{new}'), 1).text
    before = key(load(main=LAZY, helpers='class A:\n    """Old."""'), 1)
    assert before.text == key(load(main=LAZY, helpers='class A:\n    """New."""'), 1).text
    assert before.text != key(load(main=LAZY, helpers="class A:\n    x = 1"), 1).text


def test_a_method_leads_to_its_class(load):
    """By the object that it is called on."""
    source = (
        "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass M:\n    x: int\n"
        "    def g(self): return 1\n    def run(self): return self.g()\nf = M(1).run"
    )
    before, after = key(load(main=source)), key(load(main=source.replace("return 1", "return 2")))
    assert {"helper main.M"} == changed(before, after)


@pytest.mark.parametrize("case", REDEFINED.values(), ids=REDEFINED)
def test_what_changes_in_the_same_process_is_seen(case):
    """As cells of a notebook do it."""
    before, after = case
    module = sys.modules.setdefault("space", ModuleType("space"))
    space = vars(module)
    space.clear()
    space["__name__"] = "space"
    text = "def f(): return len([g(), K, M().g(), C, W, M.k, d, mod.K])"
    exec(f"{before}\n{text}", space)
    keys = [key_of_call(space["f"], (), {}).text for _ in range(2)]
    exec(after, space)
    keys += [key_of_call(space["f"], (), {}).text for _ in range(2)]
    assert keys[0] == keys[1] != keys[2] == keys[3]


def test_a_version_stands_for_the_helpers_too(load):
    source = "def g(x): return 1\ndef f(x): return g(x)"
    before = key(load(main=source), 1, version="1")
    after = key(load(main=source.replace("return 1", "return 2")), 1, version="1")
    assert before.text == after.text


def test_what_raises_when_it_is_looked_at_is_left_out(load):
    source = (
        "class Proxy:\n    def __getattribute__(self, name): raise RuntimeError\n"
        "    __class__ = property(lambda self: 1 / 0)\n"
        "p, q = Proxy(), [Proxy()]\ndef f(x): return p, q"
    )
    assert "helper main.Proxy" in split_material(key(load(main=source), 1).material)


def test_many_helpers_have_one_digest_beyond_a_hundred(load):
    """Each of them counts."""
    source = "".join(f"def g{n:03}(x): return {n}\n" for n in range(150))
    source += f"def f(x): return {' + '.join(f'g{n:03}(x)' for n in range(150))}"
    before = key(load(main=source), 1)
    assert len(before.material) < 6_000
    for number, name in ((3, "helper main.g003"), (149, "other helpers")):
        edited = source.replace(f"return {number}\n", "return -1\n")
        assert {name} == changed(before, key(load(main=edited), 1))


def test_a_limit_is_said(load):
    """Beyond it, nothing counts."""
    source = "".join(f"def g{n}(x): return g{n + 1}(x)\n" for n in range(150))
    source += "def g150(x): return 1\ndef f(x): return g0(x)"
    assert "leads over more than 100 functions" == key(load(main=source), 1).limit
    source = "".join(f"def g{n}(x): return {n}\n" for n in range(2_100))
    source += f"def f(x): return [{', '.join(f'g{n}' for n in range(2_100))}]"
    assert "refers to more than 2,000" in key(load(main=source), 1).limit


@pytest.mark.parametrize("source", SWAPPED.values(), ids=SWAPPED)
def test_two_helpers_that_swap_their_names_are_seen(load, source):
    """Though the set of both is the same."""
    before = key(load(main=source), 1)
    swapped = source.replace("a, b = ", "b, a = ")
    assert before.text != key(load(main=swapped), 1).text


def test_what_is_large_is_left_out_and_said(load):
    """A warning names it."""
    key_of_large = key(load(main="T = list(range(20_000))\ndef f(x): return T"), 1)
    assert "reads main.T, which has more than 10,000 items" == key_of_large.limit
    array = "import numpy as np\nT = np.zeros(200_000)\ndef f(x): return T"
    assert "reads main.T" in key(load(main=array), 1).limit


def test_no_graph_keeps_alive_what_does_not_count(load):
    """It may be large: a table, a model."""
    module = load(main="import io\nt = io.StringIO()\ndef f(x): return t")
    before = key(module, 1)
    table = weakref.ref(module.t)
    module.t = None
    assert table() is None
    assert before.text != key(module, 1).text
    module.t = io.StringIO()
    assert before.text == key(module, 1).text
