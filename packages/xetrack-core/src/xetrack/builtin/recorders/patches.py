"""Patches as ``git apply`` takes them: cut into files, and made of files that are new."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from xetrack.process.open_files import read_chunks

START = b"diff --git "
"""The begin of each file of a patch; no other line of one begins so."""

_ESCAPES = {7: b"\\a", 8: b"\\b", 9: b"\\t", 10: b"\\n", 11: b"\\v", 12: b"\\f", 13: b"\\r"}
_ESCAPES |= {34: b'\\"', 92: b"\\\\"}


def split_patch(patch: bytes) -> dict[str, bytes]:
    """Return the parts of a patch by the paths of their files.

    Parameters
    ----------
    patch
        What ``git diff --no-renames`` printed.
    """
    starts = [match.start() for match in re.finditer(rb"(?m)^" + START, patch)]
    ends = [*starts, len(patch)][1:]
    parts = [patch[at:end] for at, end in zip(starts, ends, strict=True)]
    files: dict[str, bytes] = {}
    for part in parts:
        # A file that becomes a link, or the reverse, has two parts: it goes, and it comes.
        path = _path(part)
        files[path] = files.get(path, b"") + part
    return files


def _path(part: bytes) -> str:
    """Return the path of a part's file, which its first line names twice."""
    names = part.partition(b"\n")[0].removeprefix(START)
    name = names[: len(names) // 2]
    if name.startswith(b'"'):
        name = name[1:-1].decode("unicode_escape").encode("latin-1")
    return os.fsdecode(name[2:])


def new_file(root: str, path: str, limit: int) -> bytes | str:
    """Return the patch that makes a file which git does not track; else why there is none.

    Parameters
    ----------
    root, path
        The folder of the repository, and the path in it.
    limit
        Bytes that it may have at most.
    """
    place = Path(root, path)
    try:
        facts = place.lstat()
        if facts.st_size > limit:
            return f"it has {facts.st_size:,} bytes"
        if stat.S_ISLNK(facts.st_mode):
            mode, content = b"120000", os.fsencode(place.readlink())
        elif stat.S_ISREG(facts.st_mode):
            mode = b"100755" if facts.st_mode & stat.S_IXUSR else b"100644"
            # It may be a database, whose locks this process has to keep.
            content = next(read_chunks(place, limit + 1), b"")
        else:
            return "it is no file"
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    if b"\0" in content:
        return "it is not tracked, and no text"
    if len(content) > limit:
        return f"it has more than {limit:,} bytes"
    return _patch(os.fsencode(path), mode, content)


def _patch(path: bytes, mode: bytes, content: bytes) -> bytes:
    old, new = _quoted(b"a/" + path), _quoted(b"b/" + path)
    head = b"%s%s %s\nnew file mode %s\n" % (START, old, new, mode)
    if not content:
        # The digest of an empty file does not matter, but a line of digests does.
        return head + b"index 0000000..e69de29\n"
    *lines, rest = content.split(b"\n")
    body = b"".join(b"+%s\n" % line for line in lines)
    if rest:
        body += b"+%s\n\\ No newline at end of file\n" % rest
    tab = b"\t" if b" " in path and not new.startswith(b'"') else b""
    span = b"0,0 +1,%d" % (len(lines) + bool(rest))
    return head + b"--- /dev/null\n+++ %s%s\n@@ -%s @@\n%s" % (new, tab, span, body)


def _quoted(name: bytes) -> bytes:
    """Return a path as git writes it: in quotes, if it has anything but plain characters."""
    if all(32 <= byte < 127 and byte not in _ESCAPES for byte in name):  # noqa: PLR2004 - ASCII
        return name
    escaped = (
        _ESCAPES.get(byte) or (b"%c" % byte if 32 <= byte < 127 else b"\\%03o" % byte)  # noqa: PLR2004
        for byte in name
    )
    return b'"%s"' % b"".join(escaped)
