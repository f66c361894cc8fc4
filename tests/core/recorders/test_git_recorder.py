"""The recorder of the commit: which repository counts, and what git is asked."""

from __future__ import annotations

import os
import stat
import sys

import pytest

from tests.core.recorders.repositories import (
    FILES,
    change,
    facts_of,
    git,
    make_repository,
    restored,
    write_files,
)
from xetrack.builtin import git_process
from xetrack.builtin.recorders.git import GitRecorder
from xetrack.builtin.recorders.repository import parse_settings, public_url


def test_a_clean_tree_takes_one_process(tmp_path, calls):
    """And has no patch."""
    folder = make_repository(tmp_path / "repository", FILES)
    assert {
        "root": str(folder),
        "commit": git(folder, "rev-parse", "HEAD"),
        "branch": "main",
        "detached": False,
        "remote": None,
        "dirty": False,
    } == facts_of(folder)
    assert 1 == len(calls)


def test_no_repository_takes_no_process(tmp_path, monkeypatch, calls):
    """Neither where the program runs, nor where its script is; a folder `.git` alone is none."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(tmp_path / "x.py"), raising=False)
    assert ({}, []) == (GitRecorder({}).begin(None), calls)


def test_a_working_directory_that_was_removed_has_no_repository(tmp_path, monkeypatch):
    """Nor has it an error."""
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    monkeypatch.setattr(sys.modules["__main__"], "__file__", None, raising=False)
    assert {} == GitRecorder({}).begin(None)


def test_the_repository_of_the_script_counts_where_the_working_directory_has_none(
    tmp_path, monkeypatch
):
    """As that of a program which runs in a folder of its results."""
    folder = make_repository(tmp_path / "repository", FILES)
    (tmp_path / "results").mkdir()
    monkeypatch.chdir(tmp_path / "results")
    monkeypatch.setattr(
        sys.modules["__main__"], "__file__", str(folder / "sub" / "x.py"), raising=False
    )
    assert str(folder) == GitRecorder({}).begin(None)["root"]


def test_a_detached_head_has_no_branch(tmp_path):
    """It has a commit."""
    folder = make_repository(tmp_path / "repository", FILES)
    git(folder, "checkout", "-q", "--detach")
    facts = facts_of(folder)
    assert (None, True) == (facts["branch"], facts["detached"])
    assert git(folder, "rev-parse", "HEAD") == facts["commit"]


def test_a_worktree_has_a_root_of_its_own(tmp_path):
    """And the remote of its repository."""
    main = make_repository(tmp_path / "repository", FILES)
    git(main, "remote", "add", "origin", "https://ada:lovelace@host/repo.git")
    git(main, "worktree", "add", "-q", "-b", "other", str(tmp_path / "tree"))
    change(tmp_path / "tree")
    facts = facts_of(tmp_path / "tree" / "sub")
    assert str(tmp_path / "tree") == facts["root"]
    assert ("other", "https://host/repo.git") == (facts["branch"], facts["remote"])
    here, there = restored(tmp_path / "tree", tmp_path, facts)
    assert here == there


def test_a_bare_repository_says_why_there_is_nothing(tmp_path):
    """In a folder `.git`; as a folder of its own it is no place to run programs from."""
    git(tmp_path, "init", "-q", "--bare", str(tmp_path / ".git"))
    assert "must be run in a work tree" in facts_of(tmp_path)["problem"]
    assert {"root"} < facts_of(tmp_path).keys()


def test_without_git_the_repository_is_named(tmp_path, monkeypatch):
    """And why there is nothing else."""
    folder = make_repository(tmp_path / "repository", FILES)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert {
        "root": str(folder),
        "problem": "git says: there is no program 'git' here",
    } == facts_of(folder)


def test_a_repository_of_another_user_is_left_alone(tmp_path, monkeypatch):
    """As git refuses it; what to type is in what git says."""
    folder = make_repository(tmp_path / "repository", FILES)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    problem = facts_of(folder)["problem"]
    assert "dubious ownership" in problem
    assert "safe.directory" in problem


def test_variables_of_git_lead_nowhere_else(tmp_path, monkeypatch):
    """As in a hook of git."""
    folder = make_repository(tmp_path / "repository", FILES)
    other = make_repository(tmp_path / "other", {"x": "y"})
    change(folder)
    write_files(folder, {"secrets.txt": "1", "code.key": "2"})
    git(folder, "add", "secrets.txt")
    expected = facts_of(folder)
    for name, value in {
        "GIT_DIR": other / ".git",
        "GIT_WORK_TREE": other,
        "GIT_INDEX_FILE": other / ".git" / "index",
        "GIT_EXTERNAL_DIFF": "false",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_TRACE": "2",
    }.items():
        monkeypatch.setenv(name, str(value))
    assert expected == facts_of(folder)


def test_a_repository_runs_no_program(tmp_path):
    """Neither hooks, nor monitors, pagers, external diffs and conversions of its settings."""
    folder = make_repository(tmp_path / "repository", FILES)
    write_files(folder, {".gitattributes": "* diff=evil\n"})
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "attributes")
    program = tmp_path / "evil.sh"
    program.write_text(f"#!/bin/sh\necho ran >> '{tmp_path}/ran'\ncat \"$1\"\n")
    program.chmod(0o755)
    (folder / ".git/hooks").mkdir(exist_ok=True)
    for hook in ("post-index-change", "fsmonitor-watchman", "reference-transaction"):
        (folder / ".git/hooks" / hook).symlink_to(program)
    for name in (
        "core.fsmonitor", "diff.external", "diff.evil.command", "diff.evil.textconv",
        "core.pager", "pager.diff", "pager.status", "core.editor", "alias.status", "alias.diff",
    ):  # fmt: skip
        git(folder, "config", name, f"!{program}" if name.startswith("alias") else str(program))
    change(folder)
    facts = facts_of(folder)
    assert not (tmp_path / "ran").exists()
    assert "print('changed')" in facts["patch"]


def test_git_that_hangs_is_killed_with_its_children(tmp_path, monkeypatch):
    """In the time that the recorder has."""
    folder = make_repository(tmp_path / "repository", FILES)
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "git"
    program.write_text("#!/bin/sh\nsleep 60 &\nwait\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert "it gave no answer" in facts_of(folder, timeout=0.2)["problem"]


def test_where_looking_for_new_files_takes_too_long_the_commit_is_there(tmp_path, monkeypatch):
    """And what was changed."""
    folder = make_repository(tmp_path / "repository", FILES)
    change(folder)
    write_files(folder, {"new.txt": "new\n"})
    run_git = git_process.run_git

    def slow(root, arguments, seconds, ceiling):
        if "--untracked-files=all" in arguments:
            raise git_process.GitError("it gave no answer")
        return run_git(root, arguments, seconds, ceiling)

    monkeypatch.setattr("xetrack.builtin.recorders.git.run_git", slow)
    monkeypatch.setattr("xetrack.builtin.recorders.uncommitted.monotonic", lambda: 0)
    times = iter([0, 0, 0, 0, *[5] * 99])
    monkeypatch.setattr("xetrack.builtin.recorders.git.monotonic", lambda: next(times))
    facts = facts_of(folder)
    assert facts["dirty"] is True
    assert "new.txt" not in facts["patch"]
    assert facts["commit"]


def test_the_index_is_not_written(tmp_path):
    """A look is in nobody's way."""
    folder = make_repository(tmp_path / "repository", FILES)
    index = folder / ".git" / "index"
    os.utime(folder / "train.py", (1, 1))
    before = index.read_bytes()
    assert not facts_of(folder)["dirty"]
    assert before == index.read_bytes()
    assert stat.S_ISREG(index.stat().st_mode)


SETTINGS = """
; a comment
[core]
\tbare = false  # another
[remote "origin"] url = "https://host/a;b.git"
\tfetch = +refs/heads/*
[Branch "feature/x \\"y\\""]
\tremote = fork
[remote "fork"]
\tURL = ssh://git@host/\\
ada/fork.git ; the last
[user]
\tname
"""


def test_settings_are_read_as_git_reads_them():
    """Sections, quotes, comments, and lines that go on."""
    assert {
        "core.bare": "false",
        "remote.origin.url": "https://host/a;b.git",
        "remote.origin.fetch": "+refs/heads/*",
        'branch.feature/x "y".remote': "fork",
        "remote.fork.url": "ssh://git@host/ada/fork.git",
    } == parse_settings(SETTINGS)


@pytest.mark.parametrize(
    ("remotes", "branch", "expected"),
    [
        ({"origin": "a", "fork": "b"}, "main", "b"),
        ({"origin": "a", "fork": "b"}, "other", "a"),
        ({"upstream": "c"}, "other", "c"),
        ({}, "main", None),
    ],
)
def test_the_remote_is_that_of_the_branch(tmp_path, remotes, branch, expected):
    """Else `origin`, else any."""
    folder = make_repository(tmp_path / "repository", FILES, branch=branch)
    for name, url in remotes.items():
        git(folder, "remote", "add", name, url)
    git(folder, "config", "branch.main.remote", "fork")
    assert expected == facts_of(folder)["remote"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("git@github.com:ada/repo.git", "git@github.com:ada/repo.git"),
        ("/srv/git/repo.git", "/srv/git/repo.git"),
        ("https://host/repo.git", "https://host/repo.git"),
        ("https://ada@host/repo.git", "https://host/repo.git"),
        ("https://ada:pw@host:8443/repo.git", "https://host:8443/repo.git"),
        ("https://ghp_token@host/repo.git", "https://host/repo.git"),
        ("https://oauth2:p/w@host/repo.git?token=1", "https://host/repo.git"),
        ("ssh://git@host:22/repo.git", "ssh://git@host:22/repo.git"),
        ("ssh://git:pw@host/repo.git", "ssh://host/repo.git"),
        ("git+ssh://git@host/repo.git", "git+ssh://git@host/repo.git"),
    ],
)
def test_the_url_of_a_remote_has_no_credentials(url, expected):
    """But the user of ssh, without whom it leads nowhere."""
    assert expected == public_url(url)
