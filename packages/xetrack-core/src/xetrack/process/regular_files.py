"""Files that are opened only if they are regular ones, whatever lies at the path.

A pipe keeps whoever opens or reads it waiting for another program, a device gives bytes without an
end, and to open some of them does something by itself. So what users or strangers name is opened
here: without waiting, and looked at before and after.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO, TextIO

_FLAGS = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY"))
_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a link",
}


class NotRegularError(OSError):
    """What lies at a path is no regular file; `what` says what it is."""

    def __init__(self, path: str | os.PathLike[str], what: str) -> None:
        super().__init__(errno.EINVAL, f"it is {what}", os.fspath(path))
        self.what = what


def open_regular(
    path: str | os.PathLike[str],
    flags: int = os.O_RDONLY,
    mode: int = 0o666,
    *,
    follow: bool = True,
) -> int:
    """Open a regular file and return its descriptor.

    Parameters
    ----------
    path, flags, mode
        As for `os.open`.
    follow
        Whether `path` may be a link.

    Raises
    ------
    NotRegularError
        Something else is there.
    OSError
        The system refuses.
    """
    check_regular(path, follow=follow)
    file = os.open(path, flags | _FLAGS | (0 if follow else getattr(os, "O_NOFOLLOW", 0)), mode)
    try:
        _check(path, os.fstat(file))  # it may have been replaced between the two
    except BaseException:
        os.close(file)
        raise
    return file


def read_regular(path: str | os.PathLike[str], *, follow: bool = True) -> BinaryIO:
    """Open a regular file to read its bytes; see `open_regular`."""
    return open(open_regular(path, follow=follow), "rb")


def read_text(
    path: str | os.PathLike[str],
    *,
    encoding: str = "utf-8",
    errors: str = "strict",
    newline: str | None = None,
) -> TextIO:
    """Open a regular file to read its text; see `open_regular` and `open`."""
    file = open_regular(path)
    return open(file, encoding=encoding, errors=errors, newline=newline)  # noqa: PTH123


def check_regular(path: str | os.PathLike[str], *, follow: bool = True) -> None:
    """Raise `NotRegularError` where something else than a regular file is; nothing is opened."""
    try:
        found = os.stat(path, follow_symlinks=follow)  # noqa: PTH116 - at every hit of a cache
    except FileNotFoundError:
        return
    _check(path, found)


def _check(path: str | os.PathLike[str], found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise NotRegularError(path, _KINDS.get(stat.S_IFMT(found.st_mode), "no regular file"))
