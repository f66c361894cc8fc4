"""The engine keeps every promise of its kind, and all of xetrack works with it."""

from __future__ import annotations

import pytest
from xetrack_lmdb.engine import LmdbEngine

from xetrack_testing import (
    EngineContract,
    KeepsFactsContract,
    PluginContract,
    ProductContract,
    displaced,
)


class TestEngine(EngineContract, KeepsFactsContract):
    """No promise is left out."""

    engine_class = LmdbEngine

    @pytest.fixture
    def outage(self, location):
        """Put a file in the place of the folder."""
        return lambda: displaced(location)


class TestPlugin(PluginContract):
    """What the distribution says of itself."""

    distribution = "xetrack-lmdb"


class TestProduct(ProductContract):
    """The engine is chosen by the ending of the folder."""

    distribution = "xetrack-lmdb"

    @pytest.fixture
    def db(self, tmp_path):
        """Nothing is there yet."""
        return str(tmp_path / "runs.lmdb")
