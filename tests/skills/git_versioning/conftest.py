"""A repository with experiments, made once and copied, and what runs the scripts in it."""

from __future__ import annotations

import importlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.skills.git_versioning import dvc_server
from tools.workspace import ROOT
from xetrack import Tracker

SCRIPTS = ROOT / "skills" / "git-versioning" / "scripts"
PATIENCE = 45


def call(command, folder, code=0):
    """Run a command, and return what it did if it ended with this exit code."""
    done = subprocess.run(
        list(map(str, command)), cwd=folder, capture_output=True, text=True, check=False
    )
    assert code == done.returncode, (command, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    return done


def git(folder, *arguments):
    """What git says."""
    return call(["git", *arguments], folder).stdout.strip()


def names(folder):
    """What lies in a folder."""
    return sorted(one.name for one in folder.iterdir())


def commit(folder, words):
    """Commit everything."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", words)


@cache
def loaded(name):
    """A script as a module, apart from any other of its name or of those of its helpers."""
    names = [one.stem for one in SCRIPTS.glob("*.py")]
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SCRIPTS)
        for one in names:
            patch.delitem(sys.modules, one, raising=False)
        found = importlib.import_module(name)
        for one in names:
            sys.modules.pop(one, None)
    return found


class Script:
    """One of the scripts, in a folder; run in this process, as starting one takes most time."""

    def __init__(self, name, folder):
        self.main = loaded(name).main
        self.folder = folder

    def run(self, arguments, code):
        """What it prints and what it says beside that."""
        printed, said = StringIO(), StringIO()
        handler = signal.getsignal(signal.SIGTERM)
        with chdir(self.folder), redirect_stdout(printed), redirect_stderr(said):
            try:
                found = self.main(list(map(str, arguments)))
            except SystemExit as error:
                found = error.code
            finally:
                signal.signal(signal.SIGTERM, handler)
        assert code == found, (arguments, printed.getvalue(), said.getvalue())
        return printed.getvalue(), said.getvalue()

    def text(self, *arguments):
        """What it prints."""
        return self.run(arguments, 0)[0]

    def json(self, command, *arguments):
        """What it answers to programs."""
        return json.loads(self.text(command, "--json", *arguments))

    def fails(self, *arguments, code=1):
        """What it says when it fails; nothing else is printed."""
        printed, said = self.run(arguments, code)
        assert "" == printed
        return said


@pytest.fixture(scope="session")
def environment(tmp_path_factory):
    """Nobody's own settings, and a DVC whose imports are paid once."""
    folder = tmp_path_factory.mktemp("tools")
    address = folder / "server"
    command = [sys.executable, dvc_server.__file__, address]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "DVC_NO_ANALYTICS": "1",
            "DVC_GLOBAL_CONFIG_DIR": folder / "dvc",
            "DVC_SYSTEM_CONFIG_DIR": folder / "dvc",
            "DVC_SITE_CACHE_DIR": folder / "dvc-site",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            **{f"GIT_{who}_NAME": "Ada" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "ada@localhost" for who in ("AUTHOR", "COMMITTER")},
        }.items():
            patch.setenv(name, str(value))
        for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):  # of a hook that runs tests
            patch.delenv(name, raising=False)
        plain = os.environ["PATH"]
        patch.setenv("PATH", f"{folder / 'bin'}:{plain}")
        dvc = folder / "bin" / "dvc"
        dvc.parent.mkdir()
        python, where = shlex.quote(sys.executable), shlex.quote(str(address))
        dvc.write_text(dvc_server.DVC.format(python=python, address=where))
        dvc.chmod(0o755)
        with subprocess.Popen(command) as server:
            try:
                late = monotonic() + PATIENCE
                while not address.exists() and server.poll() is None and monotonic() < late:
                    sleep(0.05)
                yield plain
            finally:
                server.terminate()


@pytest.fixture(scope="session")
def prepared(environment, tmp_path_factory):
    """A repository with two experiments, each with a run, data and a model in production."""
    folder = tmp_path_factory.mktemp("prepared") / "my project"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    call(["dvc", "init", "--quiet"], folder)
    (folder / ".dvc" / "config").write_text("[core]\n    check_update = false\n")
    (folder / ".gitignore").write_text("*.out\n")
    for tag, name, accuracy in (("e0.1.0", "base", 0.8), ("e0.2.0", "wide", 0.9)):
        (folder / "data").mkdir(exist_ok=True)
        (folder / "data" / "train.csv").write_text(f"a,b\n1,{accuracy}\n")
        with Tracker(folder / "runs.db", track_id=f"run-{name}", params={"model": name}) as tracker:
            tracker.log_batch([{"accuracy": accuracy / 2, "loss": 2.0}, {"accuracy": accuracy}])
        (folder / f"{name}.out").write_text(f"weights of {name}")
        call(["dvc", "add", "--quiet", "data", "runs.db"], folder)
        models = Script("model_manager", folder)
        made = ["--db", "runs.db", "--run-id", f"run-{name}", "--max", "accuracy"]
        models.text("add-candidate", f"{name}.out", *made)
        models.text("promote", name)
        commit(folder, f"Try {name}")
        facts = f"accuracy={accuracy} | model={name} | run=run-{name}"
        git(folder, "tag", "--annotate", "--message", facts, tag)
    return folder


@pytest.fixture
def project(prepared, tmp_path):
    """A copy of it, in a folder with a blank in its name."""
    return Path(shutil.copytree(prepared, tmp_path / "my project", symlinks=True))


@pytest.fixture
def bare(environment, tmp_path):
    """A repository without DVC, with one commit."""
    folder = tmp_path / "bare"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "train.py").write_text("print('hi')\n")
    commit(folder, "Begin")
    return folder
