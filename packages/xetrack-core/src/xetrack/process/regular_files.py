"""Regular files: opening a path only if a regular file is there.

Opening or reading a pipe waits for another program, a device may return bytes without end, and
opening some devices has side effects. So paths that users or strangers name are opened here:
without waiting, and checked before and after.
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
    """The file at a path is not a regular one; `what` names its type."""

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
        Whether `path` may be a symbolic link.

    Returns
    -------
    int
        The file descriptor.

    Raises
    ------
    NotRegularError
        Something else than a regular file is there.
    OSError
        The system refuses to open it.
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
    """Open a regular file to read its bytes; raises as `open_regular`.

    Parameters
    ----------
    path
        Path of the file.
    follow
        Whether the path may be a symbolic link.
    """
    return open(open_regular(path, follow=follow), "rb")


def read_text(
    path: str | os.PathLike[str],
    *,
    encoding: str = "utf-8",
    errors: str = "strict",
    newline: str | None = None,
) -> TextIO:
    """Open a regular file to read its text; raises as `open_regular`.

    Parameters
    ----------
    path
        Path of the file.
    encoding, errors, newline
        As for `open`.
    """
    file = open_regular(path)
    return open(file, encoding=encoding, errors=errors, newline=newline)  # noqa: PTH123


def check_regular(path: str | os.PathLike[str], *, follow: bool = True) -> None:
    """Raise an error if something else than a regular file is at a path, without opening it.

    Parameters
    ----------
    path
        Path of the file.
    follow
        Whether the path may be a symbolic link.

    Raises
    ------
    NotRegularError
        Something else is there. A missing file is not an error.
    """
    try:
        status = os.stat(path, follow_symlinks=follow)  # noqa: PTH116 - at every hit of a cache
    except FileNotFoundError:
        return
    _check(path, status)


def _check(path: str | os.PathLike[str], status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise NotRegularError(path, _KINDS.get(stat.S_IFMT(status.st_mode), "no regular file"))
