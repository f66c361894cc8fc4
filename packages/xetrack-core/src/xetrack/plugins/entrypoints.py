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
from operator import eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING, Any, TypeAlias

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
    needs_core: str = ""
    """The versions of the core that the distribution requires, such as ``>=1,<2``; empty where it
    says nothing, or only under a condition."""


def normalized(name: str) -> str:
    """Return the canonical form of a distribution's name.

    Parameters
    ----------
    name
        As its author writes it: letters of any case, ``.``, ``_`` or ``-`` between words.
    """
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
            about = (_field("Name", read) or stem, _field("Version", read), _core_versions(read))
            points += [EntryPoint(*item, *about) for item in _declared(text)]
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


def _fields(name: str, read: Read) -> list[str]:
    """Return the values of a field of a distribution's metadata."""
    header = (read("METADATA") or read("PKG-INFO") or "").partition("\n\n")[0]
    return [value.strip() for value in re.findall(rf"^{name}:(.*)$", header, re.MULTILINE)]


def _field(name: str, read: Read) -> str:
    """Return a field of a distribution's metadata; empty if it is not there."""
    return next(iter(_fields(name, read)), "")


_REQUIREMENT = re.compile(r"([\w.-]+)\s*(?:\[[^]]*\])?\s*\(?([^;()]*)\)?\s*(;?)")
"""A requirement: the distribution, the versions, and whether there is a condition."""


def _core_versions(read: Read) -> str:
    """Return the versions of the core that a distribution requires, whatever the environment."""
    matches = map(_REQUIREMENT.match, _fields("Requires-Dist", read))
    return ",".join(
        match[2].strip()
        for match in matches
        # A condition may be an extra that nobody asked for.
        if match and normalized(match[1]) == CORE and match[2].strip() and not match[3]
    )


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


_NUMBERS = r"(?:\d+!)?(\d+(?:\.\d+)*)"
_CLAUSE = re.compile(rf"(===|~=|==|!=|<=|>=|<|>)\s*v?{_NUMBERS}(\.\*)?.*", re.DOTALL)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": eq, "===": eq, "!=": ne, "<=": le, ">=": ge, "<": lt, ">": gt
}  # fmt: skip


def is_satisfied(versions: str, core: str) -> bool:
    """Return True if a version of the core is among those that a plugin requires.

    Only the numbers of releases count, for which `packaging` need not be installed: a pre-release
    counts as the release that it becomes. What has no form that is known refuses no plugin.

    Parameters
    ----------
    versions
        The required versions, such as ``>=1,<2``.
    core
        The version of the core; empty if it is unknown.

    Examples
    --------
    >>> is_satisfied(">=1.2,<2", "1.10.0"), is_satisfied(">=2", "1.10.0")
    (True, False)
    """
    present = re.match(f"v?{_NUMBERS}", core.strip())
    return present is None or all(
        _allows(clause.strip(), _release(present[1])) for clause in versions.split(",")
    )


def _release(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def _allows(clause: str, release: tuple[int, ...]) -> bool:
    match = _CLAUSE.fullmatch(clause)
    if match is None:
        return True
    operator, wanted = match[1], _release(match[2])
    length = max(len(release), len(wanted))
    present = release + (0,) * (length - len(release))
    if operator == "~=":  # 1.4 and what follows in 1.*
        series = wanted[:-1]
        return present >= wanted and present[: len(series)] == series
    if match[3]:
        return (present[: len(wanted)] == wanted) == (operator != "!=")
    return _COMPARE[operator](present, wanted + (0,) * (length - len(wanted)))
