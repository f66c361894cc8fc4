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
from urllib.parse import quote

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]

from xetrack.model.names import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xetrack.interfaces.engines.snapshots import StoredTable

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


def driver() -> Any:
    """Import what the extra ``adbc`` brings; None where it is not there, or is broken.

    Returns
    -------
    Any
        The module `adbc_driver_sqlite.dbapi`; None where it is missing or broken.
    """
    try:
        from adbc_driver_sqlite import dbapi  # noqa: PLC0415 - optional
    except Exception:  # noqa: BLE001 - a part may be missing, too old, or made for another machine
        return None
    return dbapi


class Opened:
    """A connection to a copy, which may be deleted then."""

    def __init__(self, path: str) -> None:
        # Immutable: no locks, and no log is looked for, though the header may speak of one.
        uri = f"file:{quote(os.fsencode(path))}?mode=ro&immutable=1"
        self.connection = driver().connect(uri, autocommit=True)
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
        The numbers of the rows, both included.

    Returns
    -------
    list[tuple[int, int]]
        First and last number of each range, both included.
    """
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    number = max(1, min(THREADS, usable or 1))
    step = (last - first) // number + 1
    return [(at, min(at + step - 1, last)) for at in range(first, last + 1, step)]


def parts(
    opened: Sequence[Opened],
    table: StoredTable,
    ranges: Sequence[tuple[int, int]],
    *,
    numbered: bool,
) -> list[list[Any]]:
    """Return the arrays of each column of `table.types`, in the order of rows.

    Parameters
    ----------
    opened
        Connections to a copy, one for each range.
    table
        The table in it.
    ranges
        The first and the last number of the rows that each connection is to read.
    numbered
        Whether the numbers of the rows come as a last column.

    Returns
    -------
    list[list[Any]]
        For each range, the array of each column.

    Raises
    ------
    UnfitError
        A cell is not of the type of its column.
    """
    types = table.types
    texts = [quoted(name) for name, cls in types.items() if cls is str]
    # Bytes are greater than all text.
    has_bytes = " OR ".join([f"{text} >= x''" for text in texts] or ["0"])
    row = [table.row_number] if numbered else []
    names = [*map(quoted, types), *row, has_bytes]
    classes = [*types.values(), *(int for _ in row), int]
    constants = ", ".join(_CONSTANTS[cls] for cls in classes)
    # In the order of row numbers, which no index may change.
    cells = f"SELECT {', '.join(names)} FROM {quoted(table.name)} NOT INDEXED"  # noqa: S608 - quoted
    queries = [
        f"SELECT {constants} UNION ALL {cells} WHERE {table.row_number} BETWEEN {first} AND {last}"
        for first, last in ranges
    ]
    pairs = zip(opened, queries, strict=True)
    parts = _together([partial(_read, connection, query, classes) for connection, query in pairs])
    return [[array for part in parts for array in part[at]] for at in range(len(names) - 1)]


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


def _read(opened: Opened, query: str, classes: Sequence[type]) -> list[list[Any]]:
    """Return the arrays of each column of a query, whose last column tells of bytes."""
    types = {bool: pa.int64(), int: pa.int64(), float: pa.float64(), str: pa.string()}
    options = {"adbc.sqlite.query.batch_rows": str(max(1, CELLS // len(classes)))}
    columns: list[list[Any]] = [[] for _ in classes]
    waiting: list[Any] = []

    def take() -> None:
        """Copy what is waiting; columns of one batch can be freed but together."""
        for at, cls in enumerate(classes):
            pieces = [batch.column(at) for batch in waiting]
            # What is freed goes back to the system, not to a pool.
            whole = pa.concat_arrays(pieces, memory_pool=pa.system_memory_pool())
            columns[at].append(_checked(whole, cls))
        waiting.clear()
        if _greatest(columns[-1].pop()):
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
    return columns


def _checked(array: Any, cls: type) -> Any:
    """Return an array of what the cells mean."""
    if cls is str:
        array.validate(full=True)  # UTF-8
    elif cls is bool:
        if not (_greatest(array) <= 1 and pc.min(array).as_py() in {None, 0, 1}):
            raise UnfitError  # another program wrote it
        return array.cast("bool")
    return array


def _greatest(array: Any) -> int:
    return pc.max(array).as_py() or 0


def with_nan(array: Any, numbers: Any, rows: Sequence[int]) -> Any:
    """Return an array with nan where it has no cell, in some rows.

    Parameters
    ----------
    array
        Floats.
    numbers
        The number of each row of the array.
    rows
        The numbers of those that have nan.

    Returns
    -------
    Any
        The array, with nan in those rows.
    """
    noted = pc.is_in(numbers, value_set=pa.array(rows, pa.int64()))
    return pc.if_else(pc.and_(noted, pc.is_null(array)), float("nan"), array)
