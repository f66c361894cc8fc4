"""A browser for all tests of the page, and servers of `xt ui` for databases that tests make."""

import asyncio
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from queue import Empty, Queue
from urllib.parse import urlencode

import pytest

from tests.preloaded import start_command
from tests.ui.page.watching import Watched
from tools.browser import find_chromium, launched

URL = re.compile(r"http://[\w.:\[\]]+/\?token=\S+")
PATIENCE = 30
"""Seconds that a server may take to begin."""


@pytest.fixture(scope="session")
def browser():
    """Return the browser; without one, tests are skipped that need it."""
    pytest.importorskip("playwright.sync_api", reason="type: pip install playwright")
    if find_chromium() is None:
        pytest.skip("there is no browser; type: apt-get install chromium")
    with launched() as chromium:
        loop = asyncio.get_running_loop()
        yield chromium
        asyncio._set_running_loop(loop)  # the last test may have needed none


@contextmanager
def serving(*databases):
    """Serve databases by `xt ui`; yields the URL that it prints, and the process."""
    command = [sys.executable, "-m", "xetrack_cli", "ui", "--no-browser", *map(str, databases)]
    with start_command(command, stderr=subprocess.PIPE, text=True) as process:
        lines = Queue()
        reader = threading.Thread(target=lambda: [*map(lines.put, process.stderr)], daemon=True)
        reader.start()
        try:
            yield _url(lines), process
        finally:
            process.terminate()
            process.wait(PATIENCE)
            reader.join(PATIENCE)


def _url(lines):
    read = []
    while True:
        try:
            read.append(lines.get(timeout=PATIENCE))
        except Empty:
            pytest.fail(f"the server printed no URL, but: {''.join(read)}")
        url = URL.search(read[-1])
        if url:
            return url[0]


@pytest.fixture
def serve():
    """Return a function that serves databases until the test ends, and returns the URL."""
    running = []

    def start(*databases):
        context = serving(*databases)
        running.append(context)
        return context.__enter__()[0]

    yield start
    for context in running:
        context.__exit__(None, None, None)


@pytest.fixture
def visit(browser, serve):
    """Return a function that opens the page of databases; all it did wrong fails the test."""
    opened = []

    def go(*databases, width=1280, height=800, theme="light", **query):
        url = serve(*databases)
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
        )
        opened.append(context)
        watched = Watched(context.new_page(), url)
        watched.open(f"&{urlencode(query)}" if query else "")
        opened.append(watched)
        return watched

    yield go
    problems = [each.problems() for each in opened if isinstance(each, Watched)]
    for each in opened:
        if not isinstance(each, Watched):
            each.close()
    assert problems == [[]] * len(problems)
