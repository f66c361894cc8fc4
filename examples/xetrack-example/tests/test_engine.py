"""The engine keeps every promise of its kind."""

from __future__ import annotations

import pytest
from xetrack_example.engine import JournalEngine

from xetrack_testing import EngineContract, displaced


class TestEngine(EngineContract):
    """Declare what cannot hold: test_x = gap(EngineContract.test_x, 'the reason')."""

    engine_class = JournalEngine

    @pytest.fixture
    def outage(self, location):
        """Put a folder in the place of the journal."""
        return lambda: displaced(location)
