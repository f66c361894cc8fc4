"""The example asset store: objects as files, in a folder by the database."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from xetrack.assets.blobs.store import Blob, BlobStore
from xetrack.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xetrack.interfaces.codecs import Pieces
    from xetrack.interfaces.engine import Engine

PIECE = 2**18
"""Bytes that are read at a time."""


class ExampleStore(BlobStore):
    """The assets of ``runs.db``, in the folder ``runs.db.example``.

    A blob is a file: written aside, and put in place at once.
    """

    def __init__(self, engine: Engine, *, compress: bool = False) -> None:
        if ":" in engine.location:  # in memory, or a URL
            expected = "a database in a file, or another asset_store=..."
            raise InvalidArgumentError("db", engine.location, expected)
        self._folder = Path(f"{engine.location}.example").absolute()
        self._durable = engine.settings.durability == "full"
        super().__init__(engine, compress=compress, location=str(self._folder))

    def put(self, name: str, pieces: Pieces) -> bool:
        """Write a file, unless there is one."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        file, aside = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(file, "wb") as opened:
                for piece in pieces:
                    opened.write(piece)
                if self._durable:
                    opened.flush()
                    os.fsync(file)
            os.link(aside, path)  # never in the place of another
        except FileExistsError:
            return False
        finally:
            Path(aside).unlink()
        return True

    def get(self, name: str, write: Callable[[bytes], object]) -> bool:
        """Read a file."""
        try:
            with (self._folder / name).open("rb") as file:
                while piece := file.read(PIECE):
                    write(piece)
        except FileNotFoundError:
            return False
        return True

    def blobs(self, prefix: str) -> Iterator[Blob]:
        """Walk through a folder."""
        for path in (self._folder / prefix).rglob("[!.]*"):
            if path.is_file():
                status = path.stat()
                name = path.relative_to(self._folder).as_posix()
                yield Blob(name, status.st_size, status.st_mtime)

    def remove(self, name: str) -> None:
        """Remove a file."""
        (self._folder / name).unlink(missing_ok=True)
