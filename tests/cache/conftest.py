"""A folder for a cache, trackers with it, and functions that say when they run."""

from __future__ import annotations

import pytest

from xetrack import Tracker

RAN = []
"""What ran, in order. It is global, because what a function closed over is part of its key."""


@pytest.fixture(autouse=True)
def _nothing_ran():
    RAN.clear()


@pytest.fixture
def ran():
    """What ran, in order."""
    return RAN


@pytest.fixture
def folder(tmp_path):
    """Where a cache may be; nothing is there yet."""
    return tmp_path / "cache"


@pytest.fixture
def track(folder):
    """Return a function that makes a tracker in memory with this cache, closed in the end."""
    made = []

    def new(**options):
        made.append(Tracker(Tracker.IN_MEMORY, **{"cache": folder, **options}))
        return made[-1]

    yield new
    for one in made:
        one.close()


@pytest.fixture
def tracker(track):
    """A tracker with a cache."""
    return track()
