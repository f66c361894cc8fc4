"""The recorder of the commit, and of the work that is not committed."""

from __future__ import annotations

import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from xetrack.builtin.git_process import GitError, run_git
from xetrack.builtin.recorders.repository import find_repository
from xetrack.builtin.recorders.status import ARGUMENTS, parse_status
from xetrack.builtin.recorders.uncommitted import make_patch
from xetrack.errors import InvalidArgumentError
from xetrack.interfaces.runs.recorders import Recorder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.builtin.recorders.repository import Repository
    from xetrack.builtin.recorders.status import Status
    from xetrack.interfaces.runs import Run

LIMIT = 1_000_000
"""Bytes that a patch has at most, if the option does not say otherwise."""

MOST_NAMES = 100
"""Files that are named at most of those that a patch leaves out."""


class GitRecorder(Recorder):
    """Records the commit of the code that runs, and a patch of what is not committed.

    The repository is that of the option ``root``, else of the working directory, else of the
    script. Facts are its ``root``, ``commit`` (None before the first), ``branch``, ``detached``,
    ``remote``, whether it is ``dirty``, which means that tracked files were changed, and:

    - ``patch``, if files were changed, or are there that git neither tracks nor ignores: what
      ``git apply`` takes in a clone of the commit, binary files too. Its bytes are
      ``patch.encode("utf-8", "surrogateescape")``. New files are in it if they are texts.
    - ``left_out``: reasons by path. Files that would make the patch larger than the option
      ``limit`` (bytes) are left out, and files with what looks like a secret.
    - ``problem``, where git does not answer, or refuses to.

    Without a repository there are no facts, and no git is started.

    Raises
    ------
    InvalidArgumentError
        ``limit`` is no number of bytes.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        limit = options.get("limit")
        self._limit = LIMIT if limit is None else limit
        if type(self._limit) is not int or self._limit < 0:
            raise InvalidArgumentError("limit", self._limit, "a number of bytes, 0 or more")

    def begin(self, run: Run) -> Mapping[str, Any]:  # noqa: ARG002 - it is the same for each run
        """Return the facts; see `Recorder.begin`."""
        repository = self._repository()
        if repository is None:
            return {}
        seconds = self.options.get("timeout")
        # Some of the time is for what comes after git.
        until = monotonic() + 0.8 * (self.timeout if seconds is None else seconds)
        facts: dict[str, Any] = {"root": repository.root}
        try:
            status = _status(repository, until)
            facts |= {
                "commit": status.commit,
                "branch": status.branch,
                "detached": status.branch is None,
                "remote": repository.remote(status.branch),
                "dirty": bool(status.changed),
            }
            patch, left_out = make_patch(repository, status, self._limit, until)
            if patch:
                facts["patch"] = patch.decode("utf-8", "surrogateescape")
            if left_out:
                facts["left_out"] = _first(left_out)
        except GitError as error:
            facts["problem"] = f"git says: {error}"
        return facts

    def _repository(self) -> Repository | None:
        if root := self.options.get("root"):
            return find_repository(str(root))
        script = getattr(sys.modules.get("__main__"), "__file__", None)
        folders = (".", str(Path(script).parent)) if isinstance(script, str) else (".",)
        repositories = (find_repository(folder) for folder in folders)
        return next(filter(None, repositories), None)


def _status(repository: Repository, until: float) -> Status:
    """Return the status; without new files where to look for them takes too long."""
    half = monotonic() + (until - monotonic()) / 2
    try:
        return parse_status(_git(repository, (*ARGUMENTS, "--untracked-files=all"), half))
    except GitError:
        if monotonic() < half:
            raise
        return parse_status(_git(repository, (*ARGUMENTS, "--untracked-files=no"), until))


def _git(repository: Repository, arguments: tuple[str, ...], until: float) -> bytes:
    ceiling = str(Path(repository.root).parent)
    return run_git(repository.root, arguments, until - monotonic(), ceiling)


def _first(left_out: dict[str, str]) -> dict[str, str]:
    names = sorted(left_out)
    first = {name: left_out[name] for name in names[:MOST_NAMES]}
    if len(names) > MOST_NAMES:
        first["..."] = f"and {len(names) - MOST_NAMES:,} more"
    return first
