"""The SQLite engine keeps every promise of engines, in a file and in memory."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.builtin.sqlite.tables import overflow
from xetrack_testing import (
    BacksUpContract,
    EngineContract,
    KeepsFactsContract,
    NumbersRowsContract,
    RunsSQLContract,
    TablesContract,
    displaced,
    gap,
)


@pytest.fixture(autouse=True)
def few(request, monkeypatch):
    """A lower limit of real columns, of which SQLite takes seconds to make a thousand."""
    if "thousands" in request.node.name:
        monkeypatch.setattr(overflow, "MOST", 20)


class TestInAFile(
    EngineContract, RunsSQLContract, BacksUpContract, KeepsFactsContract, NumbersRowsContract
):
    """Whatever is done to it, SQLite finds nothing wrong with the file."""

    engine_class = SQLiteEngine

    @pytest.fixture
    def outage(self, location):
        """Put a folder in the place of the file."""
        return lambda: displaced(location)

    @pytest.fixture
    def location(self, tmp_path):
        path = tmp_path / "rows.db"
        yield str(path)
        if path.exists():
            with closing(sqlite3.connect(path)) as connection:
                assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()


class TestInMemory(TablesContract, RunsSQLContract):
    """Nobody shares it, so it has the promises of one engine alone."""

    engine_class = SQLiteEngine

    test_a_rollback_by_the_user_takes_no_logged_row_along = gap(
        RunsSQLContract.test_a_rollback_by_the_user_takes_no_logged_row_along,
        "SQLite shares a database in memory among threads only by sharing its connection",
    )

    @pytest.fixture
    def location(self):
        return ":memory:"
