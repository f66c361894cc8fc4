"""Files that are changed all together, or not at all."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Self


class Changes:
    """Changes to files that are taken back when the block fails.

    What was there is moved aside first, into a folder beside it, and comes back by a rename.
    """

    def __init__(self) -> None:
        self._before: list[tuple[Path, Path | None]] = []
        self._folders: list[Path] = []
        self._made: list[Path] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        if failure:
            for path, before in reversed(self._before):
                path.unlink(missing_ok=True)
                if before is not None:
                    before.replace(path)
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)
        if failure:
            for folder in reversed(self._made):
                folder.rmdir()

    def _aside(self, path: Path) -> Path:
        """Return a place in a folder beside a path, for what is not to be seen."""
        missing = [one for one in (path.parent, *path.parent.parents) if not one.exists()]
        for one in reversed(missing):
            one.mkdir()
            self._made.append(one)
        folder = Path(tempfile.mkdtemp(dir=path.parent, prefix=".changing-"))
        self._folders.append(folder)
        return folder / path.name

    def keep(self, path: Path) -> None:
        """Note what a file is now, as another program will change it; it stays where it is."""
        before = None
        if path.exists():
            before = self._aside(path)
            shutil.copy2(path, before)
        self._before.append((path, before))

    def put(self, path: Path, source: Path) -> None:
        """Make a file a copy of another; a link into a cache is replaced, not written through."""
        new = self._aside(path)
        shutil.copyfile(source, new)
        self.remove(path)
        new.replace(path)

    def write(self, path: Path, text: str) -> None:
        """Make a file hold a text."""
        new = self._aside(path)
        new.write_text(text, encoding="utf-8")
        self.remove(path)
        new.replace(path)

    def remove(self, path: Path) -> None:
        """Remove a file, if it is there."""
        before = None
        if path.exists() or path.is_symlink():
            before = self._aside(path)
            path.replace(before)
        self._before.append((path, before))
