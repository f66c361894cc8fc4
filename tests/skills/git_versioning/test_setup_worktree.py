"""Worktrees: ready for an experiment, or not there at all."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.skills.git_versioning.conftest import SCRIPTS, call, commit, git, names
from xetrack import Reader, Tracker

SETUP = SCRIPTS / "setup_worktree.sh"


def setup(folder, *options, code=0):
    """What the script says, on stdout or, when it fails, on stderr."""
    done = call([SETUP, *options], folder, code)
    return done.stderr if code else done.stdout


@pytest.fixture
def unchanged(project):
    """Look before and after: no worktree, no branch, no file more."""

    def state():
        files = names(project.parent), names(project)
        return files, git(project, "worktree", "list"), git(project, "branch", "--list")

    before = state()
    yield
    assert before == state()


def test_a_worktree_has_the_data_and_databases_of_its_own(project):
    """The cache is shared, and not written into, however DVC links to it."""
    call(["dvc", "config", "--local", "cache.type", "hardlink,symlink"], project)
    (project / "sub").mkdir()
    made = json.loads(setup(project / "sub", "--json", "exp/one"))
    there = project.parent / "my project-exp-one"
    assert {
        "worktree": str(there),
        "branch": "exp/one",
        "commit": git(project, "rev-parse", "HEAD"),
        "cache": str(project / ".dvc" / "cache"),
    } == made
    assert "exp/one" == git(there, "branch", "--show-current")
    assert "a,b\n1,0.9\n" == (there / "data" / "train.csv").read_text()
    assert 1 < (there / "data" / "train.csv").stat().st_nlink
    assert 1 == (there / "runs.db").stat().st_nlink
    with Tracker(there / "runs.db") as tracker:
        tracker.log({"accuracy": 0.95})
    with Reader(project / "runs.db") as reader:
        assert 4 == len(reader)
    call(["dvc", "add", "--quiet", "runs.db"], there)
    commit(there, "Results")
    # What the worktree kept is in the cache of all.
    git(project, "merge", "--quiet", "--ff-only", "exp/one")
    call(["dvc", "checkout", "--quiet", "--force", "runs.db"], project)
    with Reader(project / "runs.db") as reader:
        assert 5 == len(reader)


def test_options_choose_where_it_begins_and_goes(project):
    """Options choose where it begins and goes, also into folders that are not there yet."""
    made = setup(project, "--base", "e0.1.0", "--path", "../new folder/deep/tree", "try")
    there = project.parent / "new folder" / "deep" / "tree"
    assert f"Made {there} at {git(project, 'rev-parse', '--short=12', 'e0.1.0^{commit}')}" in made
    assert "a,b\n1,0.8\n" == (there / "data" / "train.csv").read_text()
    assert "Next: cd " in made


@pytest.mark.usefixtures("unchanged")
def test_what_cannot_be_set_up_is_refused_with_what_to_type(project, tmp_path, monkeypatch):
    """What cannot be set up is refused with what to type, and nothing is left."""
    assert "The branch 'main' is there already" in setup(project, "main", code=1)
    assert "is no name for a branch" in setup(project, "a..b", code=1)
    assert "There is no revision 'e9'" in setup(project, "--base", "e9", "try", code=1)
    assert "There is no revision 'e9'" in setup(project, "--detach", "e9", code=1)
    assert "is there already" in setup(project, "--path", "data", "try", code=1)
    assert "Which branch?" in setup(project, code=2)
    assert "There is no option --bas" in setup(project, "--bas", "x", "y", code=2)
    assert "--path needs a value" in setup(project, "--path", code=2)
    assert "is in no git repository" in setup("/", "try", code=1)
    (tools := tmp_path / "tools").mkdir()
    for name in ("bash", "git", "dirname", "basename", "env"):
        (tools / name).symlink_to(shutil.which(name))
    monkeypatch.setenv("PATH", str(tools))
    assert "dvc was not found, which this repository uses. Type: pip install dvc" in setup(
        project, "try", code=1
    )
    shutil.rmtree(tools)


def test_missing_data_comes_from_the_remote_or_nothing_is_left(project):
    """Worktree, branch and new folders go when a step fails."""
    remote = project.parent / "remote"
    call(["dvc", "remote", "add", "--quiet", "--default", "--local", "store", remote], project)
    call(["dvc", "push", "--quiet"], project)
    shutil.rmtree(project / ".dvc" / "cache" / "files")
    setup(project, "pulled")
    there = project.parent / "my project-pulled"
    assert "a,b\n1,0.9\n" == (there / "data" / "train.csv").read_text()

    shutil.rmtree(project / ".dvc" / "cache" / "files")
    shutil.rmtree(remote)
    for options in (["--path", "../a/b/c"], []):
        said = setup(project, *options, "lost", code=1)
        assert "dvc push" in said
        assert "Nothing was left behind." in said
    assert {"my project", "my project-pulled"} == {*names(project.parent)}
    assert "lost" not in git(project, "branch", "--list") + git(project, "worktree", "list")


@pytest.mark.usefixtures("unchanged")
def test_an_interruption_leaves_nothing(project, tmp_path_factory, monkeypatch):
    """However far it came."""
    slow = tmp_path_factory.mktemp("slow")
    (slow / "dvc").write_text(
        f'#!/bin/sh\n[ "$1" = checkout ] || exec {shutil.which("dvc")} "$@"\n'
        f"touch '{slow}/here'\nexec sleep 30\n"
    )
    (slow / "dvc").chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow}:{os.environ['PATH']}")
    with subprocess.Popen(
        [SETUP, "try"], cwd=project, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        late = monotonic() + 30
        while not (slow / "here").exists() and monotonic() < late:
            sleep(0.02)
        assert (project.parent / "my project-try").exists()
        os.killpg(process.pid, signal.SIGTERM)
        assert "Nothing was left behind." in process.communicate(timeout=30)[1]
    assert 143 == process.returncode


def test_of_two_at_once_one_is_made_whole(project):
    """The other is refused, and takes nothing away."""
    processes = [
        subprocess.Popen([SETUP, "same"], cwd=project, stderr=subprocess.DEVNULL) for _ in range(2)
    ]
    assert [0, 1] == sorted(process.wait(timeout=50) for process in processes)
    there = project.parent / "my project-same"
    assert "a,b\n1,0.9\n" == (there / "data" / "train.csv").read_text()
    assert "same" == git(there, "branch", "--show-current")


def test_a_repository_without_dvc_gets_its_worktree(bare):
    """There is nothing to share."""
    made = json.loads(setup(bare, "--json", "--detach", "main"))
    assert (None, None) == (made["branch"], made["cache"])
    assert "print('hi')\n" == (Path(made["worktree"]) / "train.py").read_text()
