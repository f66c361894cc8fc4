"""Copies of a whole DuckDB file, made by DuckDB itself from one moment."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import count
from secrets import token_hex
from typing import TYPE_CHECKING

import duckdb

from xetrack_duckdb import folding, schema
from xetrack_duckdb.files import CONFIG, literal

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


def set_apart(path: str, log: str) -> None:
    """Have a copied file and the copy of its log know each other, and no longer the originals.

    So nothing is ever brought from the log of one database into another state of it.
    """
    drawn = token_hex(16)
    with closing(duckdb.connect(config=CONFIG)) as connection:
        connection.execute(f"ATTACH {literal(path)} AS db (TYPE duckdb)")
        with folding.transaction(connection):
            schema.prepare(connection)
            schema.set_meta(connection, "log", drawn)
        connection.execute("DETACH db")
    with closing(sqlite3.connect(log, isolation_level=None)) as rows:
        rows.execute("UPDATE xetrack_duckdb SET identity = ?", (drawn,))
