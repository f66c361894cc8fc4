"""Whole columns of a SQLite table, read by ADBC's driver from a copy of the file.

The driver has a SQLite of its own, and two of them must not open one file in one process: to close
it drops the locks that the other one holds. So it reads a copy of what the selection sees, which is
deleted as soon as it is open. Whatever goes wrong, the answer is None, and the cells are read as
ever.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]

from xetrack.process import forks
from xetrack_arrow import adbc

if TYPE_CHECKING:
    from xetrack.interfaces.engines.snapshots import CopiesSQLite, StoredTable

LARGEST = 2**31 - 1
"""Bytes of the file: so much text at most is in a batch, which counts them in 32 bits."""


def read(table: StoredTable, source: CopiesSQLite) -> dict[str, Any] | None:
    """Return the columns of one type by name, as chunked arrays.

    Parameters
    ----------
    table
        How the table lies in its file.
    source
        The selection of the whole table, which lends a copy of the file.

    Returns
    -------
    dict or None
        ``bool``, ``int64``, ``double`` and ``string``; nan where a note says so. None where it
        cannot be done.
    """
    if table.size > LARGEST or adbc.driver() is None:
        return None
    floats = [name for name, cls in table.types.items() if cls is float]
    noted = source.nan_rows(floats)
    # A fork in another thread waits until nothing is open that would be inherited.
    guard = forks.ForkLock()
    try:
        with guard.lock, ExitStack() as stack:
            ranges = adbc.ranges(*table.rows)
            with source.copy() as path:
                opened = [stack.enter_context(closing(adbc.Opened(path))) for _ in ranges]
            parts = adbc.parts(opened, table, ranges, numbered=bool(noted))
    except Exception:  # noqa: BLE001 - who reads as ever will hear what is wrong with the file
        return None
    arrays = [pa.chunked_array(part) for part in parts]
    columns = dict(zip(table.types, arrays, strict=False))
    for name, rows in noted.items():
        columns[name] = adbc.with_nan(columns[name], arrays[-1], rows)
    return columns
