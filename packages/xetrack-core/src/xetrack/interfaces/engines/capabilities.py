"""Capabilities: what some engines and caches offer beyond their interface.

A class that has a capability extends its class too; a caller that wants it asks by ``isinstance``.
The capability to run SQL is `xetrack.interfaces.engines.sql.RunsSQL`, and that to share a SQLite
file `xetrack.interfaces.engines.sqlite_files.SharesSQLite`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from xetrack.interfaces.engine import Column, Selection
    from xetrack.interfaces.engines.series import Bucket, SeriesQuery
    from xetrack.model.kinds import Kind, Value

ColumnData: TypeAlias = "tuple[Any, Any] | Sequence[Value]"
"""All cells of one column: a NumPy array of its dtype (``bool``, ``int64``, ``float64``, or
``object`` for text) with a mask that is True where cells are missing, or None where none is; else a
list of plain values."""


class HasArrays(ABC):
    """The capability of a `Selection` to return whole columns as NumPy arrays.

    Examples
    --------
    ::

        if isinstance(selection, HasArrays):
            frame = to_frame(selection.columns, selection.arrays())
    """

    @abstractmethod
    def arrays(self) -> Sequence[ColumnData]:
        """Return the cells of each column, in place of the batches, which are consumed.

        Returns
        -------
        sequence of ColumnData
            One for each of the selection's columns, all of the same length. In an array of floats,
            nan marks missing cells too.
        """


class HasArrow(ABC):
    """The capability of a `Selection` to return columns as Arrow arrays.

    Examples
    --------
    ::

        arrays, rest = (isinstance(selection, HasArrow) and selection.arrow()) or ({}, selection)
    """

    @abstractmethod
    def arrow(self) -> tuple[dict[str, Any], Selection] | None:
        """Return columns as Arrow arrays, and the other columns as a selection.

        **Isolation.** Both are from one moment, and have the same rows.

        Returns
        -------
        (dict of str to pyarrow.ChunkedArray, Selection) or None
            Arrays by name of column, and a selection of all other columns. Arrays are ``bool``,
            ``int64``, ``double`` or ``string``, according to the kinds of their columns; missing
            cells are null, nan is nan. The batches of this selection are consumed then. None where
            no column can be an array; the batches are untouched then.
        """


ColumnUnifier: TypeAlias = (
    "Callable[[Sequence[Value], frozenset[Kind]], tuple[Kind | None, Sequence[Value]]]"
)
"""A function that takes the cells of a column and its kinds, and returns one kind with cells of
that kind: None, BOOL, INT, FLOAT (nan and integers among them), TEXT, BYTES, DATE, or DATETIME and
TIME of which none or all have a time zone."""


class WritesFiles(ABC):
    """The capability of a `Selection` to write files with the database's own code.

    **Files.** The path is that of an empty file, which is written in place; the caller moves it to
    its destination. The selection is exhausted then, unless None is returned.

    Examples
    --------
    ::

        if isinstance(selection, WritesFiles):
            rows = selection.write_csv(temporary_path)
    """

    @abstractmethod
    def write_parquet(self, path: str, uniform: ColumnUnifier) -> int:
        """Write all rows as Parquet, in their order, and return their number.

        Columns have the types of their kinds. nan is not missing; aware datetimes are in UTC;
        paths, decimals and JSON are text.

        Parameters
        ----------
        path
            Path of the empty file.
        uniform
            Converts columns of several kinds, and of kinds that Parquet lacks.

        Returns
        -------
        int
            Number of rows written.

        Raises
        ------
        OSError
            The file cannot be written.
        """

    @abstractmethod
    def write_csv(
        self,
        path: str,
        *,
        nan: str = "",
        guarded: bool = False,
        quoted: frozenset[str] = frozenset(),
    ) -> int | None:
        """Write all rows as CSV with a header, in their order, and return their number.

        Missing cells are empty. Numbers, booleans and dates are written as Python's ``str`` does.

        Parameters
        ----------
        path
            Path of the empty file.
        nan
            Text to write for nan.
        guarded
            Whether to put a ``'`` before texts that a spreadsheet would run as formulas; see
            `xetrack.frames.csv_injection`.
        quoted
            Names of columns whose texts all stand in quotes, and whose missing cells do not, so
            that texts are told from numbers and an empty text from a missing one. What looks like
            a list or dict of JSON cannot be told so; where there is one, the rows are not written.

        Returns
        -------
        int or None
            Number of rows written. None, and nothing is written or read, where the database cannot
            write a column in this form.

        Raises
        ------
        OSError
            The file cannot be written.
        """


@dataclass(frozen=True, slots=True)
class TableState:
    """How far the rows of one table go at one moment, and what its columns are."""

    made: int
    """The table's random creation number; no other table anywhere is likely to have it."""
    discarded: int
    """The highest row number that was discarded; see `NumbersRows.discard`."""
    last: int
    """The highest row number, discarded rows included; 0 for an empty table."""
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class NumberedRows(TableState):
    """Rows of one table with their row numbers, from one moment."""

    batches: Iterator[tuple[Sequence[int], Sequence[Sequence[Value]]]]
    """The row numbers of each batch, in ascending order, and the cells of each column. Exhaust or
    close the iterator, as for `Selection.batches`."""


class NumbersRows(ABC):
    """The capability of an engine to number the rows of a table in the order they are stored.

    A program that transfers rows to another place uses the numbers to resume where it stopped.

    Examples
    --------
    ::

        rows = engine.read_numbered("default", after=last)
        for numbers, columns in rows.batches:
            send(columns)
            last = numbers[-1]
        engine.discard("default", last)
    """

    @abstractmethod
    def read_numbered(self, table: str, after: int = 0) -> NumberedRows:
        """Read the rows with a higher number.

        Parameters
        ----------
        table
            Name of the table.
        after
            Row number after which to start; 0 reads all rows.

        Returns
        -------
        NumberedRows
            The rows in ascending order of their numbers.

        Raises
        ------
        TableNotFoundError
            The table does not exist.
        """

    @abstractmethod
    def table_states(self, tables: Sequence[str] | None = None) -> dict[str, TableState]:
        """Return how far the rows of tables go, all from one moment.

        Within a transaction of the same thread, the answer includes the transaction's own changes.

        Parameters
        ----------
        tables
            Their names; None for all tables.

        Returns
        -------
        dict[str, TableState]
            By name, in the order the tables were made; without those that do not exist.
        """

    @abstractmethod
    def discard(self, table: str, last: int, *, wait: bool = True) -> None:
        """Delete the rows up to a number.

        As long as the table is not dropped, later rows get higher numbers all the same.

        Parameters
        ----------
        table
            Name of the table.
        last
            The highest row number to delete.
        wait
            Whether to wait for other writers, as long as the settings allow.

        Raises
        ------
        DatabaseBusyError
            Others are writing; raised at once unless `wait` is True.
        """


class ReadsSeries(ABC):
    """The capability of an engine to compute the buckets of a chart where the rows are.

    Callers ask `xetrack.interfaces.engines.series.read_series`, which answers for all engines.
    """

    @abstractmethod
    def read_series(self, table: str, query: SeriesQuery) -> Iterator[Bucket]:
        """Compute the buckets; see `xetrack.interfaces.engines.series`.

        Parameters
        ----------
        table
            Name of the table.
        query
            What to compute.
        """


class BacksUp(ABC):
    """The capability of an engine with files of its own to back them up while others write.

    Examples
    --------
    ::

        if isinstance(engine, BacksUp):
            engine.backup("/backups/.runs.db.part")
            os.replace("/backups/.runs.db.part", "/backups/runs.db")
    """

    endings: ClassVar[tuple[str, ...]] = ("",)
    """Suffixes that the database's path gets for each of its files. The first is that of the main
    file, which the others depend on."""

    @abstractmethod
    def backup(self, path: str) -> None:
        """Write a snapshot of the database, assets included, into new files.

        **Concurrency.** Writers wait for it no longer than for a reader.

        **Completeness.** The new files are complete and closed when it returns, and are a database
        by themselves.

        Parameters
        ----------
        path
            Path of the new database. Neither it nor any of its `endings` exists yet, and no other
            program uses them. The caller moves the files to their destination, or removes what a
            failure left.

        Raises
        ------
        StorageError
            The files cannot be written.
        DatabaseBusyError
            Another process has the database locked for longer than the settings allow.
        """


@dataclass(frozen=True, slots=True)
class StoredResult:
    """A description of one result in a cache, made without loading it."""

    handle: Any
    """What the cache identifies it by, for `ListsResults.remove`."""
    key: str
    """The key; empty where it has none that is a text."""
    time: float
    """When it was computed, in seconds since 1970; where that is not known, when it was stored."""
    size: int
    """Size of the result in bytes."""
    function: str = ""
    """Name of the function; empty where unknown."""
    track_id: str = ""
    """The run that computed it; empty where unknown."""
    state: str = ""
    """Why no call is answered from it; empty for a valid result."""
    material: bytes = b""
    """The bytes that the key was made from."""


class ListsResults(ABC):
    """The capability of a cache to list and remove its results.

    **Safety.** No method unpickles anything, whoever stored it.

    **Missing caches.** All methods but `exists` treat a cache that does not exist as an empty one.

    Examples
    --------
    ::

        if isinstance(cache, ListsResults):
            cache.remove([result for result in cache.iter_results() if result.size > 2**30])
    """

    @abstractmethod
    def exists(self) -> bool:
        """Return True if there is a cache; it may be empty.

        Raises
        ------
        XetrackError
            The location cannot be examined.
        """

    @abstractmethod
    def iter_results(self) -> Iterator[StoredResult]:
        """Iterate over all results, the oldest first; also those that are damaged or foreign.

        Yields
        ------
        StoredResult
            One for each result.

        Raises
        ------
        DamagedCacheError
            The results cannot be read, and only `clear` helps.
        """

    @abstractmethod
    def remove(self, results: Sequence[StoredResult]) -> int:
        """Remove results, and return how many of them still existed.

        Parameters
        ----------
        results
            Results that `iter_results` yielded.
        """

    @abstractmethod
    def clear(self) -> int:
        """Remove all results, also those that cannot be read, and return how many were counted."""

    @abstractmethod
    def size(self) -> int:
        """Return the number of bytes that the cache occupies where it is stored."""
