"""All of xetrack works with the parts that have no file of tests for one kind."""

from __future__ import annotations

import pytest
from xetrack_example.cache import ExampleCache

from xetrack_testing import ProductContract


class TestJournal(ProductContract):
    """Rows in a journal, which is chosen by the ending of the file."""

    distribution = "xetrack-example"

    @pytest.fixture
    def db(self, tmp_path):
        return str(tmp_path / "runs.journal")


class TestWebhook(ProductContract):
    """An address that refuses the connection costs no row and no warning."""

    distribution = "xetrack-example"

    @pytest.fixture
    def options(self, monkeypatch):
        monkeypatch.setenv("XETRACK_WEBHOOK", "http://127.0.0.1:9/")
        return {"sinks": ["webhook"]}


class TestCalls(ProductContract):
    """Calls are answered by the call cache that a cache names."""

    distribution = "xetrack-example"

    @pytest.fixture
    def options(self, tmp_path, monkeypatch):
        monkeypatch.setattr(ExampleCache, "call_cache", "example")
        return {"cache": ExampleCache(str(tmp_path / "results"))}
