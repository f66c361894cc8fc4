"""The one DuckDB database in memory that stays open although its engine was closed.

To open one takes longer than all else that a reader does, and programs open readers of the same
file again and again. But each has threads and memory of its own, so that of the last file that was
closed is kept, and no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import ref

if TYPE_CHECKING:
    from xetrack_duckdb.files.database_file import DatabaseFile

_last: list[ref[DatabaseFile]] = []


def keep_last(file: DatabaseFile) -> None:
    """Note that an engine of a file was closed, and close what is kept of other files.

    Parameters
    ----------
    file
        The file. Another engine may still use it.
    """
    earlier = [each() for each in _last]
    _last[:] = [ref(file)]
    for other in earlier:
        if other is not None and other is not file:
            other.close_unused()
