"""Classes of scripts: what comes back is of the class that the script has under its name today.

Each case is run in processes of its own, as a result of a cached function and as an asset.
"""

from __future__ import annotations

import os
import sys

import pytest

from tests.assets.script_cases import CASES, CHANGED, NAMELESS, program
from tests.preloaded import run_command


@pytest.fixture
def script(tmp_path):
    """Write a script and run it; return what it printed, and at last what it warned of."""

    def run(code, *arguments, name="script.py", command=(), fresh=False, **environment):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(code)
        done = run_command(
            [sys.executable, *(command or [path]), *arguments],
            cwd=tmp_path,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            fresh=fresh,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split() + ([done.stderr] if done.stderr else [])

    return run


@pytest.mark.parametrize("way", ["cache", "assets"])
def test_the_next_run_of_a_script_gets_objects_of_its_own_classes(script, way):
    """Equal, of the class, with its methods; and so does the run that stored them."""
    code = program(*CASES.values())
    assert ["False", "True"] * len(CASES) == script(code, way, "store")
    assert ["True", "True"] * len(CASES) == script(code, way, "read")


IMPORTED = """
from types import MappingProxyType, MethodType, SimpleNamespace
from xetrack import Tracker

class Holder:
    def __init__(self): self.inner = SimpleNamespace(a=1), SimpleNamespace, MethodType

def f(): return {"inner": SimpleNamespace(a=1), "class": SimpleNamespace}

with Tracker("track.db", cache="cache") as tracker:
    asset = tracker.log({"asset": Holder()})["asset"]
    print(tracker.get(asset).inner == (SimpleNamespace(a=1), SimpleNamespace, MethodType))
    print(tracker.track(f)["class"] is SimpleNamespace, tracker.latest["cache"] != "")
"""


def test_what_a_script_imports_from_types_is_none_of_its_classes(script):
    """Before Python 3.12 some of those are said to be of that module, too."""
    assert ["True", "True", "False"] == script(IMPORTED)
    assert ["True", "True", "True"] == script(IMPORTED)


PLAIN = (
    "class Model:\n    def __init__(self, x): self.x = x\n    def get(self): return {}\n",
    "Model(4)",
)


@pytest.mark.parametrize("way", ["cache", "assets"])
def test_the_methods_are_those_of_today(script, way):
    """As of any class that pickle finds in a module."""
    body, value = PLAIN
    script(program((body.format("self.x"), value, "1")), way, "store")
    printed = script(program((body.format("-self.x"), value, "value.get() == -4")), way, "read")
    assert ["True", "True"] == printed


def test_a_result_whose_class_has_other_fields_is_computed_again(script):
    """And a warning says so."""
    cases = [(before, value, "1") for before, _, value in CHANGED.values()]
    script(program(*cases), "cache", "store")
    cases = [
        (after, value, f"type(value) is type({value})") for _, after, value in CHANGED.values()
    ]
    *printed, warning = script(program(*cases), "cache", "read")
    assert ["False", "True"] * len(CHANGED) == printed
    for number in range(len(CHANGED)):
        assert f"the class C_{number} has other fields or members" in warning


def test_an_asset_whose_class_has_other_fields_comes_back_as_it_was(script):
    """By value, and a warning says so."""
    cases = [(before, value, "1") for before, _, value in CHANGED.values()]
    script(program(*cases), "assets", "store")
    check = "type(value).__name__.startswith('C') and type(value) is not C"
    cases = [(after, value, check) for _, after, value in CHANGED.values()]
    *printed, warning = script(program(*cases), "assets", "read")
    assert ["True", "True"] * len(CHANGED) == printed
    assert "The class C_0 has other fields or members" in warning


def test_a_member_may_be_added(script):
    """The others are what they were."""
    body = "class C(enum.Enum):\n    A = 1\n"
    script(program((body, "C.A", "1")), "assets", "store")
    printed = script(program((body + "    B = 2", "C.A", "value is C.A")), "assets", "read")
    assert ["True", "True"] == printed


@pytest.mark.parametrize("way", ["cache", "assets"])
def test_what_has_no_name_comes_back_by_value(script, way):
    """As it was."""
    check = "type(value).__name__.startswith('Model') and not hasattr(value, 'x')"
    code = program(*((*case, check) for case in NAMELESS.values()))
    assert ["False", "True"] * 3 == script(code, way, "store")
    assert ["True", "True"] * 3 == script(code, way, "read")


def test_an_edited_function_comes_back_as_it_was(script):
    """An asset is what was stored; the same function is the script's own, see above."""
    script(program(("def g(): return 1", "g", "1")), "assets", "store")
    printed = script(program(("def g(): return 2", "g", "value() == 1")), "assets", "read")
    assert ["True", "True"] == printed


@pytest.mark.parametrize("name", ["other.py", "folder/script.py"])
def test_another_script_gets_objects_by_value(script, name):
    """Though it has a class of that name."""
    body, value = PLAIN
    script(program((body.format("self.x"), value, "1")), "assets", "store")
    check = "type(value) is not Model and value.get() == 4"
    code = program((body.format("'other'"), value, check))
    assert ["True", "True"] == script(code, "assets", "read", name=name)


def test_a_script_whose_folder_was_moved_is_the_same(script):
    """Where its class is the same."""
    body, value = PLAIN
    code = program((body.format("self.x"), value, "type(value) is Model"))
    script(code, "assets", "store", name="a/script.py")
    assert ["True", "True"] == script(code, "assets", "read", name="b/script.py")


def test_a_program_that_imports_the_script_gets_the_classes_of_the_module(script):
    """And one that does not gets them by value."""
    body, value = PLAIN
    script(program((body.format("self.x"), value, "1")), "assets", "store")
    look = (
        "from xetrack import Reader\nreader = Reader('track.db')\n"
        "key = [row['key'] for row in reader.select(['key']).dicts() if row['key']][0]\n"
        "print(type(reader.assets[key].value).__module__, reader.assets[key].value.get())"
    )
    assert ["script", "4"] == script("import script\n" + look, name="imports.py")
    assert ["__main__", "4"] == script(look, name="does_not.py")


def test_a_module_that_is_run_by_its_name_is_a_script(script):
    """``python -m package.module``."""
    body, value = PLAIN
    code = program((body.format("self.x"), value, "type(value) is Model"))
    run = {"name": "package/module.py", "command": ["-m", "package.module"]}
    assert ["False", "True"] == script(code, "assets", "store", **run)
    assert ["True", "True"] == script(code, "assets", "read", **run)


SPAWNED = """
import enum, multiprocessing, sys
from xetrack import Reader, Tracker

class Color(enum.Enum):
    RED = 1

class Model:
    def __init__(self, color): self.color = color

def make(): return Model(Color.RED)

def is_own(value): return type(value) is Model and value.color is Color.RED

def work(way):
    if way == "cache":
        tracker = Tracker(Tracker.IN_MEMORY, cache="cache")
        value = tracker.track(make)
        return is_own(value), tracker.latest["cache"] != ""
    with Tracker("track.db") as tracker:
        key = tracker.log({"asset": make()})["asset"]
        return is_own(tracker.assets[key]), key

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        own, result = pool.apply(work, (sys.argv[1],))
    if sys.argv[1] == "assets":
        print(own, is_own(Reader("track.db").assets[result]))
    else:
        print(own, *work("cache"), *work("cache"))
"""


def test_a_spawned_process_shares_the_classes_of_its_script(script):
    """It knows the script as ``__mp_main__``."""
    assert ["True"] * 2 == script(SPAWNED, "assets")
    assert ["True"] * 2 == script(SPAWNED, "assets")
    # A spawned process and its script are one program, whose calls are the same.
    assert ["True"] * 5 == script(SPAWNED, "cache")


def test_the_pickle_is_one_that_cloudpickle_loads(script):
    """In a program that knows nothing of xetrack."""
    code = (
        "import cloudpickle, sys\nfrom xetrack import Tracker\n"
        "class Model:\n    def get(self): return 4\n"
        "with Tracker('track.db') as tracker:\n"
        "    key = tracker.log({'asset': Model()})['asset']\n"
        "    tracker.assets.export(key, 'model.pickle')\n"
    )
    script(code)
    load = (
        "import cloudpickle, sys\nvalue = cloudpickle.loads(open('model.pickle', 'rb').read())\n"
        "print(value.get(), [name for name in sys.modules if name.startswith('xetrack')])"
    )
    assert ["4", "[]"] == script(load, name="load.py", fresh=True)


SESSION = """
import code, sys
console = code.InteractiveConsole({main})
for cell in {cells!r}:
    console.runsource(cell, symbol="exec")
"""


def test_a_session_takes_the_class_of_its_last_definition(script):
    """At the prompt and in notebooks, where there is no file."""
    cells = [
        "from xetrack import Tracker\ntracker = Tracker('track.db')",
        "class Model:\n    def get(self): return 1",
        "key = tracker.log({'asset': Model()})['asset']",
        "class Model:\n    def get(self): return 2",
        "value = tracker.assets[key]",
        "print(type(value) is Model, value.get())",
        "del Model",
        "print(tracker.assets[key].get())",
    ]
    source = SESSION.format(main="vars(sys.modules['__main__'])", cells=cells)
    assert ["True", "2", "1"] == script("", command=["-c", source])
