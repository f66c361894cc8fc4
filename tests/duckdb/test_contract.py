"""The DuckDB engine keeps every promise of engines, on a file of its own.

Over a SQLite file it is `test_sql.py` that says what it does; here, that file goes away.
"""

from __future__ import annotations

import pytest

from tests.duckdb.outages import OUTAGES, another_program
from xetrack_duckdb.engine import DuckDBEngine
from xetrack_duckdb.sqlite_adapter import SQLiteAdapter
from xetrack_testing import (
    BacksUpContract,
    EngineContract,
    KeepsFactsContract,
    PluginContract,
    RunsSQLContract,
    displaced,
)
from xetrack_testing.engines import outages
from xetrack_testing.engines.outages import EngineOutageContract


class TestInAFile(EngineContract, RunsSQLContract, BacksUpContract, KeepsFactsContract):
    engine_class = DuckDBEngine

    @pytest.fixture
    def location(self, tmp_path):
        (tmp_path / "folder").mkdir()
        return str(tmp_path / "folder" / "rows.duckdb")

    @pytest.fixture(params=OUTAGES.values(), ids=OUTAGES)
    def outage(self, request, monkeypatch, location):
        """Take away the file, what is beside it, or the right to open it."""
        if request.param is another_program:  # each call waits for it as long as it may
            monkeypatch.setattr(outages, "PATIENCE", 0.3)
        return lambda: request.param(location)


class TestOverSQLite(EngineOutageContract):
    """Rows are SQLite's, and DuckDB reads a copy of them."""

    engine_class = SQLiteAdapter

    @pytest.fixture
    def outage(self, location):
        """Put a folder in the place of the file."""
        return lambda: displaced(location)


class TestPlugin(PluginContract):
    distribution = "xetrack-duckdb"
