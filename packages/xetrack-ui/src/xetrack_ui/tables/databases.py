"""The databases that a page shows, each opened when it is first asked for."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from xetrack import Reader
from xetrack.errors import (
    DatabaseNotFoundError,
    InvalidArgumentError,
    NotADatabaseError,
    StorageError,
    TableNotFoundError,
    XetrackError,
)
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.query import Query
from xetrack.model.locations import shown_location
from xetrack.model.names import DEFAULT_TABLE
from xetrack.opening import owner_of
from xetrack.parts.titles import title_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xetrack.interfaces.engine import Engine

TIMEOUT = 5.0
"""Seconds to wait for another process that has a database for itself."""


class Database:
    """A database, which need not be there yet, and may go away.

    **Thread safety.** Any number of threads may use it.

    Parameters
    ----------
    number
        Its place among the databases of the page.
    location
        A path or URL.
    """

    def __init__(self, number: int, location: str) -> None:
        self.number = number
        self._location = location
        self._readers: dict[str, Reader] = {}
        self._lock = threading.Lock()

    @property
    def location(self) -> str:
        """The path or URL, without its secrets."""
        return shown_location(self._location)

    @property
    def name(self) -> str:
        """A short name: that of the file, or the URL."""
        location = self.location
        return location if "://" in location else PurePath(location).name or location

    @property
    def is_missing(self) -> bool:
        """Return True for a path at which there is nothing."""
        return "://" not in self._location and not Path(self._location).expanduser().exists()

    def check(self) -> None:
        """Raise an error if there is a file, and it is no database.

        Raises
        ------
        NotADatabaseError, StorageError
            See `reader`.
        """
        if "://" in self._location or self.is_missing:
            return
        # Who owns a file is known from its first bytes, without opening it.
        if owner_of(str(Path(self._location).expanduser())) is None:
            self.reader()

    def reader(self, table: str = DEFAULT_TABLE) -> Reader:
        """Return a reader of a table; the default table need not exist.

        Parameters
        ----------
        table
            Name of the table.

        Raises
        ------
        DatabaseNotFoundError, NotADatabaseError, StorageError
            The database cannot be opened.
        TableNotFoundError
            It has no such table.
        """
        with self._lock:
            reader = self._readers.get(table)
        if reader is not None:
            return reader
        reader = Reader(self._location, table=table, timeout=TIMEOUT)
        if table != DEFAULT_TABLE and table not in reader.tables:
            tables = reader.tables
            reader.close()
            raise TableNotFoundError(table, self.location, tables)
        with self._lock:
            return self._readers.setdefault(table, reader)

    @contextmanager
    def reading(self, table: str = DEFAULT_TABLE) -> Iterator[Reader]:
        """Return a context with a reader, which is opened anew after the database has failed.

        Parameters
        ----------
        table
            Name of the table.
        """
        reader = self.reader(table)
        try:
            yield reader
        except (DatabaseNotFoundError, NotADatabaseError, StorageError):
            with self._lock:
                if self._readers.get(table) is reader:
                    del self._readers[table]
            raise

    def close(self) -> None:
        """Close all readers; a later call opens others."""
        with self._lock:
            readers, self._readers = [*self._readers.values()], {}
        for reader in readers:
            with suppress(XetrackError):
                reader.close()


class Databases:
    """The databases of a page, by their numbers.

    Parameters
    ----------
    locations
        Paths and URLs, in the order in which the page lists them.
    """

    def __init__(self, locations: Sequence[str]) -> None:
        self._databases = [*map(Database, range(len(locations)), locations)]

    def __iter__(self) -> Iterator[Database]:
        return iter(self._databases)

    def numbered(self, text: str) -> Database:
        """Return the database with a number.

        Parameters
        ----------
        text
            The number, as it stands in a URL.

        Raises
        ------
        InvalidArgumentError
            There is none.
        """
        by_number = {str(each.number): each for each in self._databases}
        if text not in by_number:
            expected = f"the number of a database, from 0 to {len(by_number) - 1}"
            raise InvalidArgumentError("db", text, expected)
        return by_number[text]

    def close(self) -> None:
        """Close all databases."""
        for database in self._databases:
            database.close()


def engine_name(engine: Engine) -> str:
    """Return the name of an engine; of one that no plugin offers, that of its class.

    Parameters
    ----------
    engine
        An open engine.
    """
    title = title_of(PartKind.ENGINE, engine)
    return title.split("'")[1] if "'" in title else title.rpartition(" ")[2]


def check_table(reader: Reader) -> None:
    """Raise an error if a reader's table does not exist.

    Parameters
    ----------
    reader
        Its table is looked for, as reading an empty one is no error.

    Raises
    ------
    TableNotFoundError, DatabaseNotFoundError
        It does not, or the whole database is gone.
    """
    engine = reader.engine
    if not engine.columns(reader.table):
        for _ in engine.read(reader.table, Query(limit=0)).batches:  # the engine knows why
            pass
        raise TableNotFoundError(reader.table, shown_location(str(reader.db)), reader.tables)
