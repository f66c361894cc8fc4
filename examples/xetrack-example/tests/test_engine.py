"""The engine keeps every promise of its kind."""

from __future__ import annotations

from xetrack_example.engine import JournalEngine

from xetrack_testing import EngineContract, KeepsFactsContract


class TestEngine(EngineContract, KeepsFactsContract):
    """Declare what cannot hold: test_x = gap(EngineContract.test_x, 'the reason')."""

    engine_class = JournalEngine
