"""Paths of users, made absolute at once, so that no later ``chdir`` changes their meaning."""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


def expanded(path: str | os.PathLike[str]) -> Path:
    """Return a path with ``~`` expanded, if that home exists.

    Parameters
    ----------
    path
        A path, with or without ``~``.
    """
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path.expanduser raises without a home


def absolute(path: str | os.PathLike[str]) -> str:
    """Return an absolute path with ``~`` expanded.

    Links in it stay links, and so does every ``..``: behind a link it means another folder.

    Parameters
    ----------
    path
        Relative to the working directory, or absolute.

    Raises
    ------
    FileNotFoundError
        The path is relative, and the working directory is gone.
    """
    return str(expanded(path).absolute())


def absolute_option(value: T) -> T | str:
    """Return an option with its path made absolute; unchanged if it is not a path.

    Parameters
    ----------
    value
        The option of a part, of any type; a URL stays as it is.
    """
    # The part that gets it knows best which other values are valid.
    path: Any = value
    if isinstance(path, str | os.PathLike) and (text := os.fspath(path)):
        with suppress(OSError, TypeError):  # no working directory; a path of bytes
            return value if "://" in text else absolute(path)
    return value


def neighbours(path: Path) -> list[str]:
    """Return the files beside a path that does not exist, as the user would write them.

    A log, a lock or a copy of another file begins with the name of that file, and is left out.

    Parameters
    ----------
    path
        Any path.
    """
    try:
        names = sorted(each.name for each in islice(path.parent.iterdir(), 1_000) if each.is_file())
    except OSError:
        return []
    own: list[str] = []
    for name in names:
        if not own or not name.startswith(own[-1]):
            own.append(name)
    return [str(path.parent / name) for name in own]
