"""Copies of a whole DuckDB file, made by DuckDB itself from one moment."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path
from secrets import token_hex
from shutil import move
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from xetrack_duckdb.driver_errors import literal
from xetrack_duckdb.files.connecting import connect
from xetrack_duckdb.row_log import flush
from xetrack_duckdb.row_log.log import ENDING
from xetrack_duckdb.tables import schema

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from xetrack_duckdb.files.database_file import DatabaseFile
    from xetrack_duckdb.row_log.log import RowLog

_numbers = count()


def copy_database(connection: DuckDBPyConnection, path: str) -> None:
    """Write what is in ``db`` into a new DuckDB file.

    While it is attached, every connection of this process to the same database sees the copy by
    its name, so each copy has a name of its own.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    path
        Where to; nothing is there.
    """
    name = f"xetrack_copy_{next(_numbers)}"
    connection.execute(f"ATTACH {literal(path)} AS {name} (TYPE duckdb)")
    try:
        connection.execute(f"COPY FROM DATABASE db TO {name}")
    finally:
        connection.execute(f"DETACH {name}")


def write_copy(connection: DuckDBPyConnection, file: DatabaseFile, log: RowLog, path: str) -> None:
    """Write what is stored at one moment into a new file, and its log beside that.

    Parameters
    ----------
    connection
        On it the file is ``db``, with all rows of the log.
    file, log
        What is copied.
    path
        Where to; what lies there is of an attempt that was in conflict.
    """
    for old_path in (path, path + ENDING):
        Path(old_path).unlink(missing_ok=True)
    # Meanwhile nobody brings rows from the log to the file, which both are copied; and DuckDB
    # may write to no other folder than that of the file.
    with file.flush_lock, TemporaryDirectory(prefix="backup-", dir=file.folder) as folder:
        if log.identity is not None:
            log.engine.backup(path + ENDING)
        new_path = Path(folder, "copy.duckdb")
        copy_database(connection, str(new_path))
        move(new_path, path)


def assign_new_identity(path: str, log: str) -> None:
    """Pair a copied file with the copy of its log, and with the originals no longer.

    So nothing is ever brought from the log of one database into another state of it.

    Parameters
    ----------
    path
        The copied DuckDB file.
    log
        The path of the copied log.
    """
    identity = token_hex(16)
    with closing(connect()) as connection:
        connection.execute(f"ATTACH {literal(path)} AS db (TYPE duckdb)")
        with flush.transaction(connection):
            schema.prepare(connection)
            schema.set_meta(connection, "log", identity)
        connection.execute("DETACH db")
    with closing(sqlite3.connect(log, isolation_level=None)) as rows:
        rows.execute("UPDATE xetrack_duckdb SET identity = ?", (identity,))
