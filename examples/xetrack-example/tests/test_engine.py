"""The engine keeps every promise of its kind."""

from __future__ import annotations

import pytest
from xetrack_example.engine import ExampleEngine

from xetrack_testing import EngineContract, KeepsFactsContract, displaced


class TestEngine(EngineContract, KeepsFactsContract):
    """Declare what cannot hold: test_x = gap(EngineContract.test_x, 'the reason')."""

    engine_class = ExampleEngine

    @pytest.fixture
    def outage(self, location):
        """Put a folder in the place of the file."""
        return lambda: displaced(location)
