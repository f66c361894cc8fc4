"""A database of its own for each test, and interpreters of their own for what must be fresh."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from xetrack import Tracker
from xetrack.plugins.registry import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(autouse=True, scope="module")
def _core_alone() -> Iterator[None]:
    """Core has to work by itself; what it does with an asset store is tested with that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XETRACK_DISABLE_PLUGINS", "assets")
        registry().refresh()
        yield
    registry().refresh()


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Where a database may be; nothing is there yet."""
    return tmp_path / "track.db"


@pytest.fixture
def tracker(db: Path) -> Iterator[Tracker]:
    """A tracker on a file."""
    with Tracker(db) as made:
        yield made


@pytest.fixture
def python(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run code in a fresh interpreter, in the test's folder."""

    def run(code: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *options, "-c", code],
            cwd=tmp_path,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )

    return run
