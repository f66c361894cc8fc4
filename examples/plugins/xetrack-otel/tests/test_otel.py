"""The sink keeps every promise of its kind with a collector, and all of xetrack works with it."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from xetrack_otel.sink import OtelSink

from xetrack import Tracker
from xetrack_testing import PluginContract, ProductContract, SinkContract


class Collector(ThreadingHTTPServer):
    """Keeps the records that are sent to it."""

    def __init__(self, port=0):
        super().__init__(("127.0.0.1", port), Answer)
        self.records = []
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self.thread.start()

    def stop(self):
        self.shutdown()
        self.thread.join()
        self.server_close()

    def rows(self):
        """The attributes of each record, and the service that sent it."""
        return [
            {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}
            for attributes in (record.attributes for record in self.records)
        ]


class Answer(BaseHTTPRequestHandler):
    def do_POST(self):
        assert self.path == "/v1/logs"
        request = ExportLogsServiceRequest()
        request.ParseFromString(self.rfile.read(int(self.headers["Content-Length"])))
        for resource in request.resource_logs:
            for scope in resource.scope_logs:
                self.server.records.extend(scope.log_records)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def collector():
    """A collector that listens."""
    started = Collector()
    yield started
    started.stop()


class TestSink(SinkContract):
    """No promise is left out."""

    sink_class = OtelSink

    @pytest.fixture
    def options(self, collector):
        """What the sink is made with."""
        return {"endpoint": collector.address}

    @pytest.fixture
    def received(self, collector):
        """Everything that has arrived."""
        return lambda: str(collector.rows())


class TestPlugin(PluginContract):
    """What the distribution says of itself."""

    distribution = "xetrack-otel"


class TestProduct(ProductContract):
    """The sink is chosen by its name, with options."""

    distribution = "xetrack-otel"

    @pytest.fixture
    def options(self, collector):
        """What a tracker is made with."""
        return {"sinks": [f"otel?endpoint={collector.address}&batch=20"]}


def test_cells_are_attributes(collector):
    """Of their types, where the protocol has those."""
    sink = OtelSink({"endpoint": f"{collector.address}/v1/logs"})
    sink.emit({"loss": 0.5, "epoch": 3, "best": True, "list": [1, None], "big": 2**70}, "MONITOR")
    sink.flush()
    sink.close()
    row = {"loss": 0.5, "epoch": 3, "best": True, "list": "[1, null]", "big": str(2**70)}
    assert [row] == collector.rows()
    assert ["MONITOR"] == [record.severity_text for record in collector.records]


@pytest.mark.filterwarnings("ignore::xetrack.errors.XetrackWarning")
def test_no_row_is_lost_while_the_collector_is_away(collector, tmp_path):
    """With a spool: the next tracker delivers what a program has left."""
    collector.stop()
    options = {"endpoint": collector.address, "spool": True, "spool_folder": tmp_path / "spool"}
    options |= {"timeout": 0.1, "shutdown_timeout": 1}
    with Tracker(Tracker.IN_MEMORY, sinks=[(OtelSink, options)]) as tracker:
        tracker.log({"n": 1})
    back = Collector(collector.server_port)
    try:
        with Tracker(Tracker.IN_MEMORY, sinks=[(OtelSink, options)]) as tracker:
            tracker.log({"n": 2})
    finally:
        back.stop()
    assert [1, 2] == [row["n"] for row in back.rows()]
