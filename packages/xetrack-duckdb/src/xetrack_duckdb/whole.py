"""Copies of a whole DuckDB file, made by DuckDB itself from one moment."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from xetrack_duckdb.files import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_numbers = count()


def copy_into(connection: DuckDBPyConnection, path: str) -> None:
    """Write what is in ``db`` into a new DuckDB file.

    While it is attached, every connection of this process to the same database sees the copy by
    its name, so each copy has a name of its own.
    """
    name = f"xetrack_copy_{next(_numbers)}"
    connection.execute(f"ATTACH {literal(path)} AS {name} (TYPE duckdb)")
    try:
        connection.execute(f"COPY FROM DATABASE db TO {name}")
    finally:
        connection.execute(f"DETACH {name}")
