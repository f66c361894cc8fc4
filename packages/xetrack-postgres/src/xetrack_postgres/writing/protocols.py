"""Protocols of the engine for the parts that write, so that none imports what is built upon it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from psycopg import Cursor

    from xetrack.interfaces.engine import Field, Settings
    from xetrack.model.kinds import Value
    from xetrack_postgres.address import Address
    from xetrack_postgres.connections.pool import ConnectionPool
    from xetrack_postgres.tables.catalog import Catalog
    from xetrack_postgres.tables.schema import StoredColumn, TableSchema


class RowQueue(Protocol):
    """Rows of calls within calls, as an inserter knows them."""

    def store(
        self, table: str, fields: Sequence[Field], rows: Sequence[Sequence[Value]], first: int
    ) -> None:
        """Store rows by another engine, or later.

        Parameters
        ----------
        table
            The name of the table.
        fields
            What is stored in each column.
        rows
            The cells of each row, in the order of the fields.
        first
            The number of the first; those of the others follow.
        """


class RowSpool(Protocol):
    """Rows that wait for the server, as an inserter knows them."""

    def store(
        self,
        inserter: Any,
        table: str,
        fields: Sequence[Field],
        rows: Sequence[Sequence[Value]],
        first: int,
        error: Exception | None,
    ) -> None:
        """Store rows by the inserter, or keep them on this machine until the server is back.

        Parameters
        ----------
        inserter
            What stores them.
        table
            The name of the table.
        fields
            What is stored in each column.
        rows
            The cells of each row, in the order of the fields.
        first
            The number of the first; those of the others follow.
        error
            Of an attempt before this.
        """


class RowWriter(Protocol):
    """The engine, as all that writes knows it."""

    lock: threading.RLock
    settings: Settings
    address: Address
    connections: ConnectionPool
    catalog: Catalog
    cursor: Cursor[Any] | None
    """The cursor that stores single rows, outside of transactions."""
    numbers: Iterator[int]
    is_away: bool
    """Whether the server did not answer last time."""

    @property
    def pending_rows(self) -> RowQueue:
        """Rows of calls within calls."""

    @property
    def spool(self) -> RowSpool | None:
        """Rows that wait for the server, if the URL names a folder for them."""

    def nested_engine(self) -> Self:
        """Return an engine with connections of its own."""

    def ping(self) -> None:
        """Ask the server for something, which raises while it is away."""

    def take_numbers(self, number: int) -> int:
        """Take numbers for some rows, and return the first.

        Parameters
        ----------
        number
            How many rows there are.

        Returns
        -------
        int
            The first of as many consecutive numbers.
        """

    def prepare_or_guess(
        self, prepare: Callable[[], tuple[str, ...]], fields: Sequence[Field]
    ) -> tuple[str, ...]:
        """Return the columns that preparing gives; likely ones while the server is away.

        Parameters
        ----------
        prepare
            Prepares an insert, which needs the server.
        fields
            What is to be stored.

        Returns
        -------
        tuple[str, ...]
            The name of the column that each field got.
        """

    def find_columns(
        self, table: str, fields: Sequence[Field]
    ) -> tuple[TableSchema, tuple[StoredColumn, ...]]:
        """Return the table and the stored columns for the fields, after adding and widening.

        Parameters
        ----------
        table
            The name of the table.
        fields
            What is to be stored.

        Raises
        ------
        ReadOnlyError
            The engine only reads.
        """

    def register_strays(self, table: str, names: Iterable[str]) -> None:
        """Register columns whose cells lie in the JSON of their rows.

        Parameters
        ----------
        table
            The name of the table.
        names
            The columns.

        Raises
        ------
        StaleError
            The table was changed meanwhile.
        """

    def forget(self, table: str) -> None:
        """Forget the cached columns of a table, because a statement found it changed.

        Parameters
        ----------
        table
            The name of the table.
        """
