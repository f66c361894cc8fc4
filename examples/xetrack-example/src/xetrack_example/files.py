"""The files of the example asset store: each is written aside, and put in place at once."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.assets import Reference
from xetrack.model.kinds import FROM_TEXT, TO_TEXT, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack.interfaces.codecs import Pieces

# xetrack says every plain value in strict JSON, and reads it again as it was.
dumps, loads = TO_TEXT[Kind.JSON], FROM_TEXT[Kind.JSON]


class Files:
    """A folder with ``contents/ID``, ``headers/ID`` and ``references/ID/NUMBER``.

    An asset is there if its header is, which is written last and removed first.
    """

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self._folder = folder
        self.folder = str(folder)
        self._durable = durable

    @contextmanager
    def locked(self, how: int) -> Iterator[None]:
        """Lock the folder: many may store (LOCK_SH), but one collects (LOCK_EX).

        ``flock`` belongs to an open file, so threads exclude each other too; call it with a lock
        held that forks wait for, or a child inherits it.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        file = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(file, how)
            yield
        finally:
            os.close(file)

    def ids(self) -> list[str]:
        """Return the ids of the assets that are there."""
        return [path.name for path in self._folder.glob("headers/[!.]*")]

    def header(self, asset: str) -> list[Any] | None:
        """Read the header of an asset; None when there is no such asset."""
        try:
            return _list((self._folder / "headers" / asset).read_text("utf-8"))
        except FileNotFoundError:
            return None

    def write(self, asset: str, pieces: Pieces) -> int:
        """Write a content, and return its length."""
        return self._put(self._folder / "contents" / asset, pieces)

    def write_header(self, asset: str, header: list[Any]) -> None:
        """Write a header, when the content is there."""
        self._put(self._folder / "headers" / asset, [dumps(header).encode()])

    def content(self, asset: str) -> Path:
        """Return the path of the content of an asset."""
        return self._folder / "contents" / asset

    def remove(self, asset: str) -> None:
        """Remove header and content; references stay."""
        for part in ("headers", "contents"):
            (self._folder / part / asset).unlink(missing_ok=True)

    def write_reference(self, reference: Reference) -> None:
        """Write a reference; equal ones are one file."""
        fields = [reference.asset, reference.table, reference.key, reference.track_id]
        text = dumps(fields).encode()
        name = hashlib.sha256(text).hexdigest()
        self._put(self._folder / "references" / reference.asset / name, [text])

    def references(self, asset: str = "*") -> list[tuple[Reference, Path]]:
        """Return references, and where each is; by default all."""
        paths = sorted(self._folder.glob(f"references/{asset}/[!.]*"))
        return [(Reference(*_list(path.read_text("utf-8"))), path) for path in paths]

    def _put(self, path: Path, pieces: Pieces) -> int:
        path.parent.mkdir(parents=True, exist_ok=True)
        file, name = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(file, "wb") as opened:
                for piece in pieces:
                    opened.write(piece)
                size = opened.tell()
                if self._durable:
                    opened.flush()
                    os.fsync(file)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
        return size


def _list(text: str) -> list[Any]:
    fields = loads(text)
    if type(fields) is not list:
        raise ValueError("it is not what was written there")
    return fields
