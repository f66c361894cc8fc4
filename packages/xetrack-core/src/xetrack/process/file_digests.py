"""Digests of files and folders, by which data is known again."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from xetrack.process.open_files import read_chunks

_CHUNK = 1 << 20


def digest_path(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return size and SHA-256 of a file, or of a folder with all that is in it.

    The digest of a folder is that of the names, sizes and digests of its files, in the order of
    their names. Empty folders, times and permissions do not count; a link counts as the file that
    it leads to, and a link to a folder is not followed. A pipe or a device is left out.

    Parameters
    ----------
    path
        A file or a folder.

    Returns
    -------
    dict
        ``size`` in bytes, ``sha256``, and ``files``, their number, for a folder.

    Raises
    ------
    OSError
        It is not there, or cannot be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> Path("train.csv").write_text("a,b")
    3
    >>> digest = digest_path("train.csv")
    >>> digest["size"], digest["sha256"][:8]
    (3, '4aa15dcd')
    """
    root = Path(path)
    if not root.is_dir():
        if root.exists() and not root.is_file():
            raise OSError(None, "it is neither a file nor a folder", str(root))
        size, digest = _digest_file(root)
        return {"size": size, "sha256": digest}
    total = number = 0
    whole = hashlib.sha256()
    for name in sorted(_files(root), key=os.fsencode):
        size, digest = _digest_file(root / name)
        # A name has no NUL, so no two folders give the same bytes.
        whole.update(b"%s\0%d\0%s\0" % (os.fsencode(name), size, digest.encode()))
        total, number = total + size, number + 1
    return {"size": total, "sha256": whole.hexdigest(), "files": number}


def _files(root: Path) -> list[str]:
    """Return the files below a folder, by their paths in it with ``/`` between the names."""

    def fail(error: OSError) -> None:
        raise error

    names = []
    for folder, _, files in os.walk(root, onerror=fail):
        place = Path(folder)
        names += [
            (place / file).relative_to(root).as_posix()
            for file in files
            if (place / file).is_file()
        ]
    return names


def _digest_file(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    # Among the files may be the database that is written to just now.
    for chunk in read_chunks(path, _CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()
