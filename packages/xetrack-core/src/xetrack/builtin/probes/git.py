"""The commit of the code that logs."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, ClassVar

from xetrack.builtin.git_process import GitError, GitMissingError, run_git
from xetrack.errors import InvalidArgumentError, report
from xetrack.interfaces.probes import Measurement, Probe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.model.kinds import Value

_SECONDS = 30
"""How long git may take on a large repository."""

_HASH = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
"""Of SHA-1, or of SHA-256."""


class _NoCommitError(Exception):
    """git did not answer; the text says why, and what to do."""


def _git(root: str, *arguments: str) -> str:
    try:
        return run_git(root, arguments, _SECONDS).decode(errors="replace").strip()
    except GitMissingError as error:
        raise _NoCommitError(f"{error}. Install git") from error
    except GitError as error:
        hint = "Give git_root=... a folder in a repository with a commit"
        raise _NoCommitError(f"git says: {error}. {hint}") from error


def _commit(root: str) -> str:
    """Return the full hash of the commit that a folder has."""
    answer = _git(root, "rev-parse", "--verify", "HEAD")
    if not _HASH.fullmatch(answer):
        message = f"git answered {answer[:100]!r}, which is no commit. Check the program 'git'"
        raise _NoCommitError(message)
    return answer


class _Call(Measurement):
    def __init__(self, figures: Mapping[str, Value]) -> None:
        self._figures = figures

    def stop(self) -> Mapping[str, Value]:
        """Return the commit."""
        return self._figures


class GitProbe(Probe):
    """``git_commit``, the full hash, and ``git_dirty = True`` where changes are not committed.

    git is asked once, when the tracker is made: it is the code that was loaded which counts.
    Only changes of files that git tracks make it dirty, as for ``git describe --dirty``: the
    database and the logs often lie in the same folder, and would make every run so.

    Without git, or outside a repository, or where git refuses it, a warning says why, and rows go
    without.
    """

    quick: ClassVar[bool] = True

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        root = options.get("root") or options.get("git_root") or "."
        if not isinstance(root, str | os.PathLike):
            raise InvalidArgumentError("git_root", root, "a folder of a git repository")
        self._figures: dict[str, Value] = {}
        try:
            self._figures["git_commit"] = _commit(os.fspath(root))
            if _git(os.fspath(root), "status", "--porcelain", "--untracked-files=no"):
                self._figures["git_dirty"] = True
        except _NoCommitError as error:
            missing = "git_dirty" if self._figures else "git_commit"
            report(f"Rows of git_root={os.fspath(root)!r} go without {missing!r}: {error}.")

    def present(self) -> Mapping[str, Value]:
        """Return the commit."""
        return self._figures

    def start(self) -> Measurement:
        """Begin a call; the commit does not change."""
        return _Call(self._figures)
