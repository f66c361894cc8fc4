"""All that the answers to one page are made from."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from xetrack.model.names import DEFAULT_TABLE
from xetrack_ui.tables.databases import Databases
from xetrack_ui.tables.state import TableStates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xetrack import Reader
    from xetrack_ui.tables.databases import Database
    from xetrack_ui.tables.state import TableState


class Workspace:
    """The databases of a page, and what is remembered of their tables.

    Parameters
    ----------
    locations
        Paths and URLs of the databases.
    table
        The table that the page opens with.
    logs
        Files and folders of logs, of which runs are shown with their rows.
    """

    def __init__(self, locations: Sequence[str], table: str = "", logs: Iterable[str] = ()) -> None:
        self.databases = Databases(locations)
        self.states = TableStates()
        self.table = table
        self.logs = tuple(logs)

    @contextmanager
    def opened(self, database: Database, table: str) -> Iterator[tuple[Reader, TableState]]:
        """Return a context with a reader of a table and what is known of the table.

        Parameters
        ----------
        database
            The database.
        table
            Name of the table.

        Raises
        ------
        TableNotFoundError
            There is no such table.
        """
        with database.reading(table) as reader:
            yield reader, self.states.state(database, reader)

    def read_ahead(self) -> None:
        """Read the runs of the table that the page opens with, while the browser starts.

        What cannot be read is told to whoever asks for it.
        """
        database = next(iter(self.databases))
        with suppress(Exception):
            with database.reading() as reader:
                tables = reader.tables
            first = DEFAULT_TABLE if DEFAULT_TABLE in tables else next(iter(tables), "")
            if self.table or first:
                with self.opened(database, self.table or first) as (_, state):
                    _ = state.runs

    def check(self) -> None:
        """Raise an error if a file that is to be shown is no database.

        Raises
        ------
        NotADatabaseError, StorageError
            It is none, or cannot be read.
        """
        for database in self.databases:
            database.check()

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Return a context at whose end all databases are closed."""
        try:
            yield
        finally:
            self.close()

    def close(self) -> None:
        """Close all databases."""
        self.databases.close()
