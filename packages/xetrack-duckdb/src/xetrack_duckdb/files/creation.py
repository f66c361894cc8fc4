"""A DuckDB file comes to its place whole: made under another name, and linked to its own.

A kill or a full disk while DuckDB writes the first blocks of a file leaves one that never opens.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from xetrack.errors import StorageError
from xetrack_duckdb.driver_errors import literal
from xetrack_duckdb.files.siblings import NEW

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def create_database(root: DuckDBPyConnection, path: str) -> None:
    """Make a database where there is none, and never in the place of a file.

    What a kill left of an earlier attempt is removed. The caller holds the lock file.

    Parameters
    ----------
    root
        A connection that may write to the path.
    path
        Where to.

    Raises
    ------
    StorageError
        The system refused it.
    """
    new = path + NEW
    is_there = os.path.lexists(path)
    if is_there and not os.path.lexists(new):
        return
    _sweep(new)
    if is_there:
        return
    try:
        root.execute(f"ATTACH {literal(new)} AS made (TYPE duckdb)")
        root.execute("DETACH made")
        _put(new, path)
    except OSError as error:
        raise StorageError(path, "Making", error.strerror or str(error)) from error
    finally:
        with suppress(Exception):  # nothing is attached, but where that failed
            root.execute("DETACH DATABASE IF EXISTS made")
        _sweep(new)


def _put(new: str, path: str) -> None:
    try:
        os.link(new, path)
    except FileExistsError:  # another program was quicker
        return
    except OSError:  # a file system without second names
        if not os.path.lexists(path):
            os.rename(new, path)  # noqa: PTH104
    with suppress(OSError):  # the name is to survive a loss of power, as rows do
        folder = os.open(os.path.dirname(path), os.O_RDONLY)  # noqa: PTH120
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _sweep(new: str) -> None:
    for name in (new, f"{new}.wal"):
        with suppress(OSError):
            os.unlink(name)  # noqa: PTH108


def file_state(path: str) -> tuple[tuple[int, int, int, int], ...]:
    """Return a value that differs when a file, or DuckDB's log beside it, was changed by others.

    Parameters
    ----------
    path
        The path of a DuckDB file.
    """
    states = []
    for name in (path, f"{path}.wal"):
        try:
            status = os.stat(name)  # noqa: PTH116 - as quick as can be, for each use of the file
            states.append((status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns))
        except OSError:
            states.append((0, 0, 0, 0))
    return tuple(states)


def file_identity(path: str) -> tuple[int, int] | None:
    """Return the device and the number of a file, or None for a missing one.

    Parameters
    ----------
    path
        The path of a file.
    """
    with suppress(OSError):
        status = os.stat(path)  # noqa: PTH116 - at each use
        return status.st_dev, status.st_ino
    return None


def make_folder(location: str) -> None:
    """Create the folder of a database file, unless it exists.

    Parameters
    ----------
    location
        The path of the file.

    Raises
    ------
    StorageError
        The folder cannot be created.
    """
    try:
        Path(os.path.realpath(location)).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(location, "Making the folder of", str(error)) from error
