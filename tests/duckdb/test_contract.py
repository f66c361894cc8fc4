"""The DuckDB engine keeps every promise of engines, on a file of its own."""

from __future__ import annotations

import pytest

from xetrack_duckdb.engine import DuckDBEngine
from xetrack_testing import (
    BacksUpContract,
    EngineContract,
    KeepsFactsContract,
    PluginContract,
    RunsSQLContract,
)


class TestInAFile(EngineContract, RunsSQLContract, BacksUpContract, KeepsFactsContract):
    engine_class = DuckDBEngine

    @pytest.fixture
    def location(self, tmp_path):
        return str(tmp_path / "rows.duckdb")


class TestPlugin(PluginContract):
    distribution = "xetrack-duckdb"
