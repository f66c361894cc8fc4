"""The built-in sinks keep every promise of sinks."""

from __future__ import annotations

import pytest

from xetrack.builtin.sinks.jsonl import JsonlSink
from xetrack.builtin.sinks.text import FolderSink, StdoutSink
from xetrack_testing import SinkContract


class TestFolder(SinkContract):
    sink_class = FolderSink

    @pytest.fixture
    def options(self, tmp_path):
        return {"logs_path": tmp_path / "logs"}

    @pytest.fixture
    def received(self, tmp_path):
        return lambda: "".join(one.read_text("utf-8") for one in sorted(tmp_path.rglob("*.log")))


class TestJsonl(SinkContract):
    sink_class = JsonlSink

    @pytest.fixture
    def options(self, tmp_path):
        return {"jsonl": tmp_path / "rows.jsonl"}

    @pytest.fixture
    def received(self, tmp_path):
        return lambda: (tmp_path / "rows.jsonl").read_text("utf-8")


class TestStdout(SinkContract):
    sink_class = StdoutSink

    @pytest.fixture
    def received(self, capfd):
        printed = []

        def everything():
            printed.append(capfd.readouterr().out)
            return "".join(printed)

        return everything
