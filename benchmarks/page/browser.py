"""A look at a page in Chromium: until its charts are drawn, and at what it does when left alone."""

from __future__ import annotations

from time import monotonic, sleep
from typing import Any

import psutil
from attrs import frozen

MEGABYTE = 1_000_000

PATIENCE = 200
"""Seconds after which a page counts as one that draws no chart."""

IDLE = 10
"""Seconds for which the drawn page is left alone."""

_PAINTED = """
number => {
  if (!number) return document.querySelector(".tbody .tr:not(.is-loading)") !== null;
  const painted = [...document.querySelectorAll("canvas")].filter(canvas => {
    const {width, height} = canvas, context = width && height && canvas.getContext("2d");
    if (!context || width < 100) return false;
    const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
    let colours = new Set();
    for (let at = 0; at < pixels.length && colours.size < 4; at += 7) colours.add(pixels[at]);
    return colours.size >= 4;
  });
  return painted.length >= number;
}
"""
"""Whether so many charts have lines, as an axis alone has fewer colours; for none, whether a table
has rows."""


@frozen
class Look:
    """What it took to look at a page."""

    seconds: float | None
    """Until it was drawn; None where they never were."""
    server_cpu: float
    """Seconds of processor time of the server, from its start until then."""
    browser_cpu: float
    """Seconds of processor time of the browser, from the address until then."""
    server_memory: float
    """MB of the server at the end, its shared pages counted by their share."""
    transferred: float
    """MB over the wire, heads included."""
    idle_cpu: float
    """Per cent of a processor that both took while nothing happened."""


def look_at(browser: Any, address: str, server: psutil.Process, charts: int) -> Look:
    """Open a page, wait for its charts, and leave it alone for a while.

    Parameters
    ----------
    browser
        See `tools.browser`.
    address
        Of the page.
    server
        What serves it.
    charts
        How many charts there are to be; 0 for a table.

    Returns
    -------
    Look
        What that took.
    """
    page = browser.new_context(viewport={"width": 1280, "height": 1600}).new_page()
    transferred = 0

    def count(event: dict[str, Any]) -> None:
        nonlocal transferred
        transferred += event["encodedDataLength"]

    session = page.context.new_cdp_session(page)
    session.on("Network.loadingFinished", count)
    session.send("Network.enable")
    before, begin = _cpu(_browsers()), monotonic()
    page.goto(address, wait_until="commit")
    seconds = None
    while seconds is None and monotonic() - begin < PATIENCE:
        if page.evaluate(_PAINTED, charts):
            seconds = monotonic() - begin
        page.wait_for_timeout(50)
    everybody = [server, *server.children(recursive=True)]
    server_cpu, browser_cpu = _cpu(everybody), _cpu(_browsers()) - before
    sleep(2)  # what was drawn may still be tidied up
    busy = _cpu([*everybody, *_browsers()])
    page.wait_for_timeout(IDLE * 1_000)
    idle = (_cpu([*everybody, *_browsers()]) - busy) / IDLE * 100
    memory = sum(each.memory_full_info().pss for each in everybody) / MEGABYTE
    page.context.close()
    return Look(seconds, server_cpu, browser_cpu, memory, transferred / MEGABYTE, idle)


def _browsers() -> list[psutil.Process]:
    """Return the processes of Chromium that this one started."""
    children = psutil.Process().children(recursive=True)
    return [each for each in children if "chrom" in each.name()]


def _cpu(processes: list[psutil.Process]) -> float:
    total = 0.0
    for each in processes:
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total
