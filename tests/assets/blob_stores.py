"""Stores of blobs for tests: a folder by URL, which may be slow or away, and a dict."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path
from typing import ClassVar

from xetrack.assets.blobs.store import Blob, BlobStore

PLUGIN = """
from xetrack.plugins import Component, hookimpl

@hookimpl
def xetrack_asset_stores():
    return [Component(
        name="shelf", target="tests.assets.blob_stores:ShelfStore", summary="Files.",
        schemes=("shelf", "shelves"),
    )]
"""


class ShelfStore(BlobStore):
    """Files below the path of a URL, ``shelf:///path``.

    A file ``away`` in the folder of the URL takes it away, and ``slow`` has the seconds that each
    upload takes.
    """

    calls: ClassVar[list] = []

    def __init__(self, engine, *, compress=False, location=""):
        super().__init__(engine, compress=compress, location=location)
        self.folder = Path(location.partition("://")[2])

    def _reach(self, call, name):
        self.calls.append((call, name))
        if (self.folder.parent / "away").exists():
            raise ConnectionError("no route to the shelf")

    def put(self, name, pieces):
        """Write a file aside, and give it its name."""
        self._reach("put", name)
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            time.sleep(float((self.folder.parent / "slow").read_text()))
        file, aside = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(file, "wb") as opened:
                opened.writelines(pieces)
            os.link(aside, path)
        except FileExistsError:
            return False
        finally:
            Path(aside).unlink()
        return True

    def get(self, name, write):
        """Read a file."""
        self._reach("get", name)
        try:
            write((self.folder / name).read_bytes())
        except FileNotFoundError:
            return False
        return True

    def blobs(self, prefix):
        """Walk through a folder."""
        self._reach("blobs", prefix)
        for path in (self.folder / prefix).rglob("[!.]*"):
            if path.is_file():
                stat = path.stat()
                yield Blob(str(path.relative_to(self.folder)), stat.st_size, stat.st_mtime)

    def remove(self, name):
        """Remove a file."""
        self._reach("remove", name)
        (self.folder / name).unlink(missing_ok=True)


class DictStore(BlobStore):
    """Blobs in a dict, whose clock a test can set, and which it can interrupt."""

    stored: ClassVar[dict] = {}
    at_once: ClassVar[int] = 4
    ahead = 0.0
    """Seconds that the clock of the server is ahead."""
    before = staticmethod(lambda call, name: None)
    """Called before each call."""

    def put(self, name, pieces):
        """Store it."""
        self.before("put", name)
        data = b"".join(pieces)
        blob = data, time.time() + self.ahead
        return self.stored.setdefault(name, blob) is blob

    def get(self, name, write):
        """Read it."""
        self.before("get", name)
        if name not in self.stored:
            return False
        data = self.stored[name][0]
        for at in range(0, len(data), 1_000):
            write(data[at : at + 1_000])
        return True

    def blobs(self, prefix):
        """List them."""
        self.before("blobs", prefix)
        blobs = [*self.stored.items()]
        return [Blob(name, len(d), t) for name, (d, t) in blobs if name.startswith(prefix)]

    def remove(self, name):
        """Remove it."""
        self.before("remove", name)
        self.stored.pop(name, None)
