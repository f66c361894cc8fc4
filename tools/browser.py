"""The browser that pages are tested, pictured and measured in: Chromium, as the system has it."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
"""Programs that will do, the best one first: without the parts for a screen, Chromium takes two
thirds of the time of a processor to open a page."""


def find_chromium() -> str | None:
    """Return the path of the browser; None where there is none.

    Returns
    -------
    str or None
        The path of the first of `NAMES` that is there.
    """
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def launched() -> Iterator[Any]:
    """Start the browser without a window.

    Yields
    ------
    playwright.sync_api.Browser
        The browser, ended afterwards.

    Raises
    ------
    SystemExit
        There is none; its text says what to type.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only to look at pages

    path = find_chromium()
    if path is None:
        raise SystemExit("There is no chromium. Type: apt-get install chromium")
    with sync_playwright() as playwright:
        # Root, as in a container, has no sandbox of its own.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
