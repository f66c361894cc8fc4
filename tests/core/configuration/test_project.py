"""What the environment and the files of a project say of every tracker and reader."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.core.configuration.parts import Otel, Plain
from xetrack import Reader, Tracker
from xetrack.configuration import files
from xetrack.errors import (
    ConfigurationError,
    UnknownComponentError,
)

PYPROJECT = """
[project]
name = "anything"

[tool.xetrack.parts]
sinks = ["otel?batch=7"]

[tool.xetrack.options.otel]
rate = 2.5
file = "sub/rows"
"""


def sinks(*called, **options):
    """What the sinks of a tracker were made with: name of the class, batch and rate."""
    before = len(Otel.made)
    Tracker(":memory:", sinks=called, **options)
    return [
        (type(sink).__name__, sink.options.get("batch"), sink.options.get("rate"))
        for sink in Otel.made[before:]
    ]


def test_a_project_adds_a_sink_to_every_tracker(installed, project, monkeypatch):
    """Also in a folder below; a relative path begins where the file is."""
    home = project(PYPROJECT).parent
    assert [("Otel", 7, 2.5)] == sinks()
    (home / "src" / "deep").mkdir(parents=True)
    monkeypatch.chdir(home / "src" / "deep")
    assert [("Plain", None, None), ("Otel", 7, 2.5)] == sinks("plain")
    assert home / "sub" / "rows" == Otel.made[-1].options["file"]


@pytest.mark.parametrize(
    "text",
    [
        '[parts]\nsinks = "otel?batch=7"\n',
        '[parts]\nsinks = ["otel?batch=7"]\n',
        '[parts]\nsinks = [["otel", {batch = 7}]]\n',
        '[parts]\nsinks = [{name = "otel", batch = 7}]\n',
        '[[parts.sinks]]\nname = "otel"\nbatch = 7\n',
        'parts.sinks = ["otel"]\noptions.otel.batch = 7\n',
        '[parts]\nsinks = ["otel"]\n[options.otel]\nbatch = "7"\n',
    ],
)
def test_a_file_of_its_own_takes_every_form(installed, project, text):
    """``xetrack.toml`` has the same tables, without ``tool.xetrack``."""
    project(text, "xetrack.toml")
    assert [("Otel", 7, 1.5)] == sinks()


def test_the_environment_takes_names_and_options(installed, monkeypatch):
    """Separated by commas; options are JSON."""
    monkeypatch.setenv("XETRACK_SINKS", " otel?batch=7 , plain ")
    monkeypatch.setenv("XETRACK_PROBES", "gpu")
    monkeypatch.setenv("XETRACK_OPTIONS", '{"otel": {"rate": 3}, "gpu": {"index": 5}}')
    assert [("Otel", 7, 3.0), ("Plain", None, None)] == sinks()
    assert 5 == Tracker(":memory:").log({"x": 1})["gpu_index"]


def test_the_nearest_source_counts_most(installed, project, monkeypatch):
    """Call, environment, ``xetrack.toml``, ``pyproject.toml``: for each option by itself."""
    project('[tool.xetrack.parts]\nsinks = ["otel?batch=1&rate=1&endpoint=a&token=p"]\n')
    assert [("Otel", 1, 1.0)] == sinks()
    project('[parts]\nsinks = ["otel?batch=2&rate=2&endpoint=b"]\n', "xetrack.toml")
    assert [("Otel", 2, 2.0)] == sinks()
    monkeypatch.setenv("XETRACK_SINKS", "otel?batch=3&rate=3")
    assert [("Otel", 3, 3.0)] == sinks()
    assert [("Otel", 4, 3.0)] == sinks("otel?batch=4")
    assert [("Otel", 4, 3.0)] == sinks(options={"otel": {"batch": 4}})
    assert [("Otel", 5, 3.0)] == sinks("otel?batch=5", options={"otel": {"batch": 4}})
    made = Otel.made[-1].options
    assert ("b", "p") == (made["endpoint"], made["token"])


def test_what_two_places_name_counts_once(installed, project):
    """What only one of them names counts, too."""
    project('[tool.xetrack.parts]\nsinks = ["otel?batch=1", "plain", "stdout"]\n')
    project('[parts]\nsinks = ["plain"]\n', "xetrack.toml")
    assert [("Otel", 9, 1.5), ("Plain", None, None)] == sinks("otel?batch=9")
    assert 3 == len(Tracker(":memory:", logs_stdout=True)._sinks._parts)


def test_several_of_one_name_are_replaced_by_those_of_the_call(installed, project):
    """And stay as they are where the call has none."""
    project('[parts]\nsinks = ["otel?batch=1", "otel?batch=2&rate=2"]\n', "xetrack.toml")
    assert [("Otel", 1, 1.5), ("Otel", 2, 2.0)] == sinks()
    assert [("Otel", 100, 1.5)] == sinks("otel")


def test_a_class_of_the_call_is_beside_the_names_of_the_project(installed, project):
    """They have nothing in common."""
    project('[parts]\nsinks = ["otel"]\n', "xetrack.toml")
    assert [("Plain", None, None), ("Otel", 100, 1.5)] == sinks(Plain)


def test_the_engine_of_a_project_is_for_new_files(installed, project, tmp_path):
    """An existing file belongs to its engine, a URL to that of its scheme, and memory to SQLite."""
    Tracker("old.db").log({"x": 1})
    project('[parts]\nengine = ["lmdb", {size = 3}]\n', "xetrack.toml")
    opened = installed.OptionsEngine.opened
    Tracker("new.db")
    assert [3] == [engine.settings.options["size"] for engine in opened]
    Tracker("old.db").log({"x": 2})
    Tracker(":memory:").log({"x": 2})
    Tracker("driver://host")
    assert [3, None] == [engine.settings.options.get("size") for engine in opened]
    Tracker("x.db", engine="sqlite").log({"x": 1})
    assert 2 == len(Reader("old.db").select().rows())
    Tracker("other.lmdb")
    assert 3 == opened[-1].settings.options["size"]


@pytest.mark.parametrize("form", ['"results"', '{name = "diskcache", location = "results"}'])
def test_a_cache_of_a_project_lies_beside_its_file(project, tmp_path, monkeypatch, form):
    """Wherever in the project the program runs."""
    project(f"[parts]\ncache = {form}\n", "xetrack.toml")
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path / "src")
    with Tracker(":memory:") as tracker:
        tracker.track(pow, args=[2, 3])
    assert (tmp_path / "results").is_dir()
    with Tracker(":memory:", cache="own") as tracker:
        tracker.track(pow, args=[2, 3])
    assert (tmp_path / "src" / "own").is_dir()


def test_an_asset_store_of_a_project_is_that_of_readers(project):
    """They would not find the objects otherwise."""
    project('[parts]\nasset_store = "postgres"\n', "xetrack.toml")
    tracker = Tracker("runs.db")
    assert "postgres" == tracker._asset_manager._choice.name
    assert "postgres" == Reader("runs.db")._asset_manager._choice.name
    project('[parts]\nasset_store = "nobodys"\n', "xetrack.toml")
    for make in (Tracker, Reader):
        with pytest.raises(UnknownComponentError, match=r"'nobodys'.*xetrack\.toml names it"):
            make("runs.db")


def test_a_variable_chooses_the_file_or_none(installed, project, monkeypatch, tmp_path):
    """By a path, from which relative paths begin; ``0`` leaves the environment."""
    project(PYPROJECT)
    other = project('[parts]\nsinks = ["otel?batch=9&file=rows"]\n', "elsewhere/any.toml")
    monkeypatch.setenv("XETRACK_CONFIG", "elsewhere/any.toml")
    assert [("Otel", 9, 1.5)] == sinks()
    assert other.parent / "rows" == Otel.made[-1].options["file"]
    for off in ("0", "off", "False"):
        monkeypatch.setenv("XETRACK_CONFIG", off)
        assert [] == sinks()
    monkeypatch.setenv("XETRACK_SINKS", "plain")
    assert [("Plain", None, None)] == sinks()
    monkeypatch.setenv("XETRACK_CONFIG", "pyproject.toml")
    assert [("Plain", None, None), ("Otel", 7, 2.5)] == sinks()


def test_a_file_is_read_again_when_it_changes(installed, project):
    """And only then."""
    path = project(PYPROJECT)
    assert [("Otel", 7, 2.5)] == sinks()
    path.write_text(PYPROJECT.replace("batch=7", "batch=12"))
    assert [("Otel", 12, 2.5)] == sinks()
    path.unlink()
    assert [] == sinks()


def test_a_pyproject_that_says_nothing_of_xetrack_is_not_read(project, monkeypatch):
    """It may even be broken; and it is looked at once."""
    project("[tool.other\nxetrack")
    parsed = []
    monkeypatch.setattr(files, "_load", lambda *_: parsed.append(1))
    read = files._parsed
    monkeypatch.setattr(files, "_parsed", lambda path: parsed.append(path) or read(path))
    for _ in range(3):
        Tracker(":memory:")
    assert [str(Path("pyproject.toml").absolute())] == parsed


def test_the_nearest_folder_with_a_configuration_counts(installed, project, monkeypatch):
    """A pyproject that says nothing hides none above it, as in a workspace."""
    home = project(PYPROJECT).parent
    project("[project]\nname = 'member'\n", "members/one/pyproject.toml")
    project('[parts]\nsinks = ["plain"]\n', "members/two/xetrack.toml")
    monkeypatch.chdir(home / "members" / "one")
    assert [("Otel", 7, 2.5)] == sinks()
    monkeypatch.chdir(home / "members" / "two")
    assert [("Plain", None, None)] == sinks()


@pytest.mark.parametrize("mark", ["repository", "worktree", "home"])
def test_nothing_above_a_repository_or_the_home_is_looked_for(
    installed, project, monkeypatch, mark
):
    """What lies in them counts."""
    home = project(PYPROJECT).parent
    inner = home / "inner"
    (inner / "src").mkdir(parents=True)
    if mark == "repository":
        (inner / ".git").mkdir()
    elif mark == "worktree":
        (inner / ".git").write_text("gitdir: elsewhere")
    else:
        monkeypatch.setenv("HOME", str(inner))
    monkeypatch.chdir(inner / "src")
    assert [] == sinks()
    project('[parts]\nsinks = ["plain"]\n', "inner/xetrack.toml")
    assert [("Plain", None, None)] == sinks()


@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_everybody_may_write_configures_nobody(installed, project, monkeypatch, what):
    """As in ``/tmp``: neither a folder, nor what lies above it, nor such a file."""
    path = project(PYPROJECT)
    inner = path.parent / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    assert [("Otel", 7, 2.5)] == sinks()
    changed = path if what == "file" else path.parent
    changed.chmod(0o777)
    assert [] == sinks()
    changed.chmod(0o755)
    assert [("Otel", 7, 2.5)] == sinks()


def test_a_file_of_another_user_configures_nobody(installed, project, monkeypatch):
    """Nor does one in a folder of another user; it can be chosen by its path."""
    path = project(PYPROJECT)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 12345)
    monkeypatch.setattr(files, "why_distrusted", _distrusting(path.stat().st_uid))
    assert [] == sinks()
    monkeypatch.setenv("XETRACK_CONFIG", str(path))
    assert [("Otel", 7, 2.5)] == sinks()


def _distrusting(owner):
    """Root owns what the tests of a container make, and is trusted; here it is a stranger."""
    return lambda status: "it belongs to another user" if status.st_uid == owner else ""


def test_a_folder_that_is_gone_has_no_project(installed, tmp_path, monkeypatch):
    """The tracker works as ever."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert [("Plain", None, None)] == sinks("plain")


def test_a_pyproject_that_cannot_be_read_is_none(installed, project, monkeypatch):
    """It need not be about xetrack at all, but a file of xetrack's own is an error."""
    project(PYPROJECT)

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files, "_parsed", refuse)
    assert [] == sinks()
    project("", "xetrack.toml")
    with pytest.raises(ConfigurationError, match=r"xetrack\.toml .*Permission denied"):
        Tracker(":memory:")


def test_without_a_configuration_nothing_is_imported(python, tmp_path, monkeypatch):
    """Neither TOML nor the code of choices, and no search for plugins."""
    Path("pyproject.toml").write_text("[project]\nname = 'x'\n")
    code = (
        "import sys; from xetrack import Reader, Tracker\n"
        "with Tracker('x.db') as t: t.log({'x': 1})\n"
        "Reader('x.db').select().dicts()\n"
        "print([name for name in sys.modules if name == 'tomllib' or name.startswith(\n"
        "    ('xetrack.configuration', 'pluggy'))])"
    )
    monkeypatch.delenv("XETRACK_RECORDERS")
    done = python(code)
    assert "" == done.stderr
    loaded = set(json.loads(done.stdout.replace("'", '"')))
    assert loaded <= {
        "xetrack.configuration",
        "xetrack.configuration.call",
        "xetrack.configuration.files",
        "xetrack.configuration.project",
        "pluggy",
        *(name for name in loaded if name.startswith("pluggy.")),
    }
