"""The storage engine: keeps tables of rows, exactly and durably.

An engine is chosen by name, by the file it owns or by URL scheme, and made once for each
`xetrack.Tracker` or `xetrack.Reader`. To write one, extend `Engine`, implement its abstract
methods, and offer it from a plugin's ``xetrack_engines`` hook.

Threads and processes
    Every method may be called from any thread at any time; the engine does its own locking.
    Any number of processes may use one location at once. Before a fork the engine closes what
    must not be inherited; afterwards each side opens its own connections on next use.

Values
    Cells are plain values (see `xetrack.model.kinds`): None, or exactly one of bool, int, float,
    str, bytes, datetime, date, time, Decimal, Path, list, dict. They come back equal and of the
    same type, with one exception: an int among floats may come back as the equal float.

Queries
    `xetrack.interfaces.query` says what conditions and order mean. An engine that keeps its tables
    in memory extends `xetrack.interfaces.memory_engine.MemoryEngine`, which has all of it.

Errors
    Anything that the user can cause or mend is one of `xetrack.errors`; a driver's own
    exceptions are never let through. A method that raises has changed nothing.
"""

from __future__ import annotations

import re
import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from xetrack.process import forks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from xetrack.interfaces.query import Condition, Query
    from xetrack.model.kinds import Kind, Value


@dataclass(frozen=True, slots=True)
class Field:
    """What a caller wants to write under one key."""

    key: str
    """The user's key, checked but not yet made a column name."""
    kinds: frozenset[Kind]
    """The kinds that will be written; empty where all values are None."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, as it is stored."""

    name: str
    """Name of the column in the database."""
    key: str | None
    """The key whose values it holds; None where another program made the column."""
    kinds: frozenset[Kind]
    """The kinds that were ever written; empty when unknown or when all cells are None."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The answer to a `Query`: the columns, and their cells batch by batch."""

    columns: tuple[Column, ...]
    batches: Iterator[Sequence[Sequence[Value]]]
    """Each batch holds the cells of each column, all of one length. All batches come
    from one moment: rows that are logged while reading do not show up half way. Exhaust or
    close the iterator; until then it may hold resources of the database. A fork meanwhile ends
    it with `xetrack.errors.InterruptedReadError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How an engine is to behave; the same for all engines."""

    read_only: bool = False
    """Create and change nothing: no file, no table, no folder."""
    timeout: float = 60.0
    """Seconds to wait for other processes' locks before `xetrack.errors.DatabaseBusyError`."""
    durability: Literal["normal", "full"] = "normal"
    """``normal``: an acknowledged row survives a kill of the process; ``full``: the loss of
    power too."""


class Inserter(ABC):
    """A prepared insert: it knows its table, its columns and the kinds of their values.

    It stays valid for as long as the engine is open, whatever others do to the table: when it
    finds that columns were added, widened or dropped, it prepares itself anew.
    """

    columns: tuple[str, ...]
    """The column that each field got, in the order of the fields."""

    @abstractmethod
    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        """Store the rows in this order, all of them or none; durable when it returns.

        Parameters
        ----------
        rows
            One sequence of cells a row, in the order of the fields. Each cell is None or of
            one of the kinds of its field; the caller has checked that.

        Raises
        ------
        StorageError
            The rows could not be stored; none of them is.
        """

    def write_columns(self, columns: Sequence[Sequence[Value]]) -> None:
        """Store rows, given as the cells of each field, as `write` does.

        Whoever has many rows by columns calls it, so an engine may have a quicker way for them.
        """
        self.write(list(zip(*columns, strict=True)))

    def append(self, row: Sequence[Value]) -> None:
        """Store one row, as `write` does; the caller holds the engine's lock.

        Trackers call it for each row that they log, so an engine may have a quicker way for one.
        """
        self.write((row,))


SECRETS = frozenset({"password", "passwd", "sslpassword", "token", "secret", "key"})
"""Parameters of a URL that nobody is shown."""

STARS = "***"


def shown_location(location: str) -> str:
    """Return a location as users may see it: a URL with stars for its password."""
    if "://" not in location:
        return location
    head, mark, query = location.partition("?")
    if "@" in query and re.search(r"://[^/@]*:[^/@]*$", head):  # a question mark in a password
        head, mark, query = location, "", ""
    head = re.sub(r"(?<=://)([^:@/]*):.+@", rf"\1:{STARS}@", head, flags=re.DOTALL)
    pairs = [pair.partition("=") for pair in query.split("&")]
    kept = [
        name + sep + (STARS if name.lower() in SECRETS else value) for name, sep, value in pairs
    ]
    return f"{head}{mark}{'&'.join(kept)}"


class Engine(ABC):
    """An open database. See the module for what holds for every method."""

    location: str
    """The location as users may see it, in errors and elsewhere: without a password."""

    lock: threading.RLock
    """Held by a tracker while it stamps and stores a row, so that rows lie in the order of their
    timestamps; an engine that needs a lock takes this one. It is reentrant."""

    asset_store: ClassVar[str | None] = None
    """Name of the asset store that can be made with this engine. None where there is none:
    then only plain values can be logged, unless the user names another store."""

    def __init__(self, location: str, settings: Settings) -> None:
        """Open the database, but create nothing before the first write.

        Parameters
        ----------
        location
            A path, a URL of one of the component's schemes, or ``:memory:``.
        settings
            See `Settings`.

        Raises
        ------
        DatabaseNotFoundError
            Nothing is there, and `settings` ask for reading only.
        NotADatabaseError
            Something is there that this engine cannot read.
        """
        self.location = location
        self.settings = settings
        self.lock = threading.RLock()
        forks.protect(self)

    def before_fork(self) -> None:
        """Close what a forked child must not inherit; the lock is held meanwhile."""
        self.close()

    @classmethod
    @abstractmethod
    def owns(cls, location: str) -> bool:
        """Tell whether a database of this engine exists at the location; never raises.

        It must not open a database file by ``open()``: closing that would drop the locks that
        another connection of this process holds on it.
        """

    @abstractmethod
    def tables(self) -> list[str]:
        """Name the tables of rows, in the order they were made; no views, nothing internal."""

    @abstractmethod
    def columns(self, table: str) -> tuple[Column, ...]:
        """Describe the columns in the order they were added; empty for a missing table."""

    @abstractmethod
    def add_columns(self, table: str, fields: Sequence[Field]) -> tuple[str, ...]:
        """Make sure that the table has a column for each field, able to hold its kinds.

        A missing table is made, with the columns of `xetrack.model.names.OWN` first. A new key gets
        the column that `xetrack.model.names.column_name` chooses; a column whose kinds do not
        suffice widens, without loss of what it holds. Many processes may ask for the same at
        once; each gets the same answer.

        Returns
        -------
        tuple of str
            The name of each field's column, in the order of the fields.
        """

    @abstractmethod
    def inserter(self, table: str, fields: Sequence[Field]) -> Inserter:
        """Prepare an insert; does what `add_columns` does first.

        The fields include those of `xetrack.model.names.OWN`, and their cells are text: engines may
        know a row by them.
        """

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Make the writes of a ``with`` block one: all are stored at its end, or none if it raises.

        The writes may be any number of `Inserter.write` and `add_columns`, of as many rows as a
        database can hold: memory must not grow with them. The block belongs to the thread that
        began it; other writers wait for its end. A `read` in it sees all that was stored before
        it began, and may or may not see what it wrote itself. What a method raises must leave
        the block, and inserters made in a block that raised are of no use afterwards.

        Raises
        ------
        ReadOnlyError
            The settings ask for reading only.
        """

    def is_writing(self) -> bool:
        """Return True if the calling thread is in the midst of another write to this database.

        A signal handler, a finalizer or a sink may log while its own thread is storing something
        else. If its rows were stored there and then, they would meet the other's statements in
        their midst, and be undone with them. So trackers ask, and hand over such rows by
        `after_write`. An engine to which that cannot happen, as each write has a connection of
        its own or is one step, need not implement the two.
        """
        return False

    def after_write(self, work: Callable[[], object]) -> None:
        """Do some work as soon as that write is over, whether it succeeded or not.

        Parameters
        ----------
        work
            Writes by methods of this engine; what it raises is a warning.
        """
        work()

    @abstractmethod
    def read(self, table: str, query: Query) -> Selection:
        """Read cells.

        Raises
        ------
        TableNotFoundError
            The table does not exist.
        ColumnNotFoundError
            The query names a column that the table lacks.
        """

    @abstractmethod
    def count(self, table: str, where: Sequence[Condition] = ()) -> int:
        """Count the rows that fulfil all conditions; 0 for a missing table."""

    @abstractmethod
    def update(self, table: str, values: Mapping[str, Value], where: Sequence[Condition]) -> int:
        """Set cells of existing columns, and return how many rows that touched.

        The caller has called `add_columns` for the kinds of these values.
        """

    @abstractmethod
    def delete(self, table: str, where: Sequence[Condition]) -> int:
        """Delete the rows that fulfil all conditions, and return how many that were."""

    @abstractmethod
    def drop(self, table: str) -> None:
        """Remove a table with all its rows; nothing happens when there is none."""

    @abstractmethod
    def close(self) -> None:
        """Give back every resource. A later call opens anew; a second ``close`` does nothing."""


@dataclass(frozen=True, slots=True)
class SQLResult:
    """What a statement of SQL returned."""

    names: tuple[str, ...]
    rows: list[tuple[Any, ...]] = field(repr=False)
    truncated: bool = False
    """True when more rows were there than asked for."""


class RunsSQL(ABC):
    """The power of an engine that speaks SQL."""

    @property
    @abstractmethod
    def connection(self) -> Any:
        """A connection of the driver's own type, for the user's statements, read and write.

        It is not the one that `Inserter` writes with, so that a rollback by the user cannot
        take logged rows along; except in memory, where some databases have only one.
        """

    def table_name(self, table: str) -> str:
        """Return how statements on `connection` name a table."""
        return table

    @abstractmethod
    def sql(
        self,
        query: str,
        parameters: Sequence[Any] | Mapping[str, Any] = (),
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> SQLResult:
        """Run one statement that only reads.

        ``db.events``, ``events``, ``db.default`` and ``default``, quoted or not, all name the
        default table. The statement cannot write, attach, or reach any other file.

        Parameters
        ----------
        query
            One statement; placeholders are the driver's.
        parameters
            Values for the placeholders.
        limit
            At most so many rows.
        timeout
            Seconds after which the statement is stopped; None for no deadline.

        Raises
        ------
        QueryError
            The statement is wrong, is refused, or took too long.
        """
