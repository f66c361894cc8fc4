"""Commands that plugins bring, and `xt plugins`."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.cli.conftest import ALONE, RUN, XT, environment

PLUGIN = """
from xetrack.plugins import Component, hookimpl

@hookimpl
def xetrack_commands():
    return [
        Component(name=name, target=f"xetrack_guest.parts:{function}", summary=f"Does {name}.")
        for name, function in NAMES
    ]
"""

PARTS = '''
from __future__ import annotations

import sys

from xetrack import Reader
from xetrack.errors import RunNotFoundError


def greet(name: str, *, times: int = 1) -> list[dict[str, object]]:
    """Greet somebody.

    Parameters
    ----------
    name
        Whom to greet.
    times
        How often.
    """
    return [{"greeting": f"Hello {name}", "time": time} for time in range(times)]

def shape(db: str, /): return {"columns": len(Reader(db).columns)}
def one(): return {"a": 1, "b": None}
def text(): return "done\\x1b[31m"
def nothing(): return None
def strange(): return 3
def breaks(): raise RuntimeError("kaput")
def refuses(): raise RunNotFoundError("calm-fox-1", "default")
def unreadable(x: Missing): return None
def own(*, json: str): return json
'''


@pytest.fixture
def guest(tmp_path, xt):
    """Install a plugin with these commands, and run `xt` with it."""

    def install(*names, parts=PARTS):
        folder = tmp_path / "site"
        package = folder / "xetrack_guest"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "plugin.py").write_text(PLUGIN.replace("NAMES", repr(names)))
        (package / "parts.py").write_text(parts)
        info = folder / "xetrack_guest-2.5.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: xetrack-guest\nVersion: 2.5\n")
        (info / "entry_points.txt").write_text("[xetrack.plugins]\nguest = xetrack_guest.plugin\n")
        path = os.pathsep.join([str(folder), *filter(None, sys.path)])

        def run(*words, **changes):
            # Left-out commands are warnings, which are what is tested here.
            return xt(*words, **{"PYTHONPATH": path, "PYTHONWARNINGS": "", **changes})

        return run

    return install


def test_a_plugins_function_is_a_command(guest):
    """Its parameters are arguments and options, its docstring is help, its data a table."""
    xt = guest(("greet", "greet"))
    assert "greet Does greet." in " ".join(xt("--help").out.split())
    page = xt("greet", "--help")
    assert (0, "") == (page.code, page.err)
    assert "Greet somebody." in page.out
    assert "Whom to greet. [required]" in page.out
    done = xt("greet", "Ann", "--times", "2")
    assert (0, "") == (done.code, done.err)
    assert "| Hello Ann  |      1 |" == done.out.splitlines()[-1]
    assert [{"greeting": "Hello Ann", "time": 0}] == json.loads(xt("greet", "Ann", "--json").out)
    assert "greeting,time\nHello Ann,0\n" == xt("greet", "Ann", "--csv").out


def test_a_plugin_may_add_a_group(guest):
    """Two words are a command of a group; the group alone lists its commands."""
    xt = guest(("notes ls", "one"), ("notes text", "text"))
    assert [{"a": 1, "b": None}] == json.loads(xt("notes", "ls", "--json").out)
    assert (0, "done\\x1b[31m\n", "") == xt("notes", "text")
    assert ["done\x1b[31m"] == json.loads(xt("notes", "text", "--json").out)
    page = xt("notes")
    assert (0, "") == (page.code, page.err)
    assert "  ls: Does notes ls.\n" in page.out
    wrong = xt("notes", "lst")
    assert 2 == wrong.code
    assert "There is no command 'notes lst'. Did you mean 'notes ls'" in wrong.err


def test_a_plugin_may_add_a_command_to_an_existing_group(guest, db):
    """A plugin may add a command to an existing group, beside `xt`'s own.

    A group of `xt` cannot become a command.
    """
    xt = guest(("stats shape", "shape"), ("plot", "one"), ("runs more", "one"))
    page = xt("stats")
    assert "  shape: Does stats shape.\n" in page.out
    assert "  describe: " in page.out
    assert [{"columns": 5}] == json.loads(xt("stats", "shape", db, "--json").out)
    assert [{"columns": 5}] == json.loads(xt("stats", "shape", "--json", XETRACK_DB=str(db)).out)
    assert "accuracy" in xt("stats", "describe", db).out
    wrong = xt("stats", "shpae")
    assert "Did you mean 'stats shape'" in wrong.err
    states = {row["name"]: row["reason"] for row in json.loads(xt("plugins", "--json").out)}
    assert "'plot' is a group and cannot be a command too" == states["plot"]
    assert "'runs' is a command and cannot be a group too" == states["runs more"]
    assert 0 == xt("plot", "hist", db, "epoch").code


def test_a_near_miss_of_a_command_that_an_extra_brings_is_suggested(xt):
    """A near miss of a command that an extra brings is suggested, also where its package is not
    installed.
    """
    assert "Did you mean 'assets'" in xt("asets").err


def test_none_prints_nothing(guest):
    """A command without a result is silent, or an empty array."""
    xt = guest(("nothing", "nothing"))
    assert (0, "", "") == xt("nothing")
    assert (0, "[]\n", "") == xt("nothing", "--json")


def test_an_option_of_its_own_stays_its_own(guest):
    """A plugin may use a name that `xt` would have used."""
    assert (0, "mine\n", "") == guest(("own", "own"))("own", "--json", "mine")


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("breaks", "its command 'bad' raised RuntimeError: kaput"),
        ("strange", "a command returns a list of dicts, a dict, a text or None, not int"),
        ("unreadable", "name 'Missing' is not defined"),
        ("absent", "has no attribute 'absent'"),
        ("refuses", "There is no run 'calm-fox-1' in the table 'default'"),
    ],
)
def test_a_command_that_fails_fails_alone(guest, db, function, said):
    """Exit code 1 and one line that names the owner; everything else in `xt` works."""
    xt = guest(("bad", function), ("good", "one"))
    done = xt("bad")
    assert (1, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert said in done.err
    assert function == "refuses" or "'xetrack-guest'" in done.err
    assert 0 == xt("good").code
    assert 0 == xt("head", db).code


def test_a_clash_is_quarantined_and_named(guest, db):
    """What `xt` has stays; the plugin's command is left out, said on the help page and listed."""
    xt = guest(("head", "one"), ("ls more", "one"), ("good", "one"), ("good more", "one"))
    page = xt("--help")
    assert 0 == page.code
    left_out = "'good', 'good more', 'head', 'ls more'"
    assert f"Warning: Left out: {left_out}. See why with: xt plugins\n" == page.err
    assert RUN in xt("head", db).out
    states = {row["name"]: row for row in json.loads(xt("plugins", "--json").out)}
    neither = "would make 'good' a command and a group, so neither is used"
    for name, reason in {
        "head": "xt has a command 'head' itself, which cannot be replaced",
        "ls more": "'ls' is a command and cannot be a group too",
        "good": f"'good' of xetrack-guest and 'good more' of xetrack-guest {neither}",
        "good more": f"'good more' of xetrack-guest and 'good' of xetrack-guest {neither}",
    }.items():
        assert ("quarantined", reason) == (states[name]["state"], states[name]["reason"])
    for words in (["good"], ["good", "more"]):
        refused = xt(*words)
        assert 1 == refused.code
        assert neither in refused.err


def test_strict_mode_raises_on_a_clash(guest, db):
    """With XETRACK_STRICT a plugin that cannot be used is an error; own commands go on."""
    xt = guest(("head", "one"))
    done = xt("--help", XETRACK_STRICT="1")
    assert (1, "") == (done.code, done.out)
    assert "'xetrack-guest'" in done.err
    assert 0 == xt("head", db, XETRACK_STRICT="1").code


def test_a_near_miss_of_a_plugins_command_is_suggested(guest):
    """Its name is as good as one of `xt`'s own."""
    done = guest(("greet", "greet"))("gret")
    assert 2 == done.code
    assert "Did you mean 'greet'?" in done.err


def test_a_command_of_a_plugin_that_is_left_out_points_there(guest):
    """Who disabled the plugin is told that plugins were left out."""
    done = guest(("greet", "greet"))("greet", XETRACK_DISABLE_PLUGINS="guest")
    assert 2 == done.code
    assert "Plugins were left out (guest), see: xt plugins." in done.err


def test_own_commands_look_for_no_plugin(guest, db):
    """A plugin that cannot even be imported costs `xt head` nothing, not even a word."""
    xt = guest(("greet", "greet"), parts="raise SystemExit(9)")
    assert (0, "") == xt("head", db)[::2]
    done = xt("greet")
    assert (1, 1) == (done.code, len(done.err.splitlines()))


def test_plugins_lists_everything_with_its_state(xt, guest):
    """Kind, name, distribution, version, summary, state and reason, of built-ins and plugins."""
    run = guest(("greet", "greet"))
    found = json.loads(run("plugins", "--json").out)
    rows = {row["name"]: row for row in found if row["kind"] in {"engine", "command"}}
    assert {
        "kind": "command",
        "name": "greet",
        "distribution": "xetrack-guest",
        "version": "2.5",
        "summary": "Does greet.",
        "state": "ready",
        "reason": "",
    } == rows["greet"]
    assert ("engine", "xetrack-core", "built-in") == (
        rows["sqlite"]["kind"],
        rows["sqlite"]["distribution"],
        rows["sqlite"]["state"],
    )
    assert (0, "") == run("plugins")[::2]


def test_check_imports_every_part_and_fails_if_one_is_unusable(guest):
    """`--check` is exit code 0 when all is well, else 1 with the names on stderr."""
    xt = guest(("good", "one"), ("bad", "absent"))
    assert 0 == xt("plugins").code
    done = xt("plugins", "--check", "--json", **ALONE)
    assert 1 == done.code
    assert "Cannot be used: command 'bad'." in done.err
    states = {row["name"]: row["state"] for row in json.loads(done.out)}
    assert ("ready", "quarantined") == (states["good"], states["bad"])


LOUD = """
print("loading")

def greet(name: str) -> list[dict[str, object]]:
    print("greeting")
    return [{"greeting": f"Hello {name}"}]
"""


PAST_PYTHON = [
    "import os; os.write(1, b'loud\\n')",
    "import subprocess; subprocess.run(['echo', 'loud'], check=True)",
    "import sys; print('loud', file=sys.__stdout__)",
    "out = open('/dev/stdout', 'a'); out.write('loud\\n'); out.close()",
]


@pytest.mark.parametrize("code", PAST_PYTHON)
def test_what_is_written_past_python_stands_in_no_result(guest, tmp_path, code):
    """By a library in C, or a program that a plugin starts; when it loads, and when it works."""
    parts = LOUD.replace('print("loading")', code).replace('print("greeting")', code)
    run = guest(("greet", "greet"), parts=parts)
    package = tmp_path / "site" / "xetrack_guest"
    (package / "plugin.py").write_text(f"{code}\n" + (package / "plugin.py").read_text())
    for unbuffered in ("", "1"):
        done = run("greet", "you", "--json", PYTHONUNBUFFERED=unbuffered)
        assert [{"greeting": "Hello you"}] == json.loads(done.out)
        assert ["loud"] * 3 == done.err.splitlines()
    assert "loud" not in run("completion", "bash").out


AT_THE_END = [
    "import atexit; atexit.register(print, 'blare')",
    "import atexit, os; atexit.register(os.write, 1, b'blare\\n')",
    "import atexit, subprocess; atexit.register(subprocess.run, ['echo', 'blare'])",
    "import subprocess; subprocess.Popen(['sh', '-c', 'sleep 0.3; echo blare'])",
    "import threading; threading.Timer(0.3, print, ['blare']).start()",
    "import weakref, sys; weakref.finalize(sys, print, 'blare')",
    "class Last:\n    def __del__(self):\n        print('blare')\nlast = Last()",
]


@pytest.mark.parametrize("code", AT_THE_END)
@pytest.mark.parametrize("place", ["plugin", "parts"])
def test_what_is_written_at_the_end_stands_in_no_result(guest, tmp_path, code, place):
    """Behind the JSON it would be no JSON either: when a process ends, and others still run."""
    module = tmp_path / "site" / "xetrack_guest" / f"{place}.py"
    run = guest(("one", "one"))
    module.write_text(module.read_text() + f"\n\n{code}\n")
    for words in (("one", "--json"), ("one", "--csv"), ("plugins", "--json")):
        done = run(*words)
        assert 0 == done.code
        assert "blare" not in done.out
        if "--json" in words:
            json.loads(done.out)


@pytest.mark.parametrize("code", [*PAST_PYTHON, *AT_THE_END, "print('blare')"])
def test_what_is_written_where_stderr_is_closed_goes_nowhere(guest, tmp_path, db, code):
    """It is no result for all that; and no file takes the place of stderr."""
    run = guest(("one", "one"), parts=f"{PARTS}\n{code}\n")
    assert 0 == run("one").code
    path = os.pathsep.join([str(tmp_path / "site"), *filter(None, sys.path)])
    done = subprocess.run(
        [*XT, "one", "--json"],
        check=False,
        env=environment(PYTHONPATH=path, PYTHONWARNINGS=""),
        stdout=subprocess.PIPE,
        preexec_fn=lambda: os.close(2),
    )
    assert (0, [{"a": 1, "b": None}]) == (done.returncode, json.loads(done.stdout))


def test_results_go_where_stdout_leads_by_any_name(xt, db, tmp_path):
    """`/dev/stdout` as a path is that of the results; as a value it is a text like any other."""
    plain = xt("export", db, "-", "--format", "csv")
    assert plain.out == xt("export", db, "/dev/stdout", "--format", "csv").out
    assert 0 == xt("set", db, "place", "/dev/stdout").code
    assert '"place": "/dev/stdout"' in xt("head", db, "--json").out


def test_what_a_plugin_prints_stands_in_no_result(guest, tmp_path):
    """Neither before JSON, nor in the script that a shell evaluates; it goes to stderr."""
    run = guest(("greet", "greet"), parts=LOUD)
    package = tmp_path / "site" / "xetrack_guest"
    (package / "plugin.py").write_text("print('importing')\n" + (package / "plugin.py").read_text())
    done = run("greet", "you", "--json")
    assert [{"greeting": "Hello you"}] == json.loads(done.out)
    assert ["importing", "loading", "greeting"] == done.err.splitlines()
    script = run("completion", "bash")
    assert (0, False) == (script.code, "importing\n" in script.out)
    assert "importing\n" in script.err
    for words in (("--help",), ("greet", "--help"), ("plugins",), ("plugins", "--json")):
        assert not run(*words).out.startswith(("importing", "loading"))
