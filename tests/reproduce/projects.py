"""Repositories as users have them."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.preloaded import run_xt
from xetrack import Reader

if TYPE_CHECKING:
    from pathlib import Path


def environment(folder):
    """The variables of users: the usual recorders, and no settings of whoever runs the tests."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("XETRACK_")}
    return {
        **ours,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": "a@b.c" for who in ("AUTHOR", "COMMITTER") for what in _WHO},
        "PYTHONWARNINGS": "error",
        "TMPDIR": str(folder),
    }


_WHO = ("NAME", "EMAIL")


class Project:
    """A folder that is a repository."""

    def __init__(self, folder: Path, temporary: Path) -> None:
        self.folder = folder
        self.temporary = temporary
        self.db = folder / "runs.db"
        self.env = environment(temporary)

    def git(self, *words):
        """Run git, and return what it prints."""
        done = subprocess.run(
            ["git", *words], cwd=self.folder, env=self.env, capture_output=True, check=True
        )
        return done.stdout.decode()

    def write(self, name, text):
        """Write a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def commit(self):
        """Commit everything."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "x")

    def python(self, *words, check=True, **changes):
        """Run Python as a user does, and return its exit code."""
        done = subprocess.run(
            [sys.executable, *words], cwd=self.folder, env={**self.env, **changes}, check=check
        )
        return done.returncode

    def xt(self, *words, **changes):
        """Run `xt reproduce`, or what is typed."""
        return run_xt(words, cwd=self.folder, env={**self.env, **changes})

    def reproduce(self, *words, run="first", **changes):
        """Run a run again."""
        return self.xt("reproduce", str(self.db), run, *words, **changes)

    def record(self, run):
        """The record of a run."""
        with Reader(self.db) as reader:
            return reader.run(run)

    def ids(self):
        """The runs in the order of their rows."""
        with Reader(self.db) as reader:
            return list(dict.fromkeys(reader.select(["track_id"]).cells[0]))

    def state(self):
        """All that a user would not want to be changed."""
        files = {
            path: path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file() and ".git" not in path.parts and "runs.db" not in path.name
        }
        listed = [("branch", "--all"), ("worktree", "list"), ("stash", "list"), ("status", "-s")]
        index = self.git("ls-files", "--stage", "--debug").replace("  ", " ")
        return files, [self.git(*words) for words in listed], index, [*self.temporary.iterdir()]


def make_project(tmp_path, name="project"):
    """Make a repository in a folder."""
    folder, temporary = tmp_path / name, tmp_path / f"{name}-tmp"
    folder.mkdir()
    temporary.mkdir()
    project = Project(folder, temporary)
    project.git("init", "--quiet")
    return project
