"""git and DVC, as far as experiments need them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import facts
from console import ScriptError, not_a_script

from xetrack.errors import near

SHORT = 12
RECORD, CELL = "\x1e", "\x00"
CELLS = "refname:strip=2 objecttype *objectname objectname creatordate:iso-strict contents:subject"


@dataclass(frozen=True)
class Experiment:
    """A tag of an experiment."""

    tag: str
    commit: str
    date: str
    message: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def row(self) -> dict[str, Any]:
        """For a table: the facts, or the words where there are none."""
        words = {} if self.facts else {"message": self.message}
        return {"tag": self.tag, "date": self.date[:10], **self.facts, **words}

    data = asdict


def tool(name: str, hint: str) -> str:
    """Find a program: on the path, or beside the Python that runs this.

    Raises
    ------
    ScriptError
        It is in neither place.
    """
    beside = Path(sys.executable).with_name(name)
    found = shutil.which(name) or (str(beside) if beside.exists() else None)
    if found is None:
        raise ScriptError(f"{name} was not found. {hint}")
    return found


class Repository:
    """The git repository that a folder is in."""

    def __init__(self, folder: Path | None = None) -> None:
        self._git = tool("git", "Install it: https://git-scm.com/downloads")
        self.root = folder = folder or Path.cwd()
        found = self._run([self._git, "rev-parse", "--show-toplevel"])
        if found.returncode:
            raise ScriptError(f"{folder} is in no git repository. Go to yours, or type: git init")
        self.root = Path(found.stdout.rstrip("\n"))

    def _run(self, command: list[str], text: str | None = None) -> subprocess.CompletedProcess[str]:
        quiet = {**os.environ, "DVC_NO_ANALYTICS": "1"}
        return subprocess.run(
            command,
            cwd=self.root,
            env=quiet,
            input=text,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",  # names of files may be any bytes
            check=False,
        )

    def git(self, *arguments: str, text: str | None = None) -> str:
        """Run git in the root, and return what it says.

        Raises
        ------
        ScriptError
            It failed; the text is git's own.
        """
        done = self._run([self._git, *arguments], text)
        if done.returncode:
            raise ScriptError(f"git {arguments[0]} failed: {done.stderr.strip()}")
        return done.stdout

    def dvc(self, *arguments: str) -> str:
        """Run DVC in the root, and return what it says.

        Raises
        ------
        ScriptError
            It is missing or failed, or the repository does not use it.
        """
        program = tool("dvc", "Type: pip install dvc")
        if not (self.root / ".dvc" / "config").exists():
            raise ScriptError(f"{self.root} does not use DVC. Type there: dvc init")
        done = self._run([program, *arguments])
        if done.returncode:
            lines = [one for one in done.stderr.splitlines() if one and "any troubles" not in one]
            said = " ".join(lines).removeprefix("ERROR: ")
            raise ScriptError(f"dvc {arguments[0]} failed: {said}. See: dvc {arguments[0]} --help")
        return done.stdout

    def relative(self, path: str | Path) -> str:
        """Return a path, seen from where the user is, as one from the root.

        Raises
        ------
        ScriptError
            It lies elsewhere.
        """
        whole = Path(os.path.normpath(Path.cwd() / path))
        for root in (self.root, self.root.resolve()):
            if whole.is_relative_to(root):
                return whole.relative_to(root).as_posix()
        raise ScriptError(f"{path} is not in the repository {self.root}. Give a path inside it.")

    def commit_of(self, revision: str) -> str:
        """Return the full hash of what a tag, branch or short hash means.

        Raises
        ------
        ScriptError
            There is no such revision.
        """
        asked = f"{revision}^{{commit}}"
        found = self._run(
            [self._git, "rev-parse", "--verify", "--quiet", "--end-of-options", asked]
        )
        if found.returncode:
            tags = self.git("tag", "--list").split()
            raise ScriptError(
                f"There is no tag or commit {revision!r}. {near(revision, tags)}"
                "See all tags: git tag; or fetch those of others: git fetch --tags"
            )
        return found.stdout.strip()

    def experiments(self, prefix: str = "e") -> list[Experiment]:
        """Return the tags named ``e1.2.3``, the lowest version first."""
        form = CELL.join(f"%({one})" for one in CELLS.split()) + RECORD
        form = form.replace(CELL, "%00").replace(RECORD, "%1e")
        listed = self.git("for-each-ref", "--sort=version:refname", f"--format={form}", "refs/tags")
        found = []
        for record in filter(None, map(str.strip, listed.split(RECORD))):
            tag, kind, commit, own, date, words = record.split(CELL)
            if version(tag, prefix) is not None:
                # A tag without annotation has the words of its commit, which are no facts.
                said = facts.read(words) if kind == "tag" else {}
                found.append(Experiment(tag, commit or own, date, words, said))
        return sorted(found, key=lambda one: version(one.tag, prefix) or ())

    def experiment(self, tag: str, prefix: str = "e") -> Experiment:
        """Return one of them.

        Raises
        ------
        ScriptError
            There is none of that name.
        """
        known = {one.tag: one for one in self.experiments(prefix)}
        if tag not in known:
            raise ScriptError(
                f"There is no experiment {tag!r}. {near(tag, known)}"
                "Make one with: version_tag.py create"
            )
        return known[tag]

    def text_at(self, commit: str, path: str) -> str | None:
        """Return a file that git itself keeps, as it was; None where it is none."""
        found = self._run([self._git, "cat-file", "blob", f"{commit}:{path}"])
        return None if found.returncode else found.stdout

    def fetch(self, commit: str, path: str, output: Path) -> None:
        """Bring a file or folder, as it was at a commit, to a place where nothing is yet.

        It comes from git, or through DVC from the cache or the remote; whole or not at all.

        Raises
        ------
        ScriptError
            The commit has no such file, or nobody has its content any more.
        """
        if output.exists() or output.is_symlink():
            raise ScriptError(f"{output} is there already. Name another with --output.")
        if not output.parent.is_dir():
            raise ScriptError(f"There is no folder {output.parent}. Type: mkdir -p {output.parent}")
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=".fetched-") as folder:
            fetched = Path(folder, "fetched")
            kind = self._run([self._git, "cat-file", "-t", f"{commit}:{path}"]).stdout.strip()
            uses_dvc = self.text_at(commit, ".dvc/config") is not None
            if kind == "blob" or (kind and not uses_dvc):
                self._from_git(commit, path, fetched, Path(folder))
            elif uses_dvc:  # a folder that git knows may hold what DVC keeps
                self._from_dvc(commit, path, str(fetched.absolute()))
            else:
                raise ScriptError(
                    f"{path} was not in the repository at {commit[:SHORT]}. "
                    f"See what was: git ls-tree -r --name-only {commit[:SHORT]}"
                )
            fetched.replace(output)

    def _from_git(self, commit: str, path: str, fetched: Path, folder: Path) -> None:
        archive = str((folder / "archive.tar").absolute())
        self.git("archive", f"--output={archive}", commit, "--", path)
        shutil.unpack_archive(archive, folder / "unpacked", filter="data")
        (folder / "unpacked" / path).replace(fetched)

    def _from_dvc(self, commit: str, path: str, fetched: str) -> None:
        command = ["get", ".", path, "--rev", commit, "--out", fetched]
        try:
            self.dvc(*command)
        except ScriptError:
            # The commit may be older than the remote that has its content now.
            try:
                remote = self.dvc("config", "core.remote").strip()
            except ScriptError:
                remote = ""
            if not remote:
                raise
            self.dvc(*command, "--remote", remote)

    def changes(self) -> list[str]:
        """Name the tracked files that differ from the last commit."""
        said = self.git("status", "--porcelain", "--untracked-files=no", "-z")
        return [one[3:] for one in said.split(CELL) if one[2:3] == " "]

    def keeps(self, path: str) -> bool:
        """Whether git knows a file."""
        return bool(self.git("ls-files", "--", f":(literal){path}"))


def version(tag: str, prefix: str) -> tuple[int, int, int] | None:
    """Return the numbers of ``e1.2.3``; None for a tag of another form."""
    if not tag.startswith(prefix):
        return None
    numbers = tag[len(prefix) :].split(".")
    if len(numbers) != len(("major", "minor", "patch")):
        return None
    if not all(one.isascii() and one.isdigit() for one in numbers):
        return None
    major, minor, patch = map(int, numbers)
    return major, minor, patch


if __name__ == "__main__":
    not_a_script(__file__)
