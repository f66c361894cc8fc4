"""The kind of file at a location, read without harm to whoever has it open."""

from __future__ import annotations

from pathlib import Path

from xetrack.interfaces.component import PartKind
from xetrack.plugins.registry import registry
from xetrack.process import forks, open_files

_MAGIC = slice(8, 12)
"""Where a DuckDB file says what it is."""


def is_sqlite(location: str) -> bool:
    """Return True if the engine named ``sqlite`` owns the file; an empty file belongs to none.

    Parameters
    ----------
    location
        The path of a file.
    """
    try:
        if not Path(location).stat().st_size:
            return False
    except (OSError, ValueError):
        return False
    return registry().load(PartKind.ENGINE, "sqlite").owns(location)


def is_duckdb(location: str) -> bool:
    """Return True for a DuckDB file; never raises.

    Parameters
    ----------
    location
        The path of a file, which need not exist.
    """
    try:
        if not Path(location).is_file():
            return False
        return forks.locked(forks.gate(), lambda: _head(location)[_MAGIC] == b"DUCK")
    except (OSError, ValueError):
        return False


def _head(location: str) -> bytes:
    """Return how a file begins; to open it would drop the locks that this process has on it."""
    first = open_files.head(location, _MAGIC.stop)
    if first is None:
        with Path(location).open("rb") as opened:
            first = opened.read(_MAGIC.stop)
    return first
