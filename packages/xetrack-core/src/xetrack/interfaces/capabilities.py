"""What some engines and caches can do beyond their interface: classes to extend as well.

Whoever wants such a power asks for it by ``isinstance``. The one for SQL stands beside the engine.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, TypeVar

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from xetrack.interfaces.engine import Column, Selection
    from xetrack.model.kinds import Kind, Value

T = TypeVar("T")

Whole: TypeAlias = "tuple[Any, Any] | Sequence[Value]"
"""All cells of one column: a NumPy array of its dtype (``bool``, ``int64``, ``float64``, or
``object`` for text) with a mask that is True where cells are missing, or None where none is; else a
list of plain values."""


class HasArrays(ABC):
    """The power of a selection from a database that gives whole columns as NumPy arrays."""

    @abstractmethod
    def arrays(self) -> Sequence[Whole]:
        """Return what the batches would give, column by column; one can have but one of the two.

        In an array of floats nan stands for missing cells, too.
        """


class HasArrow(ABC):
    """The power of a selection from a database that can give columns as Arrow arrays."""

    @abstractmethod
    def arrow(self) -> tuple[dict[str, Any], Selection] | None:
        """Return chunked arrays by name of column, and a selection of all other columns.

        Both are from one moment, and have the same rows. Arrays are ``bool``, ``int64``,
        ``double`` or ``string``, as the kinds of their columns say; missing cells are null, nan is
        nan. The batches of this selection are gone then; where None is returned they are there.
        """


Uniform: TypeAlias = (
    "Callable[[Sequence[Value], frozenset[Kind]], tuple[Kind | None, Sequence[Value]]]"
)
"""Takes the cells of a column and its kinds, and returns one kind with cells of it: None, BOOL,
INT, FLOAT (nan and integers among them), TEXT, BYTES, DATE, or DATETIME and TIME of which none or
all have a time zone."""


class WritesFiles(ABC):
    """The power of a `Selection` from a database that writes files by itself.

    The path is that of an empty file, which is written in place; whoever asks moves it where it
    belongs. The selection is exhausted then, unless None is returned.
    """

    @abstractmethod
    def write_parquet(self, path: str, uniform: Uniform) -> int:
        """Write all rows as Parquet, in their order, and return how many.

        Columns have the types of their kinds. nan is not missing; aware datetimes are in UTC;
        paths, decimals and JSON are text.

        Parameters
        ----------
        path
            Where to.
        uniform
            Says what to write of columns of several kinds, and of kinds that Parquet lacks.

        Raises
        ------
        OSError
            The file cannot be written.
        """

    @abstractmethod
    def write_csv(self, path: str, *, nan: str = "", guarded: bool = False) -> int | None:
        """Write all rows as CSV with a header, in their order, and return how many.

        Missing cells are empty. Numbers, booleans and dates are written as Python's ``str`` does.

        Parameters
        ----------
        path
            Where to.
        nan
            What to write for it.
        guarded
            Whether texts that are formulas get a ``'`` in front, as `xetrack.frames.csv_injection`
            says.

        Returns
        -------
        int or None
            None, and nothing is written or read, where the database cannot write a column so.

        Raises
        ------
        OSError
            The file cannot be written.
        """


@dataclass(frozen=True, slots=True)
class NumberedRows:
    """Rows of one table with the numbers they were stored under, from one moment."""

    made: int
    """Chosen when the table was made: no other table, here or elsewhere, is likely to have it."""
    discarded: int
    """The number up to which rows were discarded."""
    columns: tuple[Column, ...]
    batches: Iterator[tuple[Sequence[int], Sequence[Sequence[Value]]]]
    """The numbers of the rows of a batch, which grow, and the cells of each column. Exhaust or
    close the iterator, as that of a selection."""


class NumbersRows(ABC):
    """The power of an engine that numbers the rows of a table in the order they are stored.

    What carries rows on to another place can so remember how far it came.
    """

    @abstractmethod
    def numbered(self, table: str, after: int = 0) -> NumberedRows:
        """Read the rows with a higher number.

        Raises
        ------
        TableNotFoundError
            The table does not exist.
        """

    @abstractmethod
    def numbering(self, table: str) -> tuple[int, int]:
        """Return what was drawn when the table was made, and the highest number of a row.

        Within a transaction of the same thread this is how the table is there.

        Raises
        ------
        TableNotFoundError
            The table does not exist.
        """

    @abstractmethod
    def discard(self, table: str, last: int, *, wait: bool = True) -> None:
        """Delete the rows up to a number, which come back from `numbered` no more.

        As long as the table is not dropped, later rows get higher numbers all the same.

        Raises
        ------
        DatabaseBusyError
            Others are writing; at once, unless it is to `wait`.
        """


class LendsSQLite(ABC):
    """The power of an engine that keeps a SQLite file, and lets others keep tables of theirs in it.

    The names of such tables begin with ``xetrack_``, except for those of xetrack 0.7. Nobody keeps
    a connection or cursor beyond the call or the context that lends it.
    """

    holds_rows: ClassVar[bool] = True
    """Whether rows that are stored during `change` belong to its transaction."""

    @abstractmethod
    def look(self, at: Callable[[sqlite3.Connection], T], *, brief: bool = False) -> T:
        """Return what a function reads on a connection that shows one moment of the file.

        The function may be called again, when a fork in another thread came between.

        Parameters
        ----------
        at
            The function.
        brief
            Whether it is over in a moment, and waits for nobody: then it may be lent the
            connection that writes, where nobody uses that, which spares the opening of another.
        """

    @abstractmethod
    def change(self, *, wait: bool = True) -> AbstractContextManager[sqlite3.Connection]:
        """Lend the writing connection inside a transaction: all is stored, or nothing.

        The engine's lock is held meanwhile. What the engine itself is asked to store within is
        part of the transaction, where `holds_rows` says so.

        Raises
        ------
        ReadOnlyError
            The engine is open for reading only.
        DatabaseBusyError
            Others are writing; at once, unless it is to `wait`.
        StorageError
            The driver failed; its own errors come out of the context as this one.
        """


class BacksUp(ABC):
    """The power of an engine with files of its own to copy them whole, while others write."""

    endings: ClassVar[tuple[str, ...]] = ("",)
    """What the names of the files of a database have beyond its path; the first is that of the file
    itself, without which the others are nothing."""

    @abstractmethod
    def backup(self, path: str) -> None:
        """Write all that is stored at one moment into a new database, assets too.

        Writers wait for it no longer than for a reader. The new files are complete and closed when
        it returns, and make a database by themselves.

        Parameters
        ----------
        path
            Where to; there and at each of `endings` is nothing yet, and nobody else looks. Whoever
            asks moves the files where they belong, or removes what is left of a failure.

        Raises
        ------
        StorageError
            They cannot be written.
        DatabaseBusyError
            Somebody else has the database for longer than the settings allow.
        """


@dataclass(frozen=True, slots=True)
class StoredResult:
    """What can be said of a result in a cache without loading it."""

    handle: Any
    """By which the cache knows it again."""
    key: str
    """Empty where it has none that is a text."""
    time: float
    """When it was stored, in seconds since 1970."""
    size: int
    """Bytes of the result."""
    function: str = ""
    track_id: str = ""
    """The run that computed it, as far as that can be told."""
    state: str = ""
    """Why no call is answered from it; empty for a result that is sound."""
    material: bytes = b""
    """What the key was made from."""


class ListsResults(ABC):
    """The power of a cache that shows what is in it. Nothing is unpickled here, whoever stored it.

    All but `exists` take a cache that is not there for an empty one.
    """

    @abstractmethod
    def exists(self) -> bool:
        """Tell whether there is a cache; it may be empty.

        Raises
        ------
        XetrackError
            That cannot be told.
        """

    @abstractmethod
    def listed(self) -> Iterator[StoredResult]:
        """Go through all results, the oldest first; also those that are damaged or foreign.

        Raises
        ------
        DamagedCacheError
            They cannot be read, and only `clear` helps.
        """

    @abstractmethod
    def remove(self, results: Sequence[StoredResult]) -> int:
        """Remove results that were listed, and return how many of them were still there."""

    @abstractmethod
    def clear(self) -> int:
        """Remove all results, also those that cannot be read; return how many were counted."""

    @abstractmethod
    def size(self) -> int:
        """Return the bytes that the cache takes where it is kept."""
