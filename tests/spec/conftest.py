"""Every example runs in a folder of its own, so that its paths can stay as they are printed."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """The working folder, which is empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
