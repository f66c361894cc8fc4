"""Arrow arrays from a copy of a database, by a driver that makes no Python object of any cell.

The driver, ADBC's, takes the types of columns from the first cells, so a row of constants comes
first. It refuses a later cell of another type, but makes a float of an integer, and text of all.
Hence it is asked only for columns whose declaration keeps SQLite itself from storing such a cell,
except for bytes among text, which the query looks for.
"""

from __future__ import annotations

import os
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from xetrack.builtin.sqlite.connections.read_modes import uri
from xetrack.model.kinds import Kind
from xetrack.model.names import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xetrack.builtin.sqlite.tables.stored_columns import StoredColumn, TableSchema

T = TypeVar("T")

CELLS = 2**16
"""Cells in a batch of the driver's."""

TOGETHER = 16
"""Batches that become one piece of a column."""

THREADS = 4
"""At most so many ranges of rows are read at once; each costs a connection."""

_CONSTANTS = {bool: "0", int: "0", float: "0.0", str: "''"}


class UnfitError(Exception):
    """A cell is there that only the plain way reads exactly; it never gets to a user."""


def type_of(column: StoredColumn) -> type | None:
    """Return the type of all cells that SQLite can have stored in a column, where it is one."""
    kinds = column.public().kinds
    if column.in_overflow:
        return None
    if column.declared == "BOOLEAN" and kinds == {Kind.BOOL}:
        return bool
    if column.declared == "BIGINT" and {Kind.INT} <= kinds <= {Kind.INT, Kind.BIGINT}:
        return int
    if column.declared == "DOUBLE" and {Kind.FLOAT} <= kinds <= {Kind.FLOAT, Kind.INT, Kind.NAN}:
        return float
    return str if column.declared == "VARCHAR" and kinds == {Kind.TEXT} else None


def driver() -> Any:
    """Import what the extra ``arrow`` brings; None where it is not there, or is broken."""
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # noqa: F401, PLC0415 - optional
        from adbc_driver_sqlite import dbapi  # noqa: PLC0415 - optional
    except Exception:  # noqa: BLE001 - a part may be missing, too old, or made for another machine
        return None
    return dbapi


class CopyConnection:
    """A connection to a copy, which may be deleted once it is open.

    Parameters
    ----------
    path
        Path of the copy.
    """

    def __init__(self, path: str) -> None:
        # Immutable: no locks, and no log is looked for, though the header may speak of one.
        self.connection = driver().connect(f"{uri(path, 'ro')}&immutable=1", autocommit=True)
        self.busy = threading.Lock()
        """Held while it is read."""

    def close(self) -> None:
        """Close it when no thread reads it any more, as after Ctrl-C: the driver would crash."""
        with self.busy:
            self.connection.close()


def ranges(first: int, last: int) -> list[tuple[int, int]]:
    """Return a range of row numbers for each thread.

    Parameters
    ----------
    first, last
        The least and the greatest row number.

    Returns
    -------
    list of tuple
        The first and the last row number of each range.
    """
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    number = max(1, min(THREADS, usable or 1))
    step = (last - first) // number + 1
    return [(at, min(at + step - 1, last)) for at in range(first, last + 1, step)]


def parts(
    opened: Sequence[CopyConnection],
    table: TableSchema,
    types: dict[str, type],
    ranges: Sequence[tuple[int, int]],
    *,
    numbered: bool,
) -> list[list[Any]]:
    """Return the arrays of each column, in the order of rows.

    Parameters
    ----------
    opened
        A connection for each range.
    table
        The table.
    types
        The type of each column to read.
    ranges
        Row numbers, see `ranges`.
    numbered
        Return the row numbers too, as the last column.

    Returns
    -------
    list of list
        For each column its arrays.

    Raises
    ------
    UnfitError
        A cell is there that only the plain way reads exactly.
    """
    texts = [quoted(name) for name, cls in types.items() if cls is str]
    # Bytes are greater than all text.
    has_bytes = " OR ".join([f"{text} >= x''" for text in texts] or ["0"])
    row = [table.row_id] if numbered else []
    names = [*map(quoted, types), *row, has_bytes]
    classes = [*types.values(), *(int for _ in row), int]
    constants = ", ".join(_CONSTANTS[cls] for cls in classes)
    # In the order of row numbers, which no index may change.
    cells = f"SELECT {', '.join(names)} FROM {quoted(table.name)} NOT INDEXED"
    queries = [
        f"SELECT {constants} UNION ALL {cells} WHERE {table.row_id} BETWEEN {first} AND {last}"
        for first, last in ranges
    ]
    arrays = _together(
        [partial(_read, copy, query, classes) for copy, query in zip(opened, queries, strict=True)]
    )
    return [[array for part in arrays for array in part[at]] for at in range(len(names) - 1)]


def _together(works: Sequence[Callable[[], T]]) -> list[T]:
    """Return what functions return that run at once, in threads."""
    # Not a ThreadPoolExecutor: its module's lock is taken before a fork, which waits for us.
    results: dict[int, T] = {}
    errors: list[BaseException] = []

    def run(at: int) -> None:
        try:
            results[at] = works[at]()
        except BaseException as error:  # noqa: BLE001 - it is raised in the thread that waits
            errors.append(error)

    threads = [threading.Thread(target=run, args=(at,)) for at in range(1, len(works))]
    try:
        for thread in threads:
            thread.start()
        run(0)
    finally:
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]
    return [results[at] for at in range(len(works))]


def _read(opened: CopyConnection, query: str, classes: Sequence[type]) -> list[list[Any]]:
    """Return the arrays of each column of a query, whose last column tells of bytes."""
    import pyarrow as pa  # noqa: PLC0415 - see `driver`

    types = {bool: pa.int64(), int: pa.int64(), float: pa.float64(), str: pa.string()}
    options = {"adbc.sqlite.query.batch_rows": str(max(1, CELLS // len(classes)))}
    arrays: list[list[Any]] = [[] for _ in classes]
    waiting: list[Any] = []

    def take() -> None:
        """Copy what is waiting; columns of one batch can be freed but together."""
        for at, cls in enumerate(classes):
            pieces = [batch.column(at) for batch in waiting]
            # What is freed goes back to the system, not to a pool.
            whole = pa.concat_arrays(pieces, memory_pool=pa.system_memory_pool())
            arrays[at].append(_checked(whole, cls))
        waiting.clear()
        if _greatest(arrays[-1].pop()):
            raise UnfitError

    with opened.busy, opened.connection.cursor(adbc_stmt_kwargs=options) as cursor:
        cursor.execute(query)
        reader = cursor.fetch_record_batch()
        if reader.schema.types != [types[cls] for cls in classes]:
            raise UnfitError
        waiting.append(reader.read_next_batch().slice(1))
        for batch in reader:
            waiting.append(batch)
            if len(waiting) == TOGETHER:
                take()
        if waiting:
            take()
    return arrays


def _checked(array: Any, cls: type) -> Any:
    """Return an array of what the cells mean."""
    if cls is str:
        array.validate(full=True)  # UTF-8
    elif cls is bool:
        import pyarrow.compute as pc  # type: ignore[import-untyped]  # noqa: PLC0415 - see `driver`

        if not (_greatest(array) <= 1 and pc.min(array).as_py() in {None, 0, 1}):
            raise UnfitError  # another program wrote it
        return array.cast("bool")
    return array


def _greatest(array: Any) -> int:
    import pyarrow.compute as pc  # noqa: PLC0415 - see `driver`

    return pc.max(array).as_py() or 0


def with_nan(array: Any, numbers: Any, rows: Sequence[int]) -> Any:
    """Return an array with nan where some of its cells are missing.

    Parameters
    ----------
    array
        Floats.
    numbers
        The row number of each of them.
    rows
        Row numbers of cells that are nan.

    Returns
    -------
    pyarrow.ChunkedArray
        The array with them.
    """
    import pyarrow as pa  # noqa: PLC0415 - see `driver`
    import pyarrow.compute as pc  # noqa: PLC0415 - see `driver`

    noted = pc.is_in(numbers, value_set=pa.array(rows, pa.int64()))
    return pc.if_else(pc.and_(noted, pc.is_null(array)), float("nan"), array)
