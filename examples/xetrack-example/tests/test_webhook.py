"""The webhook keeps every promise of a sink; there is no gap to declare."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from xetrack_example.webhook import WebhookSink

from xetrack.errors import InvalidArgumentError
from xetrack_testing import SinkContract


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


def test_a_sink_without_an_address_says_what_it_needs(monkeypatch):
    """When the tracker is made, not with each row."""
    monkeypatch.delenv("XETRACK_WEBHOOK", raising=False)
    with pytest.raises(InvalidArgumentError, match="an address"):
        WebhookSink({})
