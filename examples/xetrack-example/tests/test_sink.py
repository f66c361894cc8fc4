"""The sink keeps every promise of its kind."""

from __future__ import annotations

import pytest
from xetrack_example.sink import VARIABLE, ExampleSink

from xetrack_testing import ProductContract, SinkContract


class TestSink(SinkContract):
    """Declare what cannot hold: test_x = gap(SinkContract.test_x, 'the reason')."""

    sink_class = ExampleSink

    @pytest.fixture
    def options(self, tmp_path):
        """What the sink is made with."""
        return {"path": tmp_path / "rows.txt"}

    @pytest.fixture
    def received(self, tmp_path):
        """Everything that has arrived."""
        return (tmp_path / "rows.txt").read_text


class TestProduct(ProductContract):
    """All of xetrack works with the sink, chosen by its name."""

    distribution = "xetrack-example"

    @pytest.fixture
    def options(self, tmp_path, monkeypatch):
        """What a tracker is made with."""
        monkeypatch.setenv(VARIABLE, str(tmp_path / "rows.txt"))
        return {"sinks": ["example"]}
