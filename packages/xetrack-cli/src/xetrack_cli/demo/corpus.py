"""Which files the demo compresses: a sample that is the same each time, and small enough."""

from __future__ import annotations

import os
import platform
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from attrs import frozen

from xetrack.errors import InvalidArgumentError
from xetrack.process.paths import expanded
from xetrack_cli.demo.compressors import LONGEST, MEGA

if TYPE_CHECKING:
    from collections.abc import Iterator

BYTES = 8 * MEGA
"""Bytes of the whole sample: 10 to 20 seconds of work on a slow core."""

FILES = 400
"""Files of the whole sample at most."""

LOOKED_AT = 20_000
"""Files after which a folder is not searched further."""

_LEFT_OUT = {"__pycache__", "site-packages", "dist-packages", "test", "tests", "node_modules"}


@frozen(kw_only=True)
class Corpus:
    """The files of one run."""

    name: str
    """Where they are from, for the rows."""
    root: Path
    files: tuple[Path, ...]
    size: int
    """Bytes that will be read of all files."""


def choose_corpus(folder: str | None, database: Path) -> Corpus:
    """Choose the files to compress.

    Parameters
    ----------
    folder
        Where from, with all folders inside; the standard library's sources when None.
    database
        Where the rows go, which is no file to compress.

    Returns
    -------
    Corpus
        At most `FILES` files with at most `BYTES` bytes.

    Raises
    ------
    InvalidArgumentError
        There is no such folder, or no file in it.
    """
    if folder is None:
        root = Path(sysconfig.get_path("stdlib"))
        name = f"Python {platform.python_version()}, standard library"
        candidates = [item for item in _walk(root, _LEFT_OUT) if item[0].suffix == ".py"]
    else:
        root = expanded(folder)
        name = str(root.resolve())
        if not root.is_dir():
            raise InvalidArgumentError("DIR", folder, "a folder that exists")
        own = str(database.resolve())
        candidates = [item for item in _walk(root, set()) if not _is_at(item[0], own)]
    if not candidates:
        raise InvalidArgumentError("DIR", folder or str(root), "a folder with files that hold data")
    files, size = _sample(candidates, root)
    return Corpus(name=name, root=root, files=files, size=size)


def _is_at(path: Path, database: str) -> bool:
    """Return True for the database, and for the files that SQLite has beside it."""
    return str(path.resolve()).startswith(database)


def _walk(root: Path, left_out: set[str]) -> Iterator[tuple[Path, int]]:
    """Find files that hold something, and links that lead nowhere, with their sizes."""
    seen = 0
    for parent, folders, names in os.walk(root):
        folders[:] = sorted(
            set(folders) - left_out - {folder for folder in folders if folder[0] == "."}
        )
        for name in sorted(names):
            path = Path(parent, name)
            try:
                if not path.is_file() or not path.stat().st_size:
                    # Not pipes and devices: reading one may never end.
                    if not path.is_symlink() or path.exists():
                        continue
                    size = 0
                else:
                    size = path.stat().st_size
            except OSError:
                size = 0
            yield path, size
            seen += 1
            if seen == LOOKED_AT:
                return


def _sample(candidates: list[tuple[Path, int]], root: Path) -> tuple[tuple[Path, ...], int]:
    """Take files in an order that has nothing to do with what they hold, until it is enough."""

    def shuffled(item: tuple[Path, int]) -> tuple[int, str]:
        name = os.fsencode(item[0].relative_to(root))
        return crc32(name), str(item[0])

    files: list[Path] = []
    total = 0
    for path, size in sorted(candidates, key=shuffled):
        if len(files) == FILES:
            break
        if files and total + min(size, LONGEST) > BYTES:
            continue
        files.append(path)
        total += min(size, LONGEST)
    return tuple(sorted(files)), total
