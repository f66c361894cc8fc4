"""The frame backend keeps every promise of its kind."""

from __future__ import annotations

import pytest
from xetrack_example.frames import ExampleBackend

from xetrack_testing import FrameBackendContract


class TestFrames(FrameBackendContract):
    """Declare what cannot hold: test_x = gap(FrameBackendContract.test_x, 'the reason')."""

    backend_class = ExampleBackend

    @pytest.fixture
    def cells(self):
        """Return a function that gives the cells of a frame's column."""
        return lambda frame, name: frame[name]

    @pytest.fixture
    def names(self):
        """Return a function that names the columns of a frame, in their order."""
        return list
