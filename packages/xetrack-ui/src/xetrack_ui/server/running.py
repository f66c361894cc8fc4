"""The server from begin to end: it serves until Ctrl-C, and then ends at once."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
import webbrowser
from typing import TYPE_CHECKING

import uvicorn

from xetrack_ui.server.addresses import describe, listen, own_names, url_of
from xetrack_ui.server.app import make_app
from xetrack_ui.server.sessions import Session

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from types import FrameType

    from xetrack_ui.server.watching import Watchers
    from xetrack_ui.tables.workspace import Workspace


_ALLOCATED = 50_000
"""Objects after which the garbage collector looks for cycles; the usual 700 are a few requests."""


class _Server(uvicorn.Server):
    """Ends the streams that pages follow as soon as it is to end, as these wait for nothing else.

    Parameters
    ----------
    config
        What uvicorn needs.
    watchers
        Have the streams.
    announce
        Called when requests are answered and Ctrl-C is heard.
    """

    def __init__(
        self, config: uvicorn.Config, watchers: Watchers, announce: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._watchers = watchers
        self._announce = announce
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end = asyncio.Event()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - of uvicorn
        """Take a signal; see uvicorn."""
        self.should_exit = True
        if self._loop is not None:  # a signal may come at any line, also while the loop sleeps
            self._loop.call_soon_threadsafe(self._end.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin; see uvicorn."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._announce()

    async def main_loop(self) -> None:
        """Sleep until the end; that of uvicorn wakes up ten times a second."""
        if not self.should_exit:
            await self._end.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then all else; see uvicorn."""
        self._watchers.close()
        await super().shutdown(sockets)


def serve(
    workspace: Workspace,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    opens_browser: bool = True,
    query: str = "",
) -> None:
    """Serve a page until Ctrl-C.

    Parameters
    ----------
    workspace
        Has the databases.
    host, port
        Where to listen; a free port for 0.
    opens_browser
        Whether to open the page in a browser, unless this is a session of SSH.
    query
        What the page begins with, such as ``table=metrics``.

    Raises
    ------
    AddressError
        The server cannot listen there.
    """
    listener = listen(host, port)
    with listener:
        port = listener.getsockname()[1]
        session = Session(port)
        app, page = make_app(workspace, session, own_names(host))
        url = url_of(host, port, session.token) + (f"&{query}" if query else "")

        def announce() -> None:
            ahead = threading.Thread(target=workspace.read_ahead, name="xetrack-ui", daemon=True)
            ahead.start()
            for line in describe(workspace, host, port, url):
                print(line, file=sys.stderr, flush=True)  # noqa: T201 - it serves from here on
            if opens_browser and not os.environ.get("SSH_CONNECTION"):
                threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

        config = uvicorn.Config(
            app,
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            ws="none",
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        # What is known of 10,000 runs is some 200,000 objects, at which the collector looked again
        # and again while they were made: a fifth of the time.
        usual = gc.get_threshold()
        gc.freeze()
        gc.set_threshold(_ALLOCATED)
        try:
            _Server(config, page.watchers, announce).run(sockets=[listener])
        finally:
            gc.set_threshold(*usual)
            gc.unfreeze()
            workspace.close()
