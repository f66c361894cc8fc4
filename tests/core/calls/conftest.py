"""What all tests of tracked calls need."""

from __future__ import annotations

import pytest

from xetrack import Tracker


@pytest.fixture
def tracker():
    """A tracker in memory."""
    return Tracker(Tracker.IN_MEMORY)
