"""A database of each engine with files, and its records."""

from __future__ import annotations

import pytest


@pytest.fixture(params=["runs.db", "runs.duckdb"])
def db(request, tmp_path):
    """The path of a database that does not exist yet."""
    return tmp_path / request.param
