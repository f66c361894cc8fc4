"""What kind of file is there: told without harm to who has it open."""

from __future__ import annotations

from pathlib import Path

from xetrack import forks, held
from xetrack.interfaces.component import PartKind
from xetrack.plugins.registry import registry

_MAGIC = slice(8, 12)
"""Where a DuckDB file says what it is."""


def is_sqlite(location: str) -> bool:
    """Tell whether the engine named ``sqlite`` owns what is there; an empty file is new."""
    try:
        if not Path(location).stat().st_size:
            return False
    except (OSError, ValueError):
        return False
    return registry().load(PartKind.ENGINE, "sqlite").owns(location)


def is_duckdb(location: str) -> bool:
    """Tell whether a DuckDB file is there; never raises."""
    # Others hold locks on the files of SQLite, and a look would take them away.
    try:
        if not Path(location).is_file() or is_sqlite(location):
            return False
        with forks.gate():
            if held.is_held(location):
                return True  # nobody else holds files
            with Path(location).open("rb") as opened:
                return opened.read(12)[_MAGIC] == b"DUCK"
    except (OSError, ValueError):
        return False
