"""Entry points: finding the installed plugins without importing any.

`importlib.metadata` does it too, but takes 25 ms longer to import and to go through 180
distributions: a third of ``xt --help``, a tenth of a program that logs its first object. Nearly
always every distribution is a folder on `sys.path`; listing those takes 2 ms. Where one may be
elsewhere (in a zip or an egg, or known only to another finder), `importlib.metadata` is used.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from functools import partial
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Read: TypeAlias = Callable[[str], str | None]
    """Returns the text of a distribution's metadata file, or None if there is no such file."""

GROUP = "xetrack.plugins"
"""The group of entry points; each names a module that implements hooks."""

CORE = "xetrack-core"
"""The distribution of the built-in parts."""


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """An entry point, by which a distribution declares a plugin."""

    name: str
    """The plugin's name."""
    value: str
    """The import path of the plugin: ``package.module``, or ``package.module:attribute``."""
    distribution: str
    """The name of the distribution, as after ``pip install``; ``XETRACK_DISABLE_PLUGINS`` takes
    this or the plugin's name."""
    version: str
    """The distribution's version; empty when unknown."""


def normalized(name: str) -> str:
    """Return the canonical form of a distribution's name."""
    return re.sub(r"[-_.]+", "-", name.strip().lower())


def find(path: Sequence[str] | None = None) -> list[EntryPoint]:
    """Return the entry points of all plugins, sorted by name and then by distribution.

    Parameters
    ----------
    path
        Folders to search; `sys.path` if None.
    """
    points = []
    for stem, read in _distributions(path):
        text = read("entry_points.txt") or ""
        if GROUP in text:
            name, version = _field("Name", read) or stem, _field("Version", read)
            points += [EntryPoint(*item, name, version) for item in _declared(text)]
    return sorted(points, key=lambda point: (point.name, normalized(point.distribution)))


def version_of(distribution: str, path: Sequence[str] | None = None) -> str:
    """Return the version of a distribution; empty if it is not installed.

    Parameters
    ----------
    distribution
        Name of the distribution, in any form.
    path
        Folders to search; `sys.path` if None.
    """
    wanted = normalized(distribution)
    reads = (read for name, read in _distributions(path) if normalized(name) == wanted)
    return next((_field("Version", read) for read in reads), "")


def _declared(text: str) -> Iterator[tuple[str, str]]:
    """Yield the name and value of each entry point of the group."""
    group = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            group = line[1:-1].strip()
        elif group == GROUP and line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            yield name.strip(), value.strip()


def _field(name: str, read: Read) -> str:
    """Return a field of a distribution's metadata; empty if it is not there."""
    header = (read("METADATA") or read("PKG-INFO") or "").partition("\n\n")[0]
    match = re.search(rf"^{name}:(.*)$", header, re.MULTILINE)
    return match[1].strip() if match else ""


def _distributions(path: Sequence[str] | None) -> Iterator[tuple[str, Read]]:
    """Yield the name and a reader of each distribution; the first of a name hides the others."""
    # Anybody may put anything on sys.path; like the import system, this takes texts only.
    folders: Sequence[object] = sys.path if path is None else path
    roots = [root for root in folders if isinstance(root, str)]
    seen = set()
    for name, read in _from_folders(roots) if _all_in_folders(roots) else _from_metadata(roots):
        key = normalized(name)
        if key not in seen:
            seen.add(key)
            yield name, read


def _all_in_folders(roots: list[str]) -> bool:
    finders = [finder for finder in sys.meta_path if hasattr(finder, "find_distributions")]
    return finders == [PathFinder] and not any(
        root.lower().endswith(".egg") or os.path.isfile(root)  # noqa: PTH113 - 5 times faster
        for root in roots
    )


def _from_folders(roots: list[str]) -> Iterator[tuple[str, Read]]:
    for root in roots:
        try:
            entries = os.listdir(root or ".")  # noqa: PTH208 - 5 times faster
        except OSError:
            continue
        for entry in entries:
            stem, _, ending = entry.rpartition(".")
            if ending in {"dist-info", "egg-info"}:
                yield stem.partition("-")[0], partial(_read, f"{root or '.'}/{entry}")


def _read(folder: str, name: str) -> str | None:
    try:
        with open(f"{folder}/{name}", "rb") as file:  # noqa: PTH123 - 3 times faster
            return file.read().decode("utf-8", "replace")
    except OSError:
        return None


def _from_metadata(roots: list[str]) -> Iterator[tuple[str, Read]]:
    from importlib.metadata import distributions  # noqa: PLC0415 - 40 ms, seldom needed

    for distribution in distributions(path=roots):
        try:
            yield str(distribution.metadata["Name"]), distribution.read_text
        except Exception:  # noqa: BLE001, S112 - damaged metadata of one hides no other
            continue
