"""The recorder of the command line, and of the script or notebook that it runs."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import types

import pytest

from xetrack.builtin.recorders.command import CommandRecorder

PROGRAM = """
import json
from xetrack.builtin.recorders.command import CommandRecorder
print(json.dumps(CommandRecorder({}).begin(None)))
"""


def facts_of():
    return CommandRecorder({}).begin(None)


def run(folder, *arguments, text=None):
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        input=text,
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_a_script_is_named_with_its_digest(tmp_path):
    """And the command line without its secrets."""
    script = tmp_path / "train.py"
    script.write_text(PROGRAM)
    facts = run(tmp_path, "-X", "utf8", "train.py", "--token", "4711", "--lr=0.1")
    assert {
        "argv": [sys.executable, "-X", "utf8", "train.py", "--token", "***", "--lr=0.1"],
        "cwd": str(tmp_path),
        "script": str(script),
        "sha256": hashlib.sha256(script.read_bytes()).hexdigest(),
    } == facts


@pytest.mark.parametrize("file", ["job.py", "job/__main__.py"])
def test_a_module_is_named_with_its_file(tmp_path, file):
    """As it was given to ``python -m``."""
    (tmp_path / "job").mkdir()
    (tmp_path / file).write_text(PROGRAM)
    facts = run(tmp_path, "-m", "job")
    assert ("job", str(tmp_path / file)) == (facts["module"], facts["script"])
    assert [sys.executable, "-m", "job"] == facts["argv"]


def test_a_folder_that_is_run_is_no_module(tmp_path):
    """It has a script, as any other."""
    (tmp_path / "job").mkdir()
    (tmp_path / "job/__main__.py").write_text(PROGRAM)
    facts = run(tmp_path, "job")
    assert {"argv", "cwd", "script", "sha256"} == facts.keys()
    assert str(tmp_path / "job/__main__.py") == facts["script"]


def test_a_command_without_a_file_has_neither(tmp_path):
    """As of ``python -c`` and of a pipe."""
    for facts in (run(tmp_path, "-c", PROGRAM), run(tmp_path, "-", text=PROGRAM)):
        assert {"argv", "cwd"} == facts.keys()


WORKERS = """
import json, multiprocessing, sys
from xetrack.builtin.recorders.command import CommandRecorder

def show(queue):
    queue.put(CommandRecorder({}).begin(None))

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    queue = context.SimpleQueue()
    worker = context.Process(target=show, args=[queue])
    worker.start()
    facts = queue.get()
    worker.join()
    print(json.dumps(facts))
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("words", [["job.py"], ["-m", "job"]], ids=str)
def test_a_worker_process_has_the_command_of_its_program(tmp_path, monkeypatch, method, words):
    """The one that multiprocessing makes for it has numbers that mean nothing to others."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)  # it would become an option
    (tmp_path / "job.py").write_text(WORKERS)
    facts = run(tmp_path, *words, method, "--token", "4711")
    assert [sys.executable, *words, method, "--token", "***"] == facts["argv"]
    assert str(tmp_path / "job.py") == facts["script"]


@pytest.fixture
def main(monkeypatch):
    """A module ``__main__`` as of a session in which nothing runs."""
    module = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", module)
    return module


def test_a_session_is_interactive(main, monkeypatch):
    """Nobody can run it again."""
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    facts = facts_of()
    assert facts["interactive"] is True
    assert not {"script", "notebook"} & facts.keys()


@pytest.mark.parametrize("by", ["jupyter", "vscode"])
def test_a_notebook_has_the_name_that_is_known(main, monkeypatch, by):
    """Without a request to its server."""
    monkeypatch.setitem(sys.modules, "ipykernel.kernelapp", types.ModuleType("kernelapp"))
    if by == "jupyter":
        monkeypatch.setenv("JPY_SESSION_NAME", "/srv/train.ipynb")
    else:
        main.__vsc_ipynb_file__ = "/srv/train.ipynb"
    facts = facts_of()
    assert ("/srv/train.ipynb", True) == (facts["notebook"], facts["interactive"])


def test_a_console_of_jupyter_has_no_notebook(main, monkeypatch):
    """Its session has another name."""
    monkeypatch.setitem(sys.modules, "ipykernel.kernelapp", types.ModuleType("kernelapp"))
    monkeypatch.setenv("JPY_SESSION_NAME", "console-1-4711")
    facts = facts_of()
    assert "notebook" not in facts
    assert facts["interactive"] is True


def test_a_script_that_a_notebook_starts_is_none(tmp_path, monkeypatch):
    """Though it has the variables of its parent."""
    monkeypatch.setenv("JPY_SESSION_NAME", "/srv/train.ipynb")
    (tmp_path / "train.py").write_text(PROGRAM)
    assert {"argv", "cwd", "script", "sha256"} == run(tmp_path, "train.py").keys()


def test_what_is_gone_is_left_out(main, tmp_path, monkeypatch):
    """The working directory, and the script."""
    main.__file__ = str(tmp_path / "gone.py")

    def no_folder():
        raise FileNotFoundError(2, "gone")

    monkeypatch.setattr(os, "getcwd", no_folder)
    assert {"argv", "script"} == facts_of().keys()
