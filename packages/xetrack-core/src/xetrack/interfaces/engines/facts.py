"""Facts of a database: a few named texts that belong to it as a whole, beside its tables.

The URL of the asset store is one. An engine without this capability works as well; what would be
remembered must then be given each time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from xetrack.errors import DatabaseNotFoundError
from xetrack.interfaces.engines.sqlite_files import SharesSQLite, ordinary_tables

if TYPE_CHECKING:
    import sqlite3

_CREATE = "CREATE TABLE IF NOT EXISTS xetrack_facts (name VARCHAR PRIMARY KEY, value VARCHAR)"
_ADD = "INSERT OR IGNORE INTO xetrack_facts VALUES (?, ?)"
_REPLACE = "REPLACE INTO xetrack_facts VALUES (?, ?)"
_READ = "SELECT value FROM xetrack_facts WHERE name = ?"


class KeepsFacts(ABC):
    """The capability of an engine to remember named texts.

    **Trust.** Whoever can write the database can write its facts: a reader checks what it uses.

    Examples
    --------
    ::

        if isinstance(engine, KeepsFacts):
            url = engine.fact("asset_store")
    """

    @abstractmethod
    def fact(self, name: str) -> str | None:
        """Return the text of a fact; None if there is none. Nothing is created by asking.

        Parameters
        ----------
        name
            The name of the fact.
        """

    def awaited_fact(self, name: str) -> str | None:
        """Return the text of a fact; wait for a database that is away, where `fact` raises at once.

        Only an engine that takes rows while its database is away has to distinguish the two.

        Parameters
        ----------
        name
            The name of the fact.

        Returns
        -------
        str or None
            None if there is none.
        """
        return self.fact(name)

    @abstractmethod
    def set_fact(self, name: str, value: str, *, replace: bool = True) -> str:
        """Store a fact, and return the text that the database has afterwards.

        **Atomicity.** Of several processes that call it at once with ``replace=False``, the first
        stores its text, and all get that one.

        Parameters
        ----------
        name
            The name of the fact.
        value
            Its text.
        replace
            Whether an existing text is replaced.

        Raises
        ------
        ReadOnlyError
            The engine is open for reading only.
        StorageError
            The fact could not be stored.
        """


class FactsInSQLite(SharesSQLite, KeepsFacts):
    """The facts of an engine that shares a SQLite file, in a table of that file."""

    def fact(self, name: str) -> str | None:
        """Return the text of a fact; see `KeepsFacts.fact`."""
        try:
            return self.read_sqlite(lambda connection: _read(connection, name), brief=True)
        except DatabaseNotFoundError:  # nothing was ever stored
            return None

    def set_fact(self, name: str, value: str, *, replace: bool = True) -> str:
        """Store a fact; see `KeepsFacts.set_fact`."""
        with self.write_sqlite() as connection:
            connection.execute(_CREATE)
            connection.execute(_REPLACE if replace else _ADD, (name, value))
            return _read(connection, name) or ""


def _read(connection: sqlite3.Connection, name: str) -> str | None:
    if "xetrack_facts" not in ordinary_tables(connection):
        return None
    row = connection.execute(_READ, (name,)).fetchone()
    return row[0] if row and isinstance(row[0], str) else None
