"""The webhook sink: posts each row to an address, so that others may listen."""

from __future__ import annotations

import os
import threading
from queue import Full, SimpleQueue
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

from xetrack.errors import InvalidArgumentError
from xetrack.interfaces.sinks import Sink
from xetrack.model.kinds import TO_TEXT, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.model.kinds import Value

MOST = 10_000
"""Rows that wait to be posted. A row beyond them is dropped, and core tells the user."""

PATIENCE = 2.0
"""Seconds that `flush`, and so the end of a program, waits for an address that does not answer."""


class WebhookSink(Sink):
    """Posts ``{"level": ..., "row": ...}``, a request for each row, in the order of the rows.

    The address is the option ``webhook``, or the environment's ``XETRACK_WEBHOOK``.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._address = options.get("webhook") or os.environ.get("XETRACK_WEBHOOK")
        if not str(self._address).startswith(("http://", "https://")):
            raise InvalidArgumentError("webhook", self._address, "an address: http://...")
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._queue: SimpleQueue[bytes | threading.Event | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def emit(self, row: Mapping[str, Value], level: str) -> None:
        """Encode the row at once, and let the thread post it; see `Sink.emit`."""
        self._ensure_thread()
        if self._queue.qsize() >= MOST:
            raise Full(f"{MOST} rows wait to be posted to {self._address}")
        text = TO_TEXT[Kind.JSON]({"level": level, "row": dict(row)})
        self._queue.put(text.encode("utf-8", "backslashreplace"))

    def flush(self) -> None:
        """Wait until all is posted, but not for ever."""
        if self._thread is not None and self._process == os.getpid():
            posted = threading.Event()
            self._queue.put(posted)
            posted.wait(PATIENCE)

    def close(self) -> None:
        """End the thread after what it is doing."""
        if self._thread is not None and self._process == os.getpid():
            self.flush()
            self._queue.put(None)
            self._thread.join(PATIENCE)
            self._thread = None

    def _ensure_thread(self) -> None:
        if self._process != os.getpid():
            self._begin()  # a fork copies the queue, but not the thread
        if self._thread is None:
            # A daemon: an address that does not answer must not keep the program from ending.
            self._thread = threading.Thread(
                target=_post, args=(self._queue, self._address), daemon=True
            )
            self._thread.start()


def _post(queue: SimpleQueue[bytes | threading.Event | None], address: str) -> None:
    while (item := queue.get()) is not None:
        if isinstance(item, threading.Event):
            item.set()
            continue
        request = Request(address, item, {"Content-Type": "application/json"})  # noqa: S310 - http
        try:
            with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - checked above
                answer.read()
        except OSError:
            # Nobody waits for an answer, and the row is stored; the next one may get through.
            continue
