"""A database of its own for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from xetrack import Tracker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Where a database may be; nothing is there yet."""
    return tmp_path / "track.db"


@pytest.fixture
def tracker(db: Path) -> Iterator[Tracker]:
    """A tracker on a file."""
    with Tracker(db) as made:
        yield made
