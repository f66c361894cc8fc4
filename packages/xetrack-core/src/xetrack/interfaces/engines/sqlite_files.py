"""SQLite files: sharing one with other parts, and checking which of its tables are safe to read.

A database file may come from anybody. A view with the name of a table, a virtual table or a
generated column would compute what its author wrote, for as long and in as much memory as that
takes. So only tables that store all their cells are read.
"""

from __future__ import annotations

import os
import re
import stat
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from xetrack.process import open_files

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from contextlib import AbstractContextManager

T = TypeVar("T")

_COMPUTES = re.compile(r"\b(?:AS|GENERATED)\b", re.IGNORECASE)
"""Words of a definition that computes cells; a name that has such a word counts, too."""

_STORED = "CREATE TABLE "

_COMPUTES_WHEN_WRITTEN = re.compile(r"\b(?:CHECK|DEFAULT|COLLATE|REFERENCES)\b", re.IGNORECASE)

_SUPER_JOURNAL = bytes.fromhex("d9d505f920a163d7")
"""The last bytes of a journal that names another file, which SQLite removes after the rollback."""

_QUERY = "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema WHERE"


class SharesSQLite(ABC):
    """The capability of an engine with a SQLite file to store tables of other parts in it.

    **Names.** Such tables begin with ``xetrack_``, except for those of xetrack 0.7.

    **Lifetime.** No connection or cursor may be used after the call or the context that lends it.

    Examples
    --------
    ::

        with engine.write_sqlite() as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS xetrack_notes (text TEXT)")
        texts = engine.read_sqlite(lambda connection: connection.execute(QUERY).fetchall())
    """

    holds_rows: ClassVar[bool] = True
    """Whether rows that the engine stores during `write_sqlite` belong to its transaction."""

    @abstractmethod
    def read_sqlite(self, at: Callable[[sqlite3.Connection], T], *, brief: bool = False) -> T:
        """Call a function with a connection that reads a snapshot of the file.

        Parameters
        ----------
        at
            The function. It may be called again, if another thread forks meanwhile.
        brief
            Whether the function ends within a moment and waits for nothing. Then it may get the
            connection that writes, while that is idle, which saves opening another.

        Returns
        -------
        object
            What the function returns.
        """

    @abstractmethod
    def write_sqlite(self, *, wait: bool = True) -> AbstractContextManager[sqlite3.Connection]:
        """Return a context that lends the writing connection inside a transaction.

        **Atomicity.** All is stored at the end of the context, or nothing if it raises. Where
        `holds_rows` is True, rows that the engine stores meanwhile are part of the transaction.

        **Thread safety.** The engine's lock is held inside the context.

        Parameters
        ----------
        wait
            Whether to wait for other writers, as long as the settings allow.

        Raises
        ------
        ReadOnlyError
            The engine is open for reading only.
        DatabaseBusyError
            Others are writing; raised at once unless `wait` is True.
        StorageError
            The driver failed; its own errors leave the context as this one.
        """


def has_super_journal(path: str) -> bool:
    """Return True if to open a SQLite file could remove another file, which its journal names.

    SQLite writes such a journal for a transaction in several files, which xetrack never begins.
    Ask before each time that a file is opened for writing. Never raises.

    Parameters
    ----------
    path
        The file of the database, which need not exist; links are followed.
    """
    with suppress(OSError, ValueError):
        # SQLite has it beside what a link leads to.
        file = os.path.realpath(path) if os.path.islink(path) else path  # noqa: PTH114 - quick
        journal = f"{file}-journal"
        status = os.stat(journal)  # noqa: PTH116 - quick, and mostly there is none
        if stat.S_ISREG(status.st_mode):
            size = len(_SUPER_JOURNAL)
            at = max(0, status.st_size - size)
            # It may be a link to a database whose locks this process has.
            end = open_files.head(journal, size, at)
            if end is None:
                with Path(journal).open("rb") as content:
                    content.seek(at)
                    end = content.read(size)
            return end == _SUPER_JOURNAL
    return False


def is_ordinary(kind: str, root: int, sql: object) -> bool:
    """Return True if an entry of ``sqlite_schema`` is a table that stores all its cells.

    Parameters
    ----------
    kind, root, sql
        The columns ``type``, ``rootpage`` and ``sql`` of the entry.
    """
    # SQLite writes a text that begins so, and no other for a virtual table. By `writable_schema`
    # its author may give that a page, which it has none of, or any table bytes for a text.
    return (
        kind == "table"
        and bool(root)
        and isinstance(sql, str)
        and sql.upper().startswith(_STORED)
        and not _COMPUTES.search(sql)
    )


def ordinary_tables(connection: sqlite3.Connection) -> set[str]:
    """Return the names of the ordinary tables of a database; see `is_ordinary`."""
    entries = connection.execute(f"{_QUERY} type = 'table'")
    return {name for kind, name, _, root, sql in entries if is_ordinary(kind, root, sql)}


def foreign_object(connection: sqlite3.Connection, prefix: str) -> str:
    """Describe the first object that poses as one of xetrack's tables, or belongs to such a table.

    Parameters
    ----------
    connection
        A connection to the database.
    prefix
        How the names of the tables begin.

    Returns
    -------
    str
        A clause for an error message; empty where there are ordinary tables only, without foreign
        triggers or indexes.
    """
    # LIKE ignores case, as SQLite's names do.
    like = prefix.replace("_", "!_") + "%"
    query = f"{_QUERY} (name LIKE ? ESCAPE '!' OR tbl_name LIKE ? ESCAPE '!') AND sql IS NOT NULL"
    for kind, name, _, root, sql in connection.execute(query, (like, like)).fetchall():
        if not is_ordinary(kind, root, sql) or _COMPUTES_WHEN_WRITTEN.search(sql):
            computed = " that computes" if kind == "table" else ""
            return f"its {kind} {name!r}{computed} is none of xetrack's, though it is named so"
    return ""
