"""Connections to databases in memory, which DuckDB's files are attached to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duckdb import DuckDBPyConnection

CONFIG: Mapping[str, Any] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
"""Nothing is ever downloaded."""


def connect(config: Mapping[str, Any] = CONFIG) -> DuckDBPyConnection:
    """Return a connection to a new database in memory, which prints nothing.

    Under ``python -c`` and in a prompt, DuckDB would write the progress of what takes two seconds
    into standard output, in the midst of whatever a program prints there.

    Parameters
    ----------
    config
        DuckDB's settings.
    """
    connection = duckdb.connect(config=dict(config))
    connection.execute("SET enable_progress_bar = false")  # it cannot be among the settings
    return connection
