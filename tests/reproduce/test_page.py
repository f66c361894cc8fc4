"""The page on running runs again runs as it stands there, in a repository of its own."""

from __future__ import annotations

import pytest

from tests.docs.test_pages import run_page
from tests.reproduce.projects import environment

pytestmark = pytest.mark.processes


def test_the_page_runs(tmp_path, monkeypatch):
    """With the recorders that users have."""
    monkeypatch.delenv("XETRACK_RECORDERS")
    for name, value in environment(tmp_path).items():
        if name.startswith("GIT_"):
            monkeypatch.setenv(name, value)
    assert not run_page("docs/howto/reproduce.md", tmp_path)
