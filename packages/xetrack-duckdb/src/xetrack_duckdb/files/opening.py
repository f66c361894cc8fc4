"""What is checked before an engine opens a database."""

from __future__ import annotations

import os
from pathlib import Path

from xetrack.errors import DatabaseNotFoundError, InvalidArgumentError, NotADatabaseError
from xetrack_duckdb.file_magic import is_duckdb
from xetrack_duckdb.files import siblings
from xetrack_duckdb.row_log.log import check_stranded


def check_copy(path: str) -> None:
    """Check that DuckDB can write a copy of a database at a path, before it begins.

    Parameters
    ----------
    path
        Where the copy goes.

    Raises
    ------
    InvalidArgumentError
        DuckDB takes no such path.
    """
    if "?" in path:
        expected = "a path without '?', behind which DuckDB reads parameters of a URL"
        raise InvalidArgumentError("path", Path(path).name, expected)
    if _has_backslash(path):
        expected = "a path without a backslash, which DuckDB reads as a folder's '/'"
        raise InvalidArgumentError("path", path, expected)


def _has_backslash(path: str) -> bool:
    """Return True if a path has a backslash that is part of a name."""
    return os.sep == "/" and "\\" in path


def check_location(location: str, path: str, *, read_only: bool) -> None:
    """Check that a DuckDB database is at a location, or that one can be made there.

    Parameters
    ----------
    location
        The path as the user wrote it.
    path
        The same path with links resolved.
    read_only
        Whether the database must exist already.

    Raises
    ------
    DatabaseNotFoundError
        There is none, and none may be made.
    NotADatabaseError
        Something else is there, or a file beside it could lead elsewhere.
    StrandedRowsError
        A row log lies where nobody looks for rows.
    """
    if "?" in path:  # it would have its log elsewhere
        reason = "DuckDB takes what follows a '?' in a path for parameters of a URL"
        hint = "Rename the file or folder, or log into SQLite, which takes any name."
        raise NotADatabaseError(location, reason, hint)
    if _has_backslash(path):  # it would be made in another folder
        reason = "DuckDB takes a backslash in a path for the '/' of a folder"
        hint = "Rename the file or folder, or log into SQLite, which takes any name."
        raise NotADatabaseError(location, reason, hint)
    siblings.refuse_links(path)
    file = Path(path)
    if file.is_dir():
        raise NotADatabaseError(location, "it is a folder")
    if not file.exists():
        if read_only:
            raise DatabaseNotFoundError(location)
    elif file.stat().st_size and not is_duckdb(location):
        raise NotADatabaseError(location, "it is no DuckDB database")
    check_stranded(location, path)
