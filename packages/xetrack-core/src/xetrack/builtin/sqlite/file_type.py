"""Whether a file is a SQLite database, asked in a way that leaves the locks of others alone."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from xetrack.builtin.sqlite.connections.read_modes import read_modes
from xetrack.builtin.sqlite.driver_errors import code, is_busy
from xetrack.interfaces.engines.sqlite_files import has_super_journal
from xetrack.process import forks, open_files


def is_sqlite(location: str) -> bool:
    """Return True if SQLite can read the file; an empty one is an empty database.

    Parameters
    ----------
    location
        The path of a file, which need not exist.
    """
    if not os.path.isfile(location) or open_files.is_one_byte(location):  # noqa: PTH113 - never raises
        return False
    # With the gate closed, so that nobody opens it meanwhile.
    return forks.locked(forks.gate(), lambda: _is_sqlite(location))


def _is_sqlite(location: str) -> bool:
    first = open_files.head(location, len(open_files.SQLITE_MAGIC))
    if first is not None:  # to open and close it would drop the locks that this process has
        return first in {b"", open_files.SQLITE_MAGIC}
    if has_super_journal(location):  # the engine refuses it; to open it could remove another file
        return _looks_so(location)
    try:
        mode = next(read_modes(str(Path(location).absolute())))
        with closing(sqlite3.connect(mode.uri, uri=True, timeout=0)) as connection:
            connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.Error as error:
        if is_busy(error):
            return _looks_so(location)  # other databases lock their files too
        # What may not be written looks like a database, as far as one can see.
        return code(error) not in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
    return True


def _looks_so(location: str) -> bool:
    with suppress(OSError), Path(location).open("rb") as file:
        return file.read(len(open_files.SQLITE_MAGIC)) in {b"", open_files.SQLITE_MAGIC}
    return True
