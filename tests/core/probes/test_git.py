"""The commit in each row."""

from __future__ import annotations

import os
import subprocess
import warnings

import pytest

from xetrack import Tracker, XetrackWarning
from xetrack.errors import InvalidArgumentError


def git(folder, *arguments):
    """What git answers in a folder."""
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """Whatever repository the tests lie in, and whoever runs them."""
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "somebody")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "somebody@example.org")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


@pytest.fixture
def root(tmp_path):
    """A repository with one commit."""
    folder = tmp_path / "root"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "code.py").write_text("x = 1\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


def row(root):
    """A row of a tracker of a repository."""
    with Tracker(":memory:", git_root=root) as tracker:
        return tracker.log({"x": 1})


def test_rows_and_calls_have_the_full_hash(root):
    """Of log, log_batch, track; a clean repository is not called anything else."""
    commit = git(root, "rev-parse", "HEAD")
    with Tracker(":memory:", git_root=str(root)) as tracker:
        tracker.log({"x": 1})
        tracker.log_batch([{"x": 1}])
        tracker.track(lambda: None)
        assert [commit] * 3 == [found["git_commit"] for found in tracker]
        assert "git_dirty" not in tracker.columns
    assert 40 == len(commit)


@pytest.mark.parametrize("staged", [False, True])
def test_changes_that_are_not_committed_are_told(root, staged):
    """Staged or not, and deletions; the hash is that of the last commit."""
    (root / "code.py").write_text("x = 2\n")
    if staged:
        git(root, "add", ".")
    assert (git(root, "rev-parse", "HEAD"), True) == (
        row(root)["git_commit"],
        row(root)["git_dirty"],
    )
    (root / "code.py").unlink()
    assert row(root)["git_dirty"] is True


def test_files_that_git_does_not_track_change_nothing(root):
    """The database itself may be one, and would make every run dirty."""
    with Tracker(root / "track.db", git_root=root, jsonl=root / "rows.jsonl") as tracker:
        tracker.log({"x": 1})
    with Tracker(root / "track.db", git_root=root) as tracker:
        assert "git_dirty" not in tracker.log({"x": 1})


def test_the_commit_is_that_of_the_code_which_was_loaded(root):
    """A later commit belongs to later trackers."""
    before = git(root, "rev-parse", "HEAD")
    with Tracker(":memory:", git_root=root) as tracker:
        git(root, "commit", "-q", "--allow-empty", "-m", "second")
        assert before == tracker.log({})["git_commit"]
    assert before != row(root)["git_commit"]


def test_folders_within_and_worktrees_are_part_of_a_repository(root, tmp_path):
    """A worktree has a commit of its own."""
    (root / "deep").mkdir()
    assert git(root, "rev-parse", "HEAD") == row(root / "deep")["git_commit"]
    git(root, "worktree", "add", "-q", "-b", "other", str(tmp_path / "other"))
    git(tmp_path / "other", "commit", "-q", "--allow-empty", "-m", "there")
    assert git(tmp_path / "other", "rev-parse", "HEAD") == row(tmp_path / "other")["git_commit"]
    assert row(root)["git_commit"] != row(tmp_path / "other")["git_commit"]


def test_a_hook_of_another_repository_does_not_mislead(root, tmp_path, monkeypatch):
    """git gives its hooks variables that name their own repository."""
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
    found = row(root)["git_commit"]
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_WORK_TREE")
    assert git(root, "rev-parse", "HEAD") == found


def test_names_that_are_no_unicode_are_no_obstacle(root):
    """git may print them as they are."""
    git(root, "config", "core.quotePath", "false")
    name = os.fsdecode(b"\xff.py")
    (root / name).touch()
    git(root, "add", ".")
    assert row(root)["git_dirty"] is True


@pytest.mark.parametrize("sort", ["no repository", "no commit", "no folder"])
def test_without_a_commit_a_warning_says_what_to_give(tmp_path, sort):
    """Without a commit a warning says what to give, and what git says of it; the run goes on."""
    folder = tmp_path / "x"
    if sort != "no folder":
        folder.mkdir()
    if sort == "no commit":
        git(folder, "init", "-q")
    with pytest.warns(XetrackWarning, match=r"'git_commit': git says: fatal.*Give git_root="):
        assert "git_commit" not in row(folder)


def test_without_git_a_warning_says_to_install_it(root, monkeypatch):
    """It is not the folder that is wrong."""
    monkeypatch.setenv("PATH", str(root))
    with pytest.warns(XetrackWarning, match="there is no program 'git' here. Install git"):
        assert "git_commit" not in row(root)


@pytest.mark.parametrize("answer", ["", "no hash", "abc123", "g" * 40])
def test_what_is_no_commit_is_not_stored_as_one(root, tmp_path, monkeypatch, answer):
    """A program that is called git may be a wrapper that answers something else."""
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho '{answer}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    with pytest.warns(XetrackWarning, match="'git_commit': git answered .*, which is no commit"):
        assert "git_commit" not in row(root)


def test_a_repository_that_git_refuses_costs_the_commit_only(root, monkeypatch):
    """One of another owner, which git calls dubious; warnings may be errors, too."""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.warns(XetrackWarning, match="dubious ownership"):
        assert "git_commit" not in row(root)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "git_commit" not in row(root)


def test_a_folder_that_is_no_path_is_an_error():
    """It is a slip, and no fault of the machine."""
    with pytest.raises(InvalidArgumentError, match="Give a folder of a git repository"):
        row(3)


def test_a_param_of_the_same_name_counts_more(root):
    """The user knows better."""
    with Tracker(":memory:", {"git_commit": "mine"}, git_root=root) as tracker:
        tracker.log({})
        tracker.log_batch([{}])
        tracker.track(lambda: None)
        assert ["mine"] * 3 == [found["git_commit"] for found in tracker]
