"""The storage engine: stores tables of rows, exactly and durably.

An engine is chosen by name, by the file it owns or by URL scheme, and made once for each
`xetrack.Tracker` or `xetrack.Reader`. To write one, extend `Engine`, implement its abstract
methods, and offer it from a plugin's ``xetrack_engines`` hook.

**Thread safety.** Every method may be called from any thread at any time; the engine does its own
locking. Any number of processes may use one location at once.

**Forks.** Before a fork the engine closes what must not be inherited; afterwards each side opens
its own connections on next use.

**Values.** Cells are plain values (see `xetrack.model.kinds`): None, or exactly one of bool, int,
float, str, bytes, datetime, date, time, Decimal, Path, list, dict. They come back equal and of the
same type, with one exception: an int among floats may come back as the equal float.

**Queries.** `xetrack.interfaces.query` defines what conditions and order mean. An engine that keeps
its tables in memory extends `xetrack.interfaces.engines.memory.engine.MemoryEngine`.

**Errors.** Anything that the user can cause or mend is one of `xetrack.errors`; a driver's own
exceptions never leave the engine. A method that raises has changed nothing.
"""

from __future__ import annotations

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
    """The key and the kinds of values that a caller wants to write."""

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
    """The key whose values it stores; None where another program made the column."""
    kinds: frozenset[Kind]
    """The kinds that were ever written; empty when unknown or when all cells are None."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The answer to a `Query`: the columns, and their cells batch by batch."""

    columns: tuple[Column, ...]
    batches: Iterator[Sequence[Sequence[Value]]]
    """Each batch has one sequence of cells for each column, all of the same length.

    **Isolation.** All batches come from one moment: rows that are logged while reading do not show
    up half way. **Resources.** Exhaust or close the iterator; until then it may occupy resources of
    the database. **Forks.** A fork meanwhile ends it with `xetrack.errors.InterruptedReadError`, as
    a server that dies does: whoever has handed on nothing yet reads again, see `read_whole`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How an engine behaves; the same for all engines."""

    read_only: bool = False
    """Create and change nothing: no file, no table, no folder."""
    timeout: float = 60.0
    """Seconds to wait for other processes' locks before `xetrack.errors.DatabaseBusyError`."""
    durability: Literal["normal", "full"] = "normal"
    """``normal``: an acknowledged row survives a kill of the process; ``full``: a loss of power."""
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """The engine's own options, checked against `Component.options` where that describes them."""


class Inserter(ABC):
    """A prepared insert for one table, with fixed columns and kinds of values.

    **Lifetime.** It stays valid while the engine is open: columns may be added, widened or dropped.
    """

    columns: tuple[str, ...]
    """The column of each field, in the order of the fields."""

    @abstractmethod
    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        """Store rows in their order, all of them or none.

        **Durability.** When it returns, the rows are stored as `Settings.durability` demands.

        Parameters
        ----------
        rows
            One sequence of cells for each row, in the order of the fields. Each cell is None or of
            one of the kinds of its field; the caller has checked that.

        Raises
        ------
        StorageError
            The rows could not be stored; none of them is, unless it is an `OutcomeUnknownError`.
        """

    def write_columns(self, columns: Sequence[Sequence[Value]]) -> None:
        """Store rows from the cells of each field, with the guarantees of `write`.

        Override it where the database takes whole columns faster than rows.

        Parameters
        ----------
        columns
            One sequence of cells for each field, all of the same length.
        """
        self.write(list(zip(*columns, strict=True)))

    def append(self, row: Sequence[Value]) -> None:
        """Store one row, with the guarantees of `write`; the caller holds the engine's lock.

        Trackers call it for each row that they log. Override it where one row can be faster.

        Parameters
        ----------
        row
            The cells, in the order of the fields.
        """
        self.write((row,))


class Engine(ABC):
    """An open database. The module lists the rules that hold for every method.

    Examples
    --------
    >>> from xetrack.interfaces.engines.memory.engine import MemoryEngine
    >>> from xetrack.interfaces.query import Condition, Query
    >>> from xetrack.model.kinds import Kind
    >>> engine = MemoryEngine(":memory:", Settings())
    >>> text, number = frozenset({Kind.TEXT}), frozenset({Kind.FLOAT})
    >>> fields = [Field("timestamp", text), Field("track_id", text), Field("the loss", number)]
    >>> inserter = engine.inserter("default", fields)
    >>> inserter.columns
    ('timestamp', 'track_id', 'the_loss')
    >>> inserter.write([("2026-01-01 00:00:00.000000", "run", 0.5)])
    >>> engine.count("default", [Condition("the_loss", "<", 1)])
    1
    >>> [*engine.read("default", Query(columns=("the_loss", "track_id"))).batches]
    [[[0.5], ['run']]]
    """

    location: str
    """The location as users may see it: without the password, which ``__init__`` alone is given."""

    lock: threading.RLock
    """A reentrant lock, which a tracker holds while it stamps and stores a row, so that rows lie in
    the order of their timestamps. An engine that needs a lock uses this one."""

    asset_store: ClassVar[str | None] = None
    """Name of the asset store that works with this engine. None where there is none: then only
    plain values can be logged, unless the user names another store."""

    def __init__(self, location: str, settings: Settings) -> None:
        """Open the database, but create nothing before the first write.

        Parameters
        ----------
        location
            A path, a URL of one of the component's schemes, or ``:memory:``.
        settings
            How the engine behaves.

        Raises
        ------
        DatabaseNotFoundError
            Nothing is there, and `settings` ask for reading only.
        NotADatabaseError
            Something is there that this engine cannot read.
        """
        if "://" in location:
            from xetrack.model.locations import shown_location  # noqa: PLC0415 - for URLs

            location = shown_location(location)
        self.location = location
        self.settings = settings
        self.lock = threading.RLock()
        forks.protect(self)

    def before_fork(self) -> None:
        """Close what a forked child must not inherit; called while `lock` is held."""
        self.close()

    @classmethod
    @abstractmethod
    def owns(cls, location: str) -> bool:
        """Return True if a database of this engine exists at the location; never raises.

        **File locks.** It must not open a database file by ``open()``: closing that would drop the
        locks that another connection of this process has on it.

        Parameters
        ----------
        location
            As for the constructor.
        """

    @abstractmethod
    def tables(self) -> list[str]:
        """Name the tables of rows, without views and internal ones, in the order they were made."""

    @abstractmethod
    def columns(self, table: str) -> tuple[Column, ...]:
        """Return the columns of a table in the order they were added; none for a missing table.

        Parameters
        ----------
        table
            Name of the table.
        """

    @abstractmethod
    def add_columns(self, table: str, fields: Sequence[Field]) -> tuple[str, ...]:
        """Ensure that the table has a column for each field, able to store its kinds.

        A missing table is made, with the columns of `xetrack.model.names.OWN` first, or its name
        is refused, see `xetrack.model.names.checked_table`. A new key gets the column that
        `xetrack.model.names.column_name` chooses; a column whose kinds do not suffice widens,
        without loss of its cells.

        **Concurrency.** Many processes may ask for the same at once; each gets the same answer.

        Parameters
        ----------
        table
            Name of the table.
        fields
            The keys, and the kinds of values that will be written under each.

        Returns
        -------
        tuple of str
            The name of each field's column, in the order of the fields.
        """

    @abstractmethod
    def inserter(self, table: str, fields: Sequence[Field]) -> Inserter:
        """Prepare an insert, after adding columns as `add_columns` does.

        Parameters
        ----------
        table
            Name of the table.
        fields
            The keys and kinds of the cells in each row. Those of `xetrack.model.names.OWN` are
            among them, and their cells are text: engines may identify a row by them.
        """

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Return a context whose writes are stored at its end, or not at all if it raises.

        The writes may be any number of `Inserter.write` and `add_columns`, of as many rows as a
        database can hold: memory must not grow with them. What a method raises must leave the
        block, and inserters made in a block that raised must not be used afterwards.

        **Isolation.** The block belongs to the thread that began it; other writers wait for its
        end. A `read` in it sees all that was stored before it began, and may or may not see the
        block's own writes.

        Raises
        ------
        ReadOnlyError, InterruptedWriteError, OutcomeUnknownError
            Only reading is asked for; a server was lost, nothing is stored or nobody knows it.
        """

    def is_writing(self) -> bool:
        """Return True if the calling thread is in the midst of another write to this database.

        **Reentrancy.** A signal handler, a finalizer or a sink may log while its own thread is
        storing something else. Stored there and then, its rows would mix with the statements of
        that write, and be rolled back with them. So trackers ask this first, and pass such rows to
        `after_write`. An engine where each write has a connection of its own, or is one step, need
        not override the two.
        """
        return False

    def after_write(self, work: Callable[[], object]) -> None:
        """Run a function as soon as the calling thread's write has ended, successfully or not.

        Parameters
        ----------
        work
            Writes by methods of this engine; an exception of it becomes a warning.
        """
        work()

    @abstractmethod
    def read(self, table: str, query: Query) -> Selection:
        """Read the cells that a query selects.

        Parameters
        ----------
        table
            Name of the table.
        query
            Columns, conditions, order and limits.

        Returns
        -------
        Selection
            The columns, and their cells batch by batch.

        Raises
        ------
        TableNotFoundError
            The table does not exist.
        ColumnNotFoundError
            The query names a column that the table lacks.
        """

    @abstractmethod
    def count(self, table: str, where: Sequence[Condition] = ()) -> int:
        """Return the number of rows that match all conditions; 0 for a missing table.

        Parameters
        ----------
        table
            Name of the table.
        where
            Conditions on its columns; without any, all rows count.
        """

    def change_token(self, table: str) -> str:
        """Return a text that differs from earlier ones of this object once the table has changed.

        It stays equal while nobody writes, and is cheap: programs that show a table ask it several
        times a second. Override it; this one sees no cell that is set in place.

        Parameters
        ----------
        table
            Name of the table, which need not exist.
        """
        from xetrack.interfaces.engines.series.tokens import counted  # noqa: PLC0415 - for programs

        return counted(self, table)

    @abstractmethod
    def update(self, table: str, values: Mapping[str, Value], where: Sequence[Condition]) -> int:
        """Set cells of existing columns, and return the number of rows changed.

        Parameters
        ----------
        table
            Name of the table.
        values
            New cells by column. The caller has called `add_columns` for their kinds.
        where
            Conditions that a row must match to be changed.
        """

    @abstractmethod
    def delete(self, table: str, where: Sequence[Condition]) -> int:
        """Delete the rows that match all conditions, and return their number.

        Parameters
        ----------
        table
            Name of the table.
        where
            Conditions that a row must match to be deleted.
        """

    @abstractmethod
    def drop(self, table: str) -> None:
        """Remove a table with all its rows; do nothing if it does not exist.

        Parameters
        ----------
        table
            Name of the table.
        """

    @abstractmethod
    def close(self) -> None:
        """Release every resource. A later call reopens; a second ``close`` does nothing."""
