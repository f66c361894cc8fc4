"""The answer to a query, as batches, as whole columns or as a file."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from pathlib import Path
from secrets import token_hex
from shutil import copyfile
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.engine import Selection
from xetrack.interfaces.engines.capabilities import HasArrays, WritesFiles
from xetrack_duckdb.files.connecting import connect
from xetrack_duckdb.files.lending import use_connection
from xetrack_duckdb.reading import exports, select

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.engines.capabilities import ColumnData, ColumnUnifier
    from xetrack.interfaces.query import Query
    from xetrack_duckdb.files.database_file import DatabaseFile
    from xetrack_duckdb.tables.schema import Table


@contextmanager
def _path_beside(file: DatabaseFile, path: str) -> Iterator[str]:
    """Lend a path that the connections of a file may write to, then move the file to `path`."""
    beside = Path(file.folder, token_hex(8))
    try:
        yield str(beside)
        try:
            beside.replace(path)
        except OSError:  # another file system, for one
            copyfile(beside, path)
    finally:
        beside.unlink(missing_ok=True)


class DuckDBSelection(Selection, HasArrays, WritesFiles):
    """A selection that holds a connection until it is read, closed or forgotten."""

    def __init__(
        self,
        file: DatabaseFile,
        location: str,
        timeout: float,
        find: Callable[[DuckDBPyConnection], Table],
        query: Query,
    ) -> None:
        borrowed = file.borrow(location, timeout)

        def steps() -> Iterator[Any]:
            """Yield the table, then the batches; a fork may come between two of them."""
            try:
                with use_connection(borrowed, location, "Reading"):
                    table = find(borrowed.connection)
                yield table
                with use_connection(borrowed, location, "Reading"):
                    batches = select.read_batches(borrowed.connection, table, query)
                while True:
                    with use_connection(borrowed, location, "Reading"):
                        batch = next(batches, None)
                    if batch is None:
                        return
                    yield batch
            finally:
                file.return_connection(borrowed)

        lazy = steps()
        table = next(lazy)
        try:
            columns = tuple(column.public() for column in select.selected_columns(table, query))
        except BaseException:
            lazy.close()  # type: ignore[attr-defined]
            raise
        super().__init__(columns, lazy)

        def at_once(work: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
            """Return what some work on the connection gives, in place of the batches."""
            try:
                with use_connection(borrowed, location, "Reading"):
                    return work(borrowed.connection, table, query, *arguments, **options)
            finally:
                lazy.close()  # type: ignore[attr-defined]

        object.__setattr__(self, "_at_once", at_once)
        object.__setattr__(self, "_beside", partial(_path_beside, file))
        object.__setattr__(self, "_is_plain_csv", exports.is_plain_csv(table, query))

    _at_once: Callable[..., Any]
    _beside: Callable[[str], AbstractContextManager[str]]
    _is_plain_csv: bool

    def arrays(self) -> Sequence[ColumnData]:
        """Return what the batches would give, column by column; see `HasArrays.arrays`."""
        columns: Sequence[ColumnData] = self._at_once(select.read_arrays)
        return columns

    def write_parquet(self, path: str, uniform: ColumnUnifier) -> int:
        """Write all rows as Parquet; see `WritesFiles.write_parquet`."""
        with self._beside(path) as beside:
            return int(self._at_once(exports.write_parquet, beside, uniform))

    def write_csv(
        self,
        path: str,
        *,
        nan: str = "",
        guarded: bool = False,
        quoted: frozenset[str] = frozenset(),
    ) -> int | None:
        """Write all rows as CSV, if DuckDB can; see `WritesFiles.write_csv`."""
        if not self._is_plain_csv:
            return None
        with self._beside(path) as beside:
            write = exports.write_csv
            return int(self._at_once(write, beside, nan, guard=guarded, quote=quoted))


class SQLiteSelection(Selection, WritesFiles):
    """A selection of SQLite's rows, which a DuckDB of its own writes into files."""

    def write_parquet(self, path: str, uniform: ColumnUnifier) -> int:
        """Write all rows as Parquet; see `WritesFiles.write_parquet`."""
        with connect() as connection:
            return exports.write_cells(connection, self.columns, self.batches, path, uniform)

    def write_csv(
        self,
        path: str,  # noqa: ARG002 - as the interface
        *,
        nan: str = "",  # noqa: ARG002
        guarded: bool = False,  # noqa: ARG002
        quoted: frozenset[str] = frozenset(),  # noqa: ARG002
    ) -> int | None:
        """Return None, as the rows are plain values by now; see `WritesFiles.write_csv`."""
        return None
