"""Each part keeps every promise of its kind; there is no gap to declare."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from xetrack_example.engine import JournalEngine
from xetrack_example.probe import LoadProbe
from xetrack_example.sink import WebhookSink

from xetrack_testing import EngineContract, PluginContract, ProbeContract, SinkContract


class TestPlugin(PluginContract):
    distribution = "xetrack-example"


class TestEngine(EngineContract):
    engine_class = JournalEngine


class TestProbe(ProbeContract):
    probe_class = LoadProbe


class TestSink(SinkContract):
    sink_class = WebhookSink

    @pytest.fixture
    def listener(self):
        """A server that keeps what is posted to it."""

        class Listener(BaseHTTPRequestHandler):
            posted: list[str] = []  # noqa: RUF012 - of this test only

            def do_POST(self):
                length = int(self.headers["Content-Length"])
                self.posted.append(self.rfile.read(length).decode())
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()
        server.server_close()

    @pytest.fixture
    def options(self, listener):
        return {"webhook": f"http://127.0.0.1:{listener.server_port}"}

    @pytest.fixture
    def received(self, listener):
        return lambda: "".join(listener.RequestHandlerClass.posted)
