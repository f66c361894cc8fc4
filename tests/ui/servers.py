"""A server of the page as a user starts it: in a process of its own, asked over HTTP."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from urllib.parse import urlencode

URL = re.compile(r"http://(\S+):(\d+)/\?token=([\w-]+)")


class Server:
    """``xt ui`` in a process."""

    def __init__(self, *words, env=None):
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "xetrack_cli", "ui", *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=env,
        )
        self.lines = []
        self.connections = []
        self.streams = []
        while not self.lines or "Ctrl-C" not in self.lines[-1]:
            line = self.process.stderr.readline()
            assert line, self.lines
            self.lines.append(line.rstrip("\n"))
        self.host, port, self.token = URL.search(self.lines[0]).groups()
        self.port = int(port)

    def ask(self, path, **parameters):
        """Return the response to a request, whose body is not read."""
        query = f"?{urlencode(parameters)}" if parameters else ""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        self.connections.append(connection)
        cookie = {"Cookie": f"xetrack_ui_{self.port}={self.token}"}
        connection.request("GET", path + query, headers=cookie)
        response = connection.getresponse()
        response.connection = connection
        return response

    def json(self, path, **parameters):
        """Return an answer."""
        return json.load(self.ask(path, **parameters))

    def stream(self, **parameters):
        """Return the stream of events of a view, read from now on."""
        stream = Stream(self.ask("/api/events", **parameters))
        self.streams.append(stream)
        return stream

    def end(self):
        """Press Ctrl-C, and return the exit code and how long it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(20)
        return code, time.monotonic() - begun


class Stream:
    """A stream of events, read in a thread."""

    def __init__(self, response):
        assert 200 == response.status, response.read()
        self._response = response
        self.events = []
        self.comments = 0
        self.has_ended = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        name = ""
        try:
            for line in iter(self._response.readline, b""):
                if line.startswith(b":"):
                    self.comments += 1
                elif line.startswith(b"event: "):
                    name = line[7:].strip().decode()
                elif line.startswith(b"data: "):
                    self.events.append((name, json.loads(line[6:]), time.monotonic()))
        except (OSError, ValueError, http.client.HTTPException):
            pass
        self.has_ended = True

    def wait(self, name, number=1, seconds=10.0):
        """Return the events of a name, of which there are so many soon."""
        deadline = time.monotonic() + seconds
        while len(found := [each for each in self.events if each[0] == name]) < number:
            assert time.monotonic() < deadline, (name, self.events)
            time.sleep(0.01)
        return found

    def close(self):
        """Leave."""
        self._response.connection.sock.shutdown(socket.SHUT_RDWR)
        self.join()

    def join(self):
        """Wait for the end of the stream."""
        self._thread.join(10)
        assert self.has_ended


@contextmanager
def started(*words, **options):
    """Start a server, and end it."""
    server = Server(*words, **options)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.communicate()
        # A response may not be closed while another thread reads from it.
        for stream in server.streams:
            stream.join()
        for connection in server.connections:
            connection.close()
