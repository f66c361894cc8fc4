"""The patch of the work that is not committed, of bounded size and without secrets."""

from __future__ import annotations

import re
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from xetrack.builtin.git_process import run_git
from xetrack.builtin.recorders.patches import new_file, split_patch
from xetrack.model.secrets import has_secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xetrack.builtin.recorders.repository import Repository
    from xetrack.builtin.recorders.status import Status

_COMPARED = 20
"""How many times the limit of the patch the changed files may have, which git compares."""

_SECRET_FILE = re.compile(
    r"(?:.*/)?(?:\.env(?:\..*)?|\.netrc|\.pypirc|\.pgpass|\.git-credentials|\.htpasswd|"
    r"id_(?:rsa|dsa|ecdsa|ed25519)|credentials(?:\.\w+)?|secrets?\.\w+|"
    r".*\.(?:pem|key|p12|pfx|jks|keystore|ppk))",
    re.IGNORECASE | re.DOTALL,
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


def make_patch(
    repository: Repository, status: Status, limit: int, until: float
) -> tuple[bytes, dict[str, str]]:
    """Return the patch, and the reasons by path why files are not in it.

    Where the patch would be too large, it has the smallest changes.

    Parameters
    ----------
    repository, status
        The repository, and what is changed in it.
    limit
        Bytes that the patch has at most.
    until
        The moment of `monotonic` until which git may take.

    Raises
    ------
    GitError
        git failed, or took too long.
    """
    left_out = {
        path: "such files hold secrets"
        for path in (*status.changed, *status.untracked)
        if _SECRET_FILE.fullmatch(path)
    }
    files = _changed_files(repository, status, left_out, limit, until)
    files |= _new_files(repository, status, left_out, limit, until)
    for path, patch in files.items():
        if b"\nGIT binary patch\n" not in patch and _has_secret(patch):
            left_out[path] = "it has what looks like a secret"
    size = 0
    for path in sorted(files.keys() - left_out.keys(), key=lambda path: (len(files[path]), path)):
        size += len(files[path])
        if size > limit:
            left_out[path] = _too_large(limit)
    patch = b"".join(patch for path, patch in files.items() if path not in left_out)
    for path in status.submodules:
        left_out[path] = "files in this submodule are changed"
    return patch, left_out


def _changed_files(
    repository: Repository, status: Status, left_out: dict[str, str], limit: int, until: float
) -> dict[str, bytes]:
    """Return the patches of tracked files by path, and note what git is not asked for."""
    size = 0
    for path, of_file in _by_size(repository.root, status.changed):
        size += of_file
        if size > _COMPARED * limit and of_file:
            left_out.setdefault(path, f"it has {of_file:,} bytes")
    if not status.changed:
        return {}
    skipped = [f":(top,exclude,literal){path}" for path in status.changed if path in left_out]
    base = status.commit or repository.empty_tree
    ceiling = str(Path(repository.root).parent)
    arguments = (*_DIFF, base, "--", ":(top)", *skipped)
    return split_patch(run_git(repository.root, arguments, until - monotonic(), ceiling))


def _new_files(
    repository: Repository, status: Status, left_out: dict[str, str], limit: int, until: float
) -> dict[str, bytes]:
    """Return the patches of files that git does not track; no more is read than has room."""
    files: dict[str, bytes] = {}
    size = 0
    for path, of_file in _by_size(repository.root, status.untracked):
        if path in left_out:
            continue
        if size + of_file > limit:
            left_out[path] = _too_large(limit)
        elif monotonic() > until:
            left_out[path] = "there was no time to read it"
        elif isinstance(patch := new_file(repository.root, path, limit), bytes):
            files[path] = patch
            size += len(patch)
        else:
            left_out[path] = patch
    return files


def _by_size(root: str, paths: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(((path, _size(root, path)) for path in paths), key=lambda pair: pair[::-1])


def _size(root: str, path: str) -> int:
    try:
        return Path(root, path).lstat().st_size
    except OSError:  # it was removed
        return 0


def _too_large(limit: int) -> str:
    return f"the patch would have more than {limit:,} bytes"


def _has_secret(patch: bytes) -> bool:
    # Line by line, as a search in a long text would keep all other threads from their turn.
    return any(has_secret(line) for line in patch.decode(errors="replace").splitlines())
