"""The plugin and both of its parts keep the promises of their kind."""

from __future__ import annotations

import pytest

from xetrack.interfaces.component import PartKind
from xetrack.plugins.registry import registry
from xetrack_testing import FrameBackendContract, PluginContract


class TestArrow(FrameBackendContract):
    """Arrow tables."""

    backend_class = registry().load(PartKind.FRAME_BACKEND, "arrow")


class TestPolars(FrameBackendContract):
    """Frames of polars."""

    backend_class = registry().load(PartKind.FRAME_BACKEND, "polars")


class TestPlugin(PluginContract):
    """What is announced."""

    distribution = "xetrack-arrow"


@pytest.mark.parametrize("name", ["arrow", "polars"])
def test_a_part_is_of_this_distribution(name):
    """A part is of this distribution, not of the core."""
    owners = {
        status.distribution
        for status in registry().statuses()
        if (status.kind, status.name) == (PartKind.FRAME_BACKEND, name)
    }
    assert {"xetrack-arrow"} == owners
