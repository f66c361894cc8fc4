"""The recorder of the commit, and of the work that is not committed."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from xetrack.builtin.git_process import GitError, run_git
from xetrack.builtin.recorders.patches import new_file, split_patch
from xetrack.builtin.recorders.repository import find_repository
from xetrack.builtin.recorders.status import ARGUMENTS, parse_status
from xetrack.errors import InvalidArgumentError
from xetrack.interfaces.runs.recorders import Recorder
from xetrack.model.secrets import has_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.builtin.recorders.repository import Repository
    from xetrack.builtin.recorders.status import Status
    from xetrack.interfaces.runs import Run

LIMIT = 1_000_000
"""Bytes that a patch has at most, if the option does not say otherwise."""

MOST_NAMES = 100
"""Files that are named at most of those that a patch leaves out."""

_SECRET_FILE = re.compile(
    r"(?:.*/)?(?:\.env(?:\..*)?|\.netrc|\.pypirc|\.pgpass|\.git-credentials|\.htpasswd|"
    r"id_(?:rsa|dsa|ecdsa|ed25519)|credentials(?:\.\w+)?|secrets?\.\w+|"
    r".*\.(?:pem|key|p12|pfx|jks|keystore|ppk))",
    re.IGNORECASE,
)
"""Files that are there to hold secrets."""

_DIFF = (
    "diff",
    "--binary",
    "--full-index",
    "--no-color",
    "--no-ext-diff",
    "--no-renames",
    "--no-textconv",
    "--submodule=short",
    "--ignore-submodules=dirty",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--unified=3",
)


class GitRecorder(Recorder):
    """Records the commit of the code that runs, and a patch of what is not committed.

    The repository is that of the option ``root``, else of the working directory, else of the
    script. Facts are its ``root``, ``commit`` (None before the first), ``branch``, ``detached``,
    ``remote``, whether it is ``dirty``, which means that tracked files were changed, and:

    - ``patch``, if files were changed, or are there that git neither tracks nor ignores: what
      ``git apply`` takes in a clone of the commit, binary files too. Its bytes are
      ``patch.encode("utf-8", "surrogateescape")``. New files are in it if they are texts.
    - ``left_out``: reasons by path. Files that make the patch larger than the option ``limit``
      (bytes) are left out, and files with what looks like a secret.
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
        """Return the facts."""
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
            left_out: dict[str, str] = {}
            files = self._changes(repository, status, left_out, until)
            if patch := self._join(files, left_out):
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

    def _changes(
        self, repository: Repository, status: Status, left_out: dict[str, str], until: float
    ) -> dict[str, bytes]:
        """Return the patches of single files by path, and note what is left out."""
        left_out |= dict.fromkeys(status.submodules, "files in this submodule are changed")
        for path in filter(_SECRET_FILE.fullmatch, (*status.changed, *status.untracked)):
            left_out[path] = "such files hold secrets"
        for path in status.changed:
            if (size := _size(repository.root, path)) > self._limit:
                left_out[path] = f"it has {size:,} bytes"
        files: dict[str, bytes] = {}
        if status.changed:
            skipped = set(left_out) - set(status.submodules)
            paths = [f":(top,exclude,literal){path}" for path in status.changed if path in skipped]
            base = status.commit or repository.empty_tree
            arguments = (*_DIFF, base, "--", ":(top)", *paths)
            files = split_patch(_git(repository, arguments, until))
        for path in status.untracked:
            if path not in left_out:
                patch = new_file(repository.root, path, self._limit)
                if isinstance(patch, bytes):
                    files[path] = patch
                else:
                    left_out[path] = patch
        for path, patch in list(files.items()):
            if b"\nGIT binary patch\n" not in patch and has_secret(patch.decode(errors="replace")):
                left_out[path] = "it has what looks like a secret"
                del files[path]
        return files

    def _join(self, files: dict[str, bytes], left_out: dict[str, str]) -> bytes:
        """Return the patch of all files; where it is too large, the largest are left out."""
        size = 0
        for path in sorted(files, key=lambda path: (len(files[path]), path)):
            size += len(files[path])
            if size > self._limit:
                left_out[path] = f"the patch would have more than {self._limit:,} bytes"
        return b"".join(patch for path, patch in files.items() if path not in left_out)


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


def _size(root: str, path: str) -> int:
    try:
        return Path(root, path).lstat().st_size
    except OSError:  # it was removed
        return 0


def _first(left_out: dict[str, str]) -> dict[str, str]:
    names = sorted(left_out)
    first = {name: left_out[name] for name in names[:MOST_NAMES]}
    if len(names) > MOST_NAMES:
        first["..."] = f"and {len(names) - MOST_NAMES:,} more"
    return first
