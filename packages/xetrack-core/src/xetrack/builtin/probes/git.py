"""The commit of the code that logs."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, Any, ClassVar

from xetrack.errors import InvalidArgumentError, report
from xetrack.interfaces.probes import Measurement, Probe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.model.kinds import Value

_SECONDS = 30
"""How long git may take on a large repository."""

_HASH = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
"""Of SHA-1, or of SHA-256."""

_ELSEWHERE = {"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_NAMESPACE"}
"""Variables by which a hook of git would have every git look at the hook's own repository."""


class _NoCommitError(Exception):
    """git did not answer; the text says why, and what to do."""


def _git(root: str, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    # Without optional locks a look at the status cannot be in another git's way.
    environment["GIT_OPTIONAL_LOCKS"] = "0"
    try:
        answer = subprocess.run(  # noqa: S603 - the arguments are ours, the folder is no option
            ["git", "-C", root, *arguments],  # noqa: S607 - whichever git the user has
            check=True,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            env=environment,
        )
    except FileNotFoundError as error:
        raise _NoCommitError("there is no program 'git' here. Install git") from error
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        message = (getattr(error, "stderr", None) or str(error)).strip()
        hint = "Give git_root=... a folder in a repository with a commit"
        raise _NoCommitError(f"git says: {message}. {hint}") from error
    return answer.stdout.strip()


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
