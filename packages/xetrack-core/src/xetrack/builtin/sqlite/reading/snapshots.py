"""A copy of a database of one moment, from which whole columns are read as Arrow arrays.

The driver that makes them (see `adbc`) has a SQLite of its own, and two of them must not open
one file in one process: to close it drops the locks that the other one holds. So it reads a copy
of what the reader's connection sees, which is deleted as soon as it is open. Whatever goes wrong,
the answer is None, and the cells are read as ever.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xetrack.builtin.sqlite.reading import adbc
from xetrack.builtin.sqlite.tables import cell_kinds
from xetrack.model.kinds import Kind
from xetrack.model.names import quoted
from xetrack.process import forks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from xetrack.builtin.sqlite.tables.stored_columns import TableSchema

ROWS = 200_000
"""Where there are fewer row numbers, the copy and the import of the driver do not pay."""

BYTES = 1_000
"""Of the file for each row; a larger file has so much else in it that the copy would not pay."""

MOST = 2**31 - 1
"""Bytes of the file: so much text at most is in a batch, which counts them in 32 bits."""


def columns(
    connection: sqlite3.Connection,
    using: Callable[[], AbstractContextManager[None]],
    table: TableSchema,
) -> dict[str, Any] | None:
    """Return those columns that are of one type, by name, as chunked arrays.

    Parameters
    ----------
    connection
        It sees one moment of the file.
    using
        Makes the context in which the connection is used.
    table
        The table.

    Returns
    -------
    dict or None
        ``bool``, ``int64``, ``double`` and ``string``; nan where a note says so. None where it
        would not pay or cannot be done.
    """
    types = {
        column.name: cls for column in table.columns if (cls := adbc.type_of(column)) is not None
    }
    if 2 * len(types) < len(table.columns):
        return None
    with using():
        limits = _worth_it(connection, table)
        if limits is None or adbc.driver() is None:
            return None
        noted = cell_kinds.load(connection, table, list(types))
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - the driver needs it

    # A fork in another thread waits until nothing is open that would be inherited.
    guard = forks.Unforked()
    try:
        with guard.lock, ExitStack() as stack:
            ranges = adbc.ranges(*limits)
            with _copy(connection, using) as path:
                opened = [stack.enter_context(closing(adbc.CopyConnection(path))) for _ in ranges]
            parts = adbc.parts(opened, table, types, ranges, numbered=bool(noted))
    except Exception:  # noqa: BLE001 - who reads as ever will hear what is wrong with the file
        return None
    arrays = [pa.chunked_array(part) for part in parts]
    for at, cls in enumerate(types.values()):
        rows = [row for row, cells in noted.items() if (at, Kind.NAN) in cells]
        if rows and cls is float:
            arrays[at] = adbc.with_nan(arrays[at], arrays[-1], rows)
    return dict(zip(types, arrays, strict=False))


def _worth_it(connection: sqlite3.Connection, table: TableSchema) -> tuple[int, int] | None:
    """Return the first and the last number of a row, if a copy of the file would pay."""
    row, name = table.row_id, quoted(table.name)
    query = f"SELECT (SELECT min({row}) FROM {name}), (SELECT max({row}) FROM {name})"
    first, last = connection.execute(query).fetchone()
    if first is None or last - first + 1 < ROWS:
        return None
    (pages,), (size,) = (
        connection.execute(f"PRAGMA {pragma}").fetchone() for pragma in ("page_count", "page_size")
    )
    if pages * size > min(MOST, BYTES * (last - first + 1)):
        return None
    with suppress(OSError):  # where no file can be made
        if shutil.disk_usage(tempfile.gettempdir()).free > 2 * pages * size:
            return first, last
    return None


@contextmanager
def _copy(
    connection: sqlite3.Connection, using: Callable[[], AbstractContextManager[None]]
) -> Iterator[str]:
    """Lend the path of a copy."""
    with tempfile.TemporaryDirectory(prefix="xetrack-") as folder:
        path = str(Path(folder, "copy.db"))
        with closing(sqlite3.connect(path, isolation_level=None)) as copy:
            copy.execute("PRAGMA journal_mode=OFF")
            copy.execute("PRAGMA synchronous=OFF")
            with using():
                connection.backup(copy)
        yield path
